//! Inline policies of a user.

use super::state::document;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// IAM `PutUserPolicy`, or `DeleteUserPolicy` where nothing is to be left. It reaches this one user only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPolicy {
    /// The user.
    pub user: String,
    /// The policy's name.
    pub name: String,
    /// The document that is there; `None` when there is no such policy.
    pub before: Option<String>,
    /// The document that is to be there.
    pub after: Option<String>,
}

impl Change for UserPolicy {
    fn resource(&self) -> String {
        format!("the inline policy {} of the user {}", self.name, self.user)
    }

    fn before(&self) -> State {
        document(self.before.as_ref())
    }

    fn after(&self) -> State {
        document(self.after.as_ref())
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after.clone(),
            after: self.before.clone(),
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        let call = |operation| {
            Call::new("iam", operation)
                .with("UserName", self.user.as_str())
                .with("PolicyName", self.name.as_str())
        };
        match &self.after {
            Some(document) => call("PutUserPolicy").with("PolicyDocument", document.as_str()),
            None => call("DeleteUserPolicy"),
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        match (&self.before, &self.after) {
            (Some(_), Some(_)) => &["iam:PutUserPolicy", "iam:GetUserPolicy"],
            (None, _) | (_, None) => &["iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:GetUserPolicy"],
        }
    }
}
