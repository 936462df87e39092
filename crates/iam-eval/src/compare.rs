//! Does one set of policies grant more than another? Proven, or shown by an example.
//!
//! All requests are divided into classes that no statement tells apart: actions and resources by running all patterns side by
//! side as one automaton, each context key by the points and patterns that conditions compare it with. A statement is then a
//! product of class sets, a policy the union of its Allows without its Denies, and the question is whether one union covers
//! another. The search is exact and bounded: beyond its bounds it says so.
//!
//! Conditions that depend on two keys at once (policy variables) or compare one key in two ways are taken for facts that hold
//! or do not. A proof that does without them is a proof; an example that needs them is confirmed by the evaluator or called
//! possible.
//!
//! Two things are taken for granted: keys hold values of the type that they are compared as, and a key has one value
//! unless a set operator is used on it or [`Hints::multivalued`] names it.

mod callers;
mod class_set;
mod context_key;
mod example;
mod grants;
mod language;
mod names;
mod nice;
mod opaque;
mod partition;
mod points;
mod region;
mod space;
mod spelling;
mod trie;

use crate::document::PolicyDocument;
use class_set::ClassSet;
use example::Candidate;
use grants::{Grants, Source};
use region::Budget;
use space::Space;
use std::fmt;
use std::sync::Arc;

/// Documents that are compared.
#[derive(Debug, Clone, Copy)]
pub struct Documents<'a> {
    /// What is granted now; the documents of one principal, so that a Deny in one takes from all.
    pub old: &'a [Arc<PolicyDocument>],
    /// What is to be granted instead.
    pub new: &'a [Arc<PolicyDocument>],
    /// What may be granted on top of the old: an Allow here is not taken back by an old Deny.
    pub intended: &'a [Arc<PolicyDocument>],
}

/// What the documents do not tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// Names of actions, for examples that a person knows; the first that fits is taken.
    pub actions: &'a [&'a str],
    /// Context keys that have several values.
    pub multivalued: &'a [&'a str],
}

/// What the comparison found, in both directions.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What the new documents grant and neither the old nor the intended ones do.
    pub added: Difference,
    /// What the old or the intended documents grant and the new ones do not.
    pub removed: Difference,
}

/// What one side grants beyond the other.
#[derive(Debug, Clone)]
pub enum Difference {
    /// Nothing: this is proven.
    Nothing,
    /// This request, for one; the evaluator agrees.
    Example {
        /// The request.
        example: Example,
        /// The statement that grants it.
        by: GrantedBy,
    },
    /// Nobody can tell from the documents alone: this request, if its assumptions can be true.
    Possible {
        /// The request.
        example: Example,
        /// The statement that grants it.
        by: GrantedBy,
    },
    /// The documents are too complex to tell.
    TooComplex(TooComplex),
}

/// A statement of the granting side.
#[derive(Debug, Clone)]
pub struct GrantedBy {
    /// The document.
    pub document: Arc<PolicyDocument>,
    /// The statement's place in it, from 0.
    pub statement: usize,
}

/// A request that tells two sides apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Who asks, where the documents are resource-based policies that name somebody.
    pub principal: Option<String>,
    /// The action.
    pub action: String,
    /// The resource; `*` for an action that knows none.
    pub resource: String,
    /// The context keys that matter; every other is absent.
    pub context: Vec<(String, Vec<String>)>,
    /// What has to be true besides; nothing where the evaluator confirmed the example.
    pub assumptions: Vec<Assumption>,
}

/// A condition that cannot be looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// In the documents' words.
    pub text: String,
    /// Whether it must hold, or must not.
    pub holds: bool,
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = if self.holds {
            "this holds"
        } else {
            "this does not hold"
        };
        write!(f, "{holds}: {}", self.text)
    }
}

/// What there is too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooComplex {
    /// Action patterns.
    #[error("the action patterns cut across each other in too many ways")]
    Actions,
    /// Resource patterns.
    #[error("the resource patterns cut across each other in too many ways")]
    Resources,
    /// Statements that overlap.
    #[error("the statements overlap in too many ways")]
    Statements,
}

/// The outcome in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The new documents grant exactly what the old and intended ones do.
    Equal,
    /// They grant less.
    Narrower,
    /// They grant more.
    Wider,
    /// They grant something more and something less.
    Incomparable,
    /// It could not be told.
    Undetermined,
}

impl Verdict {
    /// As in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Narrower => "narrower",
            Self::Wider => "wider",
            Self::Incomparable => "incomparable",
            Self::Undetermined => "undetermined",
        }
    }
}

impl Comparison {
    /// Whether it is proven that the new documents grant nothing beyond the old and the intended ones.
    #[must_use]
    pub fn is_nothing_more(&self) -> bool {
        matches!(self.added, Difference::Nothing)
    }

