//! Bytes out, a reply in, within a time-out.

use super::Session;
use crate::probe::{Failure, FailureKind};
use crate::reply::{Phase, Reply, ReplyError};
use std::io;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

const READ_SIZE: usize = 2048;

enum Trouble {
    Io(io::Error),
    Closed,
    Reply(ReplyError),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Waits for a whole reply, for at most `limit`.
    pub async fn read_reply(&mut self, phase: Phase, limit: Duration) -> Result<Reply, Failure> {
        let start = Instant::now();
        let outcome = timeout(limit, self.receive()).await;
        let reply = match outcome {
            Ok(Ok(reply)) => self.redacted(reply),
            Ok(Err(trouble)) => return Err(self.trouble(phase, &trouble, start)),
            Err(_) => return Err(self.late(phase, limit, start)),
        };
        self.record(&reply);
        Ok(reply)
    }

    /// Sends one command in one write and waits for its reply. `shown` enters the transcript.
    pub(super) async fn exchange(
        &mut self,
        phase: Phase,
        command: &str,
        shown: &str,
        limit: Duration,
    ) -> Result<Reply, Failure> {
        let start = Instant::now();
        if self.parser.has_leftover() {
            let detail = format!("bytes that no command asked for: {}", self.parser.leftover());
            return Err(self.failure(phase, FailureKind::NotSmtp, &detail, start));
        }
        self.recorder.client(shown);
        self.send(phase, format!("{command}\r\n").as_bytes(), limit)
            .await?;
        self.read_reply(phase, limit).await
    }

    pub(super) async fn send(&mut self, phase: Phase, bytes: &[u8], limit: Duration) -> Result<(), Failure> {
        let start = Instant::now();
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(limit, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.trouble(phase, &Trouble::Io(error), start)),
            Err(_) => Err(self.late(phase, limit, start)),
        }
    }

    async fn receive(&mut self) -> Result<Reply, Trouble> {
        let mut chunk = [0; READ_SIZE];
        loop {
            if let Some(reply) = self.parser.take().map_err(Trouble::Reply)? {
                return Ok(reply);
            }
            let count = self.stream.read(&mut chunk).await.map_err(Trouble::Io)?;
            match chunk.get(..count) {
                Some(bytes) if count > 0 => self.parser.push(bytes),
                _ => return Err(Trouble::Closed),
            }
        }
    }

    fn redacted(&self, reply: Reply) -> Reply {
        let lines = reply
            .lines
            .iter()
            .map(|line| self.recorder.redact(line))
            .collect();
        Reply {
            code: reply.code,
            lines,
        }
    }

    fn record(&self, reply: &Reply) {
        let last = reply.lines.len().saturating_sub(1);
        for (at, line) in reply.lines.iter().enumerate() {
            let separator = if at == last { ' ' } else { '-' };
            self.recorder.server(&format!("{}{separator}{line}", reply.code));
        }
    }

    fn late(&self, phase: Phase, limit: Duration, start: Instant) -> Failure {
        let heard = if self.parser.has_leftover() {
            format!(
                "no whole reply within {limit:?}, only: {}",
                self.parser.leftover()
            )
        } else {
            format!("no reply within {limit:?}")
        };
        self.recorder.event("timed out");
        self.failure(phase, FailureKind::TimedOut, &heard, start)
    }

    fn trouble(&self, phase: Phase, trouble: &Trouble, start: Instant) -> Failure {
        let (kind, detail) = match trouble {
            Trouble::Closed => (FailureKind::Closed, "the server closed the connection".to_owned()),
            Trouble::Io(error) => (kind_of(error), error.to_string()),
            Trouble::Reply(error) if error.is_limit() => (FailureKind::TooLong, error.to_string()),
            Trouble::Reply(error) => (FailureKind::NotSmtp, error.to_string()),
        };
        self.recorder.event(&detail);
        self.failure(phase, kind, &detail, start)
    }
}

/// What ended an established connection.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "std adds kinds; all others say that the connection is gone"
)]
pub(crate) fn kind_of(error: &io::Error) -> FailureKind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::Refused,
        io::ErrorKind::TimedOut => FailureKind::TimedOut,
        io::ErrorKind::UnexpectedEof => FailureKind::Closed,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => FailureKind::Unreachable,
        io::ErrorKind::InvalidData => FailureKind::TlsHandshake,
        _ => FailureKind::Reset,
    }
}
