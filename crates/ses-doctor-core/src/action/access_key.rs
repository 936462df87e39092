//! Switching an access key on and off.

use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// IAM `UpdateAccessKey`. The password that is derived from the key stays the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyStatus {
    /// The user that owns the key.
    pub user: String,
    /// The key id.
    pub key: String,
    /// Whether the key is active now.
    pub before: bool,
    /// Whether it is to be.
    pub after: bool,
}

/// The word of IAM's enum.
fn status(active: bool) -> &'static str {
    if active { "Active" } else { "Inactive" }
}

impl Change for AccessKeyStatus {
    fn resource(&self) -> String {
        format!("the access key {} of the user {}", self.key, self.user)
    }

    fn before(&self) -> State {
        State::Word(status(self.before).to_owned())
    }

    fn after(&self) -> State {
        State::Word(status(self.after).to_owned())
    }

    fn inverse(&self) -> Action {
        let (before, after) = (self.after, self.before);
        Self {
            before,
            after,
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        Call::new("iam", "UpdateAccessKey")
            .with("UserName", self.user.as_str())
            .with("AccessKeyId", self.key.as_str())
            .with("Status", status(self.after))
    }

    fn permissions(&self) -> &'static [&'static str] {
        &["iam:UpdateAccessKey", "iam:ListAccessKeys"]
    }
}
