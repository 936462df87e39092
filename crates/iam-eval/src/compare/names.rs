//! All actions, or all resources, divided into classes by the patterns of the documents.

use super::TooComplex;
use super::class_set::ClassSet;
use super::language::Language;
use super::nice;
use super::partition::{Class, partition};
use super::spelling;
use super::trie::Trie;
use crate::document::PatternElement;
use crate::pattern::Pattern;
use std::collections::HashMap;

/// The classes of actions or of resources.
#[derive(Debug)]
pub(super) struct Names {
    classes: Vec<Class>,
    sets: HashMap<Language, ClassSet>,
}

impl Names {
    /// Of actions, in small letters: actions know no case.
    pub(super) fn actions(elements: &[&PatternElement], known: &[&str]) -> Result<Self, TooComplex> {
        let universe = [spelling::any_action()];
        Self::new(elements, &universe, |written| nice::actions(known, written)).ok_or(TooComplex::Actions)
    }

    /// Of resources.
    pub(super) fn resources(elements: &[&PatternElement]) -> Result<Self, TooComplex> {
        let universe = spelling::any_resource();
        Self::new(elements, &universe, nice::resources).ok_or(TooComplex::Resources)
    }

    fn new(
        elements: &[&PatternElement],
        universe: &[Language],
        candidates: impl Fn(&[&str]) -> Vec<String>,
    ) -> Option<Self> {
        let patterns = || {
            elements
                .iter()
                .flat_map(|element| &element.patterns)
                .map(|pattern| &pattern.value)
        };
        let mut languages: Vec<Language> = patterns().map(spelling::glob).collect();
        languages.sort();
        languages.dedup();
        let count = languages.len();
        languages.extend_from_slice(universe);
        let trie = Trie::new(&languages);
        let mut classes = partition(&trie).ok()?;
        classes.retain(|class| class.matched.last().is_some_and(|last| *last >= count));
        nice::prefer(
            &mut classes,
            &trie,
            candidates(&patterns().map(Pattern::text).collect::<Vec<_>>()),
        );
        let set = |index| ClassSet::of(classes.len(), |class| has(&classes, class, index));
        let sets = (0..count).map(set).collect::<Vec<_>>();
        Some(Self {
            sets: languages.into_iter().zip(sets).collect(),
            classes,
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.classes.len()
    }

    /// One of the names of a class.
    pub(super) fn example(&self, class: usize) -> &str {
        self.classes.get(class).map_or("", |class| &class.example)
    }

    /// All classes.
    pub(super) fn all(&self) -> ClassSet {
        ClassSet::of(self.count(), |_| true)
    }

    /// What a pattern matches; a policy variable stands for anything.
    pub(super) fn matched_by(&self, pattern: &Pattern) -> ClassSet {
        let none = || ClassSet::of(self.count(), |_| false);
        self.sets
            .get(&spelling::glob(pattern))
            .cloned()
            .unwrap_or_else(none)
    }

    /// What any of the patterns matches.
    pub(super) fn matched_by_any<'a>(&self, patterns: impl Iterator<Item = &'a Pattern>) -> ClassSet {
        let none = ClassSet::of(self.count(), |_| false);
        patterns.fold(none, |sum, pattern| sum.or(&self.matched_by(pattern)))
    }
}

fn has(classes: &[Class], class: usize, pattern: usize) -> bool {
    classes
        .get(class)
        .is_some_and(|class| class.matched.binary_search(&pattern).is_ok())
}
