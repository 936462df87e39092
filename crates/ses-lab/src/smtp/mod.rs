//! SMTP endpoints as SES has them: five logical ports a region, STARTTLS or TLS first.

mod impostor;
mod login;
mod permission;
mod session;
mod submission;
mod text;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::state::Shared;
use crate::world::Endpoint;
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

/// What keeps an unanswering port as it is.
#[derive(Debug)]
pub(crate) enum Held {
    /// Bound, not listening: the system refuses.
    Refusing(#[expect(dead_code, reason = "held for its port number")] TcpSocket),
    /// Listening with a full queue: the system drops.
    Full(
        #[expect(dead_code, reason = "never accepted from")] TcpListener,
        #[expect(dead_code, reason = "they fill the queue")] Vec<TcpStream>,
    ),
}

/// One SMTP endpoint in operation.
pub(crate) struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) endpoint: Endpoint,
    pub(crate) tls: Option<TlsAcceptor>,
}

impl Server {
    /// Opens all ports of the endpoint.
    pub(crate) async fn open(
        self: Arc<Self>,
        tasks: &mut JoinSet<()>,
        held: &mut Vec<Held>,
    ) -> std::io::Result<Vec<SmtpPort>> {
        let mut ports = Vec::new();
        for port in crate::world::PORTS {
            let endpoint = &self.endpoint;
            let address = if endpoint.blocked.contains(&port) {
                let (address, full) = full_queue().await?;
                held.push(full);
                address
            } else if endpoint.refuse.contains(&port) || !endpoint.listen.contains(&port) {
                let socket = TcpSocket::new_v4()?;
                socket.bind(loopback())?;
                let address = socket.local_addr()?;
                held.push(Held::Refusing(socket));
                address
            } else {
                let listener = TcpListener::bind(loopback()).await?;
                let address = listener.local_addr()?;
                tasks.spawn(Arc::clone(&self).listen(listener, port));
                address
            };
            ports.push(SmtpPort {
                region: endpoint.region.clone(),
                port,
                address,
            });
        }
        Ok(ports)
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
        let wrapper = matches!(port, 465 | 2465);
        let stream: Box<dyn Stream> = Box::new(stream);
        let plain = wire_for(&self.shared, &self.endpoint, stream);
        if self.endpoint.never_greets {
            return silence(plain).await;
        }
        let wire = if wrapper {
            match upgrade(plain, self.tls.as_ref(), &self.endpoint).await {
                Some(stream) => wire_for(&self.shared, &self.endpoint, stream),
                None => return,
            }
        } else {
            plain
        };
        tokio::time::sleep(Duration::from_millis(self.endpoint.greeting_delay_ms)).await;
        self.greet(wire, wrapper).await;
    }

    async fn greet(&self, mut wire: Wire, wrapper: bool) {
        let tls = self.tls.as_ref();
        if let Some(impostor) = self.endpoint.impostor {
            return impostor::run(impostor, wire, tls, &self.endpoint, wrapper).await;
        }
        if self.endpoint.too_many_connections {
            let said = wire.reply(text::TOO_MANY_CONNECTIONS).await;
            tracing::trace!(?said, "connection limit");
            return wire.close().await;
        }
        if wire.reply(&text::greeting()).await.is_ok() {
            Session::new(&self.shared, &self.endpoint, wrapper)
                .run(wire, tls)
                .await;
        }
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
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

/// A listening port whose queue is full, so that the system drops further attempts.
async fn full_queue() -> std::io::Result<(SocketAddr, Held)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(loopback())?;
    let listener = socket.listen(1)?;
    let address = listener.local_addr()?;
    let mut fillers = Vec::new();
    while let Ok(Ok(filler)) = timeout(Duration::from_millis(150), TcpStream::connect(address)).await {
        fillers.push(filler);
        if fillers.len() > 64 {
            break;
        }
    }
    Ok((address, Held::Full(listener, fillers)))
}
