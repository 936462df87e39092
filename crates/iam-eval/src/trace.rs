//! The way to a decision, group by group and statement by statement. It is kept as numbers and becomes words only when asked.

use crate::decision::{DecidedBy, StatementId};
use crate::document::{PolicyDocument, Statement};
use crate::evaluate::{Evaluation, is_bound};
use crate::layer::Layer;
use crate::span::Span;
use crate::statement::Because;
use crate::tally::{Outcome, Record};
use crate::truth::Truth;

/// What settled a decision.
#[derive(Debug, Clone, Copy)]
pub struct Decider<'a> {
    /// The layer.
    pub layer: Layer,
    /// The root, organizational unit or account whose SCPs or RCPs settled it.
    pub target: Option<&'a str>,
    /// The document; none if it is the lack of an allow that settled it.
    pub document: Option<&'a PolicyDocument>,
    /// The statement and its place in the document, from 0; none if it is the lack of an allow that settled it.
    pub statement: Option<(usize, &'a Statement)>,
}

/// Policies of which one must allow.
#[derive(Debug, Clone)]
pub struct GroupTrace<'a> {
    /// The layer.
    pub layer: Layer,
    /// The root, organizational unit or account that SCPs and RCPs hang on.
    pub target: Option<&'a str>,
    /// Whether they bind the principal at all. If not, nothing of them was asked.
    pub binds: bool,
    /// Whether one of them allows.
    pub allows: Outcome,
    /// The documents.
    pub documents: Vec<DocumentTrace<'a>>,
}

/// A document.
#[derive(Debug, Clone)]
pub struct DocumentTrace<'a> {
    /// The document.
    pub document: &'a PolicyDocument,
    /// Its statements, in order; none if the group does not bind.
    pub statements: Vec<StatementTrace<'a>>,
}

/// A statement, and what it said.
#[derive(Debug, Clone, Copy)]
pub struct StatementTrace<'a> {
    /// Its place in the document, from 0.
    pub index: usize,
    /// The statement.
    pub statement: &'a Statement,
    /// Whether it matched.
    pub outcome: Outcome,
    /// What settled that.
    pub because: Because,
}

impl<'a> Evaluation<'a> {
    /// What settled the decision; none if it is undetermined, or if the root user may do it anyway.
    #[must_use]
    pub fn decided_by(&self) -> Option<Decider<'a>> {
        let DecidedBy {
            layer,
            group,
            statement,
        } = self.decided_by?;
        let group = group.and_then(|group| self.policies.groups().get(usize::from(group)));
        Some(Decider {
            layer,
            target: group.and_then(|group| group.target.as_deref()),
            document: statement.and_then(|id| self.document(id)),
            statement: statement.and_then(|id| self.statement(id)),
        })
    }

    /// Everything that took part, in the order of the layers.
    #[must_use]
    pub fn trace(&self) -> Vec<GroupTrace<'a>> {
        let mut records = self.records.iter().copied().peekable();
        let groups = self.policies.groups().iter().zip(&self.allows);
        groups
            .map(|(group, allows)| {
                let binds = is_bound(self.request, group.layer);
                let documents = group.documents.iter().map(|document| DocumentTrace {
                    document,
                    statements: match binds {
                        true => said(document, &mut records),
                        false => Vec::new(),
                    },
                });
                GroupTrace {
                    layer: group.layer,
                    target: group.target.as_deref(),
                    binds,
                    documents: documents.collect(),
                    allows: match allows.any().truth {
                        _ if group.lets_through => Outcome::Matched,
                        Truth::True => Outcome::Matched,
                        Truth::False => Outcome::NotMatched,
                        Truth::Unknown(_) => Outcome::Open,
                    },
                }
            })
            .collect()
    }

    fn document(&self, id: StatementId) -> Option<&'a PolicyDocument> {
        let group = self.policies.groups().get(usize::from(id.group))?;
        group
            .documents
            .get(usize::from(id.document))
            .map(|document| &**document)
    }

    fn statement(&self, id: StatementId) -> Option<(usize, &'a Statement)> {
        let index = id.statement as usize;
        Some((index, self.document(id)?.statements.get(index)?))
    }
}

/// The records of a document: they stand in the order of the set.
fn said<'a>(
    document: &'a PolicyDocument,
    records: &mut impl Iterator<Item = Record>,
) -> Vec<StatementTrace<'a>> {
    let statements = document.statements.iter().enumerate();
    statements
        .zip(records)
        .map(|((index, statement), record)| StatementTrace {
            index,
            statement,
            outcome: record.outcome,
            because: record.because,
        })
        .collect()
}

impl StatementTrace<'_> {
    /// The element that settled it; the whole statement, if every element matches.
    #[must_use]
    pub fn span(&self) -> Span {
        let statement = self.statement;
        let found = match self.because {
            Because::AllMatch => None,
            Because::Principal => statement.principal.as_ref().map(|element| element.span),
            Because::Action => Some(statement.action.span),
            Because::Resource => statement.resource.as_ref().map(|element| element.span),
            Because::Condition(index) => statement
                .conditions
                .get(usize::from(index))
                .map(|condition| condition.span),
        };
        found.unwrap_or(statement.span)
    }
}
