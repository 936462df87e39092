//! sendmail.mc: `define(`SMART_HOST', `[host]')`, and `authinfo` files.

use super::Found;
use crate::entry::{Quoting, Value, span_of};

/// Reads it.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("dnl") || trimmed.starts_with('#') {
            continue;
        }
        let quoted: Vec<&str> = quoted(trimmed);
        if let (true, [key, value, ..]) = (trimmed.starts_with("define("), quoted.as_slice()) {
            found.add(
                &[],
                key,
                span_of(text, key),
                Value::new(*value, span_of(text, value), Quoting::Single),
            );
        } else if let Some(rest) = trimmed.strip_prefix("AuthInfo:") {
            authinfo(text, rest, &mut found);
        }
    }
    found
}

/// What stands between a backtick and an apostrophe.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`')
        .skip(1)
        .filter_map(|part| part.split('\'').next())
        .collect()
}

/// `AuthInfo:host "U:user" "I:user" "P:password" "M:LOGIN"`; a `P=` value is base64.
fn authinfo(text: &str, rest: &str, found: &mut Found) {
    let scope = ["AuthInfo".to_owned()];
    let host = rest.split_whitespace().next().unwrap_or_default();
    found.add(
        &scope,
        "host",
        span_of(text, host),
        Value::new(host, span_of(text, host), Quoting::Bare),
    );
    for part in rest.split('"').skip(1).step_by(2) {
        let Some((letter, value)) = part.split_once([':', '=']) else {
            continue;
        };
        let key = match letter {
            // `U:` is the user on this machine.
            "I" => "user",
            "P" => "password",
            _ => continue,
        };
        found.add(
            &scope,
            key,
            span_of(text, letter),
            Value::new(value, span_of(text, value), Quoting::Double),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_and_authinfo_are_read() {
        let text = "dnl no\ndefine(`SMART_HOST', `email-smtp.eu-west-1.amazonaws.com')dnl\nAuthInfo:h \"U:root\" \"I:AKIA\" \"P:pw\" \"M:LOGIN\"\n";
        let values: Vec<String> = read(text)
            .entries
            .iter()
            .map(|e| format!("{}={}", e.key(), e.value.text()))
            .collect();
        assert_eq!(
            values,
            [
                "SMART_HOST=email-smtp.eu-west-1.amazonaws.com",
                "host=h",
                "user=AKIA",
                "password=pw"
            ]
        );
    }
}
