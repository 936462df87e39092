//! What a kept value holds: the password alone, or a JSON object with user name and password under one of the usual names.
//! Errors name the members of an object, never what is in them.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use thiserror::Error;

/// A kept value from which no password can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContentError {
    /// It is not text.
    #[error("the value is binary and not UTF-8 text")]
    NotText,
    /// There is nothing in it.
    #[error("the value is empty")]
    Empty,
    /// A member was named, and the value is no JSON object.
    #[error("the value is plain text, so that it has no member `{key}`")]
    NotAnObject {
        /// The member that was named.
        key: String,
    },
    /// The member that was named is not there, or is no text.
    #[error("the value has no text under `{key}`; its members are {}", listed(names))]
    NoSuchKey {
        /// The member that was named.
        key: String,
        /// Those that are there.
        names: Vec<String>,
    },
    /// No member has a usual name of a password.
    #[error("none of the members is known to be an SMTP password: {}", listed(names))]
    NoPassword {
        /// Those that are there.
        names: Vec<String>,
    },
    /// Several members could be the password.
    #[error("several members could be the SMTP password: {}", listed(names))]
    Ambiguous {
        /// Those that could be it.
        names: Vec<String>,
    },
    /// The key is kept for calls of AWS's APIs, too.
    #[error(
        "the value keeps a secret access key beside the SMTP pair ({name}): it is used for calls of AWS's APIs, too, which a \
         new SMTP pair would break"
    )]
    ApiSecret {
        /// The member.
        name: String,
    },
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// The pair in a value.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) username: Option<String>,
    pub(super) password: SecretString,
}

/// Usual names, written without capitals and signs, the most telling first: names of an SMTP password go before those of any.
pub(super) const PASSWORDS: [&str; 14] = [
    "sessmtppasswordv4",
    "smtppasswordv4",
    "sessmtppassword",
    "smtppassword",
    "smtppass",
    "smtppwd",
    "sespassword",
    "mailpassword",
    "emailpassword",
    "emailhostpassword",
    "mailpass",
    "password",
    "pass",
    "pwd",
];
pub(super) const USERNAMES: [&str; 17] = [
    "sessmtpusername",
    "sessmtpuser",
    "smtpusername",
    "smtpuser",
    "smtplogin",
    "sesusername",
    "mailusername",
    "mailuser",
    "emailusername",
    "emailhostuser",
    "username",
    "user",
    "login",
    "awsaccesskeyid",
    "accesskeyid",
    "accesskey",
    "keyid",
];
/// How many of [`PASSWORDS`] say that they are of mail: any of them goes before the general names.
const OF_MAIL: usize = 11;

/// Takes the pair out of a value.
pub(super) fn read(value: &SecretString, key: Option<&str>) -> Result<Content, ContentError> {
    let text = value.expose_secret();
    if text.is_empty() {
        return Err(ContentError::Empty);
    }
    let members = match (serde_json::from_str::<Value>(text), key) {
        (Ok(Value::Object(members)), _) => members,
        (_, Some(key)) => return Err(ContentError::NotAnObject { key: key.to_owned() }),
        (_, None) => {
            return Ok(Content {
                username: None,
                password: value.clone(),
            });
        }
    };
    let password = match key {
        Some(key) => named(&members, key)?,
        None => usual(&members)?,
    };
    let username = USERNAMES.iter().find_map(|name| {
        let member = members.iter().find(|(member, _)| plain(member) == *name)?;
        member.1.as_str().filter(|text| !text.is_empty())
    });
    Ok(Content {
        username: username.map(str::to_owned),
        password: SecretString::from(password.to_owned()),
    })
}

pub(super) fn named<'a>(members: &'a Map<String, Value>, key: &str) -> Result<&'a str, ContentError> {
    let found = members.get(key).and_then(Value::as_str);
    found.ok_or_else(|| ContentError::NoSuchKey {
        key: key.to_owned(),
        names: members.keys().map(|name| shown(name)).collect(),
    })
}

