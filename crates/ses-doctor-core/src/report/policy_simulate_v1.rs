//! The lines of `policy simulate --output json`, version 1: one decision each.

use super::policy_v1::Unread;
use crate::evidence::Evidence;
use crate::permission::case::Case;
use crate::permission::inquiry::Inquiry;
use crate::permission::message::Part;
use crate::permission::send::Send;
use iam_eval::simulation::{Answer, AnsweredBy, SimulationError, StatementName};
use schemars::JsonSchema;
use serde::Serialize;

/// One line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Line {
    /// A decision.
    Decision(Box<Decision>),
    /// In place of one, where a request is none.
    Error(Error),
}

/// A decision, and for a request to an account's policies what was asked and what could not be read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Decision {
    /// What was asked; a request of a file is known by its line.
    #[serde(flatten)]
    pub asked: Option<Asked>,
    /// `allowed`, `explicit-deny`, `implicit-deny` or `undetermined`: that too as long as what was not read could change it.
    pub decision: &'static str,
    /// What settled it; none if it is undetermined.
    pub decided_by: Option<DecidedBy>,
    /// The unknown context keys that would settle it.
    pub missing_context: Vec<String>,
    /// The decisions that are left, if it is undetermined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub possible: Vec<&'static str>,
    /// Layers of the account of which policies are missing. With a denial beside them: it stands whatever they say, but may
    /// be explicit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<Vec<Unread>>,
}

/// A request to the policies of an account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Asked {
    /// ARN of the user.
    pub principal: String,
    /// The action.
    pub action: String,
    /// ARN of the resource, or `*`.
    pub resource: String,
    /// `sender`, `configuration-set` or `recipient`, where it is one of the authorisations of a message.
    pub part: Option<&'static str>,
}

/// What settled a decision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DecidedBy {
    /// The layer.
    pub layer: &'static str,
    /// The root, organizational unit or account, for SCPs and RCPs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The document; none if it is the lack of an allow that settled it.
    pub document: Option<String>,
    /// The statement: its Sid, or its place from 0 if it has none.
    pub statement: Option<Statement>,
    /// Its place among the statements, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Its first line in the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Its first column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// A statement's Sid, or its place.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Statement {
    /// Its Sid.
    Sid(String),
    /// Its place in the document, from 0.
    Index(usize),
}

/// Why a request is none.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Error {
    /// What is wrong.
    pub error: String,
    /// The line of the input.
    pub line: usize,
    /// The column, where it is known.
    pub column: Option<usize>,
}

impl Decision {
    /// What the policies of an account answer to a request.
    ///
    /// # Errors
    /// If the request cannot be put to the evaluator at all.
    pub fn of_account(
        evidence: &Evidence,
        send: &Send,
        asked: (&Inquiry, Option<Part>),
        case: &Case,
    ) -> Result<Self, SimulationError> {
        let (inquiry, part) = asked;
        let mut unread = Unread::of(evidence, case);
        for (missing, layer) in unread.iter_mut().zip(&case.unread) {
            if let Some(why) = inquiry.why_unread(send, *layer) {
                missing.why = why;
            }
        }
        Ok(Self {
            asked: Some(Asked {
                principal: case.simulation.principal.clone(),
                action: case.simulation.action.clone(),
                resource: case.simulation.resource.clone(),
                part: part.map(Part::id),
            }),
            unread: Some(unread),
            ..Self::from(case.answer()?)
        })
    }
}

impl From<Answer> for Decision {
    fn from(answer: Answer) -> Self {
        Self {
            asked: None,
            decision: answer.decision.id(),
            decided_by: answer.decided_by.map(DecidedBy::from),
            missing_context: answer.missing_context,
            possible: answer.possible.iter().map(|decision| decision.id()).collect(),
            unread: None,
        }
    }
}

impl From<AnsweredBy> for DecidedBy {
    fn from(by: AnsweredBy) -> Self {
        Self {
            layer: by.layer.id(),
            target: by.target,
            document: by.document,
            statement: by.statement.map(|name| match name {
                StatementName::Sid(sid) => Statement::Sid(sid),
                StatementName::Index(index) => Statement::Index(index),
            }),
            index: by.place.as_ref().map(|place| place.index),
            line: by.place.as_ref().map(|place| place.line),
            column: by.place.as_ref().map(|place| place.column),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam_eval::evaluate;
    use iam_eval::simulation::Simulation;

    #[test]
    fn a_decision_is_written_as_the_engine_writes_it() {
        let statements = |condition: &str| {
            format!(
                r#"{{"principal": "arn:aws:iam::111122223333:user/app", "action": "ses:SendRawEmail", "resource": "*",
                "unknown_context": ["aws:SourceIp"], "identity_policies": [{{"name": "send", "document": {{"Statement":
                {{"Sid": "Send", "Effect": "Allow", "Action": "ses:*", "Resource": "*", "Condition": {condition}}}}}}}]}}"#
            )
        };
        for condition in [
            "{}",
            r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#,
            r#"{"Null": {"a:b": "false"}}"#,
        ] {
            let simulation = Simulation::parse(&statements(condition)).unwrap();
            let (policies, request) = (simulation.policies().unwrap(), simulation.request().unwrap());
            let answer = Answer::from(&evaluate(&policies, &request));
            let written = serde_json::to_string(&answer).unwrap();
            assert_eq!(serde_json::to_string(&Decision::from(answer)).unwrap(), written);
        }
    }
}
