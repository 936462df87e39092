//! AWS's JSON protocols 1.0 and 1.1: an object in, an object out, the operation in a header.

use super::{Refused, Signed, Written, operation_of, text_of};
use crate::outcome::Look;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::Value;

/// A service that takes and gives JSON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Json {
    /// Before the operation in `X-Amz-Target` (botocore: `targetPrefix`).
    pub(crate) target: &'static str,
    /// `1.0` or `1.1` (botocore: `jsonVersion`).
    pub(crate) version: &'static str,
}

impl Signed<Json> {
    /// One call; `permission` is the IAM action, `input` an object. The answer is an object.
    pub(crate) async fn call(&self, permission: &str, input: &Value) -> Look<Value> {
        let Json { target, version } = self.service.protocol;
        let operation = operation_of(permission);
        let headers = vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", format!("{target}.{operation}")),
        ];
        let written = Written::posted(headers, input.to_string());
        self.send(permission, written, read).await
    }
}

fn read(response: &HttpResponse) -> Result<Value, Refused> {
    let body = text_of(response).and_then(|text| serde_json::from_str::<Value>(text).ok());
    match body {
        Some(body) if response.status().is_success() && body.is_object() => Ok(body),
        body => Err(refused(response, body.as_ref())),
    }
}

/// The code stands in a header or in the body (Smithy, "AWS JSON 1.1 protocol", operation error serialization).
fn refused(response: &HttpResponse, body: Option<&Value>) -> Refused {
    let of_header = response.headers().get("x-amzn-errortype");
    let word = |names: &[&str]| names.iter().find_map(|name| body?.get(name)?.as_str());
    let code = of_header.or_else(|| word(&["__type", "code"])).map(bare);
    let message = word(&["message", "Message", "errorMessage"]);
    Refused::new(code, message.map(str::to_owned))
}

/// `com.amazonaws.health#Code:http://…` to `Code`.
fn bare(code: &str) -> String {
    let without_place = code.split(':').next().unwrap_or_default();
    let name = without_place.rsplit('#').next().unwrap_or_default();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_an_error_is_its_bare_name() {
        for code in [
            "Denied",
            "com.amazonaws.health#Denied",
            "x#Denied:http://internal.example/",
        ] {
            assert_eq!(bare(code), "Denied");
        }
    }
}
