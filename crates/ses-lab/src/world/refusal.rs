//! Refusals that a world asks for: a call that is answered with no, and was not carried out.

use serde::Deserialize;

/// What a call is refused with: error codes of IAM's and SES's API references.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Refusal {
    /// A quota is used up.
    LimitExceeded,
    /// It is there already.
    EntityAlreadyExists,
    /// The document is none.
    MalformedPolicyDocument,
    /// There is no such thing.
    NoSuchEntity,
    /// A parameter is not what it may be.
    ValidationError,
    /// Somebody else is changing it.
    ConcurrentModification,
}

impl Refusal {
    /// Status and code.
    pub(crate) fn answer(self) -> (u16, &'static str) {
        match self {
            Self::LimitExceeded => (409, "LimitExceeded"),
            Self::EntityAlreadyExists => (409, "EntityAlreadyExists"),
            Self::MalformedPolicyDocument => (400, "MalformedPolicyDocument"),
            Self::NoSuchEntity => (404, "NoSuchEntity"),
            Self::ValidationError => (400, "ValidationError"),
            Self::ConcurrentModification => (409, "ConcurrentModification"),
        }
    }
}
