//! Services of which one or two operations are wanted, called over the SDK's own machinery: credentials, signature,
//! retries, time limits and user agent are those of the SDK's clients. Their SDK crates would cost more to build than all
//! the rest (EC2's most of all).

mod body;
mod json;
mod query;
mod rest;

pub(crate) use json::Json;
pub(crate) use query::Query;
pub(crate) use rest::{Get, Rest, refused as rest_refused};

use crate::ledger::Attempts;
use crate::outcome::{Judge, Look, Trouble};
use aws_config::SdkConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{
    HttpRequest, HttpResponse, OrchestratorError, SensitiveOutput,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use aws_types::service_config::ServiceConfigKey;
use std::fmt;

/// CloudWatch, which is read and written.
pub(crate) const CLOUDWATCH: Service<Json> = Service {
    id: "CloudWatch",
    name: "monitoring",
    version: "2010-08-01",
    protocol: Json {
        target: "GraniteServiceVersion20100801",
        version: "1.0",
    },
};

/// A service, and how it is spoken to: [`Query`], [`Json`] or [`Rest`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service<P> {
    /// The service id of AWS's models; `AWS_ENDPOINT_URL_<ID>` moves its endpoint.
    pub(crate) id: &'static str,
    /// In the names of its hosts, and in the scope of signatures.
    pub(crate) name: &'static str,
    /// The version of its API.
    pub(crate) version: &'static str,
    /// How it is spoken to.
    pub(crate) protocol: P,
}

/// A service in one region.
#[derive(Debug, Clone)]
pub(crate) struct Signed<P> {
    service: Service<P>,
    config: SdkConfig,
    region: Region,
    sensitive: bool,
    signing: SigningOptions,
    most: usize,
}

/// More than any answer of a service that tells facts.
const MOST: usize = 64 * 1024 * 1024;

/// A request but for its signature.
#[derive(Debug)]
struct Written {
    method: &'static str,
    /// Path and query, encoded.
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Written {
    /// As AWS's protocols for calls have it: everything is in the body.
    fn posted(headers: Vec<(&'static str, String)>, body: String) -> Self {
        let path = "/".to_owned();
        Self {
            method: "POST",
            path,
            headers,
            body,
        }
    }
}

/// What the service said in place of an answer.
#[derive(Debug)]
pub(crate) struct Refused(ErrorMetadata);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl Refused {
    /// Without a code it is taken for no answer of AWS.
    pub(crate) fn new(code: Option<String>, message: Option<String>) -> Self {
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        if let Some(message) = message {
            metadata = metadata.message(message);
        }
        Self(metadata.build())
    }
}

impl<P> Signed<P> {
    pub(crate) fn new(service: Service<P>, config: SdkConfig, region: Region) -> Self {
        Self {
            service,
            config,
            region,
            sensitive: false,
            signing: SigningOptions::default(),
            most: MOST,
        }
    }

    /// The answers hold secrets: the SDK is to log none of them.
    pub(crate) fn sensitive(self) -> Self {
        Self {
            sensitive: true,
            ..self
        }
    }

    /// One call at the service's own endpoint. `permission` is the IAM action: the service's prefix and the operation's name.
    async fn send<A: fmt::Debug + Send + Sync + 'static>(
        &self,
        permission: &str,
        written: Written,
        read: fn(&HttpResponse) -> Result<A, Refused>,
    ) -> Look<A> {
        let endpoint = self.endpoint();
        self.send_to(&endpoint, permission, written, read).await
    }

    async fn send_to<A: fmt::Debug + Send + Sync + 'static>(
        &self,
        endpoint: &str,
        permission: &str,
        written: Written,
        read: fn(&HttpResponse) -> Result<A, Refused>,
    ) -> Look<A> {
        let operation = self.operation(endpoint, operation_of(permission), read)?;
        operation.invoke(written).await.judge(permission)
    }

    fn operation<A: fmt::Debug + Send + Sync + 'static>(
        &self,
        endpoint: &str,
        name: &str,
        read: fn(&HttpResponse) -> Result<A, Refused>,
    ) -> Look<Operation<Written, A, Refused>> {
        let unready = || Trouble::failed("the AWS client is not complete");
        let config = &self.config;
        let mut builder = Operation::builder()
            .service_name(self.service.id)
            .operation_name(name.to_owned())
            .http_client(config.http_client().ok_or_else(unready)?)
            .endpoint_url(endpoint);
        if let Some(version) = config.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(sleep) = config.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        if let Some(time) = config.time_source() {
            builder = builder.time_source(time);
        }
        let retries = config.retry_config().cloned();
        let timeouts = config.timeout_config().cloned();
        Ok(builder
            .standard_retry(&retries.unwrap_or_else(crate::client::retries))
            .timeout_config(timeouts.unwrap_or_else(TimeoutConfig::disabled))
            .interceptor(UserAgentInterceptor::new())
            .interceptor(Attempts)
            .interceptor(body::Bounded(self.most))
            .runtime_plugin(self.parts().ok_or_else(unready)?)
            .serializer(request)
            .deserializer(move |response| read(response).map_err(OrchestratorError::operation))
            .build())
    }

    /// Credentials and signature.
    fn parts(&self) -> Option<StaticRuntimePlugin> {
        let Service {
            id, name, version, ..
        } = self.service;
        let mut settings = Layer::new(id);
        settings.store_put(ApiMetadata::new(name, version));
        settings.store_put(SigningName::from_static(name));
        settings.store_put(SigningRegion::from(self.region.clone()));
        settings.store_put(SigV4OperationSigningConfig {
            signing_options: self.signing.clone(),
            ..SigV4OperationSigningConfig::default()
        });
        settings.store_put(AuthSchemeOptionResolverParams::new(()));
        if let Some(name) = self.config.app_name() {
            settings.store_put(name.clone());
        }
        if self.sensitive {
            settings.store_put(SensitiveOutput);
        }
        let resolver = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let credentials = SharedIdentityResolver::new(self.config.credentials_provider()?);
        let components = RuntimeComponentsBuilder::new(id)
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

    /// As told for this service or for all, else AWS's own.
    fn endpoint(&self) -> String {
        self.told_endpoint()
            .unwrap_or_else(|| format!("https://{}", self.host()))
    }

    fn told_endpoint(&self) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(self.service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        let of_service = key
            .ok()
            .and_then(|key| self.config.service_config()?.load_config(key));
        of_service.or_else(|| self.config.endpoint_url().map(str::to_owned))
    }

    /// AWS's own (botocore: endpoints.json).
    fn host(&self) -> String {
        let region = self.region.as_ref();
        let suffix = match region.split('-').next() {
            Some("cn") => "amazonaws.com.cn",
            Some("eusc") => "amazonaws.eu",
            _ => "amazonaws.com",
        };
        format!("{}.{region}.{suffix}", self.service.name)
    }
}

/// The operation's name in an IAM action.
fn operation_of(permission: &str) -> &str {
    permission.rsplit(':').next().unwrap_or_default()
}

type Boxed = Box<dyn std::error::Error + Send + Sync>;

fn request(written: Written) -> Result<HttpRequest, Boxed> {
    let mut request = HttpRequest::new(SdkBody::from(written.body));
    request.set_method(written.method)?;
    request.set_uri(written.path.as_str())?;
    for (name, value) in written.headers {
        request.headers_mut().try_insert(name, value)?;
    }
    Ok(request)
}

fn text_of(response: &HttpResponse) -> Option<&str> {
    std::str::from_utf8(response.body().bytes()?).ok()
}
