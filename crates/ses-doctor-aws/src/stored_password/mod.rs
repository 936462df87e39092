//! The password where AWS keeps it: Secrets Manager or Systems Manager. The value goes from the answer into a
//! [`SecretString`] and to the caller, and nowhere else: no log, no evidence, no error holds it.

mod content;
mod parameter_store;
mod renew;
mod secrets_manager;
#[cfg(test)]
mod tests;
mod write;

pub use content::ContentError;
pub use renew::renewed as renewed_value;
pub use write::KeptNow;

use crate::client::Aws;
use crate::outcome::{Look, Trouble, observed};
use jiff::Timestamp;
use secrecy::SecretString;
use ses_doctor_core::Observation;
use ses_doctor_core::evidence::{Keeper, StoredVersion};
use ses_smtp::endpoint::region_exists_shape;

/// Which secret or parameter, as a person names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAt {
    /// Who keeps it.
    pub keeper: Keeper,
    /// Name or ARN.
    pub id: String,
    /// Which member of a JSON object is the password.
    pub key: Option<String>,
    /// The region, where the id is no ARN.
    pub region: Option<String>,
}

/// A kept pair, and what is told about it.
#[derive(Debug, Clone)]
pub struct StoredPassword {
    /// The user name beside it, where there is one.
    pub username: Option<String>,
    /// The value.
    pub password: SecretString,
    /// What is told about it.
    pub about: About,
}

/// What the service tells about a kept value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Its name.
    pub name: String,
    /// The version's id or number.
    pub version: Option<String>,
    /// When the version was written.
    pub written: Option<Timestamp>,
    /// When the secret changed in any way.
    pub changed: Option<Timestamp>,
    /// Who wrote the version.
    pub written_by: Option<String>,
    /// When it was rotated.
    pub rotated: Option<Timestamp>,
    /// It is rotated on a schedule.
    pub rotation_enabled: Option<bool>,
    /// The version before.
    pub previous: Option<String>,
    /// A version that a rotation has begun.
    pub pending: Option<String>,
    /// Why the facts beside the value could not be read.
    pub unread: Option<String>,
}

/// What reading a kept value gave: an observation, or a value that is not what a password is taken from.
pub type ReadPassword = Result<Observation<StoredPassword>, ContentError>;

/// A read that failed, or a value that is of no use.
#[derive(Debug)]
pub(crate) enum Unread {
    Trouble(Trouble),
    Content(ContentError),
}

impl From<Trouble> for Unread {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<ContentError> for Unread {
    fn from(error: ContentError) -> Self {
        Self::Content(error)
    }
}

impl StoredAt {
    /// The region that it is read in: of the ARN, else as told.
    pub fn region(&self) -> Option<&str> {
        let of_arn = self
            .id
            .strip_prefix("arn:")
            .and_then(|rest| rest.split(':').nth(2));
        of_arn
            .or(self.region.as_deref())
            .filter(|region| region_exists_shape(region))
    }

    /// The call that reads it, for the source of an observation.
    pub fn source(&self) -> String {
        let region = self.region().unwrap_or("an unknown region");
        match self.keeper {
            Keeper::SecretsManager => format!("{} in {region}", secrets_manager::VALUE),
            Keeper::ParameterStore => format!("{} in {region}", parameter_store::VALUE),
        }
    }
}

impl Aws {
    /// Reads the current or the previous version of a kept value, within the deadline, or as long as the session may be too
    /// new.
    pub async fn stored_password(&self, at: &StoredAt, version: StoredVersion) -> ReadPassword {
        let unavailable = |read: &ReadPassword| read.as_ref().ok().and_then(Observation::unavailable);
        let (read, _, waited) = self
            .patiently(|| self.read_stored(at, version), unavailable)
            .await;
        read.map(|observation| Observation {
            waited,
            ..observation
        })
    }

    async fn read_stored(&self, at: &StoredAt, version: StoredVersion) -> ReadPassword {
        let mut unfit = None;
        let look = async {
            let region = at.region().ok_or_else(|| {
                Trouble::failed(
                    "the region of the secret or parameter is not known: give its ARN, or --region",
                )
            })?;
            let read = match at.keeper {
                Keeper::SecretsManager => secrets_manager::read(self, at, region, version).await,
                Keeper::ParameterStore => parameter_store::read(self, at, region, version).await,
            };
            match read {
                Ok(stored) => Ok(Some(stored)),
                Err(Unread::Trouble(trouble)) => Err(trouble),
                Err(Unread::Content(error)) => {
                    unfit = Some(error);
                    Ok(None)
                }
            }
        };
        let observation = self.observe(at.source(), look).await;
        if let Some(error) = unfit {
            return Err(error);
        }
        Ok(Observation {
            source: observation.source,
            observed_at: observation.observed_at,
            observed: observed(flat(observation.observed), str::to_owned),
            denied: observation.denied,
            waited: observation.waited,
        })
    }
}

/// A look without its value is one that failed; it does not occur, since an unfit value is told before.
fn flat(look: ses_doctor_core::Observed<Option<StoredPassword>>) -> Look<StoredPassword> {
    use ses_doctor_core::Observed;
    match look {
        Observed::Known(Some(stored)) => Ok(stored),
        Observed::Known(None) | Observed::NotAsked => Err(Trouble::failed("nothing was read")),
        Observed::Missing => Err(Trouble::Missing),
        Observed::Denied { action, message } => Err(Trouble::Denied { action, message }),
        Observed::Failed { why } => Err(Trouble::Failed { why }),
    }
}

/// A time in an answer of these services: seconds since 1970, with fractions.
fn time(value: Option<&serde_json::Value>) -> Option<Timestamp> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding is meant, and a float's cast saturates"
    )]
    let milliseconds = (value?.as_f64()? * 1000.0) as i64;
    Timestamp::from_millisecond(milliseconds).ok()
}

/// A text in an answer.
fn text(answer: &serde_json::Value, name: &str) -> Option<String> {
    answer.get(name)?.as_str().map(str::to_owned)
}
