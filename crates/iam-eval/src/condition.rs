//! Whether a condition holds (IAM User Guide, "Condition operators" and "Single-valued vs. multivalued context keys").

mod arn;
pub(crate) mod date;
pub(crate) mod ip;
pub(crate) mod number;
pub(crate) mod value;

use crate::context::{Context, Lookup};
use crate::document::Condition;
use crate::operator::{Comparison, Operator, Quantifier};
use crate::span::Spanned;
use crate::truth::{Keys, Truth};
use value::ConditionValue;

impl Condition {
    /// Whether it holds for a request.
    #[must_use]
    pub fn holds(&self, context: &Context) -> Truth {
        let operator = self.operator.value;
        let found = context.lookup(&self.lookup);
        if operator.comparison == Comparison::Null {
            return null(found, &self.values, context);
        }
        match found {
            Lookup::Unknown(key) => Truth::Unknown(self.with_unknown_variables(key, context)),
            Lookup::Absent => absent(operator).into(),
            Lookup::Known(values) => together(operator.quantifier, values, |value| {
                accepts(operator, value, &self.values, context)
            }),
        }
    }

    /// The unknown key, and those that its value would be compared with.
    fn with_unknown_variables(&self, key: u16, context: &Context) -> Keys {
        let mut keys = Keys::one(key);
        for pattern in self.values.iter().filter_map(|value| value.value.pattern()) {
            if let Some(more) = pattern.unknown_variables(context) {
                keys.extend(&more);
            }
        }
        keys
    }
}

/// What the values of the request say together, from what one says.
#[inline]
pub(crate) fn together(
    quantifier: Option<Quantifier>,
    values: &[String],
    one: impl Fn(&String) -> Truth,
) -> Truth {
    match quantifier {
        // AWS: a value that is the empty string is no value to the set operators.
        Some(Quantifier::ForAllValues) if is_null(values) => Truth::True,
        Some(Quantifier::ForAnyValue) if is_null(values) => Truth::False,
        Some(Quantifier::ForAllValues) => Truth::all(values.iter().map(one)),
        Some(Quantifier::ForAnyValue) => Truth::any(values.iter().map(one)),
        None => match values {
            [only] => one(only),
            // AWS documents that several values need a set operator, not what happens without one. Nothing matches here.
            _ => Truth::False,
        },
    }
}

/// Without the key: negations hold, `ForAllValues` holds, `…IfExists` holds, nothing else does. `ForAnyValue` does not hold,
/// not even with `…IfExists`: so a policy was seen to behave on AWS (re:Post, "ForAnyValue:StringEqualsIfExists behaving
/// unexpectedly"); the user guide does not say which of the two wins.
pub(crate) fn absent(operator: Operator) -> bool {
    match operator.quantifier {
        Some(Quantifier::ForAllValues) => true,
        Some(Quantifier::ForAnyValue) => false,
        None => operator.negated || operator.if_exists,
    }
}

fn is_null(values: &[String]) -> bool {
    values.iter().all(String::is_empty)
}

/// One value of the request against those of the policy: any of them, or for a negation none of them.
fn accepts(operator: Operator, value: &str, listed: &[Spanned<ConditionValue>], context: &Context) -> Truth {
    let comparisons = listed.iter().map(|listed| listed.value.matches(value, context));
    Truth::listed(comparisons, operator.negated)
}

/// `Null`: `true` if the key must be absent, `false` if it must be there.
fn null(found: Lookup<'_>, listed: &[Spanned<ConditionValue>], context: &Context) -> Truth {
    let absent = match found {
        Lookup::Unknown(key) => return Truth::Unknown(Keys::one(key)),
        Lookup::Absent => "true",
        Lookup::Known(_) => "false",
    };
    let comparisons = listed.iter().map(|listed| listed.value.matches(absent, context));
    Truth::listed(comparisons, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PolicyDocument;

    fn holds(condition: &str, context: &[(&str, &str)]) -> Truth {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        );
        let document = PolicyDocument::parse("policy", &text).unwrap();
        let context = context
            .iter()
            .map(|(key, value)| (*key, vec![(*value).to_owned()]));
        document.statements[0].conditions[0].holds(&Context::new(context, []).unwrap())
    }

    #[test]
    fn without_the_key_any_of_its_values_is_none_even_if_it_need_not_exist() {
        for (operator, truth) in [
            ("StringEquals", false),
            ("StringNotEquals", true),
            ("StringEqualsIfExists", true),
            ("ForAllValues:StringEquals", true),
            ("ForAnyValue:StringNotEquals", false),
            ("ForAnyValue:StringEqualsIfExists", false),
        ] {
            let condition = format!(r#"{{"{operator}": {{"aws:TagKeys": "team"}}}}"#);
            assert_eq!(holds(&condition, &[]), truth.into(), "{operator}");
        }
    }

    #[test]
    fn a_variable_without_a_value_equals_nothing_so_a_negation_holds() {
        for (operator, truth) in [
            ("StringEquals", false),
            ("StringNotEquals", true),
            ("StringNotEqualsIgnoreCase", true),
            ("StringLike", false),
            ("StringNotLike", true),
            ("ArnNotLike", true),
        ] {
            let condition = format!(
                r#"{{"{operator}": {{"aws:SourceArn": "arn:aws:s3:::${{aws:PrincipalTag/team}}"}}}}"#
            );
            assert_eq!(
                holds(&condition, &[("aws:SourceArn", "arn:aws:s3:::mail")]),
                truth.into(),
                "{operator}"
            );
        }
    }
}
