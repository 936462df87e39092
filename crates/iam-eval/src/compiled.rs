//! Statements as the evaluator reads them: what nearly all of them consist of, in the order in which it is read, in a few arrays
//! that a processor can read ahead. In a document a statement lies in a dozen places of memory, which would be most of what
//! deciding by thousands of them costs.

mod comparing;
mod compile;
mod resolving;

use self::comparing::Comparing;
use self::resolving::FlatPiece;
use crate::condition::ip::Network;
use crate::context::Context;
use crate::document::{Effect, Statement};
use crate::pattern::Shape;
use crate::principal::Named;
use crate::request::Request;
use crate::statement::Match;
use crate::truth::Truth;
use std::ops::Range;

/// The statements of a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compiled {
    /// One for each statement of each document, in order.
    rules: Vec<Rule>,
    tests: Vec<Test>,
    patterns: Vec<FlatPattern>,
    pieces: Vec<FlatPiece>,
    networks: Vec<Option<Network>>,
    numbers: Vec<Option<i128>>,
    /// Of patterns and keys.
    text: String,
}

/// A statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) effect: Effect,
    /// None if the statement must be asked for all of them: more than can be counted went before.
    elements: Option<Elements>,
}

/// What must match.
#[derive(Debug, Clone, Copy)]
struct Elements {
    has_principal: bool,
    action: Element,
    resource: Element,
    /// Its conditions, all of them.
    tests: Part,
}

/// `Action`, `Resource` or one of their negations.
#[derive(Debug, Clone, Copy)]
enum Element {
    /// There is none, or `*` is among its patterns.
    Anything,
    /// Whether one of these patterns matches, turned round for a negation.
    Patterns { negated: bool, patterns: Part },
    /// The statement must be asked.
    AsWritten,
}

/// A pattern.
#[derive(Debug, Clone, Copy)]
enum FlatPattern {
    /// Its text is all that matters.
    Plain { shape: Shape, text: Part },
    /// Piece by piece: it has variables, or something is escaped.
    Pieces(Part),
}

/// A condition.
#[derive(Debug, Clone, Copy)]
enum Test {
    Plain(Comparing),
    /// The statement must be asked.
    AsWritten,
}

/// Neighbours in one of the arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    start: u32,
    end: u32,
}

impl Part {
    fn new(start: usize, end: usize) -> Option<Self> {
        Some(Self {
            start: u32::try_from(start).ok()?,
            end: u32::try_from(end).ok()?,
        })
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Compiled {
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// What [`Statement::matches`] says of the statement that the rule was made of.
    pub(crate) fn matches(
        &self,
        rule: &Rule,
        statement: &Statement,
        request: &Request,
        bounded: bool,
    ) -> Match {
        let Some(elements) = rule.elements else {
            return statement.matches(request, bounded);
        };
        let tests = self.tests.get(elements.tests.range()).unwrap_or_default();
        Match::of(
            || match self.element(elements.action, request.action_lower(), request.context()) {
                Some(matches) => matches.into(),
                None => statement.action.matches(request.action_lower(), request),
            },
            || match elements.has_principal {
                true => statement.names(request, bounded),
                false => Named::Directly,
            },
            || match (
                self.element(elements.resource, request.resource(), request.context()),
                &statement.resource,
            ) {
                (Some(matches), _) => matches.into(),
                (None, Some(element)) => element.matches(request.resource(), request),
                (None, None) => Truth::True,
            },
            tests.iter().enumerate().map(|(index, test)| {
                let said = match test {
                    Test::Plain(comparing) => self.compare(*comparing, request.context()),
                    Test::AsWritten => None,
                };
                said.unwrap_or_else(|| asked(statement, index, request.context()))
            }),
        )
    }

    /// None if the statement must be asked.
    fn element(&self, element: Element, text: &str, context: &Context) -> Option<bool> {
        match element {
            Element::Anything => Some(true),
            Element::Patterns { negated, patterns } => {
                Some(self.any_matches(patterns, text, context)? != negated)
            }
            Element::AsWritten => None,
        }
    }

    /// Whether one of the patterns matches; none if that depends on a key that is unknown.
    #[inline]
    fn any_matches(&self, patterns: Part, text: &str, context: &Context) -> Option<bool> {
        let mut all = Some(false);
        for pattern in self.patterns(patterns) {
            match self.matches_one(*pattern, text, context) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all = None,
            }
        }
        all
    }

    #[inline]
    fn matches_one(&self, pattern: FlatPattern, text: &str, context: &Context) -> Option<bool> {
        match pattern {
            FlatPattern::Plain { shape, text: written } => {
                shape.matches(self.text(written).as_bytes(), text.as_bytes())
            }
            FlatPattern::Pieces(pieces) => self.matches_resolved(pieces, text, context),
        }
    }

    fn patterns(&self, part: Part) -> &[FlatPattern] {
        self.patterns.get(part.range()).unwrap_or_default()
    }

    fn text(&self, part: Part) -> &str {
        self.text.get(part.range()).unwrap_or_default()
    }
}

/// The condition as it is written.
#[cold]
fn asked(statement: &Statement, index: usize, context: &Context) -> Truth {
    let condition = statement.conditions.get(index);
    condition.map_or(Truth::False, |condition| condition.holds(context))
}
