//! Whether a statement matches a request, and which of its elements keeps it from that.

use crate::document::{PatternElement, Statement};
use crate::principal::Named;
use crate::request::Request;
use crate::span::Span;
use crate::truth::Truth;

/// What a statement says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Whether it matches.
    pub truth: Truth,
    /// How it means the principal; directly, if it has no `Principal`.
    pub named: Named,
    /// The first element that does not match, or that is open.
    pub because: Because,
}

/// What settled a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Because {
    /// Every element matches.
    AllMatch,
    /// `Principal` or `NotPrincipal`
    Principal,
    /// `Action` or `NotAction`
    Action,
    /// `Resource` or `NotResource`
    Resource,
    /// The condition at this place in the statement.
    Condition(u16),
}

impl Statement {
    /// Whether the statement matches a request. `bounded` is whether the principal has a permissions boundary, which matters to
    /// `NotPrincipal`.
    #[must_use]
    pub fn matches(&self, request: &Request, bounded: bool) -> Match {
        let conditions = self.conditions.iter();
        Match::of(
            || self.action.matches(request.action_lower(), request),
            || self.names(request, bounded),
            || match &self.resource {
                Some(element) => element.matches(request.resource(), request),
                None => Truth::True,
            },
            conditions.map(|condition| condition.holds(request.context())),
        )
    }

    /// How it means the principal.
    pub(crate) fn names(&self, request: &Request, bounded: bool) -> Named {
        match &self.principal {
            Some(element) => element.means(request.principal(), self.effect.value, bounded),
            None => Named::Directly,
        }
    }
}

impl Match {
    /// Asks the elements in turn; the first that does not match settles it.
    #[inline]
    pub(crate) fn of(
        action: impl FnOnce() -> Truth,
        named: impl FnOnce() -> Named,
        resource: impl FnOnce() -> Truth,
        conditions: impl Iterator<Item = Truth>,
    ) -> Self {
        let no = |because| Self {
            truth: Truth::False,
            named: Named::No,
            because,
        };
        if action() == Truth::False {
            return no(Because::Action);
        }
        let named = named();
        if named == Named::No {
            return no(Because::Principal);
        }
        let mut truth = resource();
        let mut because = match truth {
            Truth::False => return no(Because::Resource),
            Truth::Unknown(_) => Because::Resource,
            Truth::True => Because::AllMatch,
        };
        // All conditions must hold; one that fails settles it, whatever is open.
        for (index, holds) in conditions.enumerate() {
            let here = Because::Condition(u16::try_from(index).unwrap_or(u16::MAX));
            match holds {
                Truth::True => {}
                Truth::False => return no(here),
                unknown @ Truth::Unknown(_) => {
                    if because == Because::AllMatch {
                        because = here;
                    }
                    truth = truth.and(unknown);
                }
            }
        }
        Self {
            truth,
            named,
            because,
        }
    }
}

impl PatternElement {
    /// The first pattern that matches, whatever the request; for pointing at it.
    pub(crate) fn matching(&self, text: &str) -> Option<Span> {
        let mut patterns = self.patterns.iter();
        patterns
            .find(|pattern| pattern.value.matches_plainly(text) == Some(true))
            .map(|pattern| pattern.span)
    }

    /// Whether a text is meant, the negation taken in.
    pub(crate) fn matches(&self, text: &str, request: &Request) -> Truth {
        let mut plain = true;
        for pattern in &self.patterns {
            match pattern.value.matches_plainly(text) {
                Some(true) => return (!self.negated).into(),
                Some(false) => {}
                None => plain = false,
            }
        }
        if plain {
            return self.negated.into();
        }
        let patterns = self.patterns.iter();
        let matches = Truth::any(patterns.map(|pattern| pattern.value.matches(text, request.context())));
        if self.negated { matches.negate() } else { matches }
    }
}
