//! systemd units: `Environment=` with several quoted assignments, and `%` as the sign of a specifier.

use super::Found;
use super::dotenv::assignment;
use super::shell::words;
use crate::entry::{Value, span_of};

/// Reads it. A `%%` is a percent sign; another `%` begins a specifier, so such a value reaches the program changed
/// (systemd.unit(5), "Specifiers").
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.lines() {
        let trimmed = line.trim_start();
        let Some((key, rest)) = trimmed.split_once('=') else {
            continue;
        };
        if key.trim() != "Environment" {
            let value = Value::new(rest.trim(), span_of(text, rest.trim()), crate::Quoting::Bare);
            found.add(&[], key.trim(), span_of(text, key.trim()), value);
            continue;
        }
        for word in words(text, rest) {
            let raw = text.get(word.span.clone()).unwrap_or_default();
            if let Some((key, value)) = assignment(text, raw) {
                let text_of = value.text().replace("%%", "%");
                let changed = Value::new(text_of, value.span.clone(), word.quoting);
                found.add(&["Environment".to_owned()], key, span_of(text, key), changed);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_may_hold_several_variables() {
        let text =
            "[Service]\nEnvironment=\"SMTP_HOST=h\" \"SMTP_PASSWORD=a%%2Fb\"\nEnvironment=SMTP_PORT=587\n";
        let values: Vec<String> = read(text)
            .entries
            .iter()
            .map(|e| format!("{}={}", e.key(), e.value.text()))
            .collect();
        assert_eq!(values, ["SMTP_HOST=h", "SMTP_PASSWORD=a%2Fb", "SMTP_PORT=587"]);
    }
}
