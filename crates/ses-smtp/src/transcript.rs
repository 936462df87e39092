//! The dialogue with a server, as a person may see it: credentials never enter it.

mod recorder;
mod redact;

pub use recorder::Recorder;
#[cfg(feature = "net")]
pub(crate) use recorder::millis;
#[cfg(feature = "net")]
pub(crate) use redact::stand_in;

use serde::{Deserialize, Serialize};
use std::fmt;

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

impl fmt::Display for Transcript {
    /// One line each: `C: `, `S: ` or `-- `, and the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| {
            let speaker = match line.speaker {
                Speaker::Client => "C:",
                Speaker::Server => "S:",
                Speaker::Event => "--",
            };
            writeln!(f, "{speaker} {}", line.text)
        })
    }
}
