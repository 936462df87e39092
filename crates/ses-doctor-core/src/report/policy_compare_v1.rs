//! `policy compare` as JSON, version 1: what new policies grant beyond old ones, and what no longer.

use iam_eval::compare::{Comparison, Difference as Found, Example as Request, GrantedBy as Grant};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The value of `schema` in every version 1 answer.
pub const SCHEMA: &str = "ses-doctor/policy-compare/v1";

/// The whole answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyComparison {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// `equal`, `narrower`, `wider`, `incomparable` or `undetermined`.
    pub verdict: &'static str,
    /// What the new policies grant and neither the old nor the intended ones do.
    pub added: Difference,
    /// What the old or the intended policies grant and the new ones do not.
    pub removed: Difference,
    /// The user whose policies were read for the comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// What IAM Access Analyzer says, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_analyzer: Option<AccessAnalyzer>,
}

/// The old side, where it was read in an account: the identity-based policies of a user.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Account {
    /// ARN of the user.
    pub principal: String,
    /// Its policies that could be read.
    pub policies: Vec<String>,
    /// The one that the new policy replaces; none if it is added to them.
    pub replaces: Option<String>,
    /// Its policies that could not be read. What they could turn is undetermined.
    pub unread: Vec<UnreadPolicy>,
}

/// A policy that could not be read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UnreadPolicy {
    /// Its name; none if not even the list of policies could be read.
    pub policy: Option<String>,
    /// Why.
    pub why: String,
}

/// What one side grants beyond the other.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Difference {
    /// Nothing: this is proven.
    Nothing,
    /// This request, for one; the evaluator agrees.
    Example {
        /// The request.
        example: Example,
        /// The statement that grants it.
        granted_by: GrantedBy,
    },
    /// This request, if its assumptions can be true.
    Possible {
        /// The request.
        example: Example,
        /// The statement that grants it.
        granted_by: GrantedBy,
        /// What has to be true besides.
        assumptions: Vec<Assumption>,
    },
    /// Not to be told.
    TooComplex {
        /// What there is too much of.
        why: String,
    },
}

/// A request that tells two sides apart.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Example {
    /// Who asks, where the documents are resource-based policies that name somebody.
    pub principal: Option<String>,
    /// The action.
    pub action: String,
    /// The resource; `*` for an action that knows none.
    pub resource: String,
    /// The context keys that matter; every other is absent.
    pub context: BTreeMap<String, Vec<String>>,
}

/// A condition that cannot be looked into.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Assumption {
    /// In the documents' words.
    pub text: String,
    /// Whether it must hold, or must not.
    pub holds: bool,
}

/// The statement that grants a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GrantedBy {
    /// The document.
    pub document: String,
    /// The statement's place in it, from 0.
    pub index: usize,
    /// Its Sid.
    pub statement: Option<String>,
    /// Its first line.
    pub line: Option<usize>,
    /// Its first column.
    pub column: Option<usize>,
}

/// What IAM Access Analyzer says.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AccessAnalyzer {
    /// ValidatePolicy of each new document.
    pub validate_policy: Vec<Validation>,
    /// CheckNoNewAccess of all new documents against all old and intended ones.
    pub check_no_new_access: Answered<Check>,
    /// CheckAccessNotGranted of all new documents, for the example; none where there was no example to ask about.
    pub check_access_not_granted: Option<Answered<Check>>,
}

/// What ValidatePolicy says of a document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Validation {
    /// The document.
    pub document: String,
    /// What it says.
    #[serde(flatten)]
    pub answer: Answered<Findings>,
}

/// An answer, or why there is none.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Answered<T> {
    /// The answer.
    Given(T),
    /// Why there is none.
    Unavailable {
        /// The reason.
        unavailable: String,
    },
}

/// The findings of ValidatePolicy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Findings {
    /// What it finds.
    pub findings: Vec<Finding>,
}

/// A finding of ValidatePolicy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Finding {
    /// `error`, `security warning`, `warning`, `suggestion` or `remark`.
    pub kind: &'static str,
    /// Access Analyzer's code, such as `MISSING_VERSION`.
    pub code: String,
    /// In Access Analyzer's words.
    pub details: String,
    /// Line of the document, from 1.
    pub line: Option<i32>,
}

/// The answer to a check.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Check {
    /// Whether the document passes.
    pub passes: bool,
    /// In Access Analyzer's words.
    pub reasons: Vec<String>,
}

impl PolicyComparison {
    /// From what was found.
    pub fn new(
        comparison: &Comparison,
        account: Option<Account>,
        access_analyzer: Option<AccessAnalyzer>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            verdict: comparison.verdict().id(),
            added: (&comparison.added).into(),
            removed: (&comparison.removed).into(),
            account,
            access_analyzer,
        }
    }
}

impl From<&Found> for Difference {
    fn from(found: &Found) -> Self {
        match found {
            Found::Nothing => Self::Nothing,
            Found::Example { example, by } => Self::Example {
                example: example.into(),
                granted_by: by.into(),
            },
            Found::Possible { example, by } => Self::Possible {
                example: example.into(),
                granted_by: by.into(),
                assumptions: example
                    .assumptions
                    .iter()
                    .map(|assumption| Assumption {
                        text: assumption.text.clone(),
                        holds: assumption.holds,
                    })
                    .collect(),
            },
            Found::TooComplex(why) => Self::TooComplex { why: why.to_string() },
        }
    }
}

impl From<&Request> for Example {
    fn from(request: &Request) -> Self {
        Self {
            principal: request.principal.clone(),
            action: request.action.clone(),
            resource: request.resource.clone(),
            context: request.context.iter().cloned().collect(),
        }
    }
}

impl From<&Grant> for GrantedBy {
    fn from(grant: &Grant) -> Self {
        let statement = grant.document.statements.get(grant.statement);
        let place = statement.map(|statement| statement.span.position(grant.document.text()));
        Self {
            document: grant.document.name().to_owned(),
            index: grant.statement,
            statement: statement
                .and_then(|statement| statement.sid.as_ref())
                .map(|sid| sid.value.clone()),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
        }
    }
}
