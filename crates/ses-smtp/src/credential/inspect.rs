//! Looking at a pair: what its halves look like, and what happened to them on their way.

use super::mend::search;
use super::shape::{password_shape, username_shape};
use super::{CredentialFacts, Damage, PasswordFacts, PasswordShape, UsernameFacts, UsernameShape};
use secrecy::{ExposeSecret as _, SecretString};

/// Words that stand as user names with other providers, safe to print.
const HARMLESS_NAMES: [&str; 14] = [
    "api",
    "apikey",
    "admin",
    "root",
    "user",
    "username",
    "smtp",
    "mail",
    "mailer",
    "postmaster",
    "noreply",
    "no-reply",
    "ses",
    "ses-smtp-user",
];
/// An id of 20 characters with a few lost or added; longer ones may carry the password behind them.
const NEAR_KEY_ID_MAX_LENGTH: usize = 24;

/// Everything that can be told of a pair by looking at it. Keeps no secret; derivation needs the secret access key and
/// is left `None`, see [`super::identify`].
pub fn inspect(username: &str, password: &SecretString) -> CredentialFacts {
    let password = password.expose_secret();
    let (username_facts, password_facts) = (inspect_username(username, password), inspect_password(password));
    let swapped = is_swapped(&username_facts, &password_facts);
    CredentialFacts {
        username: username_facts,
        password: password_facts,
        swapped,
        derivation: None,
    }
}

fn is_swapped(username: &UsernameFacts, password: &PasswordFacts) -> bool {
    let name = username.mended_shape.unwrap_or(username.shape);
    let password = password.mended_shape.unwrap_or(password.shape);
    let secret_as_name = matches!(name, UsernameShape::SmtpPassword | UsernameShape::SecretAccessKey);
    secret_as_name && password == PasswordShape::AccessKeyId
}

fn inspect_password(value: &str) -> PasswordFacts {
    let shape = password_shape(value);
    let (damage, mended) = diagnose(value, password_rank);
    PasswordFacts {
        shape,
        damage,
        mended_shape: mended.map(|value| password_shape(&value)),
        length: value.chars().count(),
    }
}

fn inspect_username(value: &str, password: &str) -> UsernameFacts {
    let shape = username_shape(value);
    let (damage, mended) = diagnose(value, username_rank);
    let best = mended.as_deref().unwrap_or(value);
    UsernameFacts {
        shape,
        shown: show(best, value.chars().count(), password),
        damage,
        mended_shape: mended.as_deref().map(username_shape),
        length: value.chars().count(),
    }
}

/// The damage that leads to the best-ranked shape. White space and newlines at the ends, and quotes around the value,
/// count even when what is inside is of no known shape.
fn diagnose(value: &str, rank: fn(&str) -> u8) -> (Vec<Damage>, Option<String>) {
    let own = rank(value);
    let found = search(value, |candidate| rank(candidate) > own);
    let best = found
        .iter()
        .rev()
        .max_by_key(|mended| (rank(&mended.value), usize::MAX - mended.damage.len()));
    if let Some(best) = best {
        return (best.damage.clone(), Some(best.value.to_string()));
    }
    let (damage, inner) = trim(value);
    let changed = !damage.is_empty() && !inner.is_empty();
    if changed {
        (damage, Some(inner.to_owned()))
    } else {
        (Vec::new(), None)
    }
}

fn trim(value: &str) -> (Vec<Damage>, &str) {
    let inner = value.trim_matches([' ', '\t', '\r', '\n']);
    let (start, end) = (
        value.len() - value.trim_start().len(),
        value.len() - value.trim_end().len(),
    );
    let edges = [value.get(..start), value.get(value.len() - end..)]
        .into_iter()
        .flatten()
        .collect::<String>();
    let mut damage = Vec::new();
    if edges.contains([' ', '\t']) {
        damage.push(Damage::Whitespace);
    }
    if edges.contains(['\r', '\n']) {
        damage.push(Damage::Newline);
    }
    for quote in ['"', '\''] {
        let unquoted = inner
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(unquoted) = unquoted {
            damage.push(Damage::Quoted);
            return (damage, unquoted);
        }
    }
    (damage, inner)
}

fn password_rank(value: &str) -> u8 {
    match password_shape(value) {
        PasswordShape::SmtpV4 => 9,
        PasswordShape::SmtpV2 => 8,
        PasswordShape::AccessKeyId | PasswordShape::SessionToken => 7,
        PasswordShape::SecretAccessKey => 6,
        PasswordShape::Masked => 5,
        // The others are reached by mending almost anything, so they do not prove any damage.
        PasswordShape::Empty
        | PasswordShape::Base64Of33Bytes
        | PasswordShape::TruncatedSmtp
        | PasswordShape::LengthenedSmtp
        | PasswordShape::Other => 0,
    }
}

