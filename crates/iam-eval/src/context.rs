//! The context of a request: condition keys and their values.

use crate::pattern::lower;
use std::cmp::Ordering;

/// Condition keys and their values, and the keys whose values nobody knows. Every other key is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// By key, in lower case, the shorter first: then most comparisons are of lengths.
    known: Vec<(Box<str>, Vec<String>)>,
    /// By key, in lower case, with the name as it was given.
    unknown: Vec<(Box<str>, Box<str>)>,
}

/// What a request says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// The request does not carry it.
    Absent,
    /// It has these values, at least one.
    Known(&'a [String]),
    /// It may have any value, or none.
    Unknown(u16),
}

/// A key that is named twice, perhaps in another case, or both as known and as unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// Twice in `context`.
    #[error("context key {0:?} is given twice: keys know no case")]
    Twice(String),
    /// In `context` and in `unknown_context`.
    #[error("context key {0:?} has values and is listed as unknown")]
    KnownAndUnknown(String),
    /// More than can be counted.
    #[error("more than {MAX_UNKNOWN} unknown context keys")]
    TooManyUnknown,
}

/// Unknown keys that a request may list.
const MAX_UNKNOWN: usize = 10_000;

impl Context {
    /// From keys with their values, and the keys that are unknown. A key without values is absent.
    ///
    /// # Errors
    /// If a key comes twice.
    pub fn new<K: AsRef<str>>(
        known: impl IntoIterator<Item = (K, Vec<String>)>,
        unknown: impl IntoIterator<Item = K>,
    ) -> Result<Self, ContextError> {
        let mut known: Vec<(Box<str>, Vec<String>)> = known
            .into_iter()
            .map(|(key, values)| (lower(key.as_ref()).into(), values))
            .collect();
        known.sort_unstable_by(|(one, _), (other, _)| shorter_first(one.as_bytes(), other.as_bytes()));
        if let Some(twice) = known.windows(2).find_map(|pair| match pair {
            [(one, _), (other, _)] if one == other => Some(one),
            _ => None,
        }) {
            return Err(ContextError::Twice(twice.to_string()));
        }
        let mut unknown: Vec<(Box<str>, Box<str>)> = unknown
            .into_iter()
            .map(|key| (lower(key.as_ref()).into(), key.as_ref().into()))
            .collect();
        unknown.sort_unstable();
        unknown.dedup_by(|(one, _), (other, _)| one == other);
        if unknown.len() > MAX_UNKNOWN {
            return Err(ContextError::TooManyUnknown);
        }
        let context = Self { known, unknown };
        let both = context
            .unknown
            .iter()
            .find(|(key, _)| context.find(key.as_bytes()).is_some());
        match both {
            Some((_, name)) => Err(ContextError::KnownAndUnknown(name.to_string())),
            None => Ok(context),
        }
    }

    /// What the request says of a key, given in lower case.
    #[must_use]
    pub fn lookup(&self, key: &str) -> Lookup<'_> {
        let key = key.as_bytes();
        if let Some(values) = self.find(key) {
            return if values.is_empty() {
                Lookup::Absent
            } else {
                Lookup::Known(values)
            };
        }
        let at = self
            .unknown
            .binary_search_by(|(name, _)| name.as_bytes().cmp(key))
            .ok();
        at.and_then(|at| u16::try_from(at).ok())
            .map_or(Lookup::Absent, Lookup::Unknown)
    }

    fn find(&self, key: &[u8]) -> Option<&[String]> {
        let at = self
            .known
            .binary_search_by(|(name, _)| shorter_first(name.as_bytes(), key))
            .ok()?;
        self.known.get(at).map(|(_, values)| values.as_slice())
    }

    /// The name of an unknown key, as it was given.
    pub(crate) fn unknown_name(&self, key: u16) -> &str {
        self.unknown.get(usize::from(key)).map_or("", |(_, name)| &**name)
    }
}

fn shorter_first(one: &[u8], other: &[u8]) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_know_no_case_and_a_key_without_values_is_absent() {
        let known = [("aws:SourceIp", vec!["1.2.3.4".to_owned()]), ("a:B", vec![])];
        let context = Context::new(known, ["ses:Recipients"]).unwrap();
        assert_eq!(
            context.lookup("aws:sourceip"),
            Lookup::Known(&["1.2.3.4".to_owned()])
        );
        assert_eq!(context.lookup("a:b"), Lookup::Absent);
        assert_eq!(context.lookup("ses:recipients"), Lookup::Unknown(0));
        assert_eq!(context.unknown_name(0), "ses:Recipients");
    }

    #[test]
    fn a_key_given_twice_is_refused() {
        let twice = [("a:b", vec![]), ("A:B", vec![])];
        assert_eq!(Context::new(twice, []), Err(ContextError::Twice("a:b".into())));
        let both = Context::new([("a:b", vec![])], ["A:b"]);
        assert_eq!(both, Err(ContextError::KnownAndUnknown("A:b".into())));
    }
}
