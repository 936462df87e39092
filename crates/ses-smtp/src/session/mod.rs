//! One SMTP session over any stream. Credentials can be sent only over [`VerifiedTls`].

mod auth;
mod command;
mod exchange;

pub use command::Message;
pub(crate) use exchange::kind_of;

use crate::probe::{Failure, FailureKind};
use crate::reply::{Phase, ReplyParser};
use crate::timeouts::Timeouts;
use crate::tls::VerifiedTls;
use crate::transcript::Recorder;
use std::fmt;

/// A session: the client's side of RFC 5321, one command and one reply at a time.
pub struct Session<S> {
    stream: S,
    parser: ReplyParser,
    timeouts: Timeouts,
    recorder: Recorder,
}

impl<S> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("parser", &self.parser)
            .finish_non_exhaustive()
    }
}

impl<S> Session<S> {
    /// A session whose first reply is still to come: the greeting, or after STARTTLS the reply to EHLO.
    pub fn new(stream: S, timeouts: Timeouts, recorder: Recorder) -> Self {
        Self {
            stream,
            parser: ReplyParser::new(),
            timeouts,
            recorder,
        }
    }

    fn failure(&self, phase: Phase, kind: FailureKind, detail: &str, since: std::time::Instant) -> Failure {
        let detail = self.recorder.redact(detail);
        Failure {
            phase,
            kind,
            detail,
            elapsed_ms: crate::transcript::millis(since),
        }
    }
}

#[cfg(test)]
mod tests;