    /// The outcome in one word. `wider` if there is an example of what is added, even where it could not be told whether
    /// something is taken away too.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        use Difference::{Example, Nothing, Possible, TooComplex};
        match (&self.added, &self.removed) {
            (Nothing, Nothing) => Verdict::Equal,
            (Nothing, Example { .. }) => Verdict::Narrower,
            (Example { .. }, Example { .. }) => Verdict::Incomparable,
            (Example { .. }, Nothing | Possible { .. } | TooComplex(_)) => Verdict::Wider,
            (Possible { .. } | TooComplex(_), _) | (Nothing, Possible { .. } | TooComplex(_)) => {
                Verdict::Undetermined
            }
        }
    }
}

/// Sides are groups of documents; a side grants what any of its groups does.
type Side<'a> = &'a [&'a [Arc<PolicyDocument>]];

/// Compares.
#[must_use]
pub fn compare(documents: Documents<'_>, hints: Hints<'_>) -> Comparison {
    let Documents { old, new, intended } = documents;
    let [old, new, intended] = [old, new, intended].map(as_evaluated);
    let (old, new, intended) = (old.as_slice(), new.as_slice(), intended.as_slice());
    let all: Vec<&PolicyDocument> = references(&[old, new, intended]);
    let space = match Space::new(&all, &hints) {
        Ok(space) => space,
        Err(error) => {
            return Comparison {
                added: Difference::TooComplex(error),
                removed: Difference::TooComplex(error),
            };
        }
    };
    let question = Question {
        space: &space,
        hints: &hints,
        documents: &all,
    };
    Comparison {
        added: question.beyond(new, &[old, intended]),
        removed: question.beyond_any(&[old, intended], new),
    }
}

/// The documents as the evaluator takes them: where nobody is named, incomplete ARNs are completed.
fn as_evaluated(documents: &[Arc<PolicyDocument>]) -> Vec<Arc<PolicyDocument>> {
    let as_evaluated = |document: &Arc<PolicyDocument>| {
        let mut document = Arc::clone(document);
        let mut statements = document.statements.iter();
        let names_somebody = statements.any(|statement| statement.principal.is_some());
        if !names_somebody && document.has_incomplete_arns() {
            Arc::make_mut(&mut document).complete_arns();
        }
        document
    };
    documents.iter().map(as_evaluated).collect()
}

/// All documents of several groups.
fn references<'a>(groups: &[&'a [Arc<PolicyDocument>]]) -> Vec<&'a PolicyDocument> {
    groups
        .iter()
        .copied()
        .flatten()
        .map(|document| &**document)
        .collect()
}

/// Examples that are only possible, tried before the search for one that is confirmed ends.
const MAX_POSSIBLE: usize = 200;

struct Question<'a> {
    space: &'a Space,
    hints: &'a Hints<'a>,
    documents: &'a [&'a PolicyDocument],
}

impl Question<'_> {
    /// What any of the groups grants and `other` does not.
    fn beyond_any(&self, groups: Side<'_>, other: &[Arc<PolicyDocument>]) -> Difference {
        let mut open = Difference::Nothing;
        for group in groups {
            match self.beyond(group, &[other]) {
                Difference::Nothing => {}
                found @ Difference::Example { .. } => return found,
                undecided @ (Difference::Possible { .. } | Difference::TooComplex(_)) => open = undecided,
            }
        }
        open
    }

    /// What one group grants and none of the others does.
    fn beyond(&self, group: &[Arc<PolicyDocument>], others: Side<'_>) -> Difference {
        let of = |documents: &[Arc<PolicyDocument>]| Grants::new(self.space, &references(&[documents]));
        let (ours, theirs) = (
            of(group),
            others.iter().map(|documents| of(documents)).collect::<Vec<_>>(),
        );
        let theirs: Vec<&Grants> = theirs.iter().collect();
        let mut possible = None;
        let mut confirmed = None;
        let mut tried = 0;
        let searched = ours.beyond(&theirs, self.space, &mut Budget::new(), |region, source| {
            let candidate = Candidate::of(region, self.space, self.hints, self.documents);
            confirmed = candidate
                .confirmed(&[group], others)
                .map(|example| (example, source));
            tried += 1;
            if confirmed.is_none() && possible.is_none() {
                possible = Some((candidate.example, source));
            }
            confirmed.is_some() || tried >= MAX_POSSIBLE
        });
        let by = |source: Source| GrantedBy::new(group, source);
        match (confirmed, possible, searched) {
            (Some((example, source)), _, _) => match by(source) {
                Some(by) => Difference::Example { example, by },
                None => Difference::TooComplex(TooComplex::Statements),
            },
            (None, Some((example, source)), _) => match by(source) {
                Some(by) => Difference::Possible { example, by },
                None => Difference::TooComplex(TooComplex::Statements),
            },
            (None, None, Ok(())) => Difference::Nothing,
            (None, None, Err(region::GivenUp)) => Difference::TooComplex(TooComplex::Statements),
        }
    }
}

impl GrantedBy {
    fn new(documents: &[Arc<PolicyDocument>], source: Source) -> Option<Self> {
        Some(Self {
            document: Arc::clone(documents.get(source.document)?),
            statement: source.statement,
        })
    }
}

#[cfg(test)]
mod tests;
