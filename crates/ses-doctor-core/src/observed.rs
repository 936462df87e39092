//! What looking at one thing gave. "Could not look" is a result of its own and never turns into "is not there".

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The result of one look at one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case", tag = "state", content = "detail")]
pub enum Observed<T> {
    /// It is there, and this is it.
    Known(T),
    /// The source answered that there is no such thing.
    Missing,
    /// The source refused to tell: the operator lacks a permission.
    Denied {
        /// The IAM action that was refused, e.g. `iam:ListAccessKeys`.
        action: String,
        /// The source's words, redacted.
        message: String,
    },
    /// The look itself failed: no network, no credentials, a time-out, an unsupported operation.
    Failed {
        /// What went wrong and, where it can be told, what to do.
        why: String,
    },
    /// Nobody looked.
    #[default]
    NotAsked,
}

/// An [`Observed`] value with its source and time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation<T> {
    /// Where it came from: `iam:ListAccessKeys`, `SMTP email-smtp.eu-west-1.amazonaws.com:587`.
    pub source: String,
    /// When the look ended; absent when nobody looked.
    pub observed_at: Option<Timestamp>,
    /// What it gave.
    pub observed: Observed<T>,
    /// The IAM actions that were refused during the look, also where it gave a value without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<String>,
    /// What was waited out before this counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited: Option<Waited>,
}

/// A failure that may only have meant "too new", and was tried again before it counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waited {
    /// How often it was tried again.
    pub tries: u32,
    /// From the first failure to the answer that counts.
    pub waited_ms: u64,
    /// What the first answer was, redacted.
    pub first_answer: String,
}

impl<T> Default for Observation<T> {
    fn default() -> Self {
        Self {
            source: String::new(),
            observed_at: None,
            observed: Observed::NotAsked,
            denied: Vec::new(),
            waited: None,
        }
    }
}

impl<T> Observation<T> {
    /// An observation made at `at`.
    pub fn new(source: impl Into<String>, at: Timestamp, observed: Observed<T>) -> Self {
        Self {
            source: source.into(),
            observed_at: Some(at),
            observed,
            denied: Vec::new(),
            waited: None,
        }
    }

    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match &self.observed {
            Observed::Known(value) => Some(value),
            Observed::Missing | Observed::Denied { .. } | Observed::Failed { .. } | Observed::NotAsked => {
                None
            }
        }
    }

    /// The source said that there is no such thing.
    pub fn is_missing(&self) -> bool {
        matches!(self.observed, Observed::Missing)
    }

    /// Somebody looked and was told, be it a value or its absence.
    pub fn is_settled(&self) -> bool {
        matches!(self.observed, Observed::Known(_) | Observed::Missing)
    }

    /// Nobody looked yet.
    pub fn is_not_asked(&self) -> bool {
        matches!(self.observed, Observed::NotAsked)
    }

    /// The IAM actions that were refused.
    pub fn denied(&self) -> Vec<&str> {
        let whole = match &self.observed {
            Observed::Denied { action, .. } => Some(action),
            Observed::Known(_) | Observed::Missing | Observed::Failed { .. } | Observed::NotAsked => None,
        };
        let rest = self.denied.iter().filter(|action| Some(*action) != whole);
        whole.into_iter().chain(rest).map(String::as_str).collect()
    }

    /// Why the value could not be had, in words; `None` when it is known, missing or not asked for.
    pub fn unavailable(&self) -> Option<String> {
        match &self.observed {
            Observed::Denied { action, message } => Some(format!("{action} was denied: {message}")),
            Observed::Failed { why } => Some(why.clone()),
            Observed::Known(_) | Observed::Missing | Observed::NotAsked => None,
        }
    }
}
