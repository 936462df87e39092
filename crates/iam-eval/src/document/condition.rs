//! `Condition` blocks.

use super::Condition;
use super::elements::whole;
use super::error::Problem;
use super::parse::Reader;
use crate::condition::value::ConditionValue;
use crate::document::Version;
use crate::json::{Member, Node, Shape};
use crate::operator::Operator;
use crate::pattern::lower;
use crate::span::Spanned;
use std::collections::HashSet;

pub(super) fn block(reader: &mut Reader, node: Node<'_>, version: Version) -> Vec<Condition> {
    let Some(operators) = reader.object(node, "Condition") else {
        return Vec::new();
    };
    reader.unique(&operators);
    operators
        .iter()
        .flat_map(|member| under_operator(reader, member, version))
        .collect()
}

fn under_operator(reader: &mut Reader, member: &Member<'_>, version: Version) -> Vec<Condition> {
    let Some(operator) = Operator::parse(&member.key) else {
        let problem = Problem::UnknownOperator {
            found: member.key.to_string(),
            meant: Operator::meant(&member.key),
        };
        reader.report(member.key_span, problem);
        return Vec::new();
    };
    let Some(keys) = reader.object(member.value, &member.key) else {
        return Vec::new();
    };
    let mut seen = HashSet::new();
    for key in &keys {
        if !seen.insert(lower(&key.key)) {
            reader.report(key.key_span, Problem::Duplicate(key.key.to_string()));
        }
    }
    let operator = Spanned {
        value: operator,
        span: member.key_span,
    };
    keys.iter()
        .map(|key| condition(reader, &operator, key, version))
        .collect()
}

fn condition(
    reader: &mut Reader,
    operator: &Spanned<Operator>,
    key: &Member<'_>,
    version: Version,
) -> Condition {
    let nodes = reader.one_or_more(key.value);
    let values = nodes
        .into_iter()
        .filter_map(|node| value(reader, operator.value, &key.key, node, version))
        .collect();
    Condition {
        span: whole(key),
        operator: operator.clone(),
        key: Spanned {
            value: key.key.to_string(),
            span: key.key_span,
        },
        lookup: lower(&key.key).into(),
        values,
    }
}

/// AWS takes numbers and booleans for strings that say the same.
fn value(
    reader: &mut Reader,
    operator: Operator,
    key: &str,
    node: Node<'_>,
    version: Version,
) -> Option<Spanned<ConditionValue>> {
    let text = match reader.taken(node.shape())? {
        Shape::String(text) => text,
        Shape::Number(text) => text.into(),
        Shape::Bool(true) => "true".into(),
        Shape::Bool(false) => "false".into(),
        other @ (Shape::Null | Shape::Array(_) | Shape::Object(_)) => {
            let expected = "a string, a number, a boolean or a list of these";
            reader.wrong_type(node.span, key, expected, &other);
            return None;
        }
    };
    Some(Spanned {
        value: ConditionValue::new(&text, operator, version),
        span: node.span,
    })
}
