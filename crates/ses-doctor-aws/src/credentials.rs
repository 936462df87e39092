//! The operator's AWS credentials: looked for once, when the first read wants them.

use crate::redact::Redactor;
use crate::settings::Settings;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::imds;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::region::Region;
use secrecy::SecretString;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::OnceCell;

/// EC2 answers at once or not at all.
const METADATA_WAIT: Duration = Duration::from_millis(700);

/// Who reads AWS. Cheap to clone; all clones share one search.
#[derive(Clone)]
pub(crate) struct Operator(Arc<Search>);

struct Search {
    profile: Option<String>,
    region: Option<Region>,
    http: SharedHttpClient,
    found: OnceCell<Result<Credentials, String>>,
}

impl Operator {
    pub(crate) fn new(settings: &Settings, region: Option<Region>, http: SharedHttpClient) -> Self {
        let found = OnceCell::new();
        Self(Arc::new(Search {
            profile: settings.profile.clone(),
            region,
            http,
            found,
        }))
    }

    /// With credentials, or the lack of them, that are known beforehand.
    #[cfg(test)]
    pub(crate) fn fixed(found: Result<Credentials, String>, http: SharedHttpClient) -> Self {
        Self(Arc::new(Search {
            profile: None,
            region: None,
            http,
            found: OnceCell::new_with(Some(found)),
        }))
    }

    /// The credentials, or why there are none.
    pub(crate) async fn credentials(&self) -> Result<&Credentials, &str> {
        let found = self.0.found.get_or_init(|| self.0.find());
        found.await.as_ref().map_err(String::as_str)
    }

    /// The secret of a long-term key, if it is this one that reads AWS.
    pub(crate) async fn secret_of(&self, access_key_id: &str) -> Option<SecretString> {
        let credentials = self.credentials().await.ok()?;
        let is_it = credentials.access_key_id() == access_key_id && credentials.session_token().is_none();
        is_it.then(|| SecretString::from(credentials.secret_access_key()))
    }

    /// Temporary credentials that may have been issued a moment ago. Those of a machine's own role are not: the machine
    /// had them before.
    pub(crate) async fn is_fresh_session(&self) -> bool {
        let Ok(credentials) = self.credentials().await else {
            return false;
        };
        let features = credentials.get_property::<Vec<AwsCredentialFeature>>();
        let of_machine = features.is_some_and(|all| {
            all.iter().any(|one| {
                matches!(
                    one,
                    AwsCredentialFeature::CredentialsImds | AwsCredentialFeature::CredentialsHttp
                )
            })
        });
        credentials.session_token().is_some() && !of_machine
    }

    /// Knows the secrets that have been found so far.
    pub(crate) fn redactor(&self) -> Redactor {
        let found = self.0.found.get().and_then(|found| found.as_ref().ok());
        let secrets = found.map(|found| {
            (
                found.secret_access_key(),
                found.session_token().unwrap_or_default(),
            )
        });
        Redactor::knowing(secrets.into_iter().flat_map(|(key, token)| [key, token]))
    }
}

impl Search {
    async fn find(&self) -> Result<Credentials, String> {
        let found = self
            .search()
            .await
            .map_err(|error| why(&error, self.profile.as_deref()));
        found.and_then(unless_expired)
    }

    async fn search(&self) -> Result<Credentials, CredentialsError> {
        let config = ProviderConfig::without_region()
            .with_http_client(self.http.clone())
            .with_region(self.region.clone());
        match &self.profile {
            Some(name) => {
                let provider = ProfileFileCredentialsProvider::builder()
                    .profile_name(name)
                    .configure(&config)
                    .build();
                provider.provide_credentials().await
            }
            None => {
                let metadata = imds::Client::builder()
                    .configure(&config)
                    .max_attempts(1)
                    .connect_timeout(METADATA_WAIT)
                    .operation_timeout(METADATA_WAIT)
                    .build();
                let mut chain = DefaultCredentialsChain::builder()
                    .imds_client(metadata)
                    .configure(config);
                chain.set_region(self.region.clone());
                chain.build().await.provide_credentials().await
            }
        }
    }
}

