//! EC2 by its Query protocol, over the SDK's own machinery: credentials, signature, retries, time limits and user agent
//! are those of the other services. Its SDK crate would cost more to build than all others together.

use crate::outcome::{Judge, Look, Trouble};
use crate::xml::Element;
use aws_config::SdkConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::{Operation, OperationBuilder};
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use aws_types::service_config::ServiceConfigKey;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

const VERSION: &str = "2016-11-15";

/// EC2 in one region.
#[derive(Debug, Clone)]
pub(crate) struct Ec2 {
    config: SdkConfig,
    region: Region,
}

/// What EC2 said in place of an answer.
#[derive(Debug)]
struct Refused(ErrorMetadata);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl Ec2 {
    pub(crate) fn new(config: SdkConfig, region: Region) -> Self {
        Self { config, region }
    }

    /// One call. `permission` is the IAM action, `ec2:` and the operation's name.
    pub(crate) async fn call(&self, permission: &str, parameters: &[(&str, &str)]) -> Look<Element> {
        let name = permission.rsplit(':').next().unwrap_or_default();
        let operation = self.operation(name.to_owned())?;
        operation.invoke(form(name, parameters)).await.judge(permission)
    }

    fn operation(&self, name: String) -> Look<Operation<String, Element, Refused>> {
        let unready = || Trouble::failed("the AWS client is not complete");
        let config = &self.config;
        let mut builder = Operation::builder()
            .service_name("EC2")
            .operation_name(name)
            .http_client(config.http_client().ok_or_else(unready)?)
            .endpoint_url(&self.endpoint());
        if let Some(version) = config.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(sleep) = config.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        if let Some(time) = config.time_source() {
            builder = builder.time_source(time);
        }
        let builder = builder
            .standard_retry(
                &config
                    .retry_config()
                    .cloned()
                    .unwrap_or_else(crate::client::retries),
            )
            .timeout_config(
                config
                    .timeout_config()
                    .cloned()
                    .unwrap_or_else(TimeoutConfig::disabled),
            );
        let parts = self.parts().ok_or_else(unready)?;
        Ok(spoken(
            builder
                .interceptor(UserAgentInterceptor::new())
                .runtime_plugin(parts),
        )
        .build())
    }

    /// Credentials and signature.
    fn parts(&self) -> Option<StaticRuntimePlugin> {
        let mut settings = Layer::new("EC2");
        settings.store_put(ApiMetadata::new("ec2", VERSION));
        settings.store_put(SigningName::from_static("ec2"));
        settings.store_put(SigningRegion::from(self.region.clone()));
        settings.store_put(SigV4OperationSigningConfig::default());
        settings.store_put(AuthSchemeOptionResolverParams::new(()));
        if let Some(name) = self.config.app_name() {
            settings.store_put(name.clone());
        }
        let resolver = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let credentials = SharedIdentityResolver::new(self.config.credentials_provider()?);
        let components = RuntimeComponentsBuilder::new("EC2")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(resolver)))
            .with_identity_resolver(SCHEME_ID, credentials)
            .with_retry_classifier(HttpStatusCodeClassifier::default())
            .with_retry_classifier(TransientErrorClassifier::<Refused>::new())
            .with_retry_classifier(AwsErrorCodeClassifier::<Refused>::new());
        Some(
            StaticRuntimePlugin::new()
                .with_config(settings.freeze())
                .with_runtime_components(components),
        )
    }

    /// As told for EC2 or for all services, else AWS's own (botocore: endpoints.json).
    fn endpoint(&self) -> String {
        let key = ServiceConfigKey::builder()
            .service_id("EC2")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        let of_service = key
            .ok()
            .and_then(|key| self.config.service_config()?.load_config(key));
        let told = of_service.or_else(|| self.config.endpoint_url().map(str::to_owned));
        told.unwrap_or_else(|| {
            let region = self.region.as_ref();
            let suffix = match region.split('-').next() {
                Some("cn") => "amazonaws.com.cn",
                Some("eusc") => "amazonaws.eu",
                _ => "amazonaws.com",
            };
            format!("https://ec2.{region}.{suffix}")
        })
    }
}

/// How requests are written and answers read.
fn spoken<I, O, E>(builder: OperationBuilder<I, O, E>) -> OperationBuilder<String, Element, Refused> {
    let written = builder.serializer(|body: String| {
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        let headers = request.headers_mut();
        headers.insert("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        Ok(request)
    });
    written.deserializer(read)
}

fn form(name: &str, parameters: &[(&str, &str)]) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("&{}={}", encoded(name), encoded(value)));
    format!("Action={name}&Version={VERSION}{}", pairs.collect::<String>())
}

fn read(response: &HttpResponse) -> Result<Element, OrchestratorError<Refused>> {
    let body = response
        .body()
        .bytes()
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    let root = body.and_then(Element::parse);
    match root {
        Some(root) if response.status().is_success() => Ok(root),
        root => Err(OrchestratorError::operation(refused(root.as_ref()))),
    }
}

fn refused(root: Option<&Element>) -> Refused {
    let error = root.and_then(|root| root.find("Error"));
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = error.and_then(|error| error.text_of("Code")) {
        metadata = metadata.code(code);
    }
    if let Some(message) = error.and_then(|error| error.text_of("Message")) {
        metadata = metadata.message(message);
    }
    Refused(metadata.build())
}
