//! What somebody tied an allow to. Where a statement of the principal's own allows the call but for a condition, an allow
//! without that condition would go past it: the one that is proposed holds the call's own value instead.

use super::Condition;
use crate::context::Lookup;
use crate::document::{Condition as Written, Effect};
use crate::layer::Layer;
use crate::operator::Comparison;
use crate::policies::PolicySet;
use crate::request::Request;
use crate::statement::Because;
use std::collections::BTreeSet;

/// The conditions to hold, and the keys of those that cannot be held.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) conditions: Vec<Condition>,
    pub(super) past: BTreeSet<String>,
}

impl Held {
    pub(super) fn of(policies: &PolicySet, refused: &[&Request]) -> Self {
        let mut held = Self::default();
        let own = policies
            .groups()
            .iter()
            .filter(|group| group.layer == Layer::IdentityPolicy);
        let statements = own
            .flat_map(|group| &group.documents)
            .flat_map(|document| &document.statements)
            .filter(|statement| statement.effect.value == Effect::Allow);
        for statement in statements {
            let nearly = |request: &&&Request| {
                matches!(statement.matches(request, false).because, Because::Condition(_))
            };
            if let Some(request) = refused.iter().find(nearly) {
                statement
                    .conditions
                    .iter()
                    .for_each(|condition| held.add(condition, request));
            }
        }
        held
    }

    fn add(&mut self, written: &Written, request: &Request) {
        let same = |known: &Condition| known.key.eq_ignore_ascii_case(&written.key.value);
        if self.conditions.iter().any(same) {
            return;
        }
        match (
            request.context().lookup(written.key_lower()),
            can_be_held(written),
        ) {
            (Lookup::Known(values), true) => self.conditions.push(Condition {
                key: written.key.value.clone(),
                values: values.to_vec(),
                is_multivalued: written.operator.value.quantifier.is_some() || values.len() > 1,
            }),
            (Lookup::Known(_) | Lookup::Absent | Lookup::Unknown(_), _) => {
                self.past.insert(written.key.value.clone());
            }
        }
    }
}

/// A call's own value of it comes again: no moment and no measure does.
fn can_be_held(written: &Written) -> bool {
    match written.operator.value.comparison {
        Comparison::StringEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::StringLike
        | Comparison::Bool
        | Comparison::IpAddress
        | Comparison::Arn => true,
        Comparison::Numeric(_) | Comparison::Date(_) | Comparison::BinaryEquals | Comparison::Null => false,
    }
}
