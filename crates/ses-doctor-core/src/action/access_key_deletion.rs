//! Deleting an access key that nobody uses.

use super::{Action, Call, Change, State, span};
use serde::{Deserialize, Serialize};

/// IAM `DeleteAccessKey`, of a key that is switched off or idle. One-way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyDeletion {
    /// The user that owns the key.
    pub user: String,
    /// The key id.
    pub key: String,
    /// How long it has to be unused, in seconds, where it need not be switched off. It is switched off first.
    pub idle_for: Option<u64>,
    /// Whether it is there now.
    pub before: bool,
    /// Whether it is to be.
    pub after: bool,
}

impl AccessKeyDeletion {
    /// How a person consents to it: `delete-key:AKIA…`.
    pub fn consent(&self) -> String {
        format!("delete-key:{}", self.key)
    }
}

impl AccessKeyDeletion {
    fn state(&self, there: bool) -> State {
        match (there, self.idle_for) {
            (false, _) => State::Absent,
            (true, Some(_)) => State::Present,
            (true, None) => State::Word("Inactive".to_owned()),
        }
    }
}

impl Change for AccessKeyDeletion {
    fn resource(&self) -> String {
        match self.idle_for {
            Some(seconds) => format!(
                "the access key {} of the user {}, unused for {}",
                self.key,
                self.user,
                span(seconds)
            ),
            None => format!(
                "the access key {} of the user {}, switched off",
                self.key, self.user
            ),
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
        // For the way back there is no call; AWS chooses the ids of keys.
        let operation = if self.after {
            "CreateAccessKey"
        } else {
            "DeleteAccessKey"
        };
        Call::new("iam", operation)
            .with("UserName", self.user.as_str())
            .with("AccessKeyId", self.key.as_str())
    }

    fn permissions(&self) -> &'static [&'static str] {
        if self.after {
            &["iam:CreateAccessKey", "iam:ListAccessKeys"]
        } else {
            &[
                "iam:DeleteAccessKey",
                "iam:UpdateAccessKey",
                "iam:ListAccessKeys",
                "iam:GetAccessKeyLastUsed",
            ]
        }
    }

    fn one_way(&self) -> Option<&'static str> {
        (!self.after).then_some("AWS cannot make a deleted access key again, and nothing else has its secret")
    }

    fn is_final(&self) -> bool {
        !self.after
    }
}
