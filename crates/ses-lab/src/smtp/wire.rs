//! Lines in and replies out, with limits that a hostile client cannot move.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Anything that bytes flow over in both directions.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Longest line taken (RFC 4954 wants 12288 for AUTH).
const LINE_LIMIT: usize = 12_288;
/// Largest message taken: 40 MB, as SES.
pub(crate) const MESSAGE_LIMIT: usize = 40 * 1024 * 1024;
/// After this much the client is cut off.
const FLOOD_LIMIT: usize = 2 * MESSAGE_LIMIT;
/// How much of a message is kept.
const KEPT: usize = 64 * 1024;

/// Why a conversation ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hangup {
    /// The client closed or the network failed.
    Closed,
    /// The client said nothing for too long.
    Idle,
    /// The client sent more than anybody needs.
    Flood,
}

/// A message as it came after `DATA`.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) size: usize,
    pub(crate) kept: Vec<u8>,
}

/// One connection.
pub(crate) struct Wire {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    idle: Duration,
    delay: Duration,
}

impl Wire {
    pub(crate) fn new(stream: Box<dyn Stream>, idle: Duration, delay: Duration) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
            idle,
            delay,
        }
    }

    /// Gives the stream back for a TLS handshake; what the client sent ahead in plain text is thrown away.
    pub(crate) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// The next line without its end.
    pub(crate) async fn line(&mut self) -> Result<String, Hangup> {
        self.line_within(LINE_LIMIT)
            .await
            .map(|line| String::from_utf8_lossy(&line).into_owned())
    }

    async fn line_within(&mut self, limit: usize) -> Result<Vec<u8>, Hangup> {
        let mut searched = 0;
        loop {
            let fresh = self.buffer.get(searched..).unwrap_or_default();
            if let Some(end) = fresh.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=searched + end).collect();
                line.pop();
                line.pop_if(|last| *last == b'\r');
                return Ok(line);
            }
            searched = self.buffer.len();
            if searched > limit {
                return Err(Hangup::Flood);
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> Result<(), Hangup> {
        self.buffer.reserve(8192);
        let read = timeout(self.idle, self.stream.read_buf(&mut self.buffer)).await;
        match read {
            Err(_) => Err(Hangup::Idle),
            Ok(Ok(0) | Err(_)) => Err(Hangup::Closed),
            Ok(Ok(_)) => Ok(()),
        }
    }

    /// Waits for the client to say anything, and forgets it.
    pub(crate) async fn anything(&mut self) -> Result<(), Hangup> {
        self.buffer.clear();
        self.fill().await
    }

    /// Everything up to the line with a single dot.
    pub(crate) async fn body(&mut self) -> Result<Body, Hangup> {
        let mut body = Body::default();
        loop {
            let line = self.line_within(FLOOD_LIMIT).await?;
            if line == b"." {
                return Ok(body);
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            body.size += line.len() + 2;
            if body.size > FLOOD_LIMIT {
                return Err(Hangup::Flood);
            }
            if body.kept.len() < KEPT {
                body.kept.extend_from_slice(line);
                body.kept.extend_from_slice(b"\r\n");
            }
        }
    }

    /// Sends a reply; `text` may have several lines.
    pub(crate) async fn reply(&mut self, text: &str) -> Result<(), Hangup> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let wire = format!("{text}\r\n");
        self.send(wire.as_bytes()).await
    }

    /// Sends bytes as they are; a client that does not read them is not waited for.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Hangup> {
        let sent = timeout(self.idle.max(Duration::from_secs(10)), async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        });
        match sent.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Hangup::Closed),
        }
    }

    /// Says goodbye to the transport, so that TLS ends properly.
    pub(crate) async fn close(mut self) {
        let closed = timeout(Duration::from_secs(1), self.stream.shutdown()).await;
        tracing::trace!(?closed, "connection closed");
    }
}
