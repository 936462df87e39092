//! Condition operators (IAM User Guide, "IAM JSON policy elements: Condition operators").

use std::fmt;

/// What is compared, and how, without negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `StringEquals`, `StringNotEquals`
    StringEquals,
    /// `StringEqualsIgnoreCase`, `StringNotEqualsIgnoreCase`
    StringEqualsIgnoreCase,
    /// `StringLike`, `StringNotLike`
    StringLike,
    /// `NumericEquals` and its kin
    Numeric(Order),
    /// `DateEquals` and its kin
    Date(Order),
    /// `Bool`
    Bool,
    /// `BinaryEquals`
    BinaryEquals,
    /// `IpAddress`, `NotIpAddress`
    IpAddress,
    /// `ArnEquals`, `ArnLike` and their negations: AWS documents that both behave alike.
    Arn,
    /// `Null`
    Null,
}

/// How numbers and dates are compared: the request's value with the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// `…Equals`, `…NotEquals`
    Equals,
    /// `…LessThan`
    LessThan,
    /// `…LessThanEquals`
    LessThanEquals,
    /// `…GreaterThan`
    GreaterThan,
    /// `…GreaterThanEquals`
    GreaterThanEquals,
}

impl Order {
    /// Whether the request's value, so ordered to the policy's, satisfies this.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

/// The set operator before an operator, for keys with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

/// An operator with all that its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operator {
    /// What is compared.
    pub comparison: Comparison,
    /// `Not`
    pub negated: bool,
    /// `…IfExists`
    pub if_exists: bool,
    /// `ForAllValues:` or `ForAnyValue:`
    pub quantifier: Option<Quantifier>,
    /// The name without prefix and suffix.
    name: &'static str,
}

const PLAIN: [(&str, Comparison, bool); 27] = [
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    (
        "StringEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        false,
    ),
    (
        "StringNotEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        true,
    ),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    ("NumericEquals", Comparison::Numeric(Order::Equals), false),
    ("NumericNotEquals", Comparison::Numeric(Order::Equals), true),
    ("NumericLessThan", Comparison::Numeric(Order::LessThan), false),
    (
        "NumericLessThanEquals",
        Comparison::Numeric(Order::LessThanEquals),
        false,
    ),
    (
        "NumericGreaterThan",
        Comparison::Numeric(Order::GreaterThan),
        false,
    ),
    (
        "NumericGreaterThanEquals",
        Comparison::Numeric(Order::GreaterThanEquals),
        false,
    ),
    ("DateEquals", Comparison::Date(Order::Equals), false),
    ("DateNotEquals", Comparison::Date(Order::Equals), true),
    ("DateLessThan", Comparison::Date(Order::LessThan), false),
    (
        "DateLessThanEquals",
        Comparison::Date(Order::LessThanEquals),
        false,
    ),
    ("DateGreaterThan", Comparison::Date(Order::GreaterThan), false),
    (
        "DateGreaterThanEquals",
        Comparison::Date(Order::GreaterThanEquals),
        false,
    ),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::BinaryEquals, false),
    ("IpAddress", Comparison::IpAddress, false),
    ("NotIpAddress", Comparison::IpAddress, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotLike", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];

impl Operator {
    /// Reads an operator's name; nothing if there is no such operator.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = match name.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Quantifier::ForAllValues), rest),
            Some(("ForAnyValue", rest)) => (Some(Quantifier::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, name),
        };
        let (if_exists, plain) = match rest.strip_suffix("IfExists") {
            Some(plain) => (true, plain),
            None => (false, rest),
        };
        let (name, comparison, negated) = PLAIN.into_iter().find(|(name, ..)| *name == plain)?;
        let alone = comparison != Comparison::Null || (quantifier.is_none() && !if_exists);
        alone.then_some(Self {
            comparison,
            negated,
            if_exists,
            quantifier,
            name,
        })
    }

    /// The operator that was probably meant by a name that is none, for messages.
    pub(crate) fn meant(name: &str) -> Option<String> {
        let (quantifier, rest) = name.rsplit_once(':').unwrap_or(("", name));
        let quantifier = match quantifier.to_ascii_lowercase().as_str() {
            "" => "",
            "forallvalues" | "forallvalue" => "ForAllValues:",
            "foranyvalue" | "foranyvalues" => "ForAnyValue:",
            _ => return None,
        };
        let small = rest.to_ascii_lowercase();
        let (plain, suffix) = match small.strip_suffix("ifexists") {
            Some(plain) => (plain, "IfExists"),
            None => (small.as_str(), ""),
        };
        let (known, ..) = PLAIN
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(plain))?;
        let meant = format!("{quantifier}{known}{suffix}");
        Self::parse(&meant).is_some().then_some(meant)
    }

    /// Whether policy variables may stand in its values: strings and ARNs only.
    #[must_use]
    pub fn takes_variables(self) -> bool {
        match self.comparison {
            Comparison::StringEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::Arn => true,
            Comparison::Numeric(_)
            | Comparison::Date(_)
            | Comparison::Bool
            | Comparison::BinaryEquals
            | Comparison::IpAddress
            | Comparison::Null => false,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.quantifier {
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        })?;
        f.write_str(self.name)?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_and_printed_alike() {
        for (name, comparison, negated) in PLAIN {
            let forms = [
                name.to_owned(),
                format!("{name}IfExists"),
                format!("ForAllValues:{name}"),
                format!("ForAnyValue:{name}IfExists"),
            ];
            for form in forms {
                if comparison == Comparison::Null && form != "Null" {
                    assert_eq!(Operator::parse(&form), None, "{form}");
                    continue;
                }
                let operator = Operator::parse(&form).unwrap();
                assert_eq!((operator.comparison, operator.negated), (comparison, negated));
                assert_eq!(operator.to_string(), form);
            }
        }
    }

    #[test]
    fn a_slip_in_a_name_is_no_operator_but_what_was_meant_is_known() {
        for (slip, meant) in [
            ("stringEquals", Some("StringEquals")),
            (
                "ForAnyValues:stringLikeIfexists",
                Some("ForAnyValue:StringLikeIfExists"),
            ),
            ("StringMatches", None),
            ("nullIfExists", None),
            ("ForSome:StringEquals", None),
        ] {
            assert_eq!(Operator::parse(slip), None);
            assert_eq!(Operator::meant(slip).as_deref(), meant);
        }
    }
}
