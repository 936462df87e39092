//! From documents to rules.

use super::comparing::{ARN_PARTS, Comparing, Listed};
use super::{Compiled, Element, Elements, Part, PlainPattern, Rule, Test};
use crate::condition::absent;
use crate::document::{Condition, PatternElement, PolicyDocument, Statement};
use crate::operator::Comparison;
use crate::pattern::{Pattern, Shape, Syntax};

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
        let patterns = element.patterns.iter().map(|pattern| pattern.value.plain());
        if !element.negated
            && patterns
                .clone()
                .any(|pattern| pattern == Some((Shape::Prefix, "*")))
        {
            return Element::Anything;
        }
        match self.patterns_of(patterns) {
            Some(patterns) => Element::Plain {
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
                Listed::Texts(self.patterns_of(patterns.map(|pattern| pattern?.plain()))?)
            }
            Comparison::StringEqualsIgnoreCase => {
                Listed::TextsOfAnyCase(self.patterns_of(patterns.map(|pattern| pattern?.plain()))?)
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
        self.patterns_of(parts.iter().map(Pattern::plain))
    }

    /// None if one of them is not plain.
    fn patterns_of<'a>(&mut self, patterns: impl Iterator<Item = Option<(Shape, &'a str)>>) -> Option<Part> {
        let patterns: Vec<(Shape, &str)> = patterns.collect::<Option<_>>()?;
        let start = self.patterns.len();
        for (shape, text) in patterns {
            let text = self.text_of(text)?;
            self.patterns.push(PlainPattern { shape, text });
        }
        Part::new(start, self.patterns.len())
    }

    fn text_of(&mut self, text: &str) -> Option<Part> {
        let start = self.text.len();
        self.text.extend_from_slice(text.as_bytes());
        Part::new(start, self.text.len())
    }
}
