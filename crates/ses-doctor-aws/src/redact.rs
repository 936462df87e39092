//! Error texts of others, made fit to be shown.

use secrecy::{ExposeSecret, SecretString};

const LONGEST: usize = 400;
/// Shorter secrets, as in tests, are parts of ordinary words.
const SHORTEST_SECRET: usize = 8;

/// Takes the operator's secrets, whatever looks like one, and control characters out of a text.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    secrets: Vec<SecretString>,
}

impl Redactor {
    /// Also knows these secrets by heart, whatever they look like.
    pub(crate) fn knowing<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            secrets: secrets
                .into_iter()
                .filter(|secret| secret.len() >= SHORTEST_SECRET)
                .map(SecretString::from)
                .collect(),
        }
    }

    /// The text without secrets, on one line and not endless.
    pub(crate) fn clean(&self, text: &str) -> String {
        let without_known = self.secrets.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose_secret(), "<redacted>")
        });
        shorten(&without_tokens(&without_known))
    }
}

/// Replaces every run of base64 characters that is long and mixed enough to be a secret key, a token or a signature.
fn without_tokens(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars() {
        if is_token_character(character) {
            run.push(character);
        } else {
            push_run(&mut clean, &mut run);
            clean.push(if character.is_control() { ' ' } else { character });
        }
    }
    push_run(&mut clean, &mut run);
    clean
}

/// Base64, also when it was percent-encoded.
fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | '%')
}

fn push_run(clean: &mut String, run: &mut String) {
    if looks_secret(run) {
        clean.push_str(&format!("<redacted {} characters>", run.len()));
    } else {
        clean.push_str(run);
    }
    run.clear();
}

/// 40 characters is the length of a secret access key; hexadecimal signatures are of one case, but longer.
fn looks_secret(run: &str) -> bool {
    let has = |is: fn(&u8) -> bool| run.bytes().any(|byte| is(&byte));
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    let hexadecimal = run.bytes().all(|byte| byte.is_ascii_hexdigit());
    (run.len() >= 40 && mixed) || (run.len() >= 64 && hexadecimal)
}

fn shorten(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_known_by_heart_go_whatever_they_look_like() {
        let redactor = Redactor::knowing(["canary-1", "t", ""]);
        assert_eq!(redactor.clean("the canary-1 sang"), "the <redacted> sang");
    }

    #[test]
    fn what_looks_like_a_secret_key_goes() {
        let text = "key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY9 here";
        assert_eq!(
            Redactor::default().clean(text),
            "key <redacted 41 characters> here"
        );
    }

    #[test]
    fn arns_and_key_ids_stay() {
        let text = "User: arn:aws:iam::123456789012:user/ops is not authorized to perform: iam:ListAccessKeys on AKIAIOSFODNN7EXAMPLE";
        assert_eq!(Redactor::default().clean(text), text);
    }

    #[test]
    fn control_characters_and_endless_texts_are_cut() {
        let clean = Redactor::default().clean(&"a\u{1b}b ".repeat(1000));
        assert!(clean.starts_with("a b a b"));
        assert_eq!(clean.chars().count(), LONGEST + 1);
    }
}
