//! `.env` files and the like: `KEY=value`, one a line, with `export`, quotes and comments.

use super::{Found, unquoted};
use crate::entry::{Quoting, Value, span_of};

/// Reads it.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.split_inclusive('\n') {
        if let Some((key, value)) = assignment(text, line) {
            found.add(&[], key, span_of(text, key), value);
        }
    }
    found
}

/// The assignment of one line. `line` is a slice of `text`; a carriage return before the line feed stays in an
/// unquoted value, as a shell that sources the file keeps it.
pub(crate) fn assignment<'a>(text: &str, line: &'a str) -> Option<(&'a str, Value)> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let start = line.trim_start();
    let start = start.strip_prefix("export ").map_or(start, str::trim_start);
    let start = start.strip_prefix("set ").map_or(start, str::trim_start);
    if start.starts_with('#') {
        return None;
    }
    let (key, raw) = start.split_once('=').or_else(|| start.split_once(": "))?;
    let key = key.trim();
    let named = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    named.then(|| (key, value(text, raw)))
}

/// The value after the `=`: quotes end it, and an unquoted one ends before ` #`.
fn value(text: &str, raw: &str) -> Value {
    let inner = raw.trim_start();
    for quote in ['"', '\''] {
        let Some(rest) = inner.strip_prefix(quote) else {
            continue;
        };
        if let Some(end) = rest.find(quote) {
            let after = rest.get(end + 1..).unwrap_or_default().trim();
            if after.is_empty() || after.starts_with('#') || after.starts_with(';') {
                let whole = inner.get(..end + 2).unwrap_or(inner);
                return unquoted(text, whole);
            }
        }
    }
    let ended = inner
        .find(" #")
        .map_or(inner, |at| inner.get(..at).unwrap_or(inner));
    let blank = |c: char| c == ' ' || c == '\t';
    // The blanks at the end stay when nothing but the line end follows: several programs keep them.
    let kept = if ended.len() == inner.len() {
        ended
    } else {
        ended.trim_end_matches(blank)
    };
    Value::new(kept, span_of(text, kept), Quoting::Bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let entries = read(text).entries;
        entries
            .iter()
            .map(|entry| (entry.key().to_owned(), entry.value.text().to_owned()))
            .collect()
    }

    #[test]
    fn lines_become_entries() {
        let text = "# c\nexport A=1\nB=\"x y\" # why\nC='q'\nD=x\r\nE=a b#c # d\nnot a line\n";
        let expected = [("A", "1"), ("B", "x y"), ("C", "q"), ("D", "x\r"), ("E", "a b#c")];
        assert_eq!(pairs(text), expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn values_know_their_place() {
        let text = "A=1\nB=\"x\"\n";
        assert_eq!(read(text).entries[1].value.span, 7..8);
    }
}
