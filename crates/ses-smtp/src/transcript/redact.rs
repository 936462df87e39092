//! Taking credentials out of text that a server sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use std::fmt;

/// Shorter values would redact ordinary words.
const MIN_LENGTH: usize = 4;
/// Base64 of a zero byte and `AKI`: how the payload of AUTH PLAIN begins.
const PLAIN_HEAD: &str = "AEFLSU";

#[derive(Default)]
pub(super) struct Redactor {
    secrets: Vec<Zeroizing<String>>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} values)", self.secrets.len())
    }
}

impl Redactor {
    pub(super) fn add(&mut self, username: &str, password: &str) {
        let plain = Zeroizing::new(format!("\0{username}\0{password}"));
        let trimmed = password.trim();
        let forms = [
            STANDARD.encode(plain.as_bytes()),
            STANDARD.encode(password),
            STANDARD.encode(trimmed),
            password.to_owned(),
            trimmed.to_owned(),
        ];
        self.secrets.extend(
            forms
                .into_iter()
                .filter(|form| form.len() >= MIN_LENGTH)
                .map(Zeroizing::new),
        );
        self.secrets.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.secrets.iter().filter(|secret| secret.as_str() != "redacted") {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), &stand_in(secret.len()));
            }
        }
        without_plain_payload(&text)
    }
}

/// What stands in place of a secret.
pub(crate) fn stand_in(length: usize) -> String {
    format!("<redacted {length} bytes>")
}

fn without_plain_payload(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(PLAIN_HEAD) {
        let digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
        let end = after.find(|c| !digit(c)).unwrap_or(after.len());
        out.push_str(before);
        out.push_str(&stand_in(PLAIN_HEAD.len() + end));
        rest = after.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
