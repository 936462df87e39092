//! What the fuzz targets of kept values do with their input. A test of `ses-doctor-aws` runs the same functions over the seeds
//! and over changed ones, so that they cannot rot.

use secrecy::{ExposeSecret as _, SecretString};
use ses_doctor_aws::renewed_value;

/// Users and passwords that no seed holds.
const OLD_USER: &str = "AKIAIOSFODNN7EXAMPLE";
const NEW_USER: &str = "AKIANEWKEYNEWKEY2345";
const NEW_PASSWORD: &str = "new+pw/of+the+new+key/";
/// Members that may be named; the first byte of the input tells which is.
const MEMBERS: [Option<&str>; 3] = [None, Some("password"), Some("relay")];

/// A kept value: with another pair in it, only the strings that were the pair are others; every byte around them is as it was.
pub(crate) fn kept_value(data: &[u8]) {
    let Some((named, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    if text.contains(NEW_USER) || text.contains(NEW_PASSWORD) {
        return;
    }
    let member = MEMBERS.iter().cycle().nth(usize::from(*named)).copied().flatten();
    let (value, password) = (
        SecretString::from(text.to_owned()),
        SecretString::from(NEW_PASSWORD.to_owned()),
    );
    let Ok(new) = renewed_value(&value, member, OLD_USER, (NEW_USER, &password)) else {
        return;
    };
    let new = new.expose_secret();
    if new == NEW_USER || new == NEW_PASSWORD {
        // Plain text is the password or the user name, whole.
        assert!(!is_object(text));
        return;
    }
    assert!(is_object(text) && is_object(new));
    assert!(new.contains(NEW_PASSWORD));
    let marked = new
        .replace(&format!("\"{NEW_USER}\""), "\0")
        .replace(&format!("\"{NEW_PASSWORD}\""), "\0");
    let mut old = text;
    for (at, around) in marked.split('\0').enumerate() {
        if at > 0 {
            old = after_a_string(old);
        }
        let rest = old.strip_prefix(around);
        assert!(rest.is_some(), "what stands around the pair was changed");
        old = rest.unwrap_or_default();
    }
    assert!(old.is_empty(), "something was lost at the end");
}

fn is_object(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object())
}

/// What stands behind the JSON string that the text begins with.
fn after_a_string(text: &str) -> &str {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
    assert!(matches!(values.next(), Some(Ok(_))), "no string stood there");
    text.get(values.byte_offset()..).unwrap_or_default()
}
