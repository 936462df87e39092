//! Opening the ports of an endpoint: the same port number at each of its addresses.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Server, SmtpPort};
use crate::world::Fault;

/// How often a number that is free at one address only is tried.
const TRIES: usize = 20;

/// What keeps a refusing port as it is: bound, not listening.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "held for its port number")] TcpSocket);

/// What stands at one address of a port.
enum Opened {
    Listening(TcpListener),
    /// Listening with a queue that these fill, so that the system drops further attempts.
    Full(TcpListener, Vec<TcpStream>),
    Held(Held),
}

impl Server {
    /// Opens all ports of the endpoint.
    pub(crate) async fn open(
        self: Arc<Self>,
        tasks: &mut JoinSet<()>,
        held: &mut Vec<Held>,
    ) -> io::Result<Vec<SmtpPort>> {
        let mut ports = Vec::new();
        for port in crate::world::PORTS {
            let (address, opened) = self.everywhere(port).await?;
            for one in opened {
                match one {
                    Opened::Listening(listener) => {
                        tasks.spawn(Arc::clone(&self).listen(listener, port));
                    }
                    Opened::Full(listener, fillers) => {
                        tasks.spawn(Arc::clone(&self).block(listener, fillers, port));
                    }
                    Opened::Held(one) => held.push(one),
                }
            }
            ports.push(SmtpPort {
                region: self.endpoint.region.clone(),
                port,
                address,
            });
        }
        Ok(ports)
    }

    /// One number for the port at all addresses: the system chooses it at the first, and others may have it elsewhere.
    async fn everywhere(&self, port: u16) -> io::Result<(SocketAddr, Vec<Opened>)> {
        let mut tries = 0;
        loop {
            match self.at_one_number(port).await {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn at_one_number(&self, port: u16) -> io::Result<(SocketAddr, Vec<Opened>)> {
        let mut opened = Vec::new();
        let mut first: Option<SocketAddr> = None;
        for ip in self.endpoint.own_addresses() {
            let number = first.map_or(0, |address| address.port());
            match self.at(port, SocketAddr::new(ip, number)).await {
                Ok((address, one)) => {
                    first = first.or(Some(address));
                    opened.push(one);
                }
                // A machine without IPv6 refuses connections to it by itself.
                Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && first.is_some() => {
                    tracing::warn!(%ip, "the machine does not have this address");
                }
                Err(error) => return Err(error),
            }
        }
        let first = first.ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))?;
        Ok((first, opened))
    }

    async fn at(&self, port: u16, address: SocketAddr) -> io::Result<(SocketAddr, Opened)> {
        let endpoint = &self.endpoint;
        let fault = self.disturbances.of_port(port, address.ip());
        if endpoint.blocked.contains(&port) || fault == Some(Fault::Blocked) {
            return full_queue(address).await;
        }
        let refuses = endpoint.refuse.contains(&port) || !endpoint.listen.contains(&port);
        if refuses || fault == Some(Fault::Refused) {
            let socket = socket(address)?;
            return Ok((socket.local_addr()?, Opened::Held(Held(socket))));
        }
        let listener = TcpListener::bind(address).await?;
        Ok((listener.local_addr()?, Opened::Listening(listener)))
    }
}

/// A bound socket.
fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address.ip() {
        IpAddr::V4(_) => TcpSocket::new_v4()?,
        IpAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.bind(address)?;
    Ok(socket)
}

/// A listening port whose queue is full, so that the system drops further attempts.
async fn full_queue(address: SocketAddr) -> io::Result<(SocketAddr, Opened)> {
    let listener = socket(address)?.listen(1)?;
    let address = listener.local_addr()?;
    let mut fillers = Vec::new();
    while let Ok(Ok(filler)) = timeout(Duration::from_millis(150), TcpStream::connect(address)).await {
        fillers.push(filler);
        if fillers.len() > 64 {
            break;
        }
    }
    Ok((address, Opened::Full(listener, fillers)))
}