/// The one member with a usual name. Several with the same text are one.
pub(super) fn usual(members: &Map<String, Value>) -> Result<&str, ContentError> {
    let (of_mail, general) = PASSWORDS.split_at(OF_MAIL);
    for names in [of_mail, general] {
        let found: Vec<(&String, &str)> = members
            .iter()
            .filter(|(name, _)| names.contains(&plain(name).as_str()))
            .filter_map(|(name, value)| Some((name, value.as_str()?)))
            .collect();
        match found.as_slice() {
            [] => {}
            [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => return Ok(first),
            several => {
                return Err(ContentError::Ambiguous {
                    names: several.iter().map(|(name, _)| shown(name)).collect(),
                });
            }
        }
    }
    Err(ContentError::NoPassword {
        names: members.keys().map(|name| shown(name)).collect(),
    })
}

/// `SMTP_Password` to `smtppassword`.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A name for an error. One that is as long as a secret may be one: somebody may have made an object the wrong way round.
pub(super) fn shown(name: &str) -> String {
    const SHORTER_THAN_SECRETS: usize = 32;
    match name.chars().count() {
        length if length >= SHORTER_THAN_SECRETS => format!("a name of {length} characters"),
        _ => name.escape_debug().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CANARY: &str = "canary-BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g";

    fn pair(text: &str, key: Option<&str>) -> Result<(Option<String>, String), ContentError> {
        let content = read(&SecretString::from(text.to_owned()), key)?;
        Ok((content.username, content.password.expose_secret().to_owned()))
    }

    #[test]
    fn plain_text_is_the_password_to_the_last_byte() {
        assert_eq!(pair("pw\n", None), Ok((None, "pw\n".to_owned())));
        assert_eq!(pair("\"pw\"", None), Ok((None, "\"pw\"".to_owned())));
    }

    #[test]
    fn usual_names_are_known_in_any_spelling() {
        for text in [
            r#"{"username":"AKIA","password":"pw","host":"h"}"#,
            r#"{"SMTP_USERNAME":"AKIA","SMTP_PASSWORD":"pw"}"#,
            r#"{"smtp_user":"AKIA","smtp-pass":"pw"}"#,
            r#"{"accessKeyId":"AKIA","smtpPassword":"pw","password":"of the database"}"#,
            r#"{"user":"AKIA","sesSmtpPasswordV4":"pw","smtp_password":"pw"}"#,
        ] {
            assert_eq!(
                pair(text, None),
                Ok((Some("AKIA".to_owned()), "pw".to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn a_member_that_is_named_goes_before_all() {
        let text = r#"{"password":"no","relay":"pw"}"#;
        assert_eq!(pair(text, Some("relay")), Ok((None, "pw".to_owned())));
        assert!(
            matches!(pair(text, Some("Relay")), Err(ContentError::NoSuchKey { names, .. }) if names.len() == 2)
        );
        assert!(matches!(
            pair("pw", Some("relay")),
            Err(ContentError::NotAnObject { .. })
        ));
    }

    #[test]
    fn what_is_not_decided_is_said_by_names_and_never_by_values() {
        let cases = [
            format!(r#"{{"smtp_password":"{CANARY}1","mail_password":"{CANARY}2"}}"#),
            format!(r#"{{"secretAccessKey":"{CANARY}"}}"#),
            format!(r#"{{"{CANARY}":"AKIA"}}"#),
            format!(r#"{{"password":["{CANARY}"]}}"#),
        ];
        for text in cases {
            let error = pair(&text, None).unwrap_err();
            let words = format!("{error} {error:?}");
            assert!(!words.contains("canary"), "{words}");
        }
        assert_eq!(pair("", None), Err(ContentError::Empty));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in ".*", key in proptest::option::of(".{0,8}")) {
            let _ = pair(&text, key.as_deref());
        }

        #[test]
        fn any_text_gives_a_pair_or_an_error_without_it(value in "[a-zA-Z0-9+/]{40,44}", name in "[a-z_]{1,12}") {
            let text = format!(r#"{{"{name}":"{value}"}}"#);
            if let Err(error) = pair(&text, None) {
                let words = error.to_string();
                prop_assert!(!words.contains(&value), "{}", words);
            }
        }
    }
}
