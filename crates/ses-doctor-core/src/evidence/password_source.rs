//! Where AWS keeps the password, and what a login with it gave. Names, versions and times; never the value.

use super::LoginOutcome;
use jiff::Timestamp;
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
