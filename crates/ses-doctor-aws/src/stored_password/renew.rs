//! The same value with another pair in it. Which members are the pair is told by the rules of reading ([`super::content`]);
//! everything else stays as it is, to the last space.

use super::content::{self, ContentError, PASSWORDS, USERNAMES, plain, shown};
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use ses_doctor_core::action::Holds;
use ses_smtp::credential::is_access_key_id;
use std::fmt;
use std::ops::Range;

/// Names of a secret access key, written without capitals and signs.
const API_SECRETS: [&str; 4] = [
    "secretaccesskey",
    "awssecretaccesskey",
    "awssecretkey",
    "secretkey",
];

/// What a value keeps of a pair, and the user name in it.
pub(super) fn kept(value: &SecretString, key: Option<&str>) -> Result<(Holds, Option<String>), ContentError> {
    let text = value.expose_secret();
    if key.is_none() && is_access_key_id(text.trim()) {
        return Ok((Holds::Username, Some(text.trim().to_owned())));
    }
    let content = content::read(value, key)?;
    if let Some(name) = members(text).into_iter().flatten().find_map(|(name, _)| {
        let is_secret = API_SECRETS.contains(&plain(&name).as_str());
        is_secret.then(|| shown(&name))
    }) {
        return Err(ContentError::ApiSecret { name });
    }
    Ok(match content.username {
        Some(username) => (Holds::Pair, Some(username)),
        None => (Holds::Password, None),
    })
}

/// The value with the new pair in the place of the old one, whose user name is `old`; `key` names the member of a JSON object that
/// is the password, where its name does not tell.
///
/// # Errors
/// When no password can be told from the rest, or the value is of use to more than SMTP.
pub fn renewed(
    value: &SecretString,
    key: Option<&str>,
    old: &str,
    (username, password): (&str, &SecretString),
) -> Result<SecretString, ContentError> {
    let (holds, _) = kept(value, key)?;
    let text = value.expose_secret();
    let Some(members) = members(text) else {
        let new = match holds {
            Holds::Username => username,
            Holds::Pair | Holds::Password => password.expose_secret(),
        };
        return Ok(SecretString::from(new.to_owned()));
    };
    let now = content::read(value, key)?.password;
    let is_password = |name: &str, value: &str| match key {
        Some(key) => name == key,
        None => PASSWORDS.contains(&plain(name).as_str()) && value == now.expose_secret(),
    };
    let is_username = |name: &str, value: &str| USERNAMES.contains(&plain(name).as_str()) && value == old;
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (name, raw) in members {
        let Ok(Value::String(value)) = serde_json::from_str(raw.get()) else {
            continue;
        };
        let new = if is_password(&name, &value) {
            password.expose_secret()
        } else if is_username(&name, &value) {
            username
        } else {
            continue;
        };
        let span = span_of(text, raw.get());
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(&Value::String(new.to_owned()).to_string());
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Ok(SecretString::from(out))
}

/// The members of a JSON object in their order, each value as it is written; `None` for anything else.
fn members(text: &str) -> Option<Vec<(String, &RawValue)>> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members).ok()?;
    deserializer.end().ok()?;
    Some(members)
}

/// The byte range of `part`, which is a slice of `whole`.
fn span_of(whole: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    start..start.saturating_add(part.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OLD: &str = "AKIAIOSFODNN7EXAMPLE";
    const NEW: &str = "AKIANEWKEYNEWKEY2345";

    fn sealed(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    fn renew(text: &str, key: Option<&str>) -> Result<String, ContentError> {
        let password = sealed("new+pw/");
        let value = renewed(&sealed(text), key, OLD, (NEW, &password))?;
        Ok(value.expose_secret().to_owned())
    }

    #[test]
    fn all_but_the_pair_stays_to_the_last_space() {
        let text = format!(
            "{{ \"port\" : 587.0,\n \"username\":\"{OLD}\", \"big\": 123456789012345678901234567890,\n  \"password\" : \"old\\/pw\", \"tags\":[\"{OLD}\"] }}\n"
        );
        let expected = text.replacen(OLD, NEW, 1).replace("old\\/pw", "new+pw/");
        assert_eq!(renew(&text, None).unwrap(), expected);
    }

    #[test]
    fn every_spelling_of_the_pair_is_renewed() {
        let text =
            format!(r#"{{"SMTP_USER":"{OLD}","username":"{OLD}","SMTP_PASS":"x","mail_password":"x"}}"#);
        let new = renew(&text, None).unwrap();
        assert!(!new.contains(OLD) && !new.contains("\"x\""), "{new}");
    }

    #[test]
    fn a_member_that_is_named_alone_is_the_password() {
        let text = format!(r#"{{"relay":"old","password":"of the database","user":"{OLD}"}}"#);
        let new = renew(&text, Some("relay")).unwrap();
        assert_eq!(
            new,
            format!(r#"{{"relay":"new+pw/","password":"of the database","user":"{NEW}"}}"#)
        );
        assert!(matches!(
            renew(&text, Some("none")),
            Err(ContentError::NoSuchKey { .. })
        ));
    }

    #[test]
    fn plain_text_is_the_password_or_the_user_name() {
        assert_eq!(renew("old", None).unwrap(), "new+pw/");
        assert_eq!(renew(OLD, None).unwrap(), NEW);
        assert_eq!(
            kept(&sealed(OLD), None).unwrap(),
            (Holds::Username, Some(OLD.to_owned()))
        );
        assert_eq!(kept(&sealed("pw"), None).unwrap().0, Holds::Password);
    }

    #[test]
    fn a_value_for_the_apis_too_is_left_alone() {
        let text = format!(r#"{{"accessKeyId":"{OLD}","secretAccessKey":"s","smtp_password":"p"}}"#);
        assert!(matches!(renew(&text, None), Err(ContentError::ApiSecret { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in ".*", key in proptest::option::of(".{0,8}")) {
            let _ = renew(&text, key.as_deref());
        }

        #[test]
        fn what_was_renewed_is_read_as_the_new_pair(other in "[a-z]{3,9}", number in any::<i64>(), first in any::<bool>()) {
            let pair = format!(r#""username":"{OLD}","password":"old""#);
            let rest = format!(r#""x{other}":{number}"#);
            let text = if first { format!("{{{pair},{rest}}}") } else { format!("{{{rest},{pair}}}") };
            let new = renew(&text, None).unwrap();
            let content = content::read(&sealed(&new), None).unwrap();
            prop_assert_eq!(content.username.as_deref(), Some(NEW));
            prop_assert_eq!(content.password.expose_secret(), "new+pw/");
            prop_assert!(new.contains(&rest));
        }
    }
}
