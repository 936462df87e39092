//! From documents to rules.

use super::comparing::{ARN_PARTS, Comparing, Listed};
use super::resolving::{FlatPiece, MOST_PIECES};
use super::{Compiled, Element, Elements, FlatPattern, Part, Rule, Test};
use crate::condition::absent;
use crate::document::{Condition, PatternElement, PolicyDocument, Statement};
use crate::operator::Comparison;
use crate::pattern::{Pattern, Piece, Shape, Syntax};

impl Compiled {
    pub(crate) fn of<'a>(documents: impl IntoIterator<Item = &'a PolicyDocument>) -> Self {
        let mut compiled = Self::default();
        for document in documents {
            compiled.add(document);
        }
        compiled
    }

    /// Puts a document behind the others.
    pub(crate) fn add(&mut self, document: &PolicyDocument) {
        self.rules.reserve(document.statements.len());
        for statement in &document.statements {
            let elements = self.elements_of(statement);
            self.rules.push(Rule {
                effect: statement.effect.value,
                elements,
            });
        }
    }

    fn elements_of(&mut self, statement: &Statement) -> Option<Elements> {
        let action = self.element_of(&statement.action);
        let resource = match &statement.resource {
            Some(element) => self.element_of(element),
            None => Element::Anything,
        };
        let start = self.tests.len();
        for condition in &statement.conditions {
            let comparing = self.comparing_of(condition);
            self.tests.push(comparing.map_or(Test::AsWritten, Test::Plain));
        }
        Some(Elements {
            has_principal: statement.principal.is_some(),
            action,
            resource,
            tests: Part::new(start, self.tests.len())?,
        })
    }

    fn element_of(&mut self, element: &PatternElement) -> Element {
        let patterns = element.patterns.iter().map(|pattern| &pattern.value);
        let is_anything = |pattern: &Pattern| pattern.plain() == Some((Shape::Prefix, "*"));
        if !element.negated && patterns.clone().any(is_anything) {
            return Element::Anything;
        }
        match self.patterns_of(patterns) {
            Some(patterns) => Element::Patterns {
                negated: element.negated,
                patterns,
            },
            None => Element::AsWritten,
        }
    }

    /// None if it must be asked as it is written.
    fn comparing_of(&mut self, condition: &Condition) -> Option<Comparing> {
        let operator = condition.operator.value;
        let says = |of_key: bool| {
            let mut values = condition.values.iter();
            values.any(|value| value.value.boolean() == Some(of_key))
        };
        let is_null = operator.comparison == Comparison::Null;
        Some(Comparing {
            key: self.text_of(&condition.lookup)?,
            quantifier: operator.quantifier,
            negated: operator.negated,
            absent: if is_null { says(true) } else { absent(operator) },
            listed: match is_null {
                true => Listed::Presence(says(false)),
                false => self.listed_of(condition)?,
            },
        })
    }

    fn listed_of(&mut self, condition: &Condition) -> Option<Listed> {
        let values = condition.values.iter().map(|value| &value.value);
        let patterns = values.clone().map(|value| value.pattern());
        Some(match condition.operator.value.comparison {
            Comparison::StringEquals | Comparison::StringLike => {
                Listed::Texts(self.patterns_of(patterns.flatten())?)
            }
            Comparison::StringEqualsIgnoreCase => {
                let all_plain = patterns
                    .clone()
                    .flatten()
                    .all(|pattern| pattern.plain().is_some());
                Listed::TextsOfAnyCase(self.patterns_of(all_plain.then(|| patterns.flatten())?)?)
            }
            Comparison::Arn => Listed::Arns(self.arns_of(patterns)?),
            Comparison::IpAddress => {
                let start = self.networks.len();
                self.networks.extend(values.map(|value| value.network()));
                Listed::Networks(Part::new(start, self.networks.len())?)
            }
            Comparison::Numeric(order) => Listed::Numbers(order, self.numbers_of(condition)?),
            Comparison::Date(order) => Listed::Dates(order, self.numbers_of(condition)?),
            Comparison::Bool => match condition.values.as_slice() {
                [only] => Listed::Bool(only.value.boolean()),
                _ => return None,
            },
            Comparison::BinaryEquals | Comparison::Null => return None,
        })
    }

    fn numbers_of(&mut self, condition: &Condition) -> Option<Part> {
        let start = self.numbers.len();
        let values = condition.values.iter();
        self.numbers.extend(values.map(|value| value.value.number()));
        Part::new(start, self.numbers.len())
    }

    /// Where nothing is escaped, the colons that are written are those that are meant.
    fn arns_of<'a>(&mut self, patterns: impl Iterator<Item = Option<&'a Pattern>>) -> Option<Part> {
        let wildcards = Syntax {
            wildcards: true,
            variables: false,
        };
        let mut parts = Vec::new();
        for pattern in patterns {
            let (_, text) = pattern?.plain()?;
            let before = parts.len();
            parts.extend(
                text.splitn(ARN_PARTS, ':')
                    .map(|part| Pattern::new(part, wildcards)),
            );
            if parts.len() != before + ARN_PARTS {
                return None;
            }
        }
        self.patterns_of(parts.iter())
    }

    fn patterns_of<'a>(&mut self, patterns: impl Iterator<Item = &'a Pattern>) -> Option<Part> {
        // The pieces of a pattern go elsewhere, so that the patterns stay neighbours.
        let start = self.patterns.len();
        for pattern in patterns {
            let flat = match pattern.plain() {
                Some((shape, text)) => FlatPattern::Plain {
                    shape,
                    text: self.text_of(text)?,
                },
                None => FlatPattern::Pieces(self.pieces_of(pattern.pieces())?),
            };
            self.patterns.push(flat);
        }
        Part::new(start, self.patterns.len())
    }

    /// None if there are too many.
    fn pieces_of(&mut self, pieces: &[Piece]) -> Option<Part> {
        if pieces.len() > MOST_PIECES {
            return None;
        }
        let start = self.pieces.len();
        for piece in pieces {
            let flat = match piece {
                Piece::Literal(text) => FlatPiece::Literal(self.text_of(text)?),
                Piece::One => FlatPiece::One,
                Piece::Many => FlatPiece::Many,
                Piece::Variable(variable) => FlatPiece::Variable(
                    self.text_of(&variable.key)?,
                    match &variable.default {
                        Some(default) => Some(self.text_of(default)?),
                        None => None,
                    },
                ),
            };
            self.pieces.push(flat);
        }
        Part::new(start, self.pieces.len())
    }

    fn text_of(&mut self, text: &str) -> Option<Part> {
        let start = self.text.len();
        self.text.push_str(text);
        Part::new(start, self.text.len())
    }
}
