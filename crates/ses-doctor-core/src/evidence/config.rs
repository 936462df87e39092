//! What the client's configuration files show.

use crate::lint::{Document, Finding};
use crate::verdict::Certainty;
use serde::{Deserialize, Serialize};

/// A fault in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigFault {
    /// Cause id.
    pub cause: String,
    /// How sure the files alone make it.
    pub certainty: Certainty,
    /// `FILE:LINE:COLUMN`.
    pub place: String,
    /// What is wrong there; it holds no secret.
    pub message: String,
}

impl ConfigFault {
    /// The fault that `lint` found.
    pub fn new(finding: &Finding, documents: &[Document]) -> Self {
        let name = documents
            .get(finding.file)
            .map_or("", |document| &document.reading.name);
        Self {
            cause: finding.cause.to_owned(),
            certainty: finding.certainty,
            place: format!("{name}:{}:{}", finding.position.line, finding.position.column),
            message: finding.message.clone(),
        }
    }
}
