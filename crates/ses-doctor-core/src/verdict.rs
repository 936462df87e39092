//! What a cause answers when it has judged the evidence.

use crate::need::Need;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Nothing speaks against it, little speaks for it.
    Possible,
    /// The evidence points here and away from the alternatives that are known.
    Likely,
    /// Proven: an observation shows the cause itself, not only its effect.
    Confirmed,
}

/// A cause that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How sure.
    pub certainty: Certainty,
    /// Between 0 and 1, within the band of its certainty.
    pub confidence: f64,
    /// The evidence it stands on, most telling first.
    pub because: Vec<Need>,
    /// The proof in one or two sentences for a person, naming values.
    pub why: String,
}

/// The answer of one cause.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It holds.
    Present(Finding),
    /// It is ruled out.
    Absent {
        /// The evidence that rules it out.
        because: Vec<Need>,
        /// How.
        why: String,
    },
    /// It can neither be shown nor ruled out.
    Unknown {
        /// What would settle it.
        missing: Vec<Need>,
        /// Why it is a candidate at all.
        why: String,
    },
    /// It does not explain what is seen.
    NotApplicable,
}

impl Verdict {
    /// Proven.
    pub fn confirmed(because: impl Into<Vec<Need>>, why: impl Into<String>) -> Self {
        Self::present(Certainty::Confirmed, 0.99, because, why)
    }

    /// Points here; `confidence` is between 0.6 and 0.95.
    pub fn likely(confidence: f64, because: impl Into<Vec<Need>>, why: impl Into<String>) -> Self {
        Self::present(Certainty::Likely, confidence.clamp(0.6, 0.95), because, why)
    }

    /// A candidate; `confidence` is below 0.6.
    pub fn possible(confidence: f64, because: impl Into<Vec<Need>>, why: impl Into<String>) -> Self {
        Self::present(Certainty::Possible, confidence.clamp(0.05, 0.55), because, why)
    }

    /// Ruled out.
    pub fn absent(because: impl Into<Vec<Need>>, why: impl Into<String>) -> Self {
        Self::Absent {
            because: because.into(),
            why: why.into(),
        }
    }

    /// Cannot tell; `missing` would settle it.
    pub fn unknown(missing: impl Into<Vec<Need>>, why: impl Into<String>) -> Self {
        Self::Unknown {
            missing: missing.into(),
            why: why.into(),
        }
    }

    fn present(
        certainty: Certainty,
        confidence: f64,
        because: impl Into<Vec<Need>>,
        why: impl Into<String>,
    ) -> Self {
        Self::Present(Finding {
            certainty,
            confidence,
            because: because.into(),
            why: why.into(),
        })
    }
}
