//! The version of a plan file, and the id that its content gives it.

use crate::digest::sha256;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// The version of a file that outlives the process. The rule, for plans and journals alike: a writer writes
/// [`Format::CURRENT`]; a reader reads every lower version and refuses a higher one; a version goes up when an older reader
/// would misunderstand the file, and never for a field that it may ignore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Format(u64);

impl Format {
    /// What this program writes.
    pub const CURRENT: Self = Self(1);

    /// Whether this program may read a file of this version.
    pub fn is_readable(self) -> bool {
        self <= Self::CURRENT
    }

    /// The version that stands in a file.
    pub(super) fn of(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// SHA-256 of a plan's content, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanId(String);

impl PlanId {
    pub(super) fn of(content: &Value) -> Self {
        let mut text = String::new();
        canonical(content, &mut text);
        Self(sha256(text.as_bytes()))
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of it to tell plans apart by eye.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// JSON in one spelling: members sorted by name, no spaces. (Plans hold no numbers but small whole ones, so that their
/// spelling is one too.)
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                canonical(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            out.push('{');
            for (at, name) in names.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                canonical(members.get(name).unwrap_or(&Value::Null), out);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_id_hangs_on_the_content_and_not_on_its_spelling() {
        let one: Value = serde_json::from_str(r#"{"b": [1, {"z": null, "a": "x"}], "a": true}"#).unwrap();
        let same: Value = serde_json::from_str(r#"{"a":true,"b":[1,{"a":"x","z":null}]}"#).unwrap();
        assert_eq!(PlanId::of(&one), PlanId::of(&same));
        assert_ne!(PlanId::of(&one), PlanId::of(&json!({"a": true, "b": []})));
        assert_eq!(PlanId::of(&one).as_str().len(), 64);
    }

    #[test]
    fn the_empty_object_has_the_digest_that_anybody_can_check() {
        // printf '{}' | sha256sum
        assert_eq!(PlanId::of(&json!({})).short(), "44136fa355b3");
    }

    #[test]
    fn a_higher_version_is_not_read() {
        assert!(Format::of(0).is_readable() && Format::CURRENT.is_readable());
        assert!(!Format::of(2).is_readable());
    }
}
