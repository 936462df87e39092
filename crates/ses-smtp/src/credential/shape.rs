//! What a value is by its length and alphabet alone. The arithmetic: 33 bytes are 44 base64 digits without padding,
//! so a version 4 password is `B[A-P]` and 42 digits, and a version 2 password `A[g-v]` and 42 digits.

use super::{PasswordShape, UsernameShape};

pub(super) const PASSWORD_LENGTH: usize = 44;
const SECRET_KEY_LENGTH: usize = 40;
const KEY_ID_LENGTH: usize = 20;
const TOKEN_MIN_LENGTH: usize = 100;
const TRUNCATED_MIN_LENGTH: usize = 20;
const LENGTHENED_MAX_LENGTH: usize = 60;

/// The shape of a password field.
pub(super) fn password_shape(value: &str) -> PasswordShape {
    if value.trim().is_empty() {
        PasswordShape::Empty
    } else if is_masked(value.trim()) {
        PasswordShape::Masked
    } else if is_key_id(value, "AKIA") || is_key_id(value, "ASIA") {
        PasswordShape::AccessKeyId
    } else if is_base64(value, PASSWORD_LENGTH) {
        forty_four(value)
    } else if is_base64(value, SECRET_KEY_LENGTH) {
        PasswordShape::SecretAccessKey
    } else if is_session_token(value) {
        PasswordShape::SessionToken
    } else {
        near_password(value)
    }
}

/// The shape of a user name field.
pub(super) fn username_shape(value: &str) -> UsernameShape {
    if value.trim().is_empty() {
        UsernameShape::Empty
    } else if is_key_id(value, "AKIA") {
        UsernameShape::AccessKeyId
    } else if is_key_id(value, "ASIA") {
        UsernameShape::TemporaryKeyId
    } else if is_ingress_point(value) {
        UsernameShape::MailManagerIngressPoint
    } else if is_console_user(value) {
        UsernameShape::ConsoleSmtpUserName
    } else if is_base64(value, SECRET_KEY_LENGTH) {
        UsernameShape::SecretAccessKey
    } else if is_base64(value, PASSWORD_LENGTH) && forty_four(value) != PasswordShape::Base64Of33Bytes {
        UsernameShape::SmtpPassword
    } else if is_arn(value) {
        UsernameShape::Arn
    } else if is_email(value) {
        UsernameShape::EmailAddress
    } else if value
        .trim_start()
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("AKIA"))
    {
        UsernameShape::NearAccessKeyId
    } else {
        UsernameShape::Other
    }
}

fn forty_four(value: &str) -> PasswordShape {
    match (value.as_bytes().first(), value.as_bytes().get(1)) {
        (Some(b'B'), Some(b'A'..=b'P')) => PasswordShape::SmtpV4,
        (Some(b'A'), Some(b'g'..=b'v')) => PasswordShape::SmtpV2,
        _ => PasswordShape::Base64Of33Bytes,
    }
}

/// A random value starts like a password with probability 1/128, so short ones are left as other.
fn near_password(value: &str) -> PasswordShape {
    let starts = match (value.as_bytes().first(), value.as_bytes().get(1)) {
        (Some(b'B'), second) => matches!(second, Some(b'A'..=b'P')),
        (Some(b'A'), second) => matches!(second, Some(b'g'..=b'v')),
        _ => false,
    };
    let length = value.len();
    if !starts || !value.trim_end_matches('=').bytes().all(is_base64_digit) {
        PasswordShape::Other
    } else if (TRUNCATED_MIN_LENGTH..PASSWORD_LENGTH).contains(&length) {
        PasswordShape::TruncatedSmtp
    } else if (PASSWORD_LENGTH..=LENGTHENED_MAX_LENGTH).contains(&length) {
        PasswordShape::LengthenedSmtp
    } else {
        PasswordShape::Other
    }
}

pub(super) fn is_base64_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

fn is_base64(value: &str, length: usize) -> bool {
    value.len() == length && value.bytes().all(is_base64_digit)
}

