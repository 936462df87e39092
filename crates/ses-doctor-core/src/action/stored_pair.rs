//! Putting the pair of a new key where the client looks for it, and the old one back.

use super::{Action, Call, Change, Holds, State, Store};
use serde::{Deserialize, Serialize};

/// Which pair a place keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// Whatever it kept before the rotation.
    Old,
    /// That of the key that the rotation made.
    New,
}

/// One place, and the pair in it. A plan knows the old content by its version or digest only, and the new one not at all:
/// the key does not exist when the plan is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPair {
    /// The place.
    pub store: Store,
    /// What it keeps of the pair.
    pub holds: Holds,
    /// The region whose password it keeps.
    pub region: String,
    /// The key whose pair it kept before.
    pub key: String,
    /// The old content: the id or number of a version, the SHA-256 of a file; `None` where there was none.
    pub old: Option<String>,
    /// What it keeps now.
    pub before: Which,
    /// What it is to keep.
    pub after: Which,
}

/// How a place that keeps the new pair is spoken of.
pub const NEW_PAIR: &str = "the pair of the new key";

impl StoredPair {
    fn state(&self, which: Which) -> State {
        match (which, &self.old, &self.store) {
            (Which::New, _, _) => State::Word(NEW_PAIR.to_owned()),
            (Which::Old, Some(old), Store::File { .. }) => State::File(old.clone()),
            (Which::Old, Some(old), _) => State::Word(Self::version(old)),
            (Which::Old, None, _) => State::Absent,
        }
    }

    /// How a version of a secret or parameter is spoken of.
    pub fn version(id: &str) -> String {
        format!("version {id}")
    }
}

impl Change for StoredPair {
    fn resource(&self) -> String {
        let what = match self.holds {
            Holds::Pair => "SMTP pair",
            Holds::Password => "SMTP password",
            Holds::Username => "SMTP user name",
        };
        match self.store {
            Store::Stdout => format!("the {what} of {} on standard output", self.region),
            Store::Secret { .. } | Store::Parameter { .. } | Store::File { .. } => {
                format!("the {what} of {} in {}", self.region, self.store.words())
            }
        }
    }

    fn before(&self) -> State {
        self.state(self.before)
    }

    fn after(&self) -> State {
        self.state(self.after)
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after,
            after: self.before,
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        let old = self.old.as_deref().unwrap_or_default();
        match (&self.store, self.after) {
            (Store::Secret { id, .. }, Which::New) => Call::new("secretsmanager", "PutSecretValue")
                .with("SecretId", id.as_str())
                .with("SecretString", "file://new-value"),
            (Store::Secret { id, .. }, Which::Old) => Call::new("secretsmanager", "UpdateSecretVersionStage")
                .with("SecretId", id.as_str())
                .with("VersionStage", "AWSCURRENT")
                .with("MoveToVersionId", old),
            (Store::Parameter { id, .. }, which) => {
                let value = match which {
                    Which::New => "file://new-value".to_owned(),
                    Which::Old => format!("file://value-of-version-{old}"),
                };
                Call::new("ssm", "PutParameter")
                    .with("Name", id.as_str())
                    .with("Value", value)
                    .with("Overwrite", true)
            }
            (Store::File { path, .. }, _) => Call::new("file", "Replace").with("Path", path.as_str()),
            (Store::Stdout, _) => Call::new("file", "Print"),
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        match (&self.store, self.after) {
            (Store::Secret { .. }, Which::New) => &[
                "secretsmanager:PutSecretValue",
                "secretsmanager:GetSecretValue",
                "secretsmanager:DescribeSecret",
            ],
            (Store::Secret { .. }, Which::Old) => &[
                "secretsmanager:UpdateSecretVersionStage",
                "secretsmanager:GetSecretValue",
                "secretsmanager:DescribeSecret",
            ],
            (Store::Parameter { .. }, _) => {
                &["ssm:PutParameter", "ssm:GetParameter", "ssm:DescribeParameters"]
            }
            (Store::File { .. } | Store::Stdout, _) => &[],
        }
    }

    /// What was printed stays so.
    fn is_final(&self) -> bool {
        self.store == Store::Stdout
    }
}
