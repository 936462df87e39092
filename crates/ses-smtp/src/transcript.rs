//! The dialogue with a server, as a person may see it: credentials never enter it.

use serde::{Deserialize, Serialize};

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// This side.
    Client,
    /// The server.
    Server,
    /// An event that is not a line: connected, TLS established, closed.
    Event,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Milliseconds since the probe began.
    pub at_ms: u64,
    /// Who spoke.
    pub speaker: Speaker,
    /// The text; `AUTH PLAIN <redacted 88 bytes>` in place of credentials.
    pub text: String,
}

/// Lines in order, bounded in number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Transcript {
    /// The lines.
    pub lines: Vec<Line>,
}
