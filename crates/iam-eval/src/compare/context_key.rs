//! The values of one context key, divided into classes that no condition in question tells apart.
//!
//! Each class has an example, and what a condition says of the class is what the evaluator says of the example: operators,
//! negations and absent keys mean here what they mean there. Only the division itself is made here.

use super::language::Language;
use super::nice;
use super::partition::partition;
use super::points;
use super::spelling;
use super::trie::Trie;
use crate::condition::value::ConditionValue;
use crate::context::Context;
use crate::document::Condition;
use crate::operator::Comparison;
use crate::span::Spanned;
use crate::truth::Truth;

/// A key and the classes of its values.
#[derive(Debug)]
pub(super) struct ContextKey {
    /// As it is first written.
    pub(super) name: String,
    kind: Option<Kind>,
    classes: Vec<Values>,
}

/// A class: the values of its example, and the request context made of it.
#[derive(Debug)]
pub(super) struct Values {
    /// None where the key is absent.
    pub(super) values: Vec<String>,
    context: Context,
}

/// What the values of a key are compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Date,
    Address,
}

/// Value classes of a key with several values that are still combined with each other: some 2,000 sets.
const MAX_COMBINED: usize = 11;
/// Comparisons of values that one key may cost.
const MAX_COMPARISONS: usize = 4_000_000;

impl ContextKey {
    /// Divides the values of a key by all conditions upon it. Where that is too much, only presence is told apart.
    pub(super) fn new(conditions: &[&Condition], is_multivalued: bool) -> Self {
        let name = conditions.first().map_or("", |condition| &condition.key.value);
        let kind = main_kind(conditions);
        let values = kind.and_then(|kind| value_classes(kind, conditions, is_multivalued));
        let sets = values.and_then(|values| combined(values, is_multivalued));
        let cost = |sets: &[Vec<String>]| {
            let size = |set: &Vec<String>| set.len().max(1);
            let listed: usize = conditions.iter().map(|condition| condition.values.len()).sum();
            sets.iter().map(size).sum::<usize>().saturating_mul(listed)
        };
        match sets.filter(|sets| cost(sets) <= MAX_COMPARISONS) {
            Some(sets) => Self::of(name, kind, sets),
            None => Self::of(name, None, vec![vec![nice::SOME_VALUE.to_owned()]]),
        }
    }

    fn of(name: &str, kind: Option<Kind>, sets: Vec<Vec<String>>) -> Self {
        let class = |values: Vec<String>| {
            let context = Context::new([(name, values.clone())], []).unwrap_or_default();
            Values { values, context }
        };
        Self {
            name: name.to_owned(),
            kind,
            classes: sets.into_iter().chain([Vec::new()]).map(class).collect(),
        }
    }

    /// The classes; the last is the key's absence.
    pub(super) fn classes(&self) -> &[Values] {
        &self.classes
    }

    /// Whether the classes are fine enough to tell where this condition holds.
    pub(super) fn models(&self, condition: &Condition) -> bool {
        is_null(condition) || (self.kind.is_some() && kind_of(condition) == self.kind)
    }

    /// Whether the condition holds for a class.
    pub(super) fn holds(&self, condition: &Condition, class: usize) -> bool {
        self.classes
            .get(class)
            .is_some_and(|class| condition.holds(&class.context) == Truth::True)
    }
}

fn is_null(condition: &Condition) -> bool {
    condition.operator.value.comparison == Comparison::Null
}

/// What a condition compares; none where it cannot be looked into, or only asks whether the key is there.
fn kind_of(condition: &Condition) -> Option<Kind> {
    match condition.operator.value.comparison {
        Comparison::StringEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::StringLike
        | Comparison::Bool
        | Comparison::BinaryEquals
        | Comparison::Arn => spelling::of_condition(condition).map(|_| Kind::Text),
        Comparison::Numeric(_) => Some(Kind::Number),
        Comparison::Date(_) => Some(Kind::Date),
        Comparison::IpAddress => Some(Kind::Address),
        Comparison::Null => None,
    }
}

/// The kind of most conditions; the others cannot be looked into.
fn main_kind(conditions: &[&Condition]) -> Option<Kind> {
    let count = |kind: Kind| {
        conditions
            .iter()
            .filter(|condition| kind_of(condition) == Some(kind))
            .count()
    };
    let kinds = [Kind::Address, Kind::Date, Kind::Number, Kind::Text];
    kinds
        .into_iter()
        .filter(|kind| count(*kind) > 0)
        .max_by_key(|kind| count(*kind))
}

fn value_classes(kind: Kind, conditions: &[&Condition], is_multivalued: bool) -> Option<Vec<String>> {
    let of_kind: Vec<&Condition> = conditions
        .iter()
        .copied()
        .filter(|condition| kind_of(condition) == Some(kind))
        .collect();
    let listed = of_kind.iter().flat_map(|condition| &condition.values).map(text);
    match kind {
        Kind::Text => texts(&of_kind, is_multivalued),
        Kind::Number => Some(points::numbers(listed)),
        Kind::Date => Some(points::dates(listed)),
        Kind::Address => Some(points::addresses(listed)),
    }
}

fn text(value: &Spanned<ConditionValue>) -> &str {
    value.value.text()
}

fn texts(conditions: &[&Condition], is_multivalued: bool) -> Option<Vec<String>> {
    let mut languages: Vec<Language> = Vec::new();
    for condition in conditions {
        languages.extend(spelling::of_condition(condition)?);
    }
    languages.sort();
    languages.dedup();
    let only_booleans = conditions
        .iter()
        .all(|condition| condition.operator.value.comparison == Comparison::Bool);
    if is_multivalued {
        // To the set operators an empty text is no value at all.
        languages.push(Language::literal(""));
    }
    let trie = Trie::new(&languages);
    let mut classes = partition(&trie).ok()?;
    if only_booleans {
        classes.retain(|class| !class.matched.is_empty());
    }
    let listed = conditions
        .iter()
        .flat_map(|condition| &condition.values)
        .map(text);
    nice::prefer(&mut classes, &trie, nice::values(listed));
    Some(classes.into_iter().map(|class| class.example).collect())
}

/// The sets of values that a key may have: one value, or for a key with several values every combination.
fn combined(values: Vec<String>, is_multivalued: bool) -> Option<Vec<Vec<String>>> {
    if !is_multivalued {
        return Some(values.into_iter().map(|value| vec![value]).collect());
    }
    if values.len() > MAX_COMBINED {
        return None;
    }
    let chosen = |mask: u32| {
        let bit = |index: usize| u32::try_from(index).is_ok_and(|index| mask & (1_u32 << index) != 0);
        let picked = values.iter().enumerate().filter(|(index, _)| bit(*index));
        picked.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let count = u32::try_from(values.len()).ok()?;
    let mut sets: Vec<Vec<String>> = (1..1_u32 << count).map(chosen).collect();
    sets.sort_by_key(Vec::len);
    // Two values of one class are not one value.
    sets.extend(values.into_iter().map(|value| vec![value.clone(), value]));
    Some(sets)
}
