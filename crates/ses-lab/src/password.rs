//! What a client submits: derivation, and the damage on the way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use crate::world::{Damage, Submitted, World};

/// The value that the client really sends.
pub(crate) fn submitted(world: &World, value: &Submitted) -> SecretString {
    let whole = original(world, value);
    let spoilt = value
        .damage
        .iter()
        .fold(whole.expose_secret().to_owned(), |text, damage| {
            spoil(&text, *damage)
        });
    SecretString::from(spoilt)
}

fn original(world: &World, value: &Submitted) -> SecretString {
    if let Some(literal) = &value.literal {
        return literal.secret().clone();
    }
    let id = value.key.as_ref().or(value.secret_of.as_ref());
    let of_key = id.and_then(|id| world.key(id)).map(|key| &key.secret);
    let Some(secret) = value.secret.as_ref().or(of_key) else {
        return SecretString::from(String::new());
    };
    match &value.derive {
        Some(region) => version_4(secret.secret(), region),
        None if value.derive_v2 => version_2(secret.secret()),
        None => secret.secret().clone(),
    }
}

/// The SMTP password of a secret access key in a region.
pub(crate) fn version_4(secret: &SecretString, region: &str) -> SecretString {
    ses_smtp::credential::smtp_password(secret, region)
}

/// The SMTP password by the algorithm that SES no longer takes.
pub(crate) fn version_2(secret: &SecretString) -> SecretString {
    ses_smtp::credential::smtp_password_v2(secret)
}

fn spoil(text: &str, damage: Damage) -> String {
    match damage {
        Damage::TrailingNewline => format!("{text}\n"),
        Damage::Crlf => format!("{text}\r\n"),
        Damage::LeadingSpace => format!(" {text}"),
        Damage::TrailingSpace => format!("{text} "),
        Damage::PercentEncoded => percent_encode(text),
        Damage::PlusToSpace => text.replace('+', " "),
        Damage::HtmlEntity => text.replace('+', "&#43;").replace('/', "&#x2F;"),
        Damage::Quoted => format!("\"{text}\""),
        Damage::BackslashEscaped => text.replace('/', "\\/").replace('+', "\\+"),
        Damage::Base64 => STANDARD.encode(text),
        Damage::Truncated => text
            .chars()
            .take(text.chars().count().saturating_sub(4))
            .collect(),
        Damage::LookAlike => look_alike(text),
        Damage::Altered => altered(text),
    }
}

/// Encodes everything but URL's unreserved characters.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn look_alike(text: &str) -> String {
    let twins = [
        ('a', 'а'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('c', 'с'),
        ('x', 'х'),
        ('B', 'В'),
        ('A', 'А'),
    ];
    for (latin, twin) in twins {
        if text.contains(latin) {
            return text.replacen(latin, &twin.to_string(), 1);
        }
    }
    text.replace('+', "＋")
}

fn altered(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let swap = |(i, c): (usize, char)| match c {
        _ if i != middle => c,
        'x' => 'y',
        _ => 'x',
    };
    text.chars().enumerate().map(swap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_what_its_name_says() {
        assert_eq!(spoil("B+/x", Damage::PercentEncoded), "B%2B%2Fx");
        assert_eq!(spoil("B+/x", Damage::PlusToSpace), "B /x");
        assert_eq!(spoil("B+/x", Damage::HtmlEntity), "B&#43;&#x2F;x");
        assert_eq!(spoil("abcdefgh", Damage::Truncated), "abcd");
        assert_eq!(spoil("abcd", Damage::Altered), "abxd");
        assert_ne!(spoil("abcd", Damage::LookAlike), "abcd");
        assert_eq!(spoil("ab", Damage::Crlf), "ab\r\n");
    }
}
