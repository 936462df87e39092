//! IAM Access Analyzer as a second opinion on a policy (API reference: ValidatePolicy, CheckNoNewAccess,
//! CheckAccessNotGranted). A call that is denied or fails is unavailable, never an agreement.

mod checks;

use crate::client::Aws;
use crate::outcome::Judge;
use crate::permissions::VALIDATE_POLICY;
use aws_sdk_accessanalyzer::types::{Location, PolicyType, ValidatePolicyFinding, ValidatePolicyFindingType};
use ses_doctor_core::Observation;

/// What Access Analyzer says of a document's grammar and sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRemark {
    /// How grave it is.
    pub kind: RemarkKind,
    /// `MISSING_VERSION`, `PASS_ROLE_WITH_STAR_IN_RESOURCE`, …
    pub code: String,
    /// In Access Analyzer's words.
    pub details: String,
    /// Line of the document, from 1.
    pub line: Option<i32>,
}

/// How grave a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// IAM will not accept the document.
    Error,
    /// It grants more than is wise.
    SecurityWarning,
    /// It likely does not do what was meant.
    Warning,
    /// It could be written better.
    Suggestion,
    /// A kind that this program does not know.
    Other,
}

/// The answer to one of the checks that AWS bills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessCheck {
    /// Whether the document passes: it grants nothing new, or nothing of what was listed.
    pub passes: bool,
    /// In Access Analyzer's words.
    pub reasons: Vec<String>,
}

impl Aws {
    /// Asks ValidatePolicy about an identity policy. Costs nothing.
    pub async fn validate_policy(&self, document: &str) -> Observation<Vec<PolicyRemark>> {
        let look = async {
            let client = self.access_analyzer();
            let mut remarks = Vec::new();
            let mut token = None;
            for _ in 0..MAX_PAGES {
                let page = client
                    .validate_policy()
                    .policy_document(document)
                    .policy_type(PolicyType::IdentityPolicy)
                    .set_next_token(token)
                    .send()
                    .await
                    .judge(VALIDATE_POLICY)?;
                remarks.extend(page.findings.into_iter().map(remark));
                token = page.next_token;
                if token.is_none() {
                    break;
                }
            }
            Ok(remarks)
        };
        self.observe(VALIDATE_POLICY, look).await
    }
}

/// A document of 6,144 characters has no use for more.
const MAX_PAGES: usize = 20;

fn remark(finding: ValidatePolicyFinding) -> PolicyRemark {
    let kind = match finding.finding_type {
        ValidatePolicyFindingType::Error => RemarkKind::Error,
        ValidatePolicyFindingType::SecurityWarning => RemarkKind::SecurityWarning,
        ValidatePolicyFindingType::Warning => RemarkKind::Warning,
        ValidatePolicyFindingType::Suggestion => RemarkKind::Suggestion,
        _ => RemarkKind::Other,
    };
    PolicyRemark {
        kind,
        code: finding.issue_code,
        details: finding.finding_details,
        line: finding.locations.first().and_then(line),
    }
}

fn line(location: &Location) -> Option<i32> {
    location.span()?.start().map(|start| start.line)
}

#[cfg(test)]
mod tests;
