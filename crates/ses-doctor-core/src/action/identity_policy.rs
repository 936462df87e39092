//! The policies of an SES identity (sending authorization), which SES calls email identity policies.

use super::state::document;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// SES `CreateEmailIdentityPolicy`, `UpdateEmailIdentityPolicy` or `DeleteEmailIdentityPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityPolicy {
    /// The identity: an address or a domain.
    pub identity: String,
    /// The policy's name.
    pub name: String,
    /// The document that is there; `None` when there is no such policy.
    pub before: Option<String>,
    /// The document that is to be there.
    pub after: Option<String>,
}

impl Change for IdentityPolicy {
    fn resource(&self) -> String {
        format!("the policy {} of the identity {}", self.name, self.identity)
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
            Call::new("sesv2", operation)
                .with("EmailIdentity", self.identity.as_str())
                .with("PolicyName", self.name.as_str())
        };
        match (&self.before, &self.after) {
            (None, Some(document)) => call("CreateEmailIdentityPolicy").with("Policy", document.as_str()),
            (Some(_), Some(document)) => call("UpdateEmailIdentityPolicy").with("Policy", document.as_str()),
            (_, None) => call("DeleteEmailIdentityPolicy"),
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        match (&self.before, &self.after) {
            (Some(_), Some(_)) => &["ses:UpdateEmailIdentityPolicy", "ses:GetEmailIdentityPolicies"],
            (None, _) | (_, None) => &[
                "ses:CreateEmailIdentityPolicy",
                "ses:DeleteEmailIdentityPolicy",
                "ses:GetEmailIdentityPolicies",
            ],
        }
    }
}
