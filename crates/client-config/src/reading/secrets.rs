//! What may be a secret in a file, of mail or of anything else: lines are shown to people, and secrets are not.

use crate::entry::Entry;
use crate::role;
use crate::settings::Settings;
use crate::told::Told;
use secrecy::SecretString;
use ses_smtp::credential::{PasswordShape, inspect};
use std::ops::Range;

/// Words of names whose values are secrets.
const NAMES: [&str; 22] = [
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "secrets",
    "token",
    "key",
    "credential",
    "credentials",
    "passphrase",
    "private",
    "apikey",
    "salt",
    "dsn",
    "cookie",
    "authorization",
    "userpass",
    "pw",
    "psk",
    "signature",
    "webhook",
];

/// Where such values stand.
pub(super) fn spans(text: &str, entries: &[Entry], settings: &[Settings]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = entries
        .iter()
        .filter(|entry| is_named_secret(entry))
        .map(|entry| entry.value.span.clone())
        .collect();
    spans.extend(
        settings
            .iter()
            .flat_map(Settings::secrets)
            .filter(|value| value.told() != Told::Reference)
            .map(|value| value.span.clone()),
    );
    spans.extend(settings.iter().filter_map(strange_username));
    spans.extend(of_shape(text));
    spans.extend(in_urls(text));
    spans.extend(named_in_lines(text));
    spans.sort_by_key(|span| span.start);
    spans
}

fn is_named_secret(entry: &Entry) -> bool {
    let words = role::words(std::slice::from_ref(&entry.key().to_owned()));
    let named = words
        .iter()
        .any(|word| NAMES.contains(&word.as_str()) || word.ends_with("password") || word.ends_with("secret"));
    // The id of a key is shown: it says which key is meant.
    named
        && !names_a_file(entry.value.text())
        && entry.value.told() != Told::Reference
        && !is_key_id(entry.value.text())
}

/// `hash:/etc/postfix/sasl_passwd`, `/run/secrets/smtp_password`: where the secret stands, not the secret.
fn names_a_file(text: &str) -> bool {
    const KINDS: [&str; 6] = [
        "hash:/",
        "lmdb:/",
        "texthash:/",
        "btree:/",
        "cdb:/",
        "/run/secrets/",
    ];
    KINDS.iter().any(|kind| text.trim_start().starts_with(kind))
}

fn is_key_id(text: &str) -> bool {
    inspect("", &SecretString::from(text.trim())).password.shape == PasswordShape::AccessKeyId
}

/// A user name that may be a password in the wrong field.
fn strange_username(settings: &Settings) -> Option<Range<usize>> {
    let username = settings
        .username
        .as_ref()
        .filter(|username| username.told().is_some())?;
    let facts = inspect(username.value.text(), &SecretString::from(""));
    facts
        .username
        .shown
        .ends_with("redacted>")
        .then(|| username.value.span.clone())
}

/// Words with the length and alphabet of a secret access key, an SMTP password or base64 of them, wherever they stand.
fn of_shape(text: &str) -> Vec<Range<usize>> {
    const SHORTEST: usize = 36;
    let is_digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '%');
    let mut spans = Vec::new();
    for word in text
        .split(|c: char| !is_digit(c))
        .filter(|word| word.len() >= SHORTEST)
    {
        let span = crate::entry::span_of(text, word);
        let mixed = word.bytes().any(|b| b.is_ascii_digit())
            && word.bytes().any(|b| b.is_ascii_uppercase())
            && word.bytes().any(|b| b.is_ascii_lowercase());
        if mixed {
            spans.push(span);
        }
    }
    spans
}

/// `scheme://user:PASSWORD@host`, also with a raw slash in the password.
fn in_urls(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '"' || c == '\'')
            .unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        if let Some((information, _)) = word.rsplit_once('@') {
            let from = information.find(':').map_or(0, |colon| colon + 1);
            spans.push(start + from..start + information.len());
        }
    }
    spans
}

/// `password = …`, `secret: …`, also in comments and in lines that no reader understood.
fn named_in_lines(text: &str) -> Vec<Range<usize>> {
    const SIGNS: [&str; 5] = ["password", "passwd", "secret", "token", "pass"];
    let mut spans = Vec::new();
    for line in text.lines() {
        let lower = line.to_ascii_lowercase();
        let Some(at) = SIGNS
            .iter()
            .filter_map(|sign| lower.find(sign).map(|at| at + sign.len()))
            .min()
        else {
            continue;
        };
        let after = line.get(at..).unwrap_or_default();
        let named = after.find(['=', ':']).filter(|end| {
            after.get(..*end).is_some_and(|name| {
                name.len() < 24 && !name.contains(char::is_whitespace) || name.trim().is_empty()
            })
        });
        if let Some(sign) = named {
            let value = after.get(sign + 1..).unwrap_or_default().trim();
            let value = value
                .trim_start_matches(['>', ' ', '"', '\''])
                .trim_end_matches([',', ';', ' ', '"', '\'']);
            let is_reference = Told::of(value) == Told::Reference;
            if !value.is_empty()
                && !names_a_file(value)
                && !is_key_id(value)
                && !is_reference
                && !value.starts_with('{')
            {
                spans.push(crate::entry::span_of(text, value));
            }
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use crate::read;

    #[test]
    fn secrets_of_any_kind_are_masked() {
        let text = "SMTP_HOST=h.example\nSMTP_PASSWORD=hunter2\nDB_PASSWORD='pg pw'\nURL=postgres://u:sesame@db/x\n\
                    # old password: hunter1\nFREE=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nKEY_ID=AKIAIOSFODNN7EXAMPLE\n";
        let masked = read(".env", text).masked(text);
        for secret in ["hunter", "pg pw", "sesame", "wJalr"] {
            assert!(!masked.contains(secret), "{masked}");
        }
        assert!(
            masked.contains("SMTP_HOST=h.example") && masked.contains("AKIAIOSFODNN7EXAMPLE"),
            "{masked}"
        );
        assert_eq!(masked.len(), text.len());
    }
}
