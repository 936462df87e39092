//! Managed policies attached to a user.

use super::state::presence;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// IAM `AttachUserPolicy` or `DetachUserPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedPolicy {
    /// The user.
    pub user: String,
    /// ARN of the managed policy.
    pub policy: String,
    /// Whether it is attached.
    pub before: bool,
    /// Whether it is to be.
    pub after: bool,
}

impl Change for AttachedPolicy {
    fn resource(&self) -> String {
        format!("the attachment of {} to the user {}", self.policy, self.user)
    }

    fn before(&self) -> State {
        presence(self.before)
    }

    fn after(&self) -> State {
        presence(self.after)
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
        let operation = if self.after {
            "AttachUserPolicy"
        } else {
            "DetachUserPolicy"
        };
        Call::new("iam", operation)
            .with("UserName", self.user.as_str())
            .with("PolicyArn", self.policy.as_str())
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[
            "iam:AttachUserPolicy",
            "iam:DetachUserPolicy",
            "iam:ListAttachedUserPolicies",
        ]
    }
}
