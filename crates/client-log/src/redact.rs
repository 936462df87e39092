//! Taking secrets out of a text of which nothing is known: by their shape, by the place they stand in, and by the words
//! before them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::SecretString;
use ses_smtp::credential::{self, PasswordShape};
use std::borrow::Cow;

/// The text without secrets.
pub fn redact(text: &str) -> String {
    let text = without_url_passwords(text);
    let text = without_named_values(&text);
    let text = without_url_pieces(&text);
    without_secret_shapes(&text)
}

/// `scheme://user:password@host`. A raw `/` or `@` of the password does not end it: the last `@` before a blank does.
fn without_url_passwords(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>'))
            .unwrap_or(after.len());
        let (authority, tail) = after.split_at_checked(end).unwrap_or((after, ""));
        match authority
            .rsplit_once('@')
            .and_then(|(user, host)| Some((user.split_once(':')?, host)))
        {
            Some(((user, password), host)) if !password.is_empty() => {
                out.push_str(user);
                out.push_str(&format!(":{}@{host}", mask(password)));
            }
            Some(_) | None => out.push_str(authority),
        }
        rest = tail;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn mask(secret: &str) -> String {
    format!("<redacted {} bytes>", secret.len())
}

/// `password=…`, `"secret": "…"`, `Authorization: …` and the like.
fn without_named_values(text: &str) -> String {
    const NAMES: [&str; 15] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "api_key",
        "apikey",
        "api-key",
        "access_key",
        "accesskey",
        "smtp_pass",
        "authorization",
        "signature=",
        "pass:",
        "pass=",
    ];
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(name) = NAMES
        .iter()
        .filter_map(|name| Some((lower.get(at..)?.find(name)? + at, *name)))
        .min()
    {
        let start = name.0 + name.1.len();
        out.push_str(text.get(at..start).unwrap_or_default());
        at = start;
        let rest = text.get(at..).unwrap_or_default();
        if let Some((lead, value)) = value_of(name.1, rest) {
            out.push_str(rest.get(..lead).unwrap_or_default());
            out.push_str(&mask(value));
            at += lead + value.len();
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The value behind a name: how far it is, and what it is. Only behind `:`, `=`, `=>` or a quote; words of a sentence stay.
fn value_of<'a>(name: &str, rest: &'a str) -> Option<(usize, &'a str)> {
    let tail_of_name = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let after = rest.get(tail_of_name..)?;
    let sign = after
        .find(|c: char| !matches!(c, '"' | '\'' | ' ' | '\\' | ':' | '=' | '>'))
        .unwrap_or(after.len());
    let between = after.get(..sign)?;
    let assigned = between.contains([':', '=']) || name.ends_with([':', '=']);
    let quoted = between.contains(['"', '\'']) && between.starts_with(' ');
    let value = after.get(sign..)?;
    let quote = between.chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let end = match quote {
        Some(quote) => value.find([quote, '\n']).unwrap_or(value.len()),
        // The header's value is of several words.
        None if name == "authorization" => value.find(['\n', '"']).unwrap_or(value.len()),
        None => value
            .find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '}' | ')' | '&'))
            .unwrap_or(value.len()),
    };
    let value = value
        .get(..end)
        .filter(|value| !value.is_empty() && !value.starts_with("<redacted"))?;
    let harmless = value.bytes().all(|byte| byte == b'*') || value.starts_with("${");
    ((assigned || quoted) && !harmless).then_some((tail_of_name + sign, value))
}

/// Pieces of a password that a URL parser took for a port: Python's and Go's messages show them.
fn without_url_pieces(text: &str) -> String {
    const CUES: [(&str, char); 2] = [("to integer value as '", '\''), ("invalid port \"", '"')];
    let mut out = text.to_owned();
    for (cue, quote) in CUES {
        let Some((before, after)) = out.split_once(cue) else {
            continue;
        };
        let Some((piece, rest)) = after.split_once(quote) else {
            continue;
        };
        out = format!("{before}{cue}{}{quote}{rest}", mask(piece));
    }
    out
}

/// Words that look like an SMTP password, a secret access key, a token, or what AUTH sends.
fn without_secret_shapes(text: &str) -> String {
    let of_secret = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '%' | '=');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(of_secret) {
        let (before, word) = rest.split_at_checked(start).unwrap_or((rest, ""));
        out.push_str(before);
        let length = word.find(|c| !of_secret(c)).unwrap_or(word.len());
        let (word, after) = word.split_at_checked(length).unwrap_or((word, ""));
        let answers_password = out
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '>' | '~' | '-' | '"' | '\''))
            .ends_with("UGFzc3dvcmQ6");
        out.push_str(&shown(word, answers_password || answers_in_dialogue(&out)));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The word is what a client sends after `334 UGFzc3dvcmQ6` (`Password:`), on the next line.
