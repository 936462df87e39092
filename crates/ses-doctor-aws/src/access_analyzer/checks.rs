//! The two checks that compare access. AWS bills each call of them.

use super::AccessCheck;
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{CHECK_ACCESS_NOT_GRANTED, CHECK_NO_NEW_ACCESS};
use aws_sdk_accessanalyzer::types::{
    Access, AccessCheckPolicyType, CheckAccessNotGrantedResult, CheckNoNewAccessResult, ReasonSummary,
};
use ses_doctor_core::Observation;

impl Aws {
    /// Asks CheckNoNewAccess whether the new identity policy grants nothing beyond the existing one. AWS bills the call.
    pub async fn check_no_new_access(&self, new: &str, existing: &str) -> Observation<AccessCheck> {
        let look = async {
            let answer = self
                .access_analyzer()
                .check_no_new_access()
                .new_policy_document(new)
                .existing_policy_document(existing)
                .policy_type(AccessCheckPolicyType::IdentityPolicy)
                .send()
                .await
                .judge(CHECK_NO_NEW_ACCESS)?;
            let passes = match answer.result {
                Some(CheckNoNewAccessResult::Pass) => Some(true),
                Some(CheckNoNewAccessResult::Fail) => Some(false),
                _ => None,
            };
            verdict(CHECK_NO_NEW_ACCESS, passes, answer.message, answer.reasons)
        };
        self.observe(CHECK_NO_NEW_ACCESS, look).await
    }

    /// Asks CheckAccessNotGranted whether the identity policy grants none of this. AWS bills the call.
    pub async fn check_access_not_granted(
        &self,
        document: &str,
        action: &str,
        resource: Option<&str>,
    ) -> Observation<AccessCheck> {
        let look = async {
            let mut access = Access::builder().actions(action);
            if let Some(resource) = resource {
                access = access.resources(resource);
            }
            let answer = self
                .access_analyzer()
                .check_access_not_granted()
                .policy_document(document)
                .access(access.build())
                .policy_type(AccessCheckPolicyType::IdentityPolicy)
                .send()
                .await
                .judge(CHECK_ACCESS_NOT_GRANTED)?;
            let passes = match answer.result {
                Some(CheckAccessNotGrantedResult::Pass) => Some(true),
                Some(CheckAccessNotGrantedResult::Fail) => Some(false),
                _ => None,
            };
            verdict(CHECK_ACCESS_NOT_GRANTED, passes, answer.message, answer.reasons)
        };
        self.observe(CHECK_ACCESS_NOT_GRANTED, look).await
    }
}

/// An answer without a result says nothing.
fn verdict(
    action: &str,
    passes: Option<bool>,
    message: Option<String>,
    reasons: Option<Vec<ReasonSummary>>,
) -> Look<AccessCheck> {
    let passes = passes.ok_or_else(|| Trouble::failed(format!("{action} answered without a result")))?;
    let described = reasons.unwrap_or_default().into_iter().filter_map(reason);
    Ok(AccessCheck {
        passes,
        reasons: message.into_iter().chain(described).collect(),
    })
}

fn reason(summary: ReasonSummary) -> Option<String> {
    let place = match (&summary.statement_id, summary.statement_index) {
        (Some(sid), _) => format!(" (statement {sid})"),
        (None, Some(index)) => format!(" (statement {})", index.saturating_add(1)),
        (None, None) => String::new(),
    };
    summary.description.map(|description| description + &place)
}
