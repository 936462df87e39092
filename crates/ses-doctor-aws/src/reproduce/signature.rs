//! Signature Version 4 with its parts in view (IAM User Guide: Create a signed AWS API request).
//!
//! The SDK's own signer signs. It does not tell its canonical request, so this builds it as well, and refuses to show one
//! that does not give the same signature.

use super::{Call, Endpoint, ReproduceError, Signed, SigningKey};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningParams, SigningSettings, sign as sdk_sign,
};
use aws_sigv4::sign::v4::{self, calculate_signature, generate_signing_key};
use aws_smithy_runtime_api::client::identity::Identity;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// As in the scope of the signature: SES v2 signs as `ses`.
const SERVICE: &str = "ses";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

pub(super) fn sign(
    call: Call,
    endpoint: Endpoint,
    region: &str,
    key: &SigningKey,
    at: SystemTime,
) -> Result<Signed, ReproduceError> {
    let wrong = |error: &dyn std::fmt::Display| ReproduceError::Signing(error.to_string());
    let time = Timestamp::try_from(at).map_err(|error| wrong(&error))?;
    let stamp = time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let headers = headers(&call, &endpoint, key, &stamp);
    let body_sha256 = hex(&Sha256::digest(call.body.as_bytes()));
    let (canonical_request, signed_headers) = canonical(&call, &headers, &body_sha256);
    let day = time.strftime("%Y%m%d").to_string();
    let scope = format!("{day}/{region}/{SERVICE}/aws4_request");
    let hashed = hex(&Sha256::digest(canonical_request.as_bytes()));
    let string_to_sign = format!("{ALGORITHM}\n{stamp}\n{scope}\n{hashed}");
    let derived = generate_signing_key(key.secret.expose_secret(), at, region, SERVICE);
    let signature = calculate_signature(derived, string_to_sign.as_bytes());
    if signature != by_sdk(&call, &endpoint, region, key, at)? {
        return Err(ReproduceError::Differs);
    }
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed_headers}, Signature={signature}",
        key.id
    );
    Ok(Signed {
        endpoint,
        call,
        headers,
        canonical_request,
        string_to_sign,
        scope,
        signed_headers,
        body_sha256,
        signature: SecretString::from(signature),
        authorization: SecretString::from(authorization),
    })
}

/// In the order of their names, as they are signed.
fn headers(call: &Call, endpoint: &Endpoint, key: &SigningKey, stamp: &str) -> Vec<(String, String)> {
    let token = key
        .session_token
        .as_ref()
        .map(|token| token.expose_secret().to_owned());
    let content_type = (!call.body.is_empty()).then(|| "application/json".to_owned());
    let all = [
        ("content-type", content_type),
        ("host", Some(endpoint.authority().to_owned())),
        ("x-amz-date", Some(stamp.to_owned())),
        ("x-amz-security-token", token),
    ];
    let told = all
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    told.collect()
}

/// The path of a call holds nothing that would have to be encoded, and there is no query.
fn canonical(call: &Call, headers: &[(String, String)], body_sha256: &str) -> (String, String) {
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let signed = names.join(";");
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let request = format!(
        "{}\n{}\n\n{lines}\n{signed}\n{body_sha256}",
        call.method, call.path
    );
    (request, signed)
}

/// The signature that the SDK's signer gives for the same call.
fn by_sdk(
    call: &Call,
    endpoint: &Endpoint,
    region: &str,
    key: &SigningKey,
    at: SystemTime,
) -> Result<String, ReproduceError> {
    let wrong = |error: &dyn std::fmt::Display| ReproduceError::Signing(error.to_string());
    let token = key
        .session_token
        .as_ref()
        .map(|token| token.expose_secret().to_owned());
    let secret = key.secret.expose_secret();
    let identity: Identity = Credentials::new(&key.id, secret, token, None, "ses-doctor").into();
    let parameters: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(SERVICE)
        .time(at)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| wrong(&error))?
        .into();
    let content_type = (!call.body.is_empty()).then_some(("content-type", "application/json"));
    let request = SignableRequest::new(
        call.method,
        format!("{}{}", endpoint.url, call.path),
        content_type.into_iter(),
        SignableBody::Bytes(call.body.as_bytes()),
    )
    .map_err(|error| wrong(&error))?;
    let signed = sdk_sign(request, &parameters).map_err(|error| wrong(&error))?;
    Ok(signed.signature().to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
