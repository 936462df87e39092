//! Statements as the evaluator reads them: what nearly all of them consist of, in the order in which it is read, in a few arrays
//! that a processor can read ahead. In a document a statement lies in a dozen places of memory, which would be most of what
//! deciding by thousands of them costs.

mod comparing;
mod compile;

use self::comparing::Comparing;
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
    patterns: Vec<PlainPattern>,
    networks: Vec<Option<Network>>,
    numbers: Vec<Option<i128>>,
    /// Of patterns and keys.
    text: Vec<u8>,
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
    Plain { negated: bool, patterns: Part },
    /// The statement must be asked: what it means depends on the request, or something is escaped.
    AsWritten,
}

/// A pattern without variables.
#[derive(Debug, Clone, Copy)]
struct PlainPattern {
    shape: Shape,
    text: Part,
}

/// A condition.
#[derive(Debug, Clone, Copy)]
enum Test {
    Plain(Comparing),
    /// The statement must be asked.
    AsWritten,
}

/// Neighbours in one of the arrays.
#[derive(Debug, Clone, Copy)]
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
            || match self.element(elements.action, request.action_lower()) {
                Some(matches) => matches.into(),
                None => statement.action.matches(request.action_lower(), request),
            },
            || match elements.has_principal {
                true => statement.names(request, bounded),
                false => Named::Directly,
            },
            || match (
                self.element(elements.resource, request.resource()),
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

    fn element(&self, element: Element, text: &str) -> Option<bool> {
        match element {
            Element::Anything => Some(true),
            Element::Plain { negated, patterns } => Some(self.any_matches(patterns, text) != negated),
            Element::AsWritten => None,
        }
    }

    /// Whether one of the patterns matches.
    #[inline]
    fn any_matches(&self, patterns: Part, text: &str) -> bool {
        let text = text.as_bytes();
        let mut patterns = self.patterns.get(patterns.range()).unwrap_or_default().iter();
        patterns.any(|pattern| pattern.shape.matches(self.text(pattern.text), text) == Some(true))
    }

    fn text(&self, part: Part) -> &[u8] {
        self.text.get(part.range()).unwrap_or_default()
    }
}

/// The condition as it is written.
#[cold]
fn asked(statement: &Statement, index: usize, context: &Context) -> Truth {
    let condition = statement.conditions.get(index);
    condition.map_or(Truth::False, |condition| condition.holds(context))
}
