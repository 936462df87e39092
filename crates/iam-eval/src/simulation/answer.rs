//! A decision as JSON.

use crate::decision::Decision;
use crate::evaluate::Evaluation;
use crate::layer::Layer;
use crate::trace::Decider;
use serde::Serialize;

/// A decision as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What AWS would answer.
    pub decision: Decision,
    /// What settled it; none if it is undetermined.
    pub decided_by: Option<AnsweredBy>,
    /// The unknown keys that would settle it.
    pub missing_context: Vec<String>,
    /// The decisions that are left, if it is undetermined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub possible: Vec<Decision>,
}

/// What settled a decision, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnsweredBy {
    /// The layer.
    pub layer: Layer,
    /// The root, organizational unit or account, for SCPs and RCPs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The document; none if it is the lack of an allow that settled it.
    pub document: Option<String>,
    /// The statement: its Sid, or its place from 0 if it has none.
    pub statement: Option<StatementName>,
    /// Where the statement stands.
    #[serde(flatten)]
    pub place: Option<Place>,
}

/// A statement's Sid, or its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum StatementName {
    /// Its Sid.
    Sid(String),
    /// Its place in the document, from 0.
    Index(usize),
}

/// Where a statement stands in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its place among the statements, from 0.
    pub index: usize,
    /// Its first line.
    pub line: usize,
    /// Its first column.
    pub column: usize,
}

impl From<&Evaluation<'_>> for Answer {
    fn from(evaluation: &Evaluation<'_>) -> Self {
        let decision = evaluation.decision();
        let open = decision == Decision::Undetermined;
        Self {
            decision,
            decided_by: evaluation.decided_by().map(AnsweredBy::from),
            missing_context: evaluation
                .missing_context()
                .iter()
                .map(ToString::to_string)
                .collect(),
            possible: evaluation.possible().iter().copied().filter(|_| open).collect(),
        }
    }
}

impl From<Decider<'_>> for AnsweredBy {
    fn from(decider: Decider<'_>) -> Self {
        let Decider {
            layer,
            target,
            document,
            statement,
        } = decider;
        let text = document.map_or("", |document| document.text());
        let place = statement.map(|(index, statement)| {
            let position = statement.span.position(text);
            Place {
                index,
                line: position.line,
                column: position.column,
            }
        });
        let name = statement.map(|(index, statement)| match &statement.sid {
            Some(sid) if !sid.value.is_empty() => StatementName::Sid(sid.value.clone()),
            Some(_) | None => StatementName::Index(index),
        });
        Self {
            layer,
            target: target.map(ToOwned::to_owned),
            document: document.map(|document| document.name().to_owned()),
            statement: name,
            place,
        }
    }
}
