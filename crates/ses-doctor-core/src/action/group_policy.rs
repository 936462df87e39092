//! Inline policies of a group.

use super::state::document;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// IAM `PutGroupPolicy`, or `DeleteGroupPolicy` where nothing is to be left. It reaches every user of the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPolicy {
    /// The group.
    pub group: String,
    /// The policy's name.
    pub name: String,
    /// The document that is there; `None` when there is no such policy.
    pub before: Option<String>,
    /// The document that is to be there.
    pub after: Option<String>,
}

impl Change for GroupPolicy {
    fn resource(&self) -> String {
        format!("the inline policy {} of the group {}", self.name, self.group)
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
                .with("GroupName", self.group.as_str())
                .with("PolicyName", self.name.as_str())
        };
        match &self.after {
            Some(document) => call("PutGroupPolicy").with("PolicyDocument", document.as_str()),
            None => call("DeleteGroupPolicy"),
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        match (&self.before, &self.after) {
            (Some(_), Some(_)) => &["iam:PutGroupPolicy", "iam:GetGroupPolicy", "iam:GetGroup"],
            (None, _) | (_, None) => &[
                "iam:PutGroupPolicy",
                "iam:DeleteGroupPolicy",
                "iam:GetGroupPolicy",
                "iam:GetGroup",
            ],
        }
    }
}
