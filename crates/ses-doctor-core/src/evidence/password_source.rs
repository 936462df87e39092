//! Where AWS keeps the password, and what a login with it gave. Names, versions and times; never the value.

use super::{LoginOutcome, TrailEvent};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ses_smtp::credential::CredentialFacts;

/// Which service keeps the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeper {
    /// AWS Secrets Manager.
    SecretsManager,
    /// The Parameter Store of AWS Systems Manager.
    ParameterStore,
}

/// A secret or parameter that was named as the source of the password, and its current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSource {
    /// Who keeps it.
    pub keeper: Keeper,
    /// Its name.
    pub name: String,
    /// Region asked.
    pub region: String,
    /// The version's id, or a parameter's number.
    pub version: Option<String>,
    /// When this version was written.
    pub written: Option<Timestamp>,
    /// When the secret last changed in any way.
    pub changed: Option<Timestamp>,
    /// Who wrote the version; Systems Manager alone tells.
    pub written_by: Option<String>,
    /// When Secrets Manager last rotated it.
    pub rotated: Option<Timestamp>,
    /// Secrets Manager rotates it on a schedule.
    pub rotation_enabled: Option<bool>,
    /// The version before: its id or number.
    pub previous: Option<String>,
    /// A version that a rotation has begun and not finished (`AWSPENDING`).
    pub pending: Option<String>,
    /// Why the facts beside the value could not be read.
    pub unread: Option<String>,
    /// The pair in it, inspected as the client's own is. A user name that it does not hold is the client's.
    pub holds: CredentialFacts,
    /// How the client's own pair, where one was given, compares with what is kept.
    pub own_pair: Option<OwnPair>,
}

impl PasswordSource {
    /// The call that made the event was about this secret or parameter, called by its name or its ARN.
    pub fn is_named_by(&self, event: &TrailEvent) -> bool {
        let named = match self.keeper {
            Keeper::SecretsManager if event.source == "secretsmanager.amazonaws.com" => {
                event.parameter("secretId")
            }
            Keeper::ParameterStore if event.source == "ssm.amazonaws.com" => event.parameter("name"),
            Keeper::SecretsManager | Keeper::ParameterStore => None,
        };
        named.is_some_and(|named| named == self.name || self.is_arn(named))
    }

    /// `…:secret:NAME-SUFFIX`, where Secrets Manager adds six characters to the name; `…:parameter/NAME`.
    fn is_arn(&self, named: &str) -> bool {
        let mut parts = named.splitn(7, ':');
        let region = parts.nth(3);
        let (kind, rest) = match (parts.nth(1), parts.next()) {
            (Some("secret"), Some(rest)) => (Keeper::SecretsManager, rest),
            (Some(parameter), None) => match parameter.strip_prefix("parameter") {
                Some(rest) => (Keeper::ParameterStore, rest),
                None => return false,
            },
            _ => return false,
        };
        let is_name = match kind {
            Keeper::SecretsManager => {
                let suffix = rest.strip_prefix(self.name.as_str());
                suffix
                    .is_some_and(|suffix| suffix.is_empty() || (suffix.len() == 7 && suffix.starts_with('-')))
            }
            Keeper::ParameterStore => rest.trim_start_matches('/') == self.name.trim_start_matches('/'),
        };
        named.starts_with("arn:") && region == Some(self.region.as_str()) && kind == self.keeper && is_name
    }

    /// The event wrote the current version, or made it the current one.
    ///
    /// The `ClientRequestToken` of a write becomes the version's id (botocore's model of Secrets Manager). A parameter's
    /// versions have numbers that no event tells: there the moment decides.
    pub fn is_made_current_by(&self, event: &TrailEvent) -> bool {
        const CLOCKS: SignedDuration = SignedDuration::from_secs(5);
        let version = match (self.keeper, event.name.as_str()) {
            (Keeper::SecretsManager, "PutSecretValue" | "UpdateSecret") => {
                event.parameter("clientRequestToken")
            }
            (Keeper::SecretsManager, "UpdateSecretVersionStage") => {
                let current = event.parameter("versionStage") == Some("AWSCURRENT");
                event.parameter("moveToVersionId").filter(|_| current)
            }
            (Keeper::ParameterStore, "PutParameter") => {
                let written = self.written;
                let near = |written: Timestamp| written.duration_since(event.at).abs() <= CLOCKS;
                return self.is_named_by(event) && event.succeeded() && written.is_some_and(near);
            }
            (Keeper::SecretsManager | Keeper::ParameterStore, _) => None,
        };
        let is_current = version.is_some() && version == self.version.as_deref();
        is_current && self.is_named_by(event) && event.succeeded()
    }
}

