//! `policy minimize` as JSON, version 1: the least policy for a refused call, or what no allow cures.

use crate::permission::message::Authorization;
use iam_eval::minimize::{Blocker, Cause, Proposal as Proposed};
use schemars::JsonSchema;
use serde::Serialize;

/// The value of `schema` in every version 1 answer.
pub const SCHEMA: &str = "ses-doctor/policy-minimize/v1";

/// The whole answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyMinimum {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// `proposal`, `already-allowed`, `refused` (no allow of the principal cures it) or `undetermined`.
    pub outcome: &'static str,
    /// The outcome in a sentence.
    pub why: String,
    /// Who was refused.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The allow; with the outcome `undetermined`, what would do if only an allow is missing.
    pub proposal: Option<Proposal>,
    /// The authorisations of the message, where one was described.
    pub message: Vec<Part>,
    /// What refuses above the principal's own policies.
    pub blocked_by: Vec<BlockedBy>,
    /// The unknown context keys that would settle it.
    pub missing_context: Vec<String>,
    /// Why the answer is not certain.
    pub doubt: Option<&'static str>,
    /// What was assumed.
    pub notes: Vec<String>,
}

/// The least allow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Proposal {
    /// A name for the inline policy.
    pub name: String,
    /// The policy document.
    pub document: serde_json::Value,
    /// Where it belongs.
    pub placement: &'static str,
    /// Why it is of this form.
    pub why: &'static str,
    /// Context keys that it is tied to, since a statement of the principal's own allows the call but for their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<String>,
    /// Context keys of conditions of such statements that it goes past.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<String>,
    /// The evaluator allows the call with it, as far as the policies at hand go.
    pub proven_to_be_enough: bool,
    /// The comparison proves that nothing else is granted.
    pub proven_to_grant_nothing_else: bool,
}

/// One authorisation of the message.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Part {
    /// ARN of the resource.
    pub resource: String,
    /// `sender`, `configuration-set` or `recipient`.
    pub part: &'static str,
    /// The reply of SES names it.
    pub refused: bool,
}

/// A layer that refuses.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BlockedBy {
    /// The layer.
    pub layer: &'static str,
    /// The root, organizational unit or account, for SCPs and RCPs.
    pub target: Option<String>,
    /// ARN of the resource that it refuses.
    pub resource: String,
    /// `explicit-deny` or `missing-allow`.
    pub how: &'static str,
    /// The statement that denies; none where no allow matches, or where the policy is not at hand.
    pub by: Option<By>,
    /// Who can change it.
    pub owner: String,
    /// What to ask for.
    pub ask_for: String,
}

/// A statement.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct By {
    /// The document.
    pub document: String,
    /// The statement's place in it, from 0.
    pub index: usize,
    /// Its Sid.
    pub statement: Option<String>,
    /// Its first line.
    pub line: usize,
    /// Its first column.
    pub column: usize,
}

impl Proposal {
    /// From what was found, with its reason.
    pub fn new(proposal: &Proposed, why: &'static str) -> Self {
        Self {
            name: proposal.name.clone(),
            document: serde_json::from_str(proposal.document.text()).unwrap_or_default(),
            placement: "new statement in an inline policy",
            why,
            held: proposal
                .held
                .iter()
                .map(|condition| condition.key.clone())
                .collect(),
            past: proposal.past.clone(),
            proven_to_be_enough: proposal.is_enough,
            proven_to_grant_nothing_else: proposal.comparison.is_nothing_more(),
        }
    }
}

impl From<&Authorization> for Part {
    fn from(authorization: &Authorization) -> Self {
        Self {
            resource: authorization.resource.clone(),
            part: authorization.part.id(),
            refused: authorization.refused,
        }
    }
}

impl From<&Blocker<'_>> for BlockedBy {
    fn from(blocker: &Blocker<'_>) -> Self {
        let by = match &blocker.cause {
            Cause::Denies {
                document,
                index,
                statement,
            } => {
                let place = statement.span.position(document.text());
                Some(By {
                    document: document.name().to_owned(),
                    index: *index,
                    statement: statement.sid.as_ref().map(|sid| sid.value.clone()),
                    line: place.line,
                    column: place.column,
                })
            }
            Cause::DeniesUnseen | Cause::DoesNotAllow { .. } => None,
        };
        Self {
            layer: blocker.layer.id(),
            target: blocker.target.map(ToOwned::to_owned),
            resource: blocker.request.resource().to_owned(),
            how: match &blocker.cause {
                Cause::Denies { .. } | Cause::DeniesUnseen => "explicit-deny",
                Cause::DoesNotAllow { .. } => "missing-allow",
            },
            by,
            owner: blocker.owner(),
            ask_for: blocker.ask(),
        }
    }
}
