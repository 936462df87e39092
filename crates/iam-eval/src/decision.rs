//! What is decided, and by what.

use crate::layer::Layer;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What AWS would answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Every layer that takes part allows.
    Allowed,
    /// A statement denies. No allow can cure it.
    ExplicitDeny,
    /// A layer that must allow does not.
    ImplicitDeny,
    /// It depends on context keys that nobody knows.
    Undetermined,
}

impl Decision {
    /// As in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicit-deny",
            Self::ImplicitDeny => "implicit-deny",
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What settled a decision: a statement, or a layer in which no statement allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DecidedBy {
    /// The layer.
    pub(crate) layer: Layer,
    /// The group of policies of which one must allow, by its place in the set; none if the layer has no policy at all.
    pub(crate) group: Option<u16>,
    /// The statement, unless it is the lack of one that decides.
    pub(crate) statement: Option<StatementId>,
}

/// A statement of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StatementId {
    pub(crate) group: u16,
    pub(crate) document: u16,
    pub(crate) statement: u32,
}
