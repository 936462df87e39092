//! What the statements of each group add up to.

use crate::decision::StatementId;
use crate::document::Effect;
use crate::layer::Layer;
use crate::policies::PolicySet;
use crate::principal::Named;
use crate::request::Request;
use crate::statement::Because;
use crate::truth::{Keys, Truth};

/// What a statement said, as the trace keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) outcome: Outcome,
    pub(crate) because: Because,
}

/// Whether a statement matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It applies.
    Matched,
    /// It does not.
    NotMatched,
    /// That depends on unknown keys.
    Open,
}

/// What the allowing statements of a group add up to, by how they name the principal.
#[derive(Debug, Clone)]
pub(crate) struct Allows {
    pub(crate) directly: Allow,
    pub(crate) by_role: Allow,
    pub(crate) by_account: Allow,
}

/// Whether something allows, and the first that does.
#[derive(Debug, Clone)]
pub(crate) struct Allow {
    pub(crate) truth: Truth,
    pub(crate) first: Option<StatementId>,
}

const NOTHING: Allow = Allow {
    truth: Truth::False,
    first: None,
};

impl Allow {
    fn add(&mut self, truth: Truth, id: StatementId) {
        if truth == Truth::True {
            self.first = self.first.or(Some(id));
        }
        self.truth = std::mem::replace(&mut self.truth, Truth::False).or(truth);
    }

    /// Either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            truth: self.truth.or(other.truth),
            first: self.first.or(other.first),
        }
    }
}

impl Allows {
    pub(crate) const NONE: Self = Self {
        directly: NOTHING,
        by_role: NOTHING,
        by_account: NOTHING,
    };

    /// However the principal is named.
    pub(crate) fn any(&self) -> Allow {
        let mut any = self.directly.clone();
        for other in [&self.by_role, &self.by_account] {
            if other.truth != Truth::False {
                any = any.or(other.clone());
            }
        }
        any
    }
}

/// Everything that the statements of a set say to a request.
#[derive(Debug)]
pub(crate) struct Tally {
    /// In the order of the set, those of groups that bind.
    pub(crate) records: Vec<Record>,
    /// By group.
    pub(crate) allows: Vec<Allows>,
    /// The first statement that denies.
    pub(crate) denied: Option<StatementId>,
    /// What denials depend on that are open.
    pub(crate) open_denials: Keys,
}

impl Tally {
    /// Asks every statement of the groups that bind.
    pub(crate) fn take(set: &PolicySet, request: &Request, binds: impl Fn(usize) -> bool) -> Self {
        let mut tally = Self {
            records: Vec::with_capacity(set.statement_count()),
            allows: Vec::with_capacity(set.groups().len()),
            denied: None,
            open_denials: Keys::default(),
        };
        let bounded = set.has(Layer::PermissionsBoundary);
        for (group_index, group) in set.groups().iter().enumerate() {
            let mut allows = Allows::NONE;
            let documents = group.documents.iter().enumerate();
            // They go on from one document to the next.
            let mut rules = group.compiled.rules();
            for (document_index, document) in documents.filter(|_| binds(group_index)) {
                for (index, (statement, rule)) in document.statements.iter().zip(&mut rules).enumerate() {
                    let said = group.compiled.matches(rule, statement, request, bounded);
                    tally.records.push(Record {
                        outcome: Outcome::of(&said.truth),
                        because: said.because,
                    });
                    if said.named == Named::No {
                        continue;
                    }
                    let id = StatementId {
                        group: clip(group_index),
                        document: clip(document_index),
                        statement: u32::try_from(index).unwrap_or(u32::MAX),
                    };
                    match (rule.effect, said.named) {
                        (_, Named::No) => {}
                        (Effect::Deny, _) => tally.deny(said.truth, id),
                        (Effect::Allow, Named::Directly) => allows.directly.add(said.truth, id),
                        (Effect::Allow, Named::ByRole) => allows.by_role.add(said.truth, id),
                        (Effect::Allow, Named::ByAccount) => allows.by_account.add(said.truth, id),
                    }
                }
            }
            tally.allows.push(allows);
        }
        tally
    }

    fn deny(&mut self, truth: Truth, id: StatementId) {
        match truth {
            Truth::False => {}
            Truth::True => self.denied = self.denied.or(Some(id)),
            Truth::Unknown(keys) => self.open_denials.extend(&keys),
        }
    }
}

impl Outcome {
    fn of(truth: &Truth) -> Self {
        match truth {
            Truth::True => Self::Matched,
            Truth::False => Self::NotMatched,
            Truth::Unknown(_) => Self::Open,
        }
    }
}

fn clip(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
