//! YAML, as far as a template needs it: blocks, and strings that are always quoted, so that none of them is taken for something
//! else (YAML 1.2, 7.3.1 "Double-Quoted Style"; JSON's strings are such strings).

use crate::policy_text::in_order;
use crate::shell::json_in_one_line;
use serde_json::Value;

/// `value` below a key, from the colon on.
pub(super) fn below(value: &Value, depth: usize) -> String {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let items = items.iter().map(|item| item_of(item, depth));
            format!("\n{}", items.collect::<String>())
        }
        Value::Object(members) if !members.is_empty() => {
            let members = in_order(members);
            let members = members.iter().map(|(name, value)| member(name, value, depth));
            format!("\n{}", members.collect::<String>())
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => format!(" {}\n", json_in_one_line(value)),
    }
}

/// One member of a mapping, its line end included.
pub(super) fn member(name: &str, value: &Value, depth: usize) -> String {
    format!("{}{}:{}", "  ".repeat(depth), key(name), below(value, depth + 1))
}

fn item_of(item: &Value, depth: usize) -> String {
    let inner = below(item, depth + 1);
    let dash = format!("{}-", "  ".repeat(depth));
    match inner.strip_prefix('\n') {
        // The first line of a block stands behind the dash.
        Some(block) => format!("{dash} {}", block.trim_start_matches(' ')),
        None => format!("{dash}{inner}"),
    }
}

/// Plain where it is a name of AWS's own kind, else quoted. YAML 1.1 takes some words for truth values.
fn key(name: &str) -> String {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let plain = name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !WORDS.contains(&name.to_ascii_lowercase().as_str());
    match plain {
        true => name.to_owned(),
        false => json_in_one_line(&Value::String(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn strings_are_quoted_and_blocks_indented() {
        let value = json!({ "Statement": [{ "Effect": "Allow", "Action": ["a", "b"], "Condition": {} }, []],
            "No": null, "aws:x": "yes\n" });
        insta::assert_snapshot!(member("Document", &value, 0), @r#"
        Document:
          Statement:
            - Effect: "Allow"
              Action:
                - "a"
                - "b"
              Condition: {}
            - []
          "No": null
          "aws:x": "yes\n"
        "#);
    }
}
