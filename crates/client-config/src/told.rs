//! Whether a value tells anything: what stands for a value is never judged as one.

use crate::role;

/// What a value is, before its shape is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing between the quotes.
    Empty,
    /// `$VAR`, `${VAR}`, `{{ .Values.x }}`, `process.env.X`, `var.x`: another place has the value.
    Reference,
    /// `<user>`, `AKIAXXXX`, `YOUR_PASSWORD`, `...`: a text written for readers.
    Placeholder,
    /// Asterisks or dots, as forms show in place of a password.
    Masked,
    /// A value.
    Value,
}

impl Told {
    /// What a value tells.
    pub fn of(value: &str) -> Self {
        let text = value.trim();
        if text.is_empty() {
            Self::Empty
        } else if is_reference(text) {
            Self::Reference
        } else if is_masked(text) {
            Self::Masked
        } else if is_placeholder(text) {
            Self::Placeholder
        } else {
            Self::Value
        }
    }

    /// There is a value to judge.
    pub fn is_value(self) -> bool {
        self == Self::Value
    }
}

fn is_reference(text: &str) -> bool {
    const MARKS: [&str; 22] = [
        "${",
        "$(",
        "{{",
        "%{",
        "#{",
        "<%",
        "$ENV",
        "process.env",
        "os.environ",
        "getenv",
        "System.get",
        "ENV[",
        "ENV.",
        "env(",
        "env.",
        "config(",
        "var.",
        "local.",
        "data.",
        "secrets.",
        "!Ref",
        "arn:aws:secretsmanager",
    ];
    let named = text
        .strip_prefix('$')
        .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
    let between = |mark: char| {
        text.len() > 2
            && text
                .strip_prefix(mark)
                .and_then(|rest| rest.strip_suffix(mark))
                .is_some_and(|name| {
                    name.bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
                })
    };
    named
        || MARKS.iter().any(|mark| text.contains(mark))
        || between('%')
        || between('@')
        || text.starts_with("ref+")
        || (text.starts_with("aws_") && text.matches('.').count() >= 2)
        || text.contains("_env[")
        || (text.contains('$') && text.contains("$_"))
}

fn is_masked(text: &str) -> bool {
    let run = |wanted: &[char]| {
        let runs = text.split(|c: char| !wanted.contains(&c));
        runs.map(|run| run.chars().count()).max().unwrap_or(0)
    };
    let all = |wanted: &[char]| text.chars().all(|c| wanted.contains(&c));
    run(&['*', '•', '●', '█', '░']) >= 3 || (all(&['*', '•', '●']))
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let bracketed = |open, close| text.starts_with(open) && text.ends_with(close) && text.len() > 1;
    let dots = text
        .chars()
        .all(|c| matches!(c, '.' | '…' | '-' | '_' | '?' | '#' | ' '));
    bracketed('<', '>')
        || bracketed('[', ']')
        || bracketed('(', ')')
        || bracketed('{', '}')
        || bracketed('_', '_')
        || dots
        || text.ends_with("...")
        || text.ends_with('…')
        || lower.contains("xxx")
        || lower.contains("redacted")
        || lower.contains("example-key")
        || is_cut_key_id(text)
        || is_screaming(text)
        || is_of_stock_words(&lower)
}

/// `AKIA`, `AKIAxx`, `xx`: a beginning, or nothing at all.
fn is_cut_key_id(text: &str) -> bool {
    const SHORTEST: usize = 12;
    let begins = text.starts_with("AKIA") || text.starts_with("ASIA");
    (begins && text.len() < SHORTEST) || matches!(text, "x" | "X" | "xx" | "XX" | "AK" | "SK")
}

/// `ACCESS_KEY`: the name of something, not the thing.
fn is_screaming(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Made of nothing but the words of which examples are made: `your-smtp-password`, `aws_ses_pwd`.
fn is_of_stock_words(lower: &str) -> bool {
    const WORDS: &str = "your my the a an of from for here goes put insert enter replace with me change changeme \
    changeit fill in real valid actual some this is to be set aws amazon ses smtp iam mail \
    email mailer user usr username name login pass password passwd pwd secret key access id \
    account credential credentials token value sample example test dummy fake placeholder \
    hidden masked sensitive none null nil undefined todo foo bar and address \
    yourpassword yourusername mypassword myuser smtpuser smtppassword smtppass smtpusername \
    accesskey secretkey";
    let mut words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek().is_some()
        && words.all(|word| role::is_one_of(word, WORDS) || is_small_number(word))
        && !lower.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_small_number(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_not_values() {
        for text in [
            "$SES_USER",
            "${SES_PASSWORD}",
            "{{ .Values.smtp.password }}",
            "process.env.SMTP_PASS",
            "var.smtp_password",
            "%SMTP_PASSWORD%",
            "<%= ENV['X'] %>",
            "aws_iam_access_key.smtp.ses_smtp_password_v4 and ${x}",
        ] {
            assert_eq!(Told::of(text), Told::Reference, "{text}");
        }
        for text in [
            "<smtp user>",
            "AKIAXXXXXXXX",
            "Bm7tXXXXXXXXXXXXXXXXXXXXXXXXXX",
            "YOUR_PASSWORD",
            "your-smtp-password",
            "...",
            "[password of the mailer]",
            "SMTP_SECRET_KEY",
            "aws_ses_usr",
            "user key",
            "changeme",
            "AKIA...",
        ] {
            assert_eq!(Told::of(text), Told::Placeholder, "{text}");
        }
        assert_eq!(Told::of("********"), Told::Masked);
        assert_eq!(Told::of("BLBM••••"), Told::Masked);
        assert_eq!(Told::of(" "), Told::Empty);
    }

    #[test]
    fn real_values_are() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "ses-smtp-user.20260102-112233",
            "postbox-relay",
            "noreply@shop.example",
            "587",
        ] {
            assert_eq!(Told::of(text), Told::Value, "{text}");
        }
    }
}
