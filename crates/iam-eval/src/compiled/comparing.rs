//! Conditions on what the request says of a key.

use super::{Compiled, FlatPattern, Part};
use crate::arn::Arn;
use crate::condition::number::Number;
use crate::condition::value::{boolean, same_text_of_any_case};
use crate::condition::{date, together};
use crate::context::{Context, Lookup};
use crate::operator::{Order, Quantifier};
use crate::truth::{Keys, Truth};

/// A condition on the values of a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparing {
    /// In lower case.
    pub(super) key: Part,
    pub(super) quantifier: Option<Quantifier>,
    pub(super) negated: bool,
    /// What it says to a request without the key.
    pub(super) absent: bool,
    pub(super) listed: Listed,
}

/// What the values of the request are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Listed {
    /// Nothing: this is what it says to any value.
    Presence(bool),
    Texts(Part),
    TextsOfAnyCase(Part),
    /// Patterns of the parts of each ARN.
    Arns(Part),
    Numbers(Order, Part),
    Dates(Order, Part),
    Networks(Part),
    Bool(Option<bool>),
}

/// Parts of an ARN, `arn` itself among them.
pub(super) const ARN_PARTS: usize = 6;

impl Compiled {
    /// Whether a condition holds; none if its key is unknown, or one that it takes a variable from.
    pub(super) fn compare(&self, comparing: Comparing, context: &Context) -> Option<Truth> {
        match (context.lookup(self.text(comparing.key)), comparing.listed) {
            (Lookup::Unknown(_), _) => None,
            (Lookup::Absent, _) => Some(comparing.absent.into()),
            (Lookup::Known(_), Listed::Presence(present)) => Some(present.into()),
            (Lookup::Known(values), listed) => {
                let truth = together(comparing.quantifier, values, |value| {
                    self.accepts(listed, comparing.negated, value, context)
                });
                (!matches!(truth, Truth::Unknown(_))).then_some(truth)
            }
        }
    }

    /// One value of the request against those of the policy. What is unknown here does not tell its keys.
    fn accepts(&self, listed: Listed, negated: bool, value: &str, context: &Context) -> Truth {
        match listed {
            Listed::Presence(present) => present.into(),
            Listed::Texts(patterns) => match self.any_matches(patterns, value, context) {
                Some(matches) => (matches != negated).into(),
                None => Truth::Unknown(Keys::default()),
            },
            Listed::TextsOfAnyCase(texts) => (self.is_any_of(texts, value) != negated).into(),
            Listed::Arns(patterns) => self.is_arn(patterns, value, negated, context),
            Listed::Numbers(order, numbers) => {
                self.is_so_ordered(order, numbers, Number::parse(value).map(Number::scaled), negated)
            }
            Listed::Dates(order, dates) => self.is_so_ordered(order, dates, date::parse(value), negated),
            Listed::Networks(networks) => self.lies_in(networks, value, negated),
            Listed::Bool(listed) => listed_in([listed], boolean(value), negated, |one, other| one == other),
        }
    }

    fn is_any_of(&self, texts: Part, value: &str) -> bool {
        self.patterns(texts).iter().any(|text| match text {
            FlatPattern::Plain { text, .. } => same_text_of_any_case(self.text(*text), value),
            FlatPattern::Pieces(_) => false,
        })
    }

    fn is_arn(&self, patterns: Part, value: &str, negated: bool, context: &Context) -> Truth {
        let arns = self.patterns(patterns).chunks_exact(ARN_PARTS).map(Some);
        listed_in(arns, Arn::parse(value), negated, |patterns, arn| {
            let mut parts = std::iter::once("arn").chain(arn.parts()).zip(patterns);
            parts.all(|(part, pattern)| self.matches_one(*pattern, part, context) == Some(true))
        })
    }

    fn is_so_ordered(&self, order: Order, numbers: Part, value: Option<i128>, negated: bool) -> Truth {
        let numbers = self.numbers.get(numbers.range()).unwrap_or_default();
        listed_in(numbers.iter().copied(), value, negated, |listed, value| {
            order.holds(value.cmp(&listed))
        })
    }

    fn lies_in(&self, networks: Part, value: &str, negated: bool) -> Truth {
        let networks = self.networks.get(networks.range()).unwrap_or_default();
        listed_in(
            networks.iter().copied(),
            value.parse().ok(),
            negated,
            |network, address| network.holds(address),
        )
    }
}

/// A value against those listed, where either may make no sense.
fn listed_in<L, V: Copy>(
    listed: impl IntoIterator<Item = Option<L>>,
    value: Option<V>,
    negated: bool,
    matches: impl Fn(L, V) -> bool,
) -> Truth {
    let comparisons = listed
        .into_iter()
        .map(|listed| Some(matches(listed?, value?).into()));
    Truth::listed(comparisons, negated)
}
