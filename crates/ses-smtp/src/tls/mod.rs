//! TLS with every fact kept: the handshake is let through whatever the certificate says, the problem is recorded, and
//! only a stream without a problem becomes a [`VerifiedTls`], over which alone credentials may go.

mod certificate;
mod first_bytes;
mod roots;
mod verifier;

pub use first_bytes::FirstBytes;
pub use roots::{RootsError, TrustRoots};

use crate::probe::{FailureKind, TlsFacts};
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig, Error, PeerIncompatible};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use verifier::RecordingVerifier;

/// A TLS stream whose certificate was checked and found good.
#[derive(Debug)]
pub struct VerifiedTls<S> {
    stream: TlsStream<S>,
}

/// A finished handshake.
#[derive(Debug)]
pub struct Handshake<S> {
    /// What it showed.
    pub facts: TlsFacts,
    stream: TlsStream<S>,
}

impl<S> Handshake<S> {
    /// The stream, if the certificate was good.
    pub fn verified(self) -> Option<VerifiedTls<S>> {
        self.facts
            .problem
            .is_none()
            .then_some(VerifiedTls { stream: self.stream })
    }
}

/// Does the handshake as a client. The first acceptable name is sent as SNI; the certificate must bear one of them.
pub async fn handshake<S>(stream: S, names: &[String], roots: &TrustRoots) -> Result<Handshake<S>, TlsFailure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let names = server_names(names)?;
    let server_name = names
        .first()
        .cloned()
        .ok_or_else(|| TlsFailure::local("no name to check the certificate with"))?;
    let verifier = Arc::new(RecordingVerifier::new(roots, names));
    let config = config(&verifier)?;
    let shown = server_name.to_str().into_owned();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(server_name, stream)
        .await
        .map_err(TlsFailure::of)?;
    let (_, connection) = stream.get_ref();
    let version = connection
        .protocol_version()
        .map_or("", |version| version.as_str().unwrap_or("unknown"));
    let cipher = connection
        .negotiated_cipher_suite()
        .and_then(|suite| suite.suite().as_str())
        .unwrap_or("unknown");
    let (chain, problem) = verifier.seen();
    let facts = TlsFacts {
        version: version.replace('_', "."),
        cipher: cipher.replace("TLS13_", "TLS_"),
        server_name: shown,
        chain: certificate::facts_of_chain(&chain),
        problem,
    };
    Ok(Handshake { facts, stream })
}

fn server_names(names: &[String]) -> Result<Vec<ServerName<'static>>, TlsFailure> {
    let parse = |name: &String| {
        ServerName::try_from(name.clone()).map_err(|_| TlsFailure::local("not a valid host name"))
    };
    names.iter().map(parse).collect()
}

fn config(verifier: &Arc<RecordingVerifier>) -> Result<ClientConfig, TlsFailure> {
    let builder =
        ClientConfig::builder_with_provider(roots::provider()).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| TlsFailure::local(&error.to_string()))?;
    let verifier = Arc::clone(verifier);
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

/// Why there was no handshake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct TlsFailure {
    /// What happened.
    pub kind: FailureKind,
    /// In the words of the TLS library or the operating system.
    pub detail: String,
}

impl TlsFailure {
    fn local(detail: &str) -> Self {
        Self {
            kind: FailureKind::TlsHandshake,
            detail: detail.to_owned(),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "used as map_err(TlsFailure::of)")]
    fn of(error: io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        let kind = tls.map_or_else(|| crate::session::kind_of(&error), kind_of_tls);
        Self {
            kind,
            detail: error.to_string(),
        }
    }
}

fn kind_of_tls(error: &Error) -> FailureKind {
    let too_old = matches!(
        error,
        Error::AlertReceived(AlertDescription::ProtocolVersion)
            | Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                    | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                    | PeerIncompatible::Tls12NotOffered
                    | PeerIncompatible::Tls12NotOfferedOrEnabled
            )
    );
    if too_old {
        FailureKind::TlsVersion
    } else {
        FailureKind::TlsHandshake
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for VerifiedTls<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for VerifiedTls<S> {
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
