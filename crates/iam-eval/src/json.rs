//! JSON with places. `serde_json` does the parsing: each level is read as raw slices of the text, so that a value's place is
//! the place of its slice. Its scanner keeps no stack frame per level, so depth costs nothing but what is looked into.

use crate::span::Span;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// One value of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    raw: &'a RawValue,
    pub(crate) span: Span,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Shape<'a> {
    Null,
    Bool(bool),
    /// As written.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// A key of an object with its value.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) key_span: Span,
    pub(crate) value: Node<'a>,
}

/// No JSON, from this byte on.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub(crate) message: String,
    pub(crate) span: Span,
}

/// A whole text that is one JSON value.
pub(crate) fn root(text: &str) -> Result<Node<'_>, SyntaxError> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax_error(&error, text, 0))?;
    Ok(node(raw, text, 0))
}

impl<'a> Node<'a> {
    /// The value, with its members as nodes of their own.
    pub(crate) fn shape(self) -> Result<Shape<'a>, SyntaxError> {
        let text = self.raw.get();
        let start = self.span.start();
        let fail = |error: serde_json::Error| syntax_error(&error, text, start);
        Ok(match text.as_bytes().first() {
            Some(b'{') => Shape::Object(members(text, start)?),
            Some(b'[') => {
                let raws: Vec<&RawValue> = serde_json::from_str(text).map_err(fail)?;
                Shape::Array(raws.into_iter().map(|raw| node(raw, text, start)).collect())
            }
            Some(b'"') => Shape::String(string(text).map_err(fail)?),
            Some(b't') => Shape::Bool(true),
            Some(b'f') => Shape::Bool(false),
            Some(b'n') | None => Shape::Null,
            Some(_) => Shape::Number(text),
        })
    }
}

impl Shape<'_> {
    /// For messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

fn members(text: &str, start: usize) -> Result<Vec<Member<'_>>, SyntaxError> {
    let RawMembers(raws) = serde_json::from_str(text).map_err(|error| syntax_error(&error, text, start))?;
    raws.into_iter()
        .map(|(key, value)| {
            let key_node = node(key, text, start);
            let decoded =
                string(key.get()).map_err(|error| syntax_error(&error, key.get(), key_node.span.start()))?;
            Ok(Member {
                key: decoded,
                key_span: key_node.span,
                value: node(value, text, start),
            })
        })
        .collect()
}

fn string(text: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    serde_json::from_str::<Text<'_>>(text).map(|Text(text)| text)
}

/// The slice's place: it lies inside `text`, which begins at `start` of the document.
fn node<'a>(raw: &'a RawValue, text: &str, start: usize) -> Node<'a> {
    let slice = raw.get();
    let at = start + (slice.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    Node {
        raw,
        span: Span::new(at, at + slice.len()),
    }
}

fn syntax_error(error: &serde_json::Error, text: &str, start: usize) -> SyntaxError {
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(what, _)| what)
        .to_owned();
    let line: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let mut at = (line + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let width = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    SyntaxError {
        message,
        span: Span::new(start + at, start + at + width),
    }
}

/// A string, borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Take;
        impl<'de> Visitor<'de> for Take {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Take)
    }
}

/// The members of an object, in order, doubles included.
struct RawMembers<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = RawMembers<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<&RawValue, &RawValue>()? {
                    if !member.0.get().starts_with('"') {
                        return Err(A::Error::custom("a key must be a string"));
                    }
                    members.push(member);
                }
                Ok(RawMembers(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let text = " {\"a\" : [1, \"x\\n\"], \"b\":{\"c\":true}}";
        let Shape::Object(members) = root(text).unwrap().shape().unwrap() else {
            panic!("an object");
        };
        assert_eq!(members[0].key_span.of(text), "\"a\"");
        assert_eq!(members[1].value.span.of(text), "{\"c\":true}");
        let Shape::Array(items) = members[0].value.shape().unwrap() else {
            panic!("a list");
        };
        assert_eq!(items[1].span.of(text), "\"x\\n\"");
        assert!(matches!(items[1].shape().unwrap(), Shape::String(text) if text == "x\n"));
        let Shape::Object(inner) = members[1].value.shape().unwrap() else {
            panic!("an object");
        };
        assert_eq!(inner[0].value.span.of(text), "true");
    }

    #[test]
    fn what_is_no_json_is_refused_where_it_ends_to_be() {
        for (text, at) in [
            ("{\"a\": 1,}", 8),
            ("// x\n{}", 0),
            ("{\"a\": tru}", 9),
            ("{\"a\": 'x'}", 6),
            ("{} {}", 3),
        ] {
            let error = root(text).unwrap_err();
            assert_eq!(error.span.start(), at, "{text}: {}", error.message);
        }
        assert!(root("").is_err());
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(matches!(root(&deep).unwrap().shape().unwrap(), Shape::Array(items) if items.len() == 1));
        assert!(root(&"[".repeat(200_000)).is_err());
        assert!(root(&"{\"a\":".repeat(200_000)).is_err());
    }

    #[test]
    fn half_a_surrogate_is_an_error_not_a_panic() {
        let node = root(r#""\ud800""#).unwrap();
        assert!(node.shape().is_err());
    }
}