fn username_rank(value: &str) -> u8 {
    match username_shape(value) {
        UsernameShape::AccessKeyId => 9,
        UsernameShape::TemporaryKeyId | UsernameShape::MailManagerIngressPoint => 8,
        UsernameShape::SmtpPassword => 7,
        UsernameShape::ConsoleSmtpUserName => 6,
        UsernameShape::Arn | UsernameShape::SecretAccessKey => 5,
        UsernameShape::EmailAddress => 4,
        UsernameShape::Empty | UsernameShape::NearAccessKeyId | UsernameShape::Other => 0,
    }
}

/// Only what cannot be a secret: a name of free form may be a password typed into the wrong field.
fn show(value: &str, length: usize, password: &str) -> String {
    let open = match username_shape(value) {
        UsernameShape::AccessKeyId
        | UsernameShape::TemporaryKeyId
        | UsernameShape::MailManagerIngressPoint
        | UsernameShape::ConsoleSmtpUserName
        | UsernameShape::EmailAddress
        | UsernameShape::Arn => true,
        UsernameShape::NearAccessKeyId => {
            value.len() <= NEAR_KEY_ID_MAX_LENGTH && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
        UsernameShape::Other => HARMLESS_NAMES.contains(&value),
        UsernameShape::Empty => return "<empty>".to_owned(),
        UsernameShape::SecretAccessKey | UsernameShape::SmtpPassword => false,
    };
    let repeats_password =
        !password.is_empty() && username_shape(password) == UsernameShape::Other && value.contains(password);
    if open && !repeats_password {
        value.to_owned()
    } else {
        format!("<{length} characters, redacted>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const USER: &str = "AKIAIOSFODNN7EXAMPLE";
    const PASSWORD: &str = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn look(username: &str, password: &str) -> CredentialFacts {
        inspect(username, &SecretString::from(password))
    }

    #[test]
    fn a_sound_pair_has_no_damage() {
        let facts = look(USER, PASSWORD);
        assert_eq!(
            (facts.username.shape, facts.password.shape),
            (UsernameShape::AccessKeyId, PasswordShape::SmtpV4)
        );
        assert!(facts.username.damage.is_empty() && facts.password.damage.is_empty() && !facts.swapped);
        assert_eq!(facts.username.shown, USER);
        assert_eq!(facts.password.length, 44);
    }

    #[test]
    fn damage_names_the_mended_shape() {
        let facts = look(&format!("{USER}\n"), &PASSWORD.replace('/', "%2F"));
        assert_eq!(facts.username.damage, [Damage::Newline]);
        assert_eq!(facts.username.mended_shape, Some(UsernameShape::AccessKeyId));
        assert_eq!(facts.password.damage, [Damage::PercentEncoded]);
        assert_eq!(facts.password.mended_shape, Some(PasswordShape::SmtpV4));
    }

    #[test]
    fn edges_count_even_around_an_unknown_value() {
        let facts = look("mailer", "hunter2 \n");
        assert_eq!(facts.password.damage, [Damage::Whitespace, Damage::Newline]);
        assert_eq!(facts.password.mended_shape, Some(PasswordShape::Other));
        assert_eq!(look("mailer", "\"hunter2\"").password.damage, [Damage::Quoted]);
    }

    #[test]
    fn swapped_fields_are_seen_also_when_damaged() {
        assert!(look(PASSWORD, USER).swapped);
        assert!(look(SECRET, &format!("{USER} ")).swapped);
        assert!(!look(USER, USER).swapped);
    }

    #[test]
    fn nothing_that_may_be_secret_is_shown() {
        for username in [
            PASSWORD,
            SECRET,
            "hunter2",
            "AKIAIOSFODNN7EXAMPLE/wJalrXUtnFEMI",
            "P@ss word",
        ] {
            let shown = look(username, "x").username.shown;
            assert!(shown.ends_with("characters, redacted>"), "{shown}");
        }
        assert_eq!(
            look("hunter@example.com", "hunter@example.com").username.shown,
            "hunter@example.com"
        );
        assert_eq!(look(&format!("{USER}:{PASSWORD}"), "x").username.shown, USER);
        assert_eq!(look("apikey", "x").username.shown, "apikey");
    }

    proptest! {
        #[test]
        fn facts_never_hold_the_password(password in "[A-Za-z0-9/+!%& ]{12,60}", tail in "\\PC{0,8}") {
            let whole = format!("{password}{tail}");
            let facts = inspect(&whole, &SecretString::from(whole.clone()));
            let text = format!("{facts:?}");
            prop_assert!(!text.contains(&whole));
        }
    }
}
