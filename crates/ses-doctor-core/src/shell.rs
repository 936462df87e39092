//! Text from outside as one word of a POSIX shell, and as part of one line.

use serde_json::Value;

/// One word for a POSIX shell.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._+-=/:,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Ends a line somewhere (YAML 1.1 takes U+0085, U+2028 and U+2029 for line breaks), is seen nowhere, or turns the direction of
/// what stands behind it.
pub(crate) fn is_deceptive(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}'..='\u{200f}'
        )
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text that stays in its line: what would leave it is written as `\u{…}`.
pub(crate) fn in_one_line(text: &str) -> String {
    escaped(text, |letter| format!("\\u{{{:x}}}", u32::from(letter)))
}

/// JSON in one line, without deceptive characters.
pub(crate) fn json_in_one_line(value: &Value) -> String {
    // All of them are in the basic plane.
    escaped(&value.to_string(), |letter| {
        format!("\\u{:04x}", u32::from(letter))
    })
}

fn escaped(text: &str, escape: impl Fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match is_deceptive(letter) {
            true => out.push_str(&escape(letter)),
            false => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_it_otherwise() {
        assert_eq!(quoted("app@example.com"), "app@example.com");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("$(id)"), "'$(id)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn nothing_leaves_its_line() {
        assert_eq!(
            in_one_line("a\nb\u{2028}c\u{202e}d é"),
            "a\\u{a}b\\u{2028}c\\u{202e}d é"
        );
        let value = json!({ "a": "x\u{85}\u{2029}\n" });
        let text = json_in_one_line(&value);
        assert!(!text.chars().any(is_deceptive), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
