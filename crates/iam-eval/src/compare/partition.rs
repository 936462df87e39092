//! All strings, divided into classes by which of several patterns they match, each class with a shortest example.
//!
//! The patterns run side by side as one automaton. Its states are sets of places in the patterns, kept sparse: a
//! pattern that can match no longer takes no room. What a hostile set of patterns may cost is bounded; beyond that the
//! partition is refused, never cut short.

use super::trie::{Places, Trie};
use std::collections::HashMap;

/// The strings that match exactly these patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Class {
    /// Indices of the patterns, ascending.
    pub(crate) matched: Vec<usize>,
    /// One of the strings; no other of the class is shorter.
    pub(crate) example: String,
}

/// More states or classes than may be spent on one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// States that may be visited.
const MAX_STATES: usize = 100_000;
/// Places in patterns that all states together may hold.
const MAX_PLACES: usize = 2_000_000;
/// Classes that may be told apart.
const MAX_CLASSES: usize = 4_096;

/// The classes, in the order of the length of their examples.
pub(crate) fn partition(patterns: &Trie) -> Result<Vec<Class>, TooMany> {
    Walk::new(patterns).classes()
}

/// The states in the order in which they were reached.
struct Walk<'a> {
    patterns: &'a Trie,
    known: HashMap<Places, usize>,
    states: Vec<State>,
    places_held: usize,
}

struct State {
    places: Places,
    /// The state before and the character that led here.
    from: Option<(usize, char)>,
}

impl<'a> Walk<'a> {
    fn new(patterns: &'a Trie) -> Self {
        Self {
            patterns,
            known: HashMap::new(),
            states: Vec::new(),
            places_held: 0,
        }
    }

    fn classes(mut self) -> Result<Vec<Class>, TooMany> {
        let start = self.patterns.start();
        self.visit(start, None)?;
        let mut seen = HashMap::new();
        let mut classes = Vec::new();
        let mut index = 0;
        while let Some(state) = self.states.get(index) {
            let places = state.places.clone();
            let matched = self.patterns.accepted(&places);
            if seen.insert(matched.clone(), ()).is_none() {
                let example = self.example(index);
                classes.push(Class { matched, example });
                if classes.len() > MAX_CLASSES {
                    return Err(TooMany);
                }
            }
            for character in self.patterns.alphabet(&places) {
                let next = self.patterns.step(&places, character);
                self.visit(next, Some((index, character)))?;
            }
            index += 1;
        }
        Ok(classes)
    }

    fn visit(&mut self, places: Places, from: Option<(usize, char)>) -> Result<(), TooMany> {
        if self.known.contains_key(&places) {
            return Ok(());
        }
        self.places_held = self.places_held.saturating_add(places.len()).saturating_add(1);
        if self.states.len() >= MAX_STATES || self.places_held > MAX_PLACES {
            return Err(TooMany);
        }
        self.known.insert(places.clone(), self.states.len());
        self.states.push(State { places, from });
        Ok(())
    }

    fn example(&self, mut index: usize) -> String {
        let mut characters = Vec::new();
        while let Some((before, character)) = self.states.get(index).and_then(|state| state.from) {
            characters.push(character);
            index = before;
        }
        characters.iter().rev().collect()
    }
}

#[cfg(test)]
mod tests;
