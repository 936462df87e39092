//! The Query protocol: a form in, XML out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;
use serde_json::{Map, Value};

use super::Operation;
use super::error::ApiError;
use super::request::{Request, resource};

/// Where the request id goes into an answer.
pub(crate) const REQUEST_ID: &str = "{request-id}";

/// `<name>text</name>`, escaped.
pub(crate) fn tag(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// `<name>inner</name>` around XML.
pub(crate) fn wrap(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// A whole answer.
pub(crate) fn envelope(namespace: &str, operation: &str, result: &str) -> String {
    format!(
        "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata></{operation}Response>"
    )
}

pub(crate) fn with_request_id(body: &str, request_id: &str) -> String {
    body.replace(REQUEST_ID, request_id)
}

/// The operation that a form asks for. Parameters go to CloudTrail with a small first letter.
pub(crate) fn operation(request: &Request) -> Option<Operation> {
    let pairs = request.parameters();
    let name = pairs
        .iter()
        .find(|(name, _)| name == "Action")
        .map(|(_, value)| value.clone())?;
    let mut parameters = Map::new();
    let mut resources = Vec::new();
    for (name, value) in pairs
        .into_iter()
        .filter(|(name, _)| name != "Action" && name != "Version")
    {
        match name.as_str() {
            "UserName" => resources.push(resource("AWS::IAM::User", &value)),
            "AccessKeyId" => resources.push(resource("AWS::IAM::AccessKey", &value)),
            "PolicyArn" => resources.push(resource("AWS::IAM::Policy", &value)),
            _ => {}
        }
        parameters.insert(small_first(&name), Value::String(value));
    }
    Some(Operation {
        name,
        parameters,
        resources,
    })
}

/// A parameter's name as CloudTrail writes it.
pub(super) fn small_first(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

impl Operation {
    /// A parameter by its name in CloudTrail (small first letter).
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .get(name)
            .and_then(Value::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.parameter(name).ok_or_else(|| {
            ApiError::validation(format!(
                "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }
}

/// One page of a list of XML fragments, with `IsTruncated` and `Marker`.
pub(crate) fn page(operation: &Operation, name: &str, items: &[String]) -> Result<String, ApiError> {
    let invalid = |what: &str| ApiError::validation(format!("Invalid {what}."));
    let start = match operation.parameter("marker") {
        None => 0,
        Some(marker) => decode_marker(marker)
            .filter(|start| *start <= items.len())
            .ok_or_else(|| invalid("Marker"))?,
    };
    let size = match operation.parameter("maxItems") {
        None => 100,
        Some(size) => size
            .parse()
            .ok()
            .filter(|size| (1..=1000).contains(size))
            .ok_or_else(|| invalid("MaxItems"))?,
    };
    let members: String = items
        .iter()
        .skip(start)
        .take(size)
        .map(|item| wrap("member", item))
        .collect();
    let truncated = start + size < items.len();
    let marker = if truncated {
        tag("Marker", &encode_marker(start + size))
    } else {
        String::new()
    };
    Ok(format!(
        "{}{}{marker}",
        tag("IsTruncated", if truncated { "true" } else { "false" }),
        wrap(name, &members)
    ))
}

/// A position in a list as a token that says nothing to the client.
pub(crate) fn encode_marker(position: usize) -> String {
    STANDARD.encode(format!("from {position}"))
}

/// The position in a token.
pub(crate) fn decode_marker(marker: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(marker).ok()?).ok()?;
    text.strip_prefix("from ")?.parse().ok()
}
