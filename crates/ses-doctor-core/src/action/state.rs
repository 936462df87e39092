//! The state of one thing, as far as an action changes it.

use crate::policy_text::pretty;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A state, as it is planned, and as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "value")]
pub enum State {
    /// It is not there.
    Absent,
    /// It is there, and there is no more to it.
    Present,
    /// A switch is on or off.
    Switch(bool),
    /// One of few words, or a name.
    Word(String),
    /// A policy document, JSON text.
    Document(String),
    /// A file, by the SHA-256 of its bytes.
    File(String),
}

impl State {
    /// Whether both are the same state. Documents are compared by what they say: spaces, line ends and the order of
    /// members are the writer's own.
    pub fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Document(one), Self::Document(another)) => {
                one == another
                    || matches!((json(one), json(another)), (Some(one), Some(another)) if one == another)
            }
            _ => self == other,
        }
    }

    /// In words, after "is".
    pub fn words(&self) -> String {
        match self {
            Self::Absent => "not there".to_owned(),
            Self::Present => "there".to_owned(),
            Self::Switch(true) => "on".to_owned(),
            Self::Switch(false) => "off".to_owned(),
            Self::Word(word) => word.clone(),
            Self::Document(_) => "the document as planned".to_owned(),
            Self::File(digest) => format!("the file with SHA-256 {digest}"),
        }
    }

    /// The lines that a diff compares.
    pub fn lines(&self) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Document(text) => json(text).map_or_else(|| text.clone(), |value| pretty(&value)),
            Self::Present | Self::Switch(_) | Self::Word(_) | Self::File(_) => self.words(),
        }
    }
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// A document, or its absence.
pub(super) fn document(text: Option<&String>) -> State {
    text.map_or(State::Absent, |text| State::Document(text.clone()))
}

/// There or not.
pub(super) fn presence(is_there: bool) -> State {
    if is_there { State::Present } else { State::Absent }
}

/// A name, or none.
pub(super) fn word(name: Option<&String>) -> State {
    name.map_or(State::Absent, |name| State::Word(name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_agree_by_what_they_say() {
        let one = State::Document(r#"{"a":1,"b":[2]}"#.into());
        assert!(one.agrees_with(&State::Document("{ \"b\": [2],\n \"a\": 1 }".into())));
        assert!(!one.agrees_with(&State::Document(r#"{"a":1}"#.into())));
        assert!(!one.agrees_with(&State::Absent));
        let broken = State::Document("{".into());
        assert!(broken.agrees_with(&broken));
    }
}
