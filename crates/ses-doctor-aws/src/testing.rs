//! AWS as a function from calls to answers, below the SDK: requests are signed and written, answers are read, retried
//! and judged as on a network.

use crate::client::Aws;
use crate::credentials::Operator;
use crate::settings::Settings;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_types::region::Region;
use ses_doctor_core::evidence::Evidence;
use std::sync::{Arc, Mutex};

pub(crate) const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const OPERATOR_KEY: &str = "AKIAOPERATOR00000001";
/// No text that anybody sees may hold it.
pub(crate) const CANARY: &str = "canary-secret-of-the-operator";

/// One request as it went out.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// `ListAccessKeys`, `LookupEvents`, `GET /v2/email/account`.
    pub(crate) action: String,
    pub(crate) host: String,
    pub(crate) body: String,
    pub(crate) user_agent: String,
    pub(crate) authorization: String,
    pub(crate) content_type: String,
    /// How many calls of the same action went before.
    pub(crate) nth: usize,
}

/// What comes back.
pub(crate) enum Answer {
    Http(u16, String),
    /// Of a bucket in another region.
    Elsewhere(u16, &'static str),
    Refused,
    Never,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self::Http(200, body.into())
    }

    /// An answer of IAM or STS.
    pub(crate) fn xml(action: &str, result: &str) -> Self {
        Self::ok(format!(
            "<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
        ))
    }

    /// An error of IAM or STS.
    pub(crate) fn xml_error(status: u16, code: &str, message: &str) -> Self {
        let error =
            format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
        Self::Http(
            status,
            format!("<ErrorResponse>{error}<RequestId>r-1</RequestId></ErrorResponse>"),
        )
    }

    /// An error of SES or CloudTrail.
    pub(crate) fn json_error(status: u16, code: &str, message: &str) -> Self {
        Self::Http(
            status,
            serde_json::json!({ "__type": code, "message": message }).to_string(),
        )
    }
}

/// The calls so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    pub(crate) fn all(&self) -> Vec<Call> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        self.all().into_iter().map(|call| call.action).collect()
    }

    fn add(&self, mut call: Call) -> Call {
        let mut calls = self.0.lock().unwrap();
        call.nth = calls.iter().filter(|other| other.action == call.action).count();
        calls.push(call.clone());
        call
    }
}

type Script = Arc<dyn Fn(&Call) -> Answer + Send + Sync>;

#[derive(Clone)]
struct Wire {
    script: Script,
    calls: Calls,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = self.calls.add(read(&request));
        match (self.script)(&call) {
            Answer::Http(status, body) => {
                let status = status.try_into().unwrap();
                HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
            }
            Answer::Elsewhere(status, region) => {
                let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
                response.headers_mut().insert("x-amz-bucket-region", region);
                HttpConnectorFuture::ready(Ok(response))
            }
            Answer::Refused => {
                let error = std::io::Error::new(
                    std::io::ErrorKind::ConnectionRefused,
                    "Connection refused (os error 111)",
                );
                HttpConnectorFuture::ready(Err(ConnectorError::io(error.into())))
            }
            Answer::Never => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

fn read(request: &HttpRequest) -> Call {
    let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
    let uri: ::http::Uri = request.uri().parse().unwrap();
    let of_query = body
        .strip_prefix("Action=")
        .and_then(|rest| rest.split('&').next());
    let of_target = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.rsplit('.').next());
    let action = of_query.or(of_target).map(str::to_owned);
    let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
    Call {
        action: action.unwrap_or_else(|| format!("{} {}", request.method(), uri.path())),
        host: uri.host().unwrap_or_default().to_owned(),
        user_agent: header("x-amz-user-agent"),
        authorization: header("authorization"),
        content_type: header("content-type"),
        body,
        nth: 0,
    }
}

/// An AWS that answers as the script says.
pub(crate) fn aws(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> (Aws, Calls) {
    let credentials = Credentials::new(OPERATOR_KEY, CANARY, None, None, "test");
    aws_as(Ok(credentials), script)
}

/// The same for this operator.
pub(crate) fn aws_as(
    credentials: Result<Credentials, String>,
    script: impl Fn(&Call) -> Answer + Send + Sync + 'static,
) -> (Aws, Calls) {
    let wire = Wire {
        script: Arc::new(script),
        calls: Calls::default(),
    };
    let calls = wire.calls.clone();
    let http: SharedHttpClient = http_client_fn(move |_, _| SharedHttpConnector::new(wire.clone()));
    let operator = Operator::fixed(credentials, http.clone());
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .http_client(http)
        .retry_config(crate::client::retries())
        .credentials_provider(SharedCredentialsProvider::new(operator.clone()))
        .build();
    (Aws::new(config, operator, &Settings::default()), calls)
}

/// Evidence of a login with [`KEY`] at the endpoint of eu-west-1, from `app@mail.example.com` to `to@example.org`.
pub(crate) fn evidence() -> Evidence {
    use ses_doctor_core::evidence::Symptom;
    use ses_doctor_core::{Observation, Observed};
    let symptom = Symptom {
        host: "email-smtp.eu-west-1.amazonaws.com".to_owned(),
        port: 587,
        from: Some("app@mail.example.com".to_owned()),
        to: Some("to@example.org".to_owned()),
        ..Symptom::default()
    };
    let now = jiff::Timestamp::UNIX_EPOCH;
    let facts = ses_smtp::credential::inspect(KEY, &"not a password".into());
    Evidence {
        symptom: Observation::new("test", now, Observed::Known(symptom)),
        credential: Observation::new("test", now, Observed::Known(facts)),
        ..Evidence::default()
    }
}