/// The AWS documentation's own examples (`AKIAI44QH8DHBEXAMPLE`) leave the base32 alphabet, so any digit will do.
fn is_key_id(value: &str, prefix: &str) -> bool {
    value.len() == KEY_ID_LENGTH
        && value.starts_with(prefix)
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_ingress_point(value: &str) -> bool {
    value.strip_prefix("inp-").is_some_and(|rest| {
        rest.len() == 24
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

fn is_console_user(value: &str) -> bool {
    let Some((date, time)) = value
        .strip_prefix("ses-smtp-user.")
        .and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    date.len() == 8 && digits(date) && time.len() == 6 && digits(time)
}

fn is_arn(value: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":/+=,.@_-*".contains(&byte);
    value.starts_with("arn:aws") && value.split(':').count() >= 6 && value.bytes().all(allowed)
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else {
        return false;
    };
    let word = |text: &str, extra: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || extra.contains(&byte))
    };
    let Some((_, top)) = domain.rsplit_once('.') else {
        return false;
    };
    word(local, b"._%+-")
        && word(domain, b".-")
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Session tokens of STS begin with the version and region bytes of the service; these four are seen in the wild.
fn is_session_token(value: &str) -> bool {
    const HEADS: [&str; 4] = ["IQoJ", "FwoG", "FQoG", "AQoD"];
    value.len() >= TOKEN_MIN_LENGTH && HEADS.iter().any(|head| value.starts_with(head))
}

fn is_masked(value: &str) -> bool {
    is_filler(value) || is_placeholder(value) || is_variable(value) || is_stand_in(value)
}

/// `****`, `••••`, `xxxx`, also behind a few real characters: `BLBM********`.
fn is_filler(value: &str) -> bool {
    let longest = |wanted: &[char]| {
        value
            .split(|c: char| !wanted.contains(&c))
            .map(|run| run.chars().count())
            .max()
            .unwrap_or(0)
    };
    let total = value.chars().count();
    let stars = longest(&['*', '•', '●', '∗', '·', '░', '█']);
    stars >= 4
        || (stars == total && total >= 3)
        || longest(&['x', 'X', '.', '-', '_', '#', '?']) == total && total >= 3
}

fn is_placeholder(value: &str) -> bool {
    let enclosed =
        |open: char, close: char| value.starts_with(open) && value.ends_with(close) && value.len() > 2;
    enclosed('<', '>')
        || enclosed('[', ']')
        || enclosed('(', ')')
        || (value.starts_with("{{") && value.ends_with("}}"))
}

/// `${NAME}`, `$NAME`, `$(command)`, `%NAME%`, `#{name}`: nothing expanded it.
fn is_variable(value: &str) -> bool {
    let name = |text: &str| {
        text.len() > 1
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte))
            && text.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let percent = value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    let braced = (value.starts_with("${") || value.starts_with("#{")) && value.ends_with('}');
    braced
        || (value.starts_with("$(") && value.ends_with(')'))
        || value.strip_prefix('$').is_some_and(name)
        || percent.is_some_and(name)
}

fn is_stand_in(value: &str) -> bool {
    const WORDS: [&str; 24] = [
        "changeme",
        "changeit",
        "replaceme",
        "redacted",
        "hidden",
        "masked",
        "sensitive",
        "sensitivevalue",
        "password",
        "passwd",
        "secret",
        "yourpassword",
        "yoursmtppassword",
        "smtppassword",
        "sespassword",
        "sessmtppassword",
        "mypassword",
        "none",
        "null",
        "nil",
        "undefined",
        "todo",
        "fixme",
        "placeholder",
    ];
    let word: String = value
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    value.len() <= 40 && WORDS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_told_apart() {
        let cases = [
            ("", PasswordShape::Empty),
            (" \n", PasswordShape::Empty),
            (
                "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
                PasswordShape::SmtpV4,
            ),
            (
                "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy",
                PasswordShape::SmtpV2,
            ),
            (
                "xn60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy",
                PasswordShape::Base64Of33Bytes,
            ),
            (
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                PasswordShape::SecretAccessKey,
            ),
            ("AKIAIOSFODNN7EXAMPLE", PasswordShape::AccessKeyId),
            (
                "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGW",
                PasswordShape::TruncatedSmtp,
            ),
            (
                "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9=",
                PasswordShape::LengthenedSmtp,
            ),
            ("correct horse battery staple", PasswordShape::Other),
        ];
        for (value, shape) in cases {
            assert_eq!(password_shape(value), shape, "{value}");
        }
        let token = format!("IQoJb3JpZ2luX2Vj{}", "A".repeat(300));
        assert_eq!(password_shape(&token), PasswordShape::SessionToken);
    }

    #[test]
    fn stand_ins_for_a_password_are_masked() {
        for value in [
            "****",
            "••••••••",
            "<redacted>",
            "changeme",
            "REPLACE_ME",
            "${SES_PASSWORD}",
            "$SES_PASSWORD",
            "xxxxx",
            "BLBM****************",
            "{{ .Values.password }}",
            "%SMTP_PASSWORD%",
            "(sensitive value)",
            "[REDACTED]",
            "your-smtp-password",
            "null",
        ] {
            assert_eq!(password_shape(value), PasswordShape::Masked, "{value}");
        }
    }

    #[test]
    fn user_names_are_told_apart() {
        let cases = [
            ("", UsernameShape::Empty),
            ("AKIAIOSFODNN7EXAMPLE", UsernameShape::AccessKeyId),
            ("AKIAI44QH8DHBEXAMPLE", UsernameShape::AccessKeyId),
            ("ASIAIOSFODNN7EXAMPLE", UsernameShape::TemporaryKeyId),
            (
                "inp-abcdefghijklmnopqrstuvwx",
                UsernameShape::MailManagerIngressPoint,
            ),
            (
                "ses-smtp-user.20260102-112233",
                UsernameShape::ConsoleSmtpUserName,
            ),
            ("noreply@example.com", UsernameShape::EmailAddress),
            ("arn:aws:iam::111122223333:user/mailer", UsernameShape::Arn),
            (
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                UsernameShape::SecretAccessKey,
            ),
            (
                "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
                UsernameShape::SmtpPassword,
            ),
            ("AKIAIOSFODNN7EXAMPL", UsernameShape::NearAccessKeyId),
            ("akiaiosfodnn7example", UsernameShape::NearAccessKeyId),
            ("mailer", UsernameShape::Other),
        ];
        for (value, shape) in cases {
            assert_eq!(username_shape(value), shape, "{value}");
        }
    }
}
