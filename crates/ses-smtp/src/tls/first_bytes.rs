//! Keeping the first bytes of a connection, to tell plaintext from TLS after a handshake failed.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const KEPT: usize = 512;

/// A stream that remembers the first bytes received. The memory outlives the stream.
#[derive(Debug)]
pub struct FirstBytes<S> {
    stream: S,
    seen: Arc<Mutex<Vec<u8>>>,
}

/// The memory of a [`FirstBytes`].
#[derive(Debug, Clone)]
pub(crate) struct Seen(Arc<Mutex<Vec<u8>>>);

impl<S> FirstBytes<S> {
    /// Wraps a stream.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            seen: Arc::default(),
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        Seen(Arc::clone(&self.seen))
    }
}

impl Seen {
    /// The first bytes, at most 512.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FirstBytes<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let outcome = Pin::new(&mut this.stream).poll_read(cx, buf);
        let mut seen = this.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let room = KEPT.saturating_sub(seen.len());
        seen.extend(buf.filled().iter().skip(before).take(room));
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FirstBytes<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
