//! Condition keys with their values, as JSON writes them: one value or a list; strings, numbers or booleans.

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Condition keys and their values, in the order given. A key that comes twice is kept twice, for [`crate::Context::new`] to
/// refuse.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContextForm(Vec<(String, Vec<String>)>);

impl ContextForm {
    /// Keys and values.
    #[must_use]
    pub fn entries(&self) -> &[(String, Vec<String>)] {
        &self.0
    }

    /// Nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Vec<String>)> for ContextForm {
    fn from_iter<I: IntoIterator<Item = (String, Vec<String>)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl Serialize for ContextForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, values)| (key, values)))
    }
}

impl<'de> Deserialize<'de> for ContextForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = ContextForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of condition keys")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ContextForm::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, Values(values))) = map.next_entry()? {
            entries.push((key, values));
        }
        Ok(ContextForm(entries))
    }
}

struct Values(Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number, a boolean or a list of these")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Values(vec![text.to_owned()]))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Values(vec![value.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Values(mut one)) = list.next_element()? {
            if one.len() != 1 {
                return Err(A::Error::custom("a list of values within a list of values"));
            }
            values.append(&mut one);
        }
        Ok(Values(values))
    }
}
