//! Version 1 of what `reproduce --output json` prints and `--out` saves. It holds no secret: the signature is cut, session
//! tokens are masked. The schema is published as `docs/reference/reproduction-v1.schema.json`.

use crate::reproduction::Interpretation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ses_smtp::probe::TlsFacts;

/// The value of `schema` in every version 1 reproduction.
pub const SCHEMA: &str = "ses-doctor/reproduction/v1";

/// One call to the SES API, taken apart.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Reproduction {
    /// Always `ses-doctor/reproduction/v1`.
    pub schema: String,
    /// The program and its version.
    pub written_by: String,
    /// When the request was signed, RFC 3339.
    pub signed_at: String,
    /// The operation of SES API v2.
    pub operation: String,
    /// The region.
    pub region: String,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// The request.
    pub request: Request,
    /// The signature's parts.
    pub signature: Signature,
    /// What became of it; absent when it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
    /// What the answer points to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpretation: Option<Interpretation>,
}

/// The resolved endpoint.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// Its URL.
    pub url: String,
    /// The option, variable, profile or rule that decided it.
    pub decided_by: String,
}

/// The request as it is sent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Path.
    pub path: String,
    /// Headers; secrets in them are masked.
    pub headers: Vec<Header>,
    /// Body; empty for a read.
    pub body: String,
}

/// A header.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// In lower case.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Signature Version 4, step by step.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Signature {
    /// The key that signs.
    pub access_key_id: String,
    /// What is hashed. Where a session token is masked in it, the hash is that of the whole.
    pub canonical_request: String,
    /// What is signed.
    pub string_to_sign: String,
    /// Date, region, service.
    pub credential_scope: String,
    /// What the signature covers.
    pub signed_headers: String,
    /// SHA-256 of the body.
    pub body_sha256: String,
    /// The first characters of the signature.
    pub begins_with: String,
}

/// What became of a request that was sent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Default)]
pub struct Exchange {
    /// The address that took the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// A variable of the environment names a proxy, which this call does not use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_not_used: Option<String>,
    /// The TLS handshake: version, cipher, certificates, and what is wrong with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub tls: Option<TlsFacts>,
    /// How long each step took.
    pub timing: Timing,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Milliseconds from the start to the end of each step.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Default)]
pub struct Timing {
    /// Name resolution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve_ms: Option<u64>,
    /// TCP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<u64>,
    /// TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_ms: Option<u64>,
    /// From the request to the head of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_ms: Option<u64>,
    /// Everything.
    pub total_ms: u64,
}

/// The answer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers as they came.
    pub headers: Vec<Header>,
    /// Body, at most 64 KiB, secrets masked.
    pub body: String,
    /// `x-amzn-requestid` or `x-amz-request-id`: what AWS Support asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// `x-amz-id-2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_request_id: Option<String>,
    /// The error's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The error's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Seconds by which this computer's clock is ahead of the `date` header; AWS allows five minutes and more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_seconds: Option<i64>,
}
