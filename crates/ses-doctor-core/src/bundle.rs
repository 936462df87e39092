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
pub enum BundleError {
    /// Not JSON, or not of this shape.
    #[error("read the evidence bundle: {source}")]
    Malformed {
        /// The parser's word, with line and column.
        #[from]
        source: serde_json::Error,
    },
    /// JSON, but something else.
    #[error(
        "read the evidence bundle: this JSON has no `ses_doctor_evidence` version, so it is not a bundle"
    )]
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
        let found = value
            .get("ses_doctor_evidence")
            .and_then(serde_json::Value::as_u64)
            .ok_or(BundleError::NotABundle)?;
        if found > u64::from(FORMAT) {
            return Err(BundleError::TooNew { found });
        }
        // From the text again, so that an error names its line and column.
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{evidence_of_535, now};
    use proptest::prelude::*;

    fn bundle() -> Bundle {
        let evidence = evidence_of_535();
        Bundle {
            ses_doctor_evidence: FORMAT,
            written_by: "test".into(),
            written_at: now(),
            evidence,
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let text = serde_json::to_string_pretty(&bundle()).unwrap();
        assert_eq!(Bundle::from_json(&text).unwrap(), bundle());
    }

    #[test]
    fn a_newer_format_is_refused() {
        let text = serde_json::to_string(&bundle())
            .unwrap()
            .replacen(":1,", ":2,", 1);
        assert!(matches!(
            Bundle::from_json(&text),
            Err(BundleError::TooNew { found: 2 })
        ));
    }

    #[test]
    fn other_json_is_no_bundle() {
        assert!(matches!(Bundle::from_json("{}"), Err(BundleError::NotABundle)));
        assert!(matches!(Bundle::from_json("[1]"), Err(BundleError::NotABundle)));
        assert!(matches!(
            Bundle::from_json("{"),
            Err(BundleError::Malformed { .. })
        ));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*", cut in 0_usize..4000) {
            let _ = Bundle::from_json(&text);
            let whole = serde_json::to_string(&bundle()).unwrap();
            let _ = Bundle::from_json(whole.get(..cut).unwrap_or(&whole));
        }
    }
}
