//! Stored values as they live in a lab: what the world brings, and what calls write since.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::password::submitted;
use crate::state::uuid;
use crate::world::{Account, StoredVersion, World};

/// Which service keeps a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeper {
    SecretsManager,
    ParameterStore,
}

/// A secret or a parameter.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) keeper: Keeper,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) name: String,
    /// Encrypted: all secrets are, and parameters of the type `SecureString`.
    pub(crate) secure: bool,
    pub(crate) rotation: bool,
    pub(crate) rotated: Option<Timestamp>,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) tags: Vec<(String, String)>,
    /// The oldest first; the number of a parameter's version is its place, from 1.
    pub(crate) versions: Vec<Version>,
}

/// One version.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) stages: Vec<String>,
    pub(crate) created: Timestamp,
    /// ARN of who wrote it.
    pub(crate) by: String,
    pub(crate) value: SecretString,
    /// The value is base64 of bytes.
    pub(crate) binary: bool,
}

impl Stored {
    /// A new one without versions.
    pub(crate) fn new(keeper: Keeper, account: &str, region: &str, name: &str) -> Self {
        Self {
            keeper,
            account: account.to_owned(),
            region: region.to_owned(),
            name: name.to_owned(),
            secure: true,
            rotation: false,
            rotated: None,
            deleted: None,
            tags: Vec::new(),
            versions: Vec::new(),
        }
    }

    /// The version with this staging label.
    pub(crate) fn staged(&self, stage: &str) -> Option<&Version> {
        self.versions
            .iter()
            .find(|version| version.stages.iter().any(|own| own == stage))
    }

    /// Puts a label on a version, and takes it from the one that had it. A label that leaves the current version makes that
    /// the previous one, as Secrets Manager does.
    pub(crate) fn stage(&mut self, id: &str, stage: &str) {
        let before = self.staged(stage).map(|version| version.id.clone());
        for version in &mut self.versions {
            version.stages.retain(|own| own != stage);
            if version.id == id {
                version.stages.push(stage.to_owned());
            }
        }
        if let Some(before) = before.filter(|before| stage == CURRENT && before != id) {
            self.stage(&before, PREVIOUS);
        }
    }
}

/// The label of the version that `GetSecretValue` gives.
pub(crate) const CURRENT: &str = "AWSCURRENT";
/// The label of the version before it.
pub(crate) const PREVIOUS: &str = "AWSPREVIOUS";

/// What the world brings.
pub(crate) fn at_the_start(world: &World, start: Timestamp) -> Vec<Stored> {
    let of_account = |account: &Account| {
        let versions = |list: &[StoredVersion]| {
            let version = |version| resolve(world, account, version, start);
            list.iter().map(version).collect::<Vec<_>>()
        };
        let secrets = account.secret.iter().map(|secret| Stored {
            rotation: secret.rotation,
            rotated: secret.rotated.as_ref().map(|at| at.resolve(start)),
            deleted: secret.deleted.as_ref().map(|at| at.resolve(start)),
            versions: versions(&secret.version),
            ..Stored::new(Keeper::SecretsManager, &account.id, &secret.region, &secret.name)
        });
        let parameters = account.parameter.iter().map(|parameter| Stored {
            secure: parameter.secure,
            versions: versions(&parameter.version),
            ..Stored::new(
                Keeper::ParameterStore,
                &account.id,
                &parameter.region,
                &parameter.name,
            )
        });
        secrets.chain(parameters).collect::<Vec<_>>()
    };
    world.account.iter().flat_map(of_account).collect()
}

fn resolve(world: &World, account: &Account, version: &StoredVersion, start: Timestamp) -> Version {
    Version {
        id: uuid(),
        stages: version.stages.clone(),
        created: version.created.resolve(start),
        by: format!("arn:aws:iam::{}:user/{}", account.id, version.by),
        value: value(world, version),
        binary: false,
    }
}

/// The text of a version.
pub(crate) fn value(world: &World, version: &StoredVersion) -> SecretString {
    let password = submitted(world, &version.password);
    let username = version.username.as_ref().map(|name| submitted(world, name));
    let username = username.as_ref().map(ExposeSecret::expose_secret);
    let text = match (&version.text, username) {
        (Some(text), username) => text
            .expose()
            .replace("@USERNAME@", username.unwrap_or_default())
            .replace("@PASSWORD@", password.expose_secret()),
        (None, Some(username)) => {
            serde_json::json!({ "username": username, "password": password.expose_secret() }).to_string()
        }
        (None, None) => return password,
    };
    SecretString::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_version_becomes_the_previous_one() {
        let mut secret = Stored::new(Keeper::SecretsManager, "111122223333", "eu-west-1", "smtp");
        for id in ["one", "two", "three"] {
            secret.versions.push(Version {
                id: id.to_owned(),
                stages: Vec::new(),
                created: Timestamp::UNIX_EPOCH,
                by: String::new(),
                value: SecretString::from(id),
                binary: false,
            });
            secret.stage(id, CURRENT);
        }
        let staged = |secret: &Stored, stage: &str| secret.staged(stage).map(|version| version.id.clone());
        assert_eq!(staged(&secret, CURRENT).as_deref(), Some("three"));
        assert_eq!(staged(&secret, PREVIOUS).as_deref(), Some("two"));
        secret.stage("two", CURRENT);
        assert_eq!(staged(&secret, PREVIOUS).as_deref(), Some("three"));
    }
}