fn answers_in_dialogue(before: &str) -> bool {
    let mut lines = before.rsplit('\n');
    let here = lines.next().unwrap_or_default();
    let marks = here.trim().trim_end_matches(':');
    let is_first = matches!(
        marks,
        "" | "C" | "->" | "~>" | "CLIENT -> SERVER" | "SMTP>>" | "send"
    );
    is_first && lines.next().is_some_and(|line| line.contains("UGFzc3dvcmQ6"))
}

fn shown(word: &str, answers_password: bool) -> Cow<'_, str> {
    if answers_password && word.len() >= 4 {
        return Cow::Owned(mask(word));
    }
    if word.len() < 20 {
        return Cow::Borrowed(word);
    }
    let decoded = word
        .replace("%2F", "/")
        .replace("%2f", "/")
        .replace("%2B", "+")
        .replace("%2b", "+")
        .replace("%3D", "=");
    if is_secret(&decoded) || is_auth(&decoded) {
        Cow::Owned(mask(&decoded))
    } else {
        Cow::Borrowed(word)
    }
}

fn is_secret(word: &str) -> bool {
    let bare = word.trim_matches('=');
    // `PASSWORD=value` and paths: the value may be glued to what stands before it.
    let pieces = [bare, bare.rsplit('=').next().unwrap_or_default()];
    pieces.iter().any(|piece| {
        matches!(
            credential::inspect("", &SecretString::from(*piece))
                .password
                .shape,
            PasswordShape::SmtpV4 | PasswordShape::SmtpV2 | PasswordShape::SecretAccessKey
        )
    }) || (bare.len() >= 100
        && bare.bytes().any(|byte| byte.is_ascii_digit())
        && bare.bytes().any(|byte| byte.is_ascii_uppercase()))
}

/// Base64 of a pair with zero bytes between (AUTH PLAIN), or of an SMTP password (AUTH LOGIN).
fn is_auth(word: &str) -> bool {
    let Ok(bytes) = STANDARD_NO_PAD.decode(word.trim_end_matches('=')) else {
        return false;
    };
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    let text = String::from_utf8_lossy(&bytes);
    let printable = bytes
        .iter()
        .all(|byte| *byte == 0 || byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    printable && (zeros >= 1 || is_secret(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";

    fn hides(text: &str, secret: &str) {
        let redacted = redact(text);
        assert!(!redacted.contains(secret), "{redacted}");
    }

    #[test]
    fn secrets_go_by_shape_place_and_name() {
        hides(&format!("said {PASSWORD} no"), "MW5RDrX");
        hides(
            "smtps://AKIAIOSFODNN7EXAMPLE:hun/ter+2@email-smtp.eu-west-1.amazonaws.com:465/",
            "ter+2",
        );
        hides("password=hunter2, user=me", "hunter2");
        hides("{\"SMTP_PASSWORD\":\"hunter two\",\"x\":1}", "hunter two");
        hides("'password' => 'hunter2'", "hunter2");
        hides("using password \"hunter2\"", "hunter2");
        hides("Port could not be cast to integer value as 'BLBM'", "BLBM");
        hides("invalid port \":BEV0cShE\" after host", "BEV0cShE");
        hides("AUTH PLAIN AEFLSUFJT1NGT0ROTjdFWEFNUExFAHNlY3JldA==", "AEFLSUFJ");
        hides("S: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==", "aHVudGVyMg");
        hides("Authorization: Bearer abc.def", "abc.def");
    }

    #[test]
    fn ordinary_lines_stay() {
        for line in [
            "554 Message rejected: Email address is not verified. The following identities failed the check",
            "SMTP ERROR: Password command failed: 535 Authentication Credentials Invalid",
            "Failed to authenticate on SMTP server with username \"AKIAIOSFODNN7EXAMPLE\" using the following authenticators",
            "250 Ok 0107017033dbb64d-be13a01e-dbf1-44b7-b876-3622165dacc1-000000",
            "Invalid user name or password.",
            "554 Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform `ses:SendRawEmail'",
        ] {
            assert_eq!(redact(line), line);
        }
    }

    proptest! {
        #[test]
        fn a_password_anywhere_is_hidden(before in "[a-z :'\"(]{0,20}", after in "[ ,;:'\")}]{1,3}[a-z ]{0,20}") {
            let redacted = redact(&format!("{before} {PASSWORD}{after}"));
            prop_assert!(!redacted.contains(PASSWORD));
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,120}") {
            let _ = redact(&text);
        }
    }
}
