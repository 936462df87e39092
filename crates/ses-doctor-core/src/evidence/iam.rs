//! What IAM and STS say of the operator, the access key and its user.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// STS `GetCallerIdentity`: whose credentials read AWS for this diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Account id.
    pub account: String,
    /// ARN of the operator.
    pub arn: String,
}

/// IAM `GetAccessKeyLastUsed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLastUsed {
    /// The user that owns the key; absent for root keys.
    pub user_name: Option<String>,
    /// Absent when the key was never used.
    pub last_used: Option<Timestamp>,
    /// Service of the last request, e.g. `ses`; `N/A` when never used.
    pub service: Option<String>,
    /// Region of the last request.
    pub region: Option<String>,
}

/// The status enum of an access key (botocore model of IAM).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStatus {
    /// Usable.
    Active,
    /// Switched off; reversible.
    Inactive,
    /// Past its expiry: the newest value of the enum.
    Expired,
    /// A value that this version does not know.
    Other,
}

/// One access key of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// Key id.
    pub id: String,
    /// Status.
    pub status: KeyStatus,
    /// Creation time.
    pub created: Option<Timestamp>,
}

/// The keys of the user that owns the key in question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeys {
    /// The user.
    pub user_name: String,
    /// At most two (IAM quota).
    pub keys: Vec<AccessKey>,
}

/// IAM `GetUser`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Creation time.
    pub created: Option<Timestamp>,
    /// ARN of the permissions boundary.
    pub boundary: Option<String>,
}

/// How a policy reaches the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attachment {
    /// Inline policy of the user.
    UserInline,
    /// Managed policy attached to the user.
    UserManaged,
    /// Inline policy of a group.
    GroupInline(String),
    /// Managed policy attached to a group.
    GroupManaged(String),
    /// The permissions boundary.
    Boundary,
}

impl Attachment {
    /// Stands in for the name of a group when not even the groups could be read.
    pub const UNREAD_GROUP: &'static str = "?";
}

/// One policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDocument {
    /// Policy name.
    pub name: String,
    /// ARN of a managed policy.
    pub arn: Option<String>,
    /// How it reaches the user.
    pub attachment: Attachment,
    /// JSON text, decoded; `None` with the reason when it could not be read.
    pub document: Result<String, String>,
}
