//! INI files (grafana.ini, app.ini, php.ini, odoo.conf) and Java properties.

use super::{Found, unquoted};
use crate::entry::{Entry, Quoting, Value, span_of};

/// `[section]`, `key = value`, `;` and `#` comments; continuation lines belong to the value before.
pub(super) fn ini(text: &str) -> Found {
    let mut found = Found::default();
    let mut section: Vec<String> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with([';', '#']) || trimmed.starts_with("//") {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next())
            && !trimmed.contains('=')
        {
            section = name
                .split(['.', ':'])
                .map(|part| part.trim().to_owned())
                .collect();
            continue;
        }
        if let Some((key, value)) = assignment(text, line) {
            let span = value.span.clone();
            if key == "args" && value.text().starts_with('(') {
                // The arguments of a handler in Python's logging configuration.
                let call = format!("{key}={}", text.get(span.clone()).unwrap_or_default());
                found.extend(super::shifted(
                    super::code::read(&call),
                    span.start.saturating_sub(key.len() + 1),
                ));
            }
            found.add(&section, key, span_of(text, key), value);
        }
    }
    found
}

fn assignment<'a>(text: &str, line: &'a str) -> Option<(&'a str, Value)> {
    let (key, raw) = match (line.find('='), line.find(": ")) {
        (Some(equals), Some(colon)) if colon < equals => line.split_at_checked(colon)?,
        (Some(equals), _) => line.split_at_checked(equals)?,
        (None, Some(colon)) => line.split_at_checked(colon)?,
        (None, None) => return None,
    };
    let key = key.trim();
    let raw = raw.get(1..)?.trim();
    let bare_key = key.trim_matches(['"', '\'', '$']);
    (!bare_key.is_empty()).then(|| (bare_key, ini_value(text, raw)))
}

/// Quotes of one or three signs, backticks of Gitea; an unquoted value ends before ` ;` or ` #`.
fn ini_value(text: &str, raw: &str) -> Value {
    for quote in ["\"\"\"", "'''"] {
        if let Some(inner) = raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return Value::new(inner, span_of(text, inner), Quoting::Double);
        }
    }
    if let Some(inner) = raw.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
        return Value::new(inner, span_of(text, inner), Quoting::Single);
    }
    for quote in ['"', '\''] {
        if let Some(rest) = raw.strip_prefix(quote)
            && let Some(end) = rest.find(quote)
        {
            return unquoted(text, raw.get(..end + 2).unwrap_or(raw));
        }
    }
    let end = [" ;", " #", "\t;", "\t#"]
        .iter()
        .filter_map(|mark| raw.find(mark))
        .min();
    let ended = end.and_then(|end| raw.get(..end)).unwrap_or(raw).trim_end();
    unquoted(text, ended)
}

/// `a.b.c=value` or `a.b.c: value`; the dots are scopes. Blanks at the end of a line are part of the value, as
/// `java.util.Properties` has it.
pub(super) fn properties(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.lines() {
        let start = line.trim_start();
        if start.is_empty() || start.starts_with(['#', '!']) {
            continue;
        }
        let Some((key, raw)) = start.split_once(['=', ':']) else {
            continue;
        };
        let key = key.trim_end();
        let raw = raw.trim_start();
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        let name = span_of(text, key);
        let value = Value::new(raw.replace('\\', ""), span_of(text, raw), Quoting::Bare);
        found.entries.push(Entry { path, name, value });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: &Found) -> Vec<String> {
        let show = |entry: &Entry| format!("{}={}", entry.path.join("/"), entry.value.text());
        found.entries.iter().map(show).collect()
    }

    #[test]
    fn ini_has_sections_comments_and_quotes() {
        let text =
            "[smtp]\n;host = no\nhost = a:587 ; why\npassword = \"\"\"p;w\"\"\"\nuser=\"u\"\n[a.b]\nx: y\n";
        assert_eq!(
            shown(&ini(text)),
            ["smtp/host=a:587", "smtp/password=p;w", "smtp/user=u", "a/b/x=y"]
        );
    }

    #[test]
    fn properties_split_their_names() {
        let text = "# c\nspring.mail.host=h\nspring.mail.port: 587\nurl=a\\:b \n";
        assert_eq!(
            shown(&properties(text)),
            ["spring/mail/host=h", "spring/mail/port=587", "url=a:b "]
        );
    }
}