fn why(error: &CredentialsError, profile: Option<&str>) -> String {
    const WAYS: &str =
        "give --profile, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`";
    let causes = causes(error);
    let why = match (error, profile) {
        (CredentialsError::CredentialsNotLoaded(_), Some(name)) => {
            format!(
                "no AWS credentials were found in profile `{name}`: {causes}; see `aws configure list-profiles`"
            )
        }
        (CredentialsError::CredentialsNotLoaded(_), None) => format!("no AWS credentials were found: {WAYS}"),
        (CredentialsError::InvalidConfiguration(_), _) => {
            format!(
                "the AWS configuration cannot be used: {causes}; check ~/.aws/config and ~/.aws/credentials"
            )
        }
        (CredentialsError::ProviderTimedOut(_), _) => {
            "the source of the AWS credentials gave no answer in time".to_owned()
        }
        // EC2's metadata is the last source of all: off EC2 its trouble only means that no other source had any.
        _ if causes.contains("IMDS") => format!("no AWS credentials were found: {WAYS}"),
        _ if causes.to_lowercase().contains("expired") => {
            format!("the AWS credentials have expired: log in again, e.g. with `aws sso login` ({causes})")
        }
        _ if causes.to_lowercase().contains("sso") => {
            format!("the AWS credentials could not be had: log in with `aws sso login` ({causes})")
        }
        _ => format!("the AWS credentials could not be had: {causes}"),
    };
    Redactor::default().clean(&why)
}

/// What lies beneath an error, outermost first; what only repeats is left out.
fn causes(error: &CredentialsError) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !texts.iter().any(|said| said.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts.join(": ")
}

/// Credentials of which it is known that they are of no use any more.
fn unless_expired(found: Credentials) -> Result<Credentials, String> {
    match found.expiry().filter(|expiry| *expiry <= SystemTime::now()) {
        Some(_) => {
            Err("the AWS credentials have expired: log in again, or take another --profile".to_owned())
        }
        None => Ok(found),
    }
}

impl ProvideCredentials for Operator {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let found = self.credentials().await;
            found.cloned().map_err(CredentialsError::not_loaded)
        })
    }
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator")
            .field("profile", &self.0.profile)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY9";

    #[test]
    fn each_trouble_says_what_to_do() {
        let profile = Some("nope");
        for (error, profile, words) in [
            (
                CredentialsError::not_loaded("none"),
                None,
                "no AWS credentials were found: give --profile",
            ),
            (
                CredentialsError::not_loaded("not defined"),
                profile,
                "in profile `nope`: not defined",
            ),
            (
                CredentialsError::invalid_configuration("syntax"),
                None,
                "check ~/.aws/config",
            ),
            (
                CredentialsError::provider_error("the SSO token has expired"),
                None,
                "have expired: log in again",
            ),
            (
                CredentialsError::provider_error("cached SSO token"),
                None,
                "log in with `aws sso login`",
            ),
            (
                CredentialsError::provider_error("failed to load IMDS token"),
                None,
                "no AWS credentials were found",
            ),
            (
                CredentialsError::provider_error("exit status: 3"),
                None,
                "could not be had: exit status: 3",
            ),
            (
                CredentialsError::provider_timed_out(METADATA_WAIT),
                None,
                "no answer in time",
            ),
        ] {
            let why = why(&error, profile);
            assert!(why.contains(words), "{why}");
        }
    }

    #[test]
    fn what_a_credential_process_prints_is_redacted() {
        let why = why(
            &CredentialsError::provider_error(format!("Stderr: {SECRET}")),
            None,
        );
        assert!(why.contains("Stderr: <redacted 41 characters>"), "{why}");
    }

    #[test]
    fn credentials_past_their_expiry_are_not_used() {
        let past = SystemTime::UNIX_EPOCH;
        let expired = Credentials::new("AKIA", SECRET, None, Some(past), "test");
        assert!(unless_expired(expired).unwrap_err().contains("have expired"));
        assert!(unless_expired(Credentials::new("AKIA", SECRET, None, None, "test")).is_ok());
    }
}
