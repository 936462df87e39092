//! Taking known secrets out of a whole report, wherever a server may have repeated them.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Shorter ones are parts of ordinary words.
const SHORTEST: usize = 8;

/// What must not be shown, in every form in which it travels.
#[derive(Default)]
pub(crate) struct Mask {
    forms: Vec<(String, usize)>,
}

impl Mask {
    /// Knows these secrets.
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut mask = Self::default();
        for secret in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST) {
            let length = secret.chars().count();
            for form in [
                secret.to_owned(),
                utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
                secret.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D"),
                secret.replace('/', "\\/"),
            ] {
                if !mask.forms.iter().any(|(known, _)| *known == form) {
                    mask.forms.push((form, length));
                }
            }
        }
        // The longest first, so that no part of one is left.
        mask.forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        mask
    }

    /// The text without them.
    pub(crate) fn text(&self, text: &str) -> String {
        self.forms.iter().fold(text.to_owned(), |text, (form, length)| {
            text.replace(form, &format!("<redacted {length} characters>"))
        })
    }

    /// The value with every text in it masked.
    pub(crate) fn masked<T: Serialize + DeserializeOwned>(&self, value: &T) -> serde_json::Result<T> {
        let mut tree = serde_json::to_value(value)?;
        self.tree(&mut tree);
        serde_json::from_value(tree)
    }

    fn tree(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.tree(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.tree(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_masked_everywhere() {
        let mask = Mask::of(["abc/def+ghi=", "short"]);
        let value = serde_json::json!({ "a": ["x abc/def+ghi= y", { "b": "abc%2Fdef%2Bghi%3D" }], "c": "abc\\/def+ghi= short" });
        let masked: Value = mask.masked(&value).unwrap();
        let text = masked.to_string();
        assert!(
            !text.contains("def") && text.contains("<redacted 12 characters>") && text.contains("short"),
            "{text}"
        );
    }
}