/// The client's own pair beside the one that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnPair {
    /// The same.
    Same,
    /// The same once damage on its way is mended.
    SameOnceMended,
    /// The version before: the client has not taken the current one.
    Previous,
    /// Another one.
    Different,
}

/// A login with a kept pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLogin {
    /// Which version.
    pub version: StoredVersion,
    /// How it ended.
    pub outcome: LoginOutcome,
}

/// Which of the versions of a secret or parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoredVersion {
    /// The one that is given to whoever asks (`AWSCURRENT`).
    Current,
    /// The one before (`AWSPREVIOUS`).
    Previous,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::kept;

    fn written(source: &str, name: &str, parameters: &[(&str, &str)]) -> TrailEvent {
        let parameters = parameters
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        TrailEvent {
            source: source.to_owned(),
            name: name.to_owned(),
            parameters: parameters.collect(),
            ..TrailEvent::default()
        }
    }

    fn parameter(name: &str) -> PasswordSource {
        PasswordSource {
            keeper: Keeper::ParameterStore,
            name: name.to_owned(),
            ..kept(60, None)
        }
    }

    #[test]
    fn a_secret_is_called_by_its_name_or_its_arn() {
        let named = |id: &str| {
            let event = written(
                "secretsmanager.amazonaws.com",
                "PutSecretValue",
                &[("secretId", id)],
            );
            kept(60, None).is_named_by(&event)
        };
        let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/smtp";
        assert!(named("prod/smtp") && named(arn) && named(&format!("{arn}-AbCdEf")));
        for other in [
            "prod/smtp2",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/smtp-relay-AbCdEf",
            "arn:aws:secretsmanager:eu-west-2:111122223333:secret:prod/smtp-AbCdEf",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/prod/smtp",
            "secret:prod/smtp",
            "",
        ] {
            assert!(!named(other), "{other}");
        }
    }

    #[test]
    fn a_parameter_is_called_by_its_name_or_its_arn() {
        let named = |own: &str, name: &str| {
            let event = written("ssm.amazonaws.com", "PutParameter", &[("name", name)]);
            parameter(own).is_named_by(&event)
        };
        assert!(named("/prod/smtp", "/prod/smtp") && named("plain", "plain"));
        assert!(named(
            "/prod/smtp",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/prod/smtp"
        ));
        assert!(named(
            "plain",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/plain"
        ));
        assert!(!named(
            "/prod/smtp",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/prod/smtp2"
        ));
        assert!(!named(
            "prod/smtp",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/smtp-AbCdEf"
        ));
    }

    #[test]
    fn the_version_tells_which_write_made_the_current_one() {
        let source = kept(60, None);
        let made = |name: &str, parameters: &[(&str, &str)]| {
            let id = [("secretId", "prod/smtp")];
            let all: Vec<_> = id.iter().chain(parameters).copied().collect();
            source.is_made_current_by(&written("secretsmanager.amazonaws.com", name, &all))
        };
        assert!(made("PutSecretValue", &[("clientRequestToken", "v-2")]));
        assert!(!made("PutSecretValue", &[("clientRequestToken", "v-1")]));
        assert!(!made("PutSecretValue", &[]));
        let moved = |stage| {
            made(
                "UpdateSecretVersionStage",
                &[("versionStage", stage), ("moveToVersionId", "v-2")],
            )
        };
        assert!(moved("AWSCURRENT") && !moved("AWSPENDING"));
    }

    #[test]
    fn of_a_parameter_the_moment_tells_it() {
        let source = parameter("/prod/smtp");
        let at = |seconds: i64| {
            let event = TrailEvent {
                at: source.written.unwrap() + SignedDuration::from_secs(seconds),
                ..written("ssm.amazonaws.com", "PutParameter", &[("name", "/prod/smtp")])
            };
            source.is_made_current_by(&event)
        };
        assert!(at(0) && at(-4) && !at(60) && !at(-60));
    }
}
