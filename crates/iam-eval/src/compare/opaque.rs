//! What cannot be looked into: conditions that depend on other keys or compare a key in two ways, and resources with policy
//! variables. Each is a statement that holds or does not; the same text is the same statement. What is proven for both
//! cases is proven; an example that needs one of them is only possible, until the evaluator confirms it.

use super::class_set::ClassSet;
use super::nice::{self, SOMETHING};
use super::region::Dimension;
use crate::document::{Condition, PatternElement};
use crate::pattern::Pattern;
use std::collections::HashMap;

/// All of them, numbered.
#[derive(Debug, Default)]
pub(super) struct Opaques {
    list: Vec<Opaque>,
    numbers: HashMap<String, usize>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Opaque {
    /// For people.
    pub(super) text: String,
    /// Values under which it probably holds: of the keys that it reads.
    pub(super) likely: Vec<(String, String)>,
}

impl Opaques {
    /// It does not hold, or it does.
    pub(super) const CLASSES: usize = 2;

    /// Where it holds.
    pub(super) fn holds() -> ClassSet {
        ClassSet::of(Self::CLASSES, |class| class == 1)
    }

    pub(super) fn get(&self, number: usize) -> Option<&Opaque> {
        self.list.get(number)
    }

    pub(super) fn add_condition(&mut self, condition: &Condition) {
        let mut likely = Vec::new();
        if let Some(value) = condition.values.first() {
            likely.push((condition.key.value.clone(), nice::filled(value.value.text())));
        }
        let patterns = condition.values.iter().filter_map(|value| value.value.pattern());
        likely.extend(patterns.flat_map(variables));
        let values: Vec<&str> = condition.values.iter().map(|value| value.value.text()).collect();
        let text = format!(
            "{} {} {}",
            condition.operator.value,
            condition.key.value,
            values.join(", ")
        );
        self.add(condition_id(condition), Opaque { text, likely });
    }

    /// Plain patterns are left out: they can be looked into.
    pub(super) fn add_resources(&mut self, element: &PatternElement) {
        if element.negated {
            let texts = with_variables(element).map(Pattern::text).collect::<Vec<_>>();
            if !texts.is_empty() {
                let text = format!("the resource matches none of {}", texts.join(", "));
                let likely = with_variables(element).flat_map(variables).collect();
                self.add(other_resources_id(element), Opaque { text, likely });
            }
            return;
        }
        for pattern in with_variables(element) {
            let text = format!("the resource matches {pattern}");
            let likely = variables(pattern).collect();
            self.add(pattern.text().to_owned(), Opaque { text, likely });
        }
    }

    pub(super) fn of_condition(&self, condition: &Condition) -> Dimension {
        self.number(&condition_id(condition))
    }

    pub(super) fn of_resource(&self, pattern: &Pattern) -> Dimension {
        self.number(pattern.text())
    }

    /// The fact that no pattern with variables of a `NotResource` matches, if it has any.
    pub(super) fn of_other_resources(&self, element: &PatternElement) -> Option<Dimension> {
        with_variables(element).next()?;
        Some(self.number(&other_resources_id(element)))
    }

    fn number(&self, id: &str) -> Dimension {
        // Everything was added before; a number that is not in use limits nothing that is not limited anyway.
        Dimension::Opaque(self.numbers.get(id).copied().unwrap_or(self.list.len()))
    }

    fn add(&mut self, id: String, opaque: Opaque) {
        let next = self.list.len();
        if *self.numbers.entry(id).or_insert(next) == next {
            self.list.push(opaque);
        }
    }
}

fn with_variables(element: &PatternElement) -> impl Iterator<Item = &Pattern> {
    let patterns = element.patterns.iter().map(|pattern| &pattern.value);
    patterns.filter(|pattern| pattern.has_variables())
}

fn other_resources_id(element: &PatternElement) -> String {
    let mut texts: Vec<&str> = with_variables(element).map(Pattern::text).collect();
    texts.sort_unstable();
    format!("none of {texts:?}")
}

/// Conditions with the same id hold for the same requests.
fn condition_id(condition: &Condition) -> String {
    let has_variables = |pattern: &Pattern| pattern.has_variables();
    let depends = condition
        .values
        .iter()
        .any(|value| value.value.pattern().is_some_and(has_variables));
    let mut values: Vec<&str> = condition.values.iter().map(|value| value.value.text()).collect();
    values.sort_unstable();
    format!(
        "{} {} {depends} {values:?}",
        condition.operator.value,
        condition.key_lower()
    )
}

fn variables(pattern: &Pattern) -> impl Iterator<Item = (String, String)> {
    pattern
        .variables()
        .map(|key| (key.to_owned(), SOMETHING.to_owned()))
}
