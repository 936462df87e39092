//! HCL, as far as values go (HCL Native Syntax Specification, "Expressions" and "Templates"; Terraform, "Strings and Templates").

use crate::policy_text::in_order;
use serde_json::Value;

/// A value as an expression; lines after the first are indented for this depth.
pub(super) fn expression(value: &Value, depth: usize) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => match items.as_slice() {
            [] => "[]".to_owned(),
            [one] if !one.is_array() && !one.is_object() => format!("[{}]", expression(one, depth)),
            many => {
                let inner = indent(depth + 1);
                let items = many
                    .iter()
                    .map(|item| format!("{inner}{},\n", expression(item, depth + 1)));
                format!("[\n{}{}]", items.collect::<String>(), indent(depth))
            }
        },
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members = in_order(members)
                .into_iter()
                .map(|(name, value)| (key(name), expression(value, depth + 1)));
            format!("{{\n{}{}}}", aligned(members, depth + 1), indent(depth))
        }
    }
}

/// Lines `name = value`, with the signs below each other as `terraform fmt` puts them.
pub(super) fn aligned(pairs: impl Iterator<Item = (String, String)>, depth: usize) -> String {
    let pairs: Vec<(String, String)> = pairs.collect();
    let is_one_line = |(_, value): &(String, String)| !value.contains('\n');
    let mut out = String::new();
    for group in pairs.chunk_by(|one, other| is_one_line(one) && is_one_line(other)) {
        let width = group
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        for (name, value) in group {
            out.push_str(&format!("{}{name:width$} = {value}\n", indent(depth)));
        }
    }
    out
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

/// The name of a member of an object: as it is where nothing else could be meant.
fn key(name: &str) -> String {
    let plain = name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { name.to_owned() } else { quoted(name) }
}

/// A string in which nothing is a template: `${` and `%{` are written with their signs doubled.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => {
                out.push(letter);
                out.push(letter);
            }
            hidden if crate::shell::is_deceptive(hidden) => {
                out.push_str(&format!("\\u{:04x}", u32::from(hidden)));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_in_a_string_is_a_template() {
        assert_eq!(quoted("${aws:username}"), "\"$${aws:username}\"");
        assert_eq!(quoted("%{if}"), "\"%%{if}\"");
        assert_eq!(quoted("$5 a\"b\\\n"), "\"$5 a\\\"b\\\\\\n\"");
        assert_eq!(quoted("\u{2028}"), "\"\\u2028\"");
    }

    #[test]
    fn an_object_is_written_as_terraform_fmt_would() {
        let value = json!({ "Statement": [{ "Effect": "Allow", "Action": "ses:SendRawEmail",
            "Condition": { "StringEquals": { "ses:FromAddress": ["a@example.com", "b@example.com"] } } }] });
        insta::assert_snapshot!(expression(&value, 0), @r#"
        {
          Statement = [
            {
              Effect = "Allow"
              Action = "ses:SendRawEmail"
              Condition = {
                StringEquals = {
                  "ses:FromAddress" = [
                    "a@example.com",
                    "b@example.com",
                  ]
                }
              }
            },
          ]
        }
        "#);
    }
}
