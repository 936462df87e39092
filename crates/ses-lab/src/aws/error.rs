//! Errors of the APIs, in the words and the form of each protocol.

use bytes::Bytes;
use cbor4ii::core::Value as Cbor;
use quick_xml::escape::escape;
use serde_json::json;

use super::smithy::written;

/// An error that a service answers.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// IAM's word for what is not there.
    pub(crate) fn no_such_entity(message: impl Into<String>) -> Self {
        Self::new(404, "NoSuchEntity", message)
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }
}

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Form in, XML out; the XML name space.
    Query(&'static str),
    /// EC2's dialect of it.
    Ec2,
    /// Paths and JSON.
    RestJson,
    /// JSON with `X-Amz-Target`.
    Json,
    /// Smithy RPC v2, in CBOR.
    Cbor,
}

impl Protocol {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Query(_) | Self::Ec2 => "text/xml",
            Self::RestJson => "application/json",
            Self::Json => "application/x-amz-json-1.1",
            Self::Cbor => "application/cbor",
        }
    }

    /// The body that carries an error.
    pub(crate) fn error_body(self, error: &ApiError, request_id: &str) -> Bytes {
        let (code, message) = (error.code, escape(error.message.as_str()));
        let text = match self {
            Self::Query(namespace) => {
                let kind = if error.status >= 500 { "Receiver" } else { "Sender" };
                format!(
                    "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
                     <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
                )
            }
            Self::Ec2 => format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
                 <RequestID>{request_id}</RequestID></Response>"
            ),
            Self::RestJson => json!({ "message": error.message }).to_string(),
            Self::Json => json!({ "__type": code, "message": error.message }).to_string(),
            Self::Cbor => {
                let members = [("__type", error.code), ("message", error.message.as_str())];
                let members =
                    members.map(|(name, value)| (Cbor::Text(name.to_owned()), Cbor::Text(value.to_owned())));
                return written(&Cbor::Map(members.into())).into();
            }
        };
        text.into()
    }

    /// The same trouble has other names in JSON services.
    pub(crate) fn name(self, trouble: Trouble) -> (u16, &'static str) {
        if self == Self::Ec2 {
            return ec2_name(trouble);
        }
        let json = !matches!(self, Self::Query(_));
        let rest = self == Self::RestJson;
        match trouble {
            Trouble::MissingToken if json => (403, "MissingAuthenticationTokenException"),
            Trouble::MissingToken => (403, "MissingAuthenticationToken"),
            Trouble::UnknownKey if json => (if rest { 403 } else { 400 }, "UnrecognizedClientException"),
            Trouble::UnknownKey => (403, "InvalidClientTokenId"),
            Trouble::BadSignature if json => (if rest { 403 } else { 400 }, "InvalidSignatureException"),
            Trouble::BadSignature => (403, "SignatureDoesNotMatch"),
            Trouble::Incomplete if json => (if rest { 403 } else { 400 }, "IncompleteSignatureException"),
            Trouble::Incomplete => (400, "IncompleteSignature"),
            Trouble::Expired if json => (if rest { 403 } else { 400 }, "ExpiredTokenException"),
            Trouble::Expired => (403, "ExpiredToken"),
            Trouble::Denied if json => (if rest { 403 } else { 400 }, "AccessDeniedException"),
            Trouble::Denied => (403, "AccessDenied"),
            Trouble::Throttled if rest => (429, "TooManyRequestsException"),
            Trouble::Throttled if json => (400, "ThrottlingException"),
            Trouble::Throttled => (400, "Throttling"),
            Trouble::Broken if json => (500, "InternalServiceError"),
            Trouble::Broken => (500, "ServiceFailure"),
            Trouble::UnknownOperation if json => (404, "UnknownOperationException"),
            Trouble::UnknownOperation => (400, "InvalidAction"),
        }
    }
}

/// EC2's names (EC2 API reference, "Error codes").
fn ec2_name(trouble: Trouble) -> (u16, &'static str) {
    match trouble {
        Trouble::MissingToken | Trouble::UnknownKey => (401, "AuthFailure"),
        Trouble::BadSignature => (403, "SignatureDoesNotMatch"),
        Trouble::Incomplete => (400, "IncompleteSignature"),
        Trouble::Expired => (400, "RequestExpired"),
        Trouble::Denied => (403, "UnauthorizedOperation"),
        Trouble::Throttled => (503, "RequestLimitExceeded"),
        Trouble::Broken => (500, "InternalError"),
        Trouble::UnknownOperation => (400, "InvalidAction"),
    }
}

/// Troubles that any call may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    MissingToken,
    UnknownKey,
    BadSignature,
    Incomplete,
    Expired,
    Denied,
    Throttled,
    Broken,
    UnknownOperation,
}

/// The error for a trouble in the words of a protocol.
pub(crate) fn trouble(protocol: Protocol, trouble: Trouble, message: impl Into<String>) -> ApiError {
    let (status, code) = protocol.name(trouble);
    ApiError::new(status, code, message)
}
