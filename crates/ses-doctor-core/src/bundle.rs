//! The file that `--evidence-out` writes and `--evidence` reads: evidence with a format version.

use crate::evidence::Evidence;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version that this program writes. Readers refuse a higher one; a lower one stays readable.
pub const FORMAT: u32 = 1;

/// Saved evidence. It holds no secret; the credentials appear only as shapes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// [`FORMAT`] of the writer.
    pub ses_doctor_evidence: u32,
    /// Version of the program that wrote it.
    pub written_by: String,
    /// When it was written.
    pub written_at: Timestamp,
    /// The evidence.
    pub evidence: Evidence,
}

/// Why a bundle could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Not JSON, or not of this shape.
    #[error("read the evidence bundle: {source}")]
    Malformed {
        /// The parser's word, with line and column.
        #[from]
        source: serde_json::Error,
    },
    /// JSON, but something else.
    #[error("read the evidence bundle: this JSON has no `ses_doctor_evidence` version, so it is not a bundle")]
    NotABundle,
    /// Written by a newer program.
    #[error("read the evidence bundle: its format is {found}, this program knows up to {FORMAT}")]
    TooNew {
        /// The version found.
        found: u64,
    },
}

impl Bundle {
    /// Parses a bundle.
    ///
    /// # Errors
    /// When the text is not JSON, not a bundle, or of a newer format.
    pub fn from_json(text: &str) -> Result<Self, BundleError> {
        let value: serde_json::Value = serde_json::from_str(text)?;
        let found = value.get("ses_doctor_evidence").and_then(serde_json::Value::as_u64).ok_or(BundleError::NotABundle)?;
        if found > u64::from(FORMAT) {
            return Err(BundleError::TooNew { found });
        }
        // From the text again, so that an error names its line and column.
        Ok(serde_json::from_str(text)?)
    }
}
