//! Kept values, written: the new pair in the place of the old one, and the old value back.

use super::content::{self, ContentError};
use super::{StoredAt, Unread, parameter_store, renew, secrets_manager};
use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use ses_doctor_core::action::{Holds, State, StoredPair};
use ses_doctor_core::digest::sha256;
use ses_doctor_core::evidence::Keeper;

/// A kept value as it is found before a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNow {
    /// The id or number of its version.
    pub version: String,
    /// What it keeps of a pair.
    pub holds: Holds,
    /// The user name in it.
    pub username: Option<String>,
}

impl From<ContentError> for Trouble {
    fn from(error: ContentError) -> Self {
        Self::failed(error.to_string())
    }
}

fn looked(read: Result<(String, SecretString), Unread>) -> Look<(String, SecretString)> {
    read.map_err(|unread| match unread {
        Unread::Trouble(trouble) => trouble,
        Unread::Content(error) => error.into(),
    })
}

impl StoredAt {
    fn region_for_writing(&self) -> Look<&str> {
        self.region()
            .ok_or_else(|| Trouble::failed("the region of the secret or parameter is not known"))
    }

    /// Version and value, now.
    async fn now(&self, aws: &Aws) -> Look<(String, SecretString)> {
        let region = self.region_for_writing()?;
        match self.keeper {
            Keeper::SecretsManager => looked(secrets_manager::current(aws, self, region).await),
            Keeper::ParameterStore => parameter_store::version(aws, self, region, None).await,
        }
    }

    /// Whether the value now is that of an earlier version, under whatever number.
    async fn is_as_in(&self, aws: &Aws, old: &str, (version, value): (&str, &SecretString)) -> Look<bool> {
        if version == old {
            return Ok(true);
        }
        match self.keeper {
            Keeper::SecretsManager => Ok(false),
            Keeper::ParameterStore => {
                let region = self.region_for_writing()?;
                let before = parameter_store::version(aws, self, region, Some(old)).await;
                match before {
                    Ok((_, before)) => Ok(before.expose_secret() == value.expose_secret()),
                    Err(Trouble::Missing) => Ok(false),
                    Err(trouble) => Err(trouble),
                }
            }
        }
    }

    /// The state as a plan knows it. `is_new` tells whether halves of a pair are those of the new key.
    pub(crate) async fn state(
        &self,
        aws: &Aws,
        pair: &StoredPair,
        is_new: impl Fn(Option<&str>, Option<&SecretString>) -> bool,
    ) -> Look<State> {
        let (version, value) = self.now(aws).await?;
        if let Some(old) = &pair.old
            && self.is_as_in(aws, old, (&version, &value)).await?
        {
            return Ok(State::Word(StoredPair::version(old)));
        }
        let text = value.expose_secret();
        let new = match pair.holds {
            Holds::Username => is_new(Some(text.trim()), None),
            Holds::Pair | Holds::Password => match content::read(&value, self.key.as_deref()) {
                Ok(content) => {
                    let named = pair.holds == Holds::Password || content.username.is_some();
                    named && is_new(content.username.as_deref(), Some(&content.password))
                }
                Err(_) => false,
            },
        };
        Ok(State::Word(match new {
            true => ses_doctor_core::action::NEW_PAIR.to_owned(),
            false => format!("{}, which the plan does not know", StoredPair::version(&version)),
        }))
    }

    /// Writes the new pair in the place of the old one. The version's id follows from the version before and the key, so
    /// that the same call made twice is one (PutSecretValue, `ClientRequestToken`).
    pub(crate) async fn renew(
        &self,
        aws: &Aws,
        pair: &StoredPair,
        (username, password): (&str, &SecretString),
    ) -> Look<()> {
        let region = self.region_for_writing()?;
        let (version, value) = self.now(aws).await?;
        let old = pair.old.as_deref().unwrap_or_default();
        if !self.is_as_in(aws, old, (&version, &value)).await? {
            return Err(changed_meanwhile(self));
        }
        let new = renew::renewed(&value, self.key.as_deref(), &pair.key, (username, password))?;
        match self.keeper {
            Keeper::SecretsManager => {
                let id = sha256(format!("{} {version} {username}", self.id).as_bytes());
                secrets_manager::put(aws, self, region, &id, &new).await
            }
            Keeper::ParameterStore => parameter_store::put(aws, self, region, &new, true).await,
        }
    }

    /// Brings back the value of the old version.
    pub(crate) async fn restore(&self, aws: &Aws, old: &str) -> Look<()> {
        let region = self.region_for_writing()?;
        match self.keeper {
            Keeper::SecretsManager => {
                let (version, _) = self.now(aws).await?;
                secrets_manager::restore(aws, self, region, &version, old).await
            }
            Keeper::ParameterStore => {
                let (_, before) = parameter_store::version(aws, self, region, Some(old)).await?;
                parameter_store::put(aws, self, region, &before, true).await
            }
        }
    }

    /// A write that changes nothing, and that is refused where a real one would be.
    pub(crate) async fn try_writing(&self, aws: &Aws) -> Look<()> {
        let region = self.region_for_writing()?;
        let (version, value) = self.now(aws).await?;
        match self.keeper {
            Keeper::SecretsManager => secrets_manager::put(aws, self, region, &version, &value).await,
            Keeper::ParameterStore => match parameter_store::put(aws, self, region, &value, false).await {
                Err(Trouble::Refused { code, .. }) if code == "ParameterAlreadyExists" => Ok(()),
                other => other,
            },
        }
    }

    /// What is told of it, without its value.
    pub(crate) async fn described(&self, aws: &Aws) -> Look<Value> {
        let region = self.region_for_writing()?;
        let described = match self.keeper {
            Keeper::SecretsManager => secrets_manager::described(aws, self, region).await?,
            Keeper::ParameterStore => parameter_store::described(aws, self, region).await?,
        };
        Ok(json!({ "Id": self.id, "Described": described }))
    }
}

fn changed_meanwhile(at: &StoredAt) -> Trouble {
    Trouble::Denied {
        action: "the change".to_owned(),
        message: format!("{} was changed by somebody else meanwhile", at.id),
    }
}

impl Aws {
    /// What a secret or parameter keeps now, for a plan.
    ///
    /// # Errors
    /// When it cannot be read, or is not what a pair is put into.
    pub async fn kept_now(&self, at: &StoredAt) -> Result<KeptNow, String> {
        let look = async {
            let (version, value) = at.now(self).await?;
            let (holds, username) = renew::kept(&value, at.key.as_deref())?;
            Ok(KeptNow {
                version,
                holds,
                username,
            })
        };
        self.told(self.within(&at.source(), look).await)
    }
}
