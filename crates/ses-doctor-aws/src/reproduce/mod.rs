//! One SES API call, signed and taken apart: the endpoint and what decided it, the canonical request, the string to sign,
//! the signature. Nothing here sends it.

mod endpoint;
mod signature;

pub use endpoint::Endpoint;

use crate::client::Aws;
use secrecy::{ExposeSecret, SecretString};
use std::time::SystemTime;

/// A call of SES API v2 (API reference: SendEmail, GetAccount).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The operation's name.
    pub operation: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path, as it is sent.
    pub path: &'static str,
    /// JSON body; empty for a read.
    pub body: String,
}

/// A long-term or temporary key.
#[derive(Debug, Clone)]
pub struct SigningKey {
    /// Access key id.
    pub id: String,
    /// Secret access key.
    pub secret: SecretString,
    /// Session token of a temporary key.
    pub session_token: Option<SecretString>,
}

/// A call that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Where it goes.
    pub endpoint: Endpoint,
    /// The call.
    pub call: Call,
    /// All headers but `authorization`; the session token is among them.
    pub headers: Vec<(String, String)>,
    /// What is hashed for the signature.
    pub canonical_request: String,
    /// What is signed.
    pub string_to_sign: String,
    /// `DATE/REGION/SERVICE/aws4_request`.
    pub scope: String,
    /// Names of the headers that the signature covers.
    pub signed_headers: String,
    /// SHA-256 of the body, in hex.
    pub body_sha256: String,
    /// The signature, in hex.
    pub signature: SecretString,
    /// The `authorization` header.
    pub authorization: SecretString,
}

/// Why there is nothing to send.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReproduceError {
    /// The SDK's rules give no endpoint.
    #[error("there is no endpoint of SES in {region}: {why}")]
    NoEndpoint {
        /// The region.
        region: String,
        /// In the SDK's words.
        why: String,
    },
    /// An endpoint that is no URL with a host.
    #[error("the endpoint {url} is not a URL of the form https://HOST")]
    BadEndpoint {
        /// It.
        url: String,
    },
    /// The SDK's signer refuses.
    #[error("the request could not be signed: {0}")]
    Signing(String),
    /// What is shown would not be what is signed.
    #[error(
        "the request that is shown does not give the signature of the SDK's signer; this is a fault of ses-doctor"
    )]
    Differs,
    /// No AWS credentials in profile or environment.
    #[error("{0}")]
    NoCredentials(String),
}

impl Aws {
    /// Resolves the endpoint and signs the call at this moment, with the key, else with the operator's credentials.
    pub async fn sign(
        &self,
        call: Call,
        region: &str,
        key: Option<SigningKey>,
        at: SystemTime,
    ) -> Result<Signed, ReproduceError> {
        let key = match key {
            Some(key) => key,
            None => self.operator_key().await?,
        };
        let endpoint = endpoint::resolve(self.sdk_config(), region).await?;
        signature::sign(call, endpoint, region, &key, at)
    }

    /// The operator's own credentials.
    pub async fn operator_key(&self) -> Result<SigningKey, ReproduceError> {
        let found = self.operator().credentials().await;
        let found = found.map_err(|why| ReproduceError::NoCredentials(why.to_owned()))?;
        Ok(SigningKey {
            id: found.access_key_id().to_owned(),
            secret: SecretString::from(found.secret_access_key()),
            session_token: found.session_token().map(SecretString::from),
        })
    }
}

impl Signed {
    /// Everything in it that must not be shown.
    pub fn secrets<'a>(&'a self, key: &'a SigningKey) -> Vec<&'a str> {
        let token = key.session_token.as_ref().map(ExposeSecret::expose_secret);
        let mut secrets = vec![key.secret.expose_secret(), self.signature.expose_secret()];
        secrets.extend(token);
        secrets
    }
}

#[cfg(test)]
mod tests;
