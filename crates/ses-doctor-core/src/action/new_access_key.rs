//! Making a second access key for a user.

use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// How the new key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewKey {
    /// There is none.
    Absent,
    /// It works.
    Active,
    /// It is switched off.
    Inactive,
}

/// IAM `CreateAccessKey`. The id of the key is AWS's choice: the plan knows it as the key that is none of those that were
/// there before. Its secret is given once, so that the state "active" means: and its secret is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccessKey {
    /// The user that gets it.
    pub user: String,
    /// The keys that the user has besides, when it is made.
    pub known: Vec<String>,
    /// How it is now.
    pub before: NewKey,
    /// How it is to be.
    pub after: NewKey,
}

fn state(key: NewKey) -> State {
    match key {
        NewKey::Absent => State::Absent,
        NewKey::Active => State::Word("Active".to_owned()),
        NewKey::Inactive => State::Word("Inactive".to_owned()),
    }
}

impl Change for NewAccessKey {
    fn resource(&self) -> String {
        format!(
            "the new access key of the user {} (beside {})",
            self.user,
            self.known.join(", ")
        )
    }

    fn before(&self) -> State {
        state(self.before)
    }

    fn after(&self) -> State {
        state(self.after)
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
        let call = |operation| Call::new("iam", operation).with("UserName", self.user.as_str());
        let status = |status| {
            call("UpdateAccessKey")
                .with("AccessKeyId", "NEW_KEY_ID")
                .with("Status", status)
        };
        match (self.before, self.after) {
            (NewKey::Absent, _) => call("CreateAccessKey"),
            (_, NewKey::Absent) => call("DeleteAccessKey").with("AccessKeyId", "NEW_KEY_ID"),
            (_, NewKey::Active) => status("Active"),
            (_, NewKey::Inactive) => status("Inactive"),
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        match self.before {
            // To resume a run whose key's secret was lost takes the right to delete that key.
            NewKey::Absent => &[
                "iam:CreateAccessKey",
                "iam:DeleteAccessKey",
                "iam:ListAccessKeys",
                "iam:GetAccessKeyLastUsed",
            ],
            NewKey::Active | NewKey::Inactive => &[
                "iam:UpdateAccessKey",
                "iam:DeleteAccessKey",
                "iam:ListAccessKeys",
                "iam:GetAccessKeyLastUsed",
            ],
        }
    }
}
