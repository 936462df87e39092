//! The password from Secrets Manager or Systems Manager: a pair to log in with, or what the client's own is compared with.
//! Values live in [`SecretString`]s and leave only to AUTH; what is told about them is evidence.

use crate::args::StoredArgs;
use crate::collect::{Pair, StoredPairs};
use crate::error::CliError;
use futures::FutureExt;
use secrecy::{ExposeSecret, SecretString};
use ses_doctor_aws::{About, Aws, StoredAt, StoredPassword};
use ses_doctor_core::evidence::{Keeper, OwnPair, PasswordSource, StoredVersion};
use ses_doctor_core::{Observation, Observed};
use ses_smtp::credential;
use std::sync::Arc;

/// A kept password as it was read.
#[derive(Debug)]
pub(crate) struct Stored {
    aws: Aws,
    at: StoredAt,
    observation: Observation<StoredPassword>,
}

/// Who keeps it and under which name; `None` when nothing was named.
pub(crate) fn named(args: &StoredArgs, region: Option<String>) -> Result<Option<StoredAt>, CliError> {
    let (keeper, id) = match (&args.password_secret, &args.password_parameter) {
        (Some(id), _) => (Keeper::SecretsManager, id),
        (None, Some(id)) => (Keeper::ParameterStore, id),
        (None, None) if args.password_secret_key.is_some() => {
            let help = "give the secret with --password-secret, or the parameter with --password-parameter";
            return Err(CliError::usage("--password-secret-key without a secret", help));
        }
        (None, None) => return Ok(None),
    };
    if id.trim().is_empty() {
        let what = "the name of the secret or parameter is empty";
        return Err(CliError::usage(what, "give its name or its ARN"));
    }
    Ok(Some(StoredAt {
        keeper,
        id: id.clone(),
        key: args.password_secret_key.clone(),
        region,
    }))
}

impl Stored {
    /// Reads it. A value that holds no password ends the command; one that cannot be read is evidence.
    pub(crate) async fn read(aws: Aws, at: StoredAt) -> Result<Self, CliError> {
        match aws.stored_password(&at, StoredVersion::Current).await {
            Ok(observation) => Ok(Self { aws, at, observation }),
            Err(error) => Err(CliError::Secret {
                what: format!("{} holds no password that can be told: {error}", at.id),
                help:
                    "name the member of the JSON object that is the SMTP password with --password-secret-key"
                        .to_owned(),
            }),
        }
    }

    /// The kept pair; the client's user name counts where one is given. `None` when it could not be read.
    pub(crate) fn pair(&self, username: Option<&str>) -> Result<Option<Pair>, CliError> {
        let Some(stored) = self.observation.known() else {
            return Ok(None);
        };
        pair(stored, username).map(Some).ok_or_else(|| {
            let what = format!("{} holds a password and no user name", self.at.id);
            CliError::usage(what, "give the SMTP user name with --username")
        })
    }

    /// Why it could not be read, in words.
    pub(crate) fn unavailable(&self) -> Option<String> {
        match &self.observation.observed {
            Observed::Missing => {
                Some("there is no such secret or parameter in this region and account".to_owned())
            }
            Observed::Known(_) | Observed::Denied { .. } | Observed::Failed { .. } | Observed::NotAsked => {
                self.observation.unavailable()
            }
        }
    }

    /// What is told about it. `own` is the client's own pair, where the client has one.
    pub(crate) async fn evidence(
        &self,
        own: Option<&Pair>,
        username: Option<&str>,
    ) -> Observation<PasswordSource> {
        let observed = match &self.observation.observed {
            Observed::Known(stored) => Observed::Known(self.source(stored, own, username).await),
            Observed::Missing => Observed::Missing,
            Observed::Denied { action, message } => Observed::Denied {
                action: action.clone(),
                message: message.clone(),
            },
            Observed::Failed { why } => Observed::Failed { why: why.clone() },
            Observed::NotAsked => Observed::NotAsked,
        };
        Observation {
            source: self.observation.source.clone(),
            observed_at: self.observation.observed_at,
            observed,
            denied: self.observation.denied.clone(),
            waited: self.observation.waited.clone(),
        }
    }

    async fn source(
        &self,
        stored: &StoredPassword,
        own: Option<&Pair>,
        username: Option<&str>,
    ) -> PasswordSource {
        let kept = pair(stored, own.map(|own| own.username.as_str()).or(username));
        let name = kept.as_ref().map_or("", |kept| kept.username.as_str());
        let holds = credential::inspect(name, &stored.password);
        let own_pair = match (own, kept) {
            (Some(own), Some(kept)) => Some(self.compare(own, &kept).await),
            (Some(_) | None, _) => None,
        };
        let About {
            name,
            version,
            written,
            changed,
            written_by,
            rotated,
            rotation_enabled,
            previous,
            pending,
            unread,
        } = stored.about.clone();
        PasswordSource {
            keeper: self.at.keeper,
            name,
            region: self.at.region().unwrap_or_default().to_owned(),
            version,
            written,
            changed,
            written_by,
            rotated,
            rotation_enabled,
            previous,
            pending,
            unread,
            holds,
            own_pair,
        }
    }

    /// The previous version is read only if the current one is not what the client has.
    async fn compare(&self, own: &Pair, kept: &Pair) -> OwnPair {
        if is_same(own, kept) {
            return OwnPair::Same;
        }
        let mended = credential::repairs(&own.username, &own.password);
        let is_kept = |mended: &credential::Repair| {
            mended.username == kept.username && is_equal(&mended.password, &kept.password)
        };
        if mended.iter().any(is_kept) {
            return OwnPair::SameOnceMended;
        }
        let has_previous = self
            .observation
            .known()
            .is_some_and(|stored| stored.about.previous.is_some());
        match has_previous {
            true => match previous(&self.aws, &self.at, &own.username).await {
                Some(before) if is_same(own, &before) => OwnPair::Previous,
                Some(_) | None => OwnPair::Different,
            },
            false => OwnPair::Different,
        }
    }

    /// The connection that it was read by.
    pub(crate) fn into_aws(self) -> Aws {
        self.aws
    }

    /// The pairs for the logins that tell more, once the client's own, or the current one, is refused.
    pub(crate) fn pairs(&self, own: Option<&Pair>) -> Option<StoredPairs> {
        let stored = self.observation.known()?;
        let current = pair(stored, own.map(|own| own.username.as_str()))?;
        let (aws, at, username) = (self.aws.clone(), self.at.clone(), current.username.clone());
        Some(StoredPairs {
            is_clients: own.is_none_or(|own| is_same(own, &current)),
            current,
            previous: Arc::new(move || {
                let (aws, at, username) = (aws.clone(), at.clone(), username.clone());
                async move { previous(&aws, &at, &username).await }.boxed()
            }),
        })
    }
}

async fn previous(aws: &Aws, at: &StoredAt, username: &str) -> Option<Pair> {
    match aws.stored_password(at, StoredVersion::Previous).await {
        Ok(observation) => pair(observation.known()?, Some(username)),
        Err(_) => None,
    }
}

/// The kept pair: with the user name beside the password, else with this one.
fn pair(stored: &StoredPassword, username: Option<&str>) -> Option<Pair> {
    let username = stored.username.as_deref().or(username)?;
    Some(Pair {
        username: username.to_owned(),
        password: stored.password.clone(),
    })
}

fn is_same(one: &Pair, other: &Pair) -> bool {
    one.username == other.username && is_equal(&one.password, &other.password)
}

fn is_equal(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}
