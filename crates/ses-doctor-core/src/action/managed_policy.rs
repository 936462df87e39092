//! Versions of a customer managed policy. IAM keeps five (IAM User Guide, "Versioning IAM policies"), of which one is the
//! default; what is in force changes with the default alone, so that making a version and choosing it are two steps, each
//! of which can be undone by itself. Versions are known by what they say, since IAM gives the ids.

use super::state::presence;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// IAM `CreatePolicyVersion`, not as the default, or `DeletePolicyVersion`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// ARN of the policy.
    pub policy: String,
    /// What the version says.
    pub document: String,
    /// Whether there is such a version.
    pub before: bool,
    /// Whether there is to be one.
    pub after: bool,
    /// It was there before this plan: made again, it would have another id.
    #[serde(default)]
    pub is_history: bool,
    /// The id of a version that was there before this plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The id of the version whose deletion makes room for this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<String>,
}

impl PolicyVersion {
    /// Of a deletion: what a person consents to it with.
    pub(super) fn consent(&self) -> Option<String> {
        let version = self.version.as_ref().filter(|_| !self.after)?;
        let name = self.policy.rsplit('/').next().unwrap_or_default();
        Some(format!("delete-version:{name}:{version}"))
    }
}

impl Change for PolicyVersion {
    fn resource(&self) -> String {
        match &self.version {
            Some(id) => format!(
                "the old version {id} of {}, or one with its document",
                self.policy
            ),
            None => format!("a version of {} with this document", self.policy),
        }
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
        let call = |operation| Call::new("iam", operation).with("PolicyArn", self.policy.as_str());
        match self.after {
            true => call("CreatePolicyVersion")
                .with("PolicyDocument", self.document.as_str())
                .with("SetAsDefault", false),
            false => {
                let id = self.version.as_deref();
                call("DeletePolicyVersion").with("VersionId", id.unwrap_or("the version with this document"))
            }
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[
            "iam:CreatePolicyVersion",
            "iam:DeletePolicyVersion",
            "iam:ListPolicyVersions",
            "iam:GetPolicyVersion",
        ]
    }

    fn one_way(&self) -> Option<&'static str> {
        (self.is_history && !self.after)
            .then_some("an old version that is deleted can be made again, but only under another version id")
    }
}

/// IAM `SetDefaultPolicyVersion`: what the policy says, to everybody to whom it is attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultVersion {
    /// ARN of the policy.
    pub policy: String,
    /// What the default version says.
    pub before: String,
    /// What it is to say; a version with this document is there by then.
    pub after: String,
}

impl Change for DefaultVersion {
    fn resource(&self) -> String {
        format!("the default version of {}", self.policy)
    }

    fn before(&self) -> State {
        State::Document(self.before.clone())
    }

    fn after(&self) -> State {
        State::Document(self.after.clone())
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
        Call::new("iam", "SetDefaultPolicyVersion")
            .with("PolicyArn", self.policy.as_str())
            .with("VersionId", "the version with this document")
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[
            "iam:SetDefaultPolicyVersion",
            "iam:ListPolicyVersions",
            "iam:GetPolicyVersion",
        ]
    }
}
