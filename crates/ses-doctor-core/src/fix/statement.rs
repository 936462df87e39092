//! Statements of policies as JSON: reading, writing and changing them without touching the rest.

use crate::permission::send::ACTION;
use crate::policy_text::pretty;
use iam_eval::minimize::literally;
use serde_json::{Map, Value, json};

/// The conditions of a statement: operator, then key, then value or values.
pub(super) type Conditions = Map<String, Value>;

/// The statements of a document, one alone or a list.
pub(super) fn statements(document: &Value) -> Vec<Value> {
    match document.get("Statement") {
        Some(Value::Array(all)) => all.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}

/// One value or several.
pub(super) fn values(element: &Value) -> Option<Vec<Value>> {
    match element {
        Value::String(_) => Some(vec![element.clone()]),
        Value::Array(all) => Some(all.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// The document with other statements.
pub(super) fn with_statements(document: &Value, statements: Vec<Value>) -> String {
    let mut document = document.clone();
    if let Some(members) = document.as_object_mut() {
        members.insert("Statement".to_owned(), Value::Array(statements));
    }
    pretty(&document)
}

/// The conditions of one statement of a document's text, without those on `keys`.
pub(super) fn conditions_without(text: &str, index: usize, keys: &[String]) -> Conditions {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let statement = statements(&document).into_iter().nth(index).unwrap_or_default();
    let Some(Value::Object(mut operators)) = statement.get("Condition").cloned() else {
        return Conditions::new();
    };
    let is_meant = |key: &String| keys.iter().any(|meant| meant.eq_ignore_ascii_case(key));
    for tests in operators.values_mut() {
        if let Some(tests) = tests.as_object_mut() {
            tests.retain(|key, _| !is_meant(key));
        }
    }
    operators.retain(|_, tests| tests.as_object().is_some_and(|tests| !tests.is_empty()));
    operators
}

/// Adds a condition.
pub(super) fn require(conditions: &mut Conditions, operator: &str, key: &str, value: &str) {
    let tests = conditions.entry(operator).or_insert_with(|| json!({}));
    if let Some(tests) = tests.as_object_mut() {
        tests.insert(key.to_owned(), json!(value.replace('$', "${$}")));
    }
}

/// The narrowest allow of sending on these resources.
pub(super) fn allow(
    sid: &str,
    principal: Option<&str>,
    resources: &[String],
    conditions: &Conditions,
) -> Value {
    let literally: Vec<String> = resources.iter().map(|resource| literally(resource)).collect();
    let mut statement = json!({ "Sid": sid, "Effect": "Allow", "Action": ACTION });
    if let Some(members) = statement.as_object_mut() {
        if let Some(principal) = principal {
            members.insert("Principal".to_owned(), json!({ "AWS": principal }));
        }
        let resource = match literally.as_slice() {
            [one] => json!(one),
            several => json!(several),
        };
        members.insert("Resource".to_owned(), resource);
        if !conditions.is_empty() {
            members.insert("Condition".to_owned(), Value::Object(conditions.clone()));
        }
    }
    statement
}

/// A document of these statements.
pub(super) fn document(statements: &[Value]) -> String {
    pretty(&json!({ "Version": "2012-10-17", "Statement": statements }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_kept_but_for_the_keys_at_fault() {
        let text = r#"{"Statement":[{},{"Condition":{"StringEquals":{"ses:FromAddress":"a","aws:SourceVpce":"v"},
            "Bool":{"aws:SourceVpce":"x"}}}]}"#;
        let kept = conditions_without(text, 1, &["AWS:sourcevpce".into()]);
        assert_eq!(
            Value::Object(kept),
            json!({"StringEquals": {"ses:FromAddress": "a"}})
        );
        assert!(conditions_without(text, 0, &[]).is_empty());
        assert!(conditions_without("{", 7, &[]).is_empty());
    }

    #[test]
    fn nothing_in_a_name_is_a_pattern() {
        let mut conditions = Conditions::new();
        require(
            &mut conditions,
            "StringEquals",
            "ses:FromAddress",
            "a$b@example.com",
        );
        let text = document(&[allow(
            "S",
            None,
            &["arn:aws:ses:r:1:identity/*".into()],
            &conditions,
        )]);
        assert!(
            text.contains("identity/${*}") && text.contains("a${$}b"),
            "{text}"
        );
    }
}
