//! A value in a condition, read once for what its operator makes of it.

use super::arn::ArnPattern;
use super::date;
use super::ip::Network;
use super::number::Number;
use crate::context::Context;
use crate::document::Version;
use crate::operator::{Comparison, Operator, Order};
use crate::pattern::glob::Token;
use crate::pattern::{Pattern, Resolved, Syntax};
use crate::truth::Truth;

/// A value as written, and what it means to its operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionValue {
    text: Box<str>,
    meaning: Meaning,
}

/// What a value means. One that makes no sense to its operator (no number, no date, no network) is `None` and matches nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Text(Pattern),
    TextOfAnyCase(Pattern),
    Number(Order, Option<Number>),
    Date(Order, Option<i128>),
    Bool(Option<bool>),
    /// Base64 without its padding.
    Binary(Box<str>),
    Network(Option<Network>),
    Arn(ArnPattern),
}

impl ConditionValue {
    pub(crate) fn new(text: &str, operator: Operator, version: Version) -> Self {
        let pattern = |wildcards| {
            let variables = version == Version::V2012 && operator.takes_variables();
            Pattern::new(text, Syntax { wildcards, variables })
        };
        let meaning = match operator.comparison {
            Comparison::StringEquals => Meaning::Text(pattern(false)),
            Comparison::StringLike => Meaning::Text(pattern(true)),
            Comparison::StringEqualsIgnoreCase => Meaning::TextOfAnyCase(pattern(false)),
            Comparison::Numeric(order) => Meaning::Number(order, Number::parse(text)),
            Comparison::Date(order) => Meaning::Date(order, date::parse(text)),
            Comparison::Bool | Comparison::Null => Meaning::Bool(boolean(text)),
            Comparison::BinaryEquals => Meaning::Binary(unpadded(text).into()),
            Comparison::IpAddress => Meaning::Network(Network::parse(text)),
            Comparison::Arn => Meaning::Arn(ArnPattern::new(pattern(true))),
        };
        Self {
            text: text.into(),
            meaning,
        }
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As a pattern, for string and ARN operators.
    #[must_use]
    pub fn pattern(&self) -> Option<&Pattern> {
        match &self.meaning {
            Meaning::Text(pattern) | Meaning::TextOfAnyCase(pattern) => Some(pattern),
            Meaning::Arn(arn) => Some(arn.pattern()),
            Meaning::Number(..)
            | Meaning::Date(..)
            | Meaning::Bool(_)
            | Meaning::Binary(_)
            | Meaning::Network(_) => None,
        }
    }

    /// As a boolean, if it is one and should be.
    pub(crate) fn boolean(&self) -> Option<bool> {
        match self.meaning {
            Meaning::Bool(boolean) => boolean,
            Meaning::Text(_)
            | Meaning::TextOfAnyCase(_)
            | Meaning::Number(..)
            | Meaning::Date(..)
            | Meaning::Binary(_)
            | Meaning::Network(_)
            | Meaning::Arn(_) => None,
        }
    }

    /// As a network, if it is one and should be.
    pub(crate) fn network(&self) -> Option<Network> {
        match self.meaning {
            Meaning::Network(network) => network,
            Meaning::Text(_)
            | Meaning::TextOfAnyCase(_)
            | Meaning::Number(..)
            | Meaning::Date(..)
            | Meaning::Bool(_)
            | Meaning::Binary(_)
            | Meaning::Arn(_) => None,
        }
    }

    /// As a number in units of 10⁻¹⁸, or a date in nanoseconds since 1970, if it is one and should be.
    pub(crate) fn number(&self) -> Option<i128> {
        match self.meaning {
            Meaning::Number(_, number) => number.map(Number::scaled),
            Meaning::Date(_, date) => date,
            Meaning::Text(_)
            | Meaning::TextOfAnyCase(_)
            | Meaning::Bool(_)
            | Meaning::Binary(_)
            | Meaning::Network(_)
            | Meaning::Arn(_) => None,
        }
    }

    /// Whether the operator could make nothing of it, so that it never matches.
    #[must_use]
    pub fn is_senseless(&self) -> bool {
        match &self.meaning {
            Meaning::Number(_, number) => number.is_none(),
            Meaning::Date(_, date) => date.is_none(),
            Meaning::Bool(boolean) => boolean.is_none(),
            Meaning::Network(network) => network.is_none(),
            Meaning::Arn(arn) => arn.is_senseless(),
            Meaning::Text(_) | Meaning::TextOfAnyCase(_) | Meaning::Binary(_) => false,
        }
    }

    /// Whether a value of the request matches, before any negation; none if the two cannot be compared, because one of
    /// them is no number, date, address or ARN.
    pub(crate) fn matches(&self, value: &str, context: &Context) -> Option<Truth> {
        match &self.meaning {
            Meaning::Text(pattern) => Some(pattern.matches(value, context)),
            Meaning::TextOfAnyCase(pattern) => Some(same_but_for_case(pattern, value, context)),
            Meaning::Arn(pattern) => pattern.matches(value, context),
            Meaning::Number(order, listed) => {
                Some(order.holds(Number::parse(value)?.cmp(listed.as_ref()?)).into())
            }
            Meaning::Date(order, listed) => {
                Some(order.holds(date::parse(value)?.cmp(listed.as_ref()?)).into())
            }
            Meaning::Bool(listed) => Some((boolean(value)? == (*listed)?).into()),
            Meaning::Binary(bytes) => Some((**bytes == *unpadded(value)).into()),
            Meaning::Network(network) => Some((*network)?.holds(value.parse().ok()?).into()),
        }
    }
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn unpadded(base64: &str) -> &str {
    base64.trim_end_matches('=')
}

fn same_but_for_case(pattern: &Pattern, value: &str, context: &Context) -> Truth {
    match pattern.resolve(context) {
        Resolved::Nothing => Truth::False,
        Resolved::Unknown(keys) => Truth::Unknown(keys),
        Resolved::Tokens(tokens) => {
            let text: String = tokens
                .iter()
                .filter_map(|token| match token {
                    Token::Literal(text) => Some(*text),
                    Token::One | Token::Many => None,
                })
                .collect();
            same_text_of_any_case(&text, value).into()
        }
    }
}

pub(crate) fn same_text_of_any_case(text: &str, value: &str) -> bool {
    match text.is_ascii() && value.is_ascii() {
        true => text.eq_ignore_ascii_case(value),
        false => text.to_lowercase() == value.to_lowercase(),
    }
}
