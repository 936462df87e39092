//! Where an account keeps passwords: secrets of Secrets Manager and parameters of Systems Manager.

use serde::Deserialize;

use super::secret::{Secret, Submitted};
use super::when::When;

/// A secret of Secrets Manager.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSecret {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// It is rotated on a schedule.
    #[serde(default)]
    pub rotation: bool,
    /// When it was rotated last.
    pub rotated: Option<When>,
    /// It is marked for deletion, since this moment.
    pub deleted: Option<When>,
    /// Its versions, the oldest first.
    pub version: Vec<StoredVersion>,
}

/// A parameter of Systems Manager's Parameter Store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredParameter {
    /// Its name, with a slash in front if it has a path.
    pub name: String,
    /// Its region.
    pub region: String,
    /// `SecureString`, else `String`.
    #[serde(default = "yes")]
    pub secure: bool,
    /// Its versions, the oldest first.
    pub version: Vec<StoredVersion>,
}

/// One version of a stored value.
///
/// With a user name it is a JSON object of `username` and `password`; without one the password as it is; and `text` is what
/// it says, with `@USERNAME@` and `@PASSWORD@` in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredVersion {
    /// Staging labels, of a secret only.
    #[serde(default)]
    pub stages: Vec<String>,
    /// When it was written.
    #[serde(default = "half_a_year_ago")]
    pub created: When,
    /// The IAM user who wrote it.
    #[serde(default = "admin")]
    pub by: String,
    /// The SMTP user name in it.
    pub username: Option<Submitted>,
    /// The SMTP password in it.
    pub password: Submitted,
    /// The text around them.
    pub text: Option<Secret>,
}

fn yes() -> bool {
    true
}

fn admin() -> String {
    "admin".to_owned()
}

fn half_a_year_ago() -> When {
    When::days_ago(180)
}
