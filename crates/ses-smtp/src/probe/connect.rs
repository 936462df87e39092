//! From a host name to a connected socket.

use super::run::Run;
use super::{Failure, FailureKind};
use crate::dns;
use crate::reply::Phase;
use crate::transcript::millis;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;

const MAX_ADDRESSES: usize = 6;

impl Run<'_> {
    /// The addresses to dial, IPv4 first.
    pub(super) async fn addresses(&mut self) -> Result<Vec<SocketAddr>, Failure> {
        let (host, port) = self.dialled();
        self.enter(Phase::Resolve);
        let found = if host.eq_ignore_ascii_case("localhost") {
            vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
        } else if let Some(address) = dns::literal(&host) {
            vec![address]
        } else {
            self.resolve(&host).await?
        };
        Ok(found
            .into_iter()
            .take(MAX_ADDRESSES)
            .map(|ip| SocketAddr::new(ip, port))
            .collect())
    }

    async fn resolve(&mut self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let outcome = dns::resolve(host, self.prober.dns_server, self.prober.timeouts.resolve).await;
        let answer = outcome.map_err(|failure| self.failure(failure.kind, &failure.detail))?;
        let (v4, v6) = (
            answer.ipv4.iter().copied().map(IpAddr::V4),
            answer.ipv6.iter().copied().map(IpAddr::V6),
        );
        let addresses: Vec<IpAddr> = v4.chain(v6).collect();
        self.recorder
            .event(&format!("{host} has {} addresses", addresses.len()));
        self.facts.dns = Some(answer);
        Ok(addresses)
    }

    /// Tries the addresses in order, the time-out divided among them.
    pub(super) async fn connect(&mut self, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        self.enter(Phase::Connect);
        let share = self.prober.timeouts.connect / u32::try_from(addresses.len().max(1)).unwrap_or(1);
        let mut worst: Option<(FailureKind, String)> = None;
        for address in addresses {
            let start = Instant::now();
            match dial(*address, share).await {
                Ok(stream) => {
                    self.facts.peer = Some(*address);
                    self.facts.connect_ms = Some(millis(start));
                    self.recorder.event(&format!("connected to {address}"));
                    return Ok(stream);
                }
                Err((kind, detail)) => {
                    self.recorder.event(&format!("{address}: {detail}"));
                    // A machine without IPv6 says "unreachable" at once; another address's answer tells more.
                    let replace = worst
                        .as_ref()
                        .is_none_or(|(old, _)| *old == FailureKind::Unreachable);
                    if replace {
                        worst = Some((kind, format!("{address}: {detail}")));
                    }
                }
            }
        }
        let (kind, detail) = worst.unwrap_or((FailureKind::NoAddress, "no address to dial".to_owned()));
        Err(self.failure(kind, &detail))
    }
}

async fn dial(address: SocketAddr, limit: Duration) -> Result<TcpStream, (FailureKind, String)> {
    match timeout(limit, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            // Every command is one small write that waits for its reply. Without the option it is only slower.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(Err(error)) => Err((connect_kind(&error), error.to_string())),
        Err(_) => Err((FailureKind::TimedOut, format!("no answer within {limit:?}"))),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "std adds kinds; all others say that the address cannot be reached"
)]
fn connect_kind(error: &io::Error) -> FailureKind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => FailureKind::Refused,
        io::ErrorKind::TimedOut => FailureKind::TimedOut,
        _ => FailureKind::Unreachable,
    }
}
