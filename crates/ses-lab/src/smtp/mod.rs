//! SMTP endpoints as SES has them: five logical ports a region, STARTTLS or TLS first.

mod disturbance;
mod impostor;
pub(crate) mod login;
mod open;
mod permission;
mod session;
pub(crate) mod submission;
pub(crate) mod text;
pub(crate) mod wire;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::state::Shared;
use crate::world::{Endpoint, Fault};
use disturbance::Connection;
pub(crate) use disturbance::Disturbances;
pub(crate) use open::Held;
use session::Session;
use wire::{Stream, Wire};

/// Connections that one port serves at once.
const CONNECTION_LIMIT: usize = 256;

/// A port of a region and where it really is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SmtpPort {
    /// The region.
    pub region: String,
    /// The port as clients of SES know it.
    pub port: u16,
    /// Where it listens.
    pub address: SocketAddr,
}

/// One SMTP endpoint in operation.
pub(crate) struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) endpoint: Endpoint,
    pub(crate) disturbances: Disturbances,
    pub(crate) tls: Option<TlsAcceptor>,
    /// The same with the certificate of an inspection, where some connections meet one.
    pub(crate) intercepted: Option<TlsAcceptor>,
}

impl Server {
    /// Drops what is sent to a port, until the security group of the client's VPC endpoint lets somebody in on it.
    async fn block(self: Arc<Self>, listener: TcpListener, fillers: Vec<TcpStream>, port: u16) {
        const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
        while !self.shared.lets_in(&self.endpoint.region, port) {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        drop(fillers);
        self.listen(listener, port).await;
    }

    async fn listen(self: Arc<Self>, listener: TcpListener, port: u16) {
        let mut connections = JoinSet::new();
        loop {
            let accepted = listener.accept().await;
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, _)) if connections.len() < CONNECTION_LIMIT => {
                    connections.spawn(Arc::clone(&self).serve(stream, port));
                }
                Ok(_) => tracing::warn!(port, "too many connections"),
                Err(error) => {
                    tracing::warn!(port, %error, "accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, port: u16) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "set_nodelay");
        }
        let address = stream
            .local_addr()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |at| at.ip());
        let connection = self.disturbances.connection(port, address);
        let fault = connection.fault_at_greeting();
        let stream: Box<dyn Stream> = Box::new(stream);
        let plain = wire_for(&self.shared, &self.endpoint, stream);
        if self.endpoint.never_greets || fault == Some(Fault::NeverGreets) {
            return silence(plain).await;
        }
        let tls = match fault {
            Some(Fault::Intercepted) => self.intercepted.as_ref(),
            _ => self.tls.as_ref(),
        };
        let wire = if connection.is_wrapped() {
            match upgrade(plain, tls, &self.endpoint).await {
                Some(stream) => wire_for(&self.shared, &self.endpoint, stream),
                None => return,
            }
        } else {
            plain
        };
        tokio::time::sleep(Duration::from_millis(self.endpoint.greeting_delay_ms)).await;
        let full = self.endpoint.too_many_connections || fault == Some(Fault::TooManyConnections);
        self.greet(wire, &connection, tls, full).await;
    }

    async fn greet(
        &self,
        mut wire: Wire,
        connection: &Connection<'_>,
        tls: Option<&TlsAcceptor>,
        full: bool,
    ) {
        if let Some(impostor) = self.endpoint.impostor {
            return impostor::run(impostor, wire, tls, &self.endpoint, connection.is_wrapped()).await;
        }
        if full {
            let said = wire.reply(text::TOO_MANY_CONNECTIONS).await;
            tracing::trace!(?said, "connection limit");
            return wire.close().await;
        }
        if wire.reply(&text::greeting()).await.is_ok() {
            Session::new(&self.shared, &self.endpoint, connection)
                .run(wire, tls)
                .await;
        }
    }
}

/// A connection with the limits and delays of its endpoint.
fn wire_for(shared: &Shared, endpoint: &Endpoint, stream: Box<dyn Stream>) -> Wire {
    let idle = Duration::from_secs(endpoint.idle_timeout_seconds);
    Wire::new(
        stream,
        idle,
        Duration::from_millis(endpoint.reply_delay_ms) + shared.latency,
    )
}

/// A TLS handshake on an open connection; `None` when it failed and the connection is gone.
async fn upgrade(wire: Wire, tls: Option<&TlsAcceptor>, endpoint: &Endpoint) -> Option<Box<dyn Stream>> {
    let Some(acceptor) = tls else {
        refuse_version(wire).await;
        return None;
    };
    let limit = Duration::from_secs(endpoint.idle_timeout_seconds.max(1));
    match timeout(limit, acceptor.accept(wire.into_stream())).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "TLS handshake");
            None
        }
        Err(_) => None,
    }
}

/// A server that knows only TLS 1.0 answers a modern ClientHello by the alert `protocol_version` (70).
async fn refuse_version(mut wire: Wire) {
    const ALERT: [u8; 7] = [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46];
    // A ClientHello has line feeds only by chance: wait for anything at all.
    let heard = wire.anything().await;
    let said = wire.send(&ALERT).await;
    tracing::debug!(?heard, ?said, "refused the TLS version");
    // Closing with unread bytes would reset the connection and take the alert with it.
    let left = timeout(Duration::from_secs(1), async {
        while wire.anything().await.is_ok() {}
    })
    .await;
    tracing::trace!(left = left.is_ok(), "after the alert");
    wire.close().await;
}

/// Says nothing for as long as the client stays (ten minutes at most).
async fn silence(mut wire: Wire) {
    let listening = async { while wire.anything().await != Err(wire::Hangup::Closed) {} };
    let left = timeout(Duration::from_secs(600), listening).await.is_ok();
    tracing::debug!(left, "said nothing");
}
