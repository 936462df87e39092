//! What AWS's own policy simulator says of the message: a second opinion.

use serde::{Deserialize, Serialize};

/// IAM `SimulatePrincipalPolicy` for the user behind the access key, once for each resource that the message is
/// authorised on.
///
/// It knows the user's policies, those of its groups, the boundary, and, as far as they bear no conditions, the SCPs
/// (general knowledge); no RCP, no policy of the identity, no VPC endpoint policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// ARN of the user.
    pub principal: String,
    /// In the order of the questions, the refused one first.
    pub decisions: Vec<SimulatedDecision>,
}

/// The simulator's answer for one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedDecision {
    /// Such as `ses:SendRawEmail`.
    pub action: String,
    /// ARN of the resource.
    pub resource: String,
    /// `EvalDecision`.
    pub decision: EvalDecision,
    /// The statements that determine it.
    pub matched: Vec<MatchedStatement>,
    /// Context keys that policies ask for and that the question did not give.
    pub missing_context: Vec<String>,
    /// Whether the SCPs allow it; absent when the account is in no organization.
    pub allowed_by_organizations: Option<bool>,
    /// Whether the permissions boundary allows it; absent when there is none.
    pub allowed_by_boundary: Option<bool>,
}

/// The simulator's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvalDecision {
    /// `allowed`.
    Allowed,
    /// `explicitDeny`.
    ExplicitDeny,
    /// `implicitDeny`.
    ImplicitDeny,
    /// A value that this version does not know.
    Other,
}

/// A statement of a policy, by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedStatement {
    /// `SourcePolicyId`, such as `user_app_AllowSending`.
    pub policy: String,
    /// `SourcePolicyType`: `user`, `group`, `aws-managed`, `user-managed`, …
    pub kind: Option<String>,
    /// Line and column in the document where it begins, from 1.
    pub starts_at: Option<(u32, u32)>,
}
