//! Policy documents as people write them: the elements in the order of the IAM User Guide.

use serde_json::{Map, Value};

const ORDER: [&str; 12] = [
    "Version",
    "Id",
    "Statement",
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The document over several lines. Names that no policy knows come last, sorted.
pub(crate) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

/// The members in that order.
pub(crate) fn in_order(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let rank = |name: &str| {
        ORDER
            .iter()
            .position(|known| *known == name)
            .unwrap_or(ORDER.len())
    };
    let mut members: Vec<(&str, &Value)> = members
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    members.sort_by(|(one, _), (other, _)| rank(one).cmp(&rank(other)).then(one.cmp(other)));
    members
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let items = items.iter().map(|item| (None, item));
            block('[', ']', items, depth, out);
        }
        Value::Object(members) if !members.is_empty() => {
            let members = in_order(members)
                .into_iter()
                .map(|(name, member)| (Some(name), member));
            block('{', '}', members, depth, out);
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => out.push_str(&value.to_string()),
    }
}

fn block<'a>(
    open: char,
    close: char,
    items: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
    depth: usize,
    out: &mut String,
) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    out.push(open);
    for (at, (name, item)) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        line(depth + 1, out);
        if let Some(name) = name {
            out.push_str(&Value::from(name).to_string());
            out.push_str(": ");
        }
        write(item, depth + 1, out);
    }
    line(depth, out);
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_come_as_people_write_them() {
        let text = r#"{"Statement":[{"Resource":"*","Action":["a","b"],"Effect":"Allow","Sid":"S","Condition":{}}],"Version":"2012-10-17","X":1}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        insta::assert_snapshot!(pretty(&value), @r#"
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "S",
              "Effect": "Allow",
              "Action": [
                "a",
                "b"
              ],
              "Resource": "*",
              "Condition": {}
            }
          ],
          "X": 1
        }
        "#);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            ".*".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_says_the_same(value in any_json()) {
            let again: Value = serde_json::from_str(&pretty(&value)).unwrap();
            prop_assert_eq!(again, value);
        }
    }
}
