//! Postfix's `main.cf`, `master.cf` and password maps, and Exim's `passwd.client`.

use super::Found;
use crate::entry::{Quoting, Value, span_of};
use crate::postfix::MapEntry;

/// `name = value`; lines that begin with white space go on with the value before (postconf(5)).
pub(super) fn main(text: &str) -> Found {
    let mut found = Found::default();
    for (start, end) in logical_lines(text) {
        let line = text.get(start..end).unwrap_or_default();
        let (key, raw) = match line.split_once('=') {
            Some((key, raw)) if !key.trim().contains(char::is_whitespace) => (key.trim(), raw.trim()),
            // A password map pasted below.
            Some(_) | None => {
                found.maps.extend(map_entry(text, line).filter(is_of_host));
                continue;
            }
        };
        if !key.is_empty() {
            let value = Value::new(raw, span_of(text, raw), Quoting::Bare);
            found.add(&[], key, span_of(text, key), value);
        }
    }
    found
}

/// Keyed by a host, and with a pair.
fn is_of_host(entry: &MapEntry) -> bool {
    let key = entry.key.text();
    entry.password.is_some() && (key.starts_with('[') || key.contains('.'))
}

/// The byte ranges of lines with their continuations, comments left out.
fn logical_lines(text: &str) -> Vec<(usize, usize)> {
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let ends = start + line.trim_end().len();
        let continues = line.starts_with([' ', '\t']) && !looks_like_assignment(trimmed);
        match lines.last_mut().filter(|_| continues) {
            Some(last) => last.1 = ends,
            None => lines.push((start, ends)),
        }
    }
    lines
}

/// An indented `smtp_… = …` is a pasted line, not a continuation.
fn looks_like_assignment(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| {
        !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Services with their `-o name=value`.
pub(super) fn master(text: &str) -> Found {
    let mut found = Found::default();
    let mut service = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            service = vec![trimmed.split_whitespace().next().unwrap_or_default().to_owned()];
        }
        let mut rest = trimmed;
        while let Some((_, after)) = rest.split_once("-o ") {
            let option = after.trim_start();
            let option = option.split(" -o ").next().unwrap_or(option).trim_end();
            if let Some((key, raw)) = option.split_once('=') {
                let value = Value::new(raw.trim(), span_of(text, raw.trim()), Quoting::Bare);
                found.add(&service, key.trim(), span_of(text, key.trim()), value);
            }
            rest = after;
        }
    }
    found
}

/// `next-hop user:password`, one a line.
pub(super) fn password_map(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.lines() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        found.maps.extend(map_entry(text, line));
    }
    found
}

/// One line of a map. `line` is a slice of `text`.
pub(crate) fn map_entry(text: &str, line: &str) -> Option<MapEntry> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let start = line.trim_start();
    let at = start.find(char::is_whitespace)?;
    let (key, rest) = start.split_at_checked(at)?;
    // Postfix takes white space off the ends of a value (`postmap(1)`), so what is left is the value.
    let pair = rest.trim();
    let value = |part: &str| Value::new(part, span_of(text, part), Quoting::Bare);
    let (username, password) = match pair.split_once(':') {
        Some((user, password)) => (Some(value(user)), Some(value(password))),
        None => (Some(value(pair)).filter(|_| !pair.is_empty()), None),
    };
    Some(MapEntry {
        key: value(key),
        username,
        password,
        file: None,
        exim: false,
    })
}

/// `host:user:password`, one a line; `*` stands for any host name part.
pub(super) fn exim_passwords(text: &str) -> Found {
    let mut found = Found::default();
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or(line).trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.splitn(3, ':');
        let value = |part: &str| Value::new(part, span_of(text, part), Quoting::Bare);
        if let (Some(key), Some(user), Some(password)) = (parts.next(), parts.next(), parts.next()) {
            found.maps.push(MapEntry {
                key: value(key),
                username: Some(value(user)),
                password: Some(value(password)),
                file: None,
                exim: true,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuation_lines_belong_to_their_parameter() {
        let text =
            "relayhost = [h]:587\nsmtp_sasl_security_options =\n  noanonymous,\n  noplaintext\n# c\nx = y\n";
        let found = main(text);
        let values: Vec<&str> = found.entries.iter().map(|e| e.value.text()).collect();
        assert_eq!(values, ["[h]:587", "noanonymous,\n  noplaintext", "y"]);
    }

    #[test]
    fn a_service_has_its_own_parameters() {
        let text = "relay unix - - n - - smtp\n    -o smtp_fallback_relay= -o smtp_tls_wrappermode=yes\n";
        let found = master(text);
        assert_eq!(found.entries[0].path, ["relay", "smtp_fallback_relay"]);
        assert_eq!(found.entries[1].value.text(), "yes");
    }

    #[test]
    fn a_password_may_hold_colons() {
        let found = password_map("# c\n[h]:587 AKIA:pa:ss\n");
        let entry = &found.maps[0];
        assert_eq!(entry.key.text(), "[h]:587");
        assert_eq!(entry.password.as_ref().unwrap().text(), "pa:ss");
        let exim = exim_passwords("*.amazonaws.com:AKIA:pw      # now\n");
        assert_eq!(exim.maps[0].username.as_ref().unwrap().text(), "AKIA");
    }
}
