//! Looking a host name up: addresses, the canonical name, and the difference between "no such name", "no address" and
//! "no answer".

use crate::probe::{DnsFacts, FailureKind};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

const QUERY_LIMIT: Duration = Duration::from_secs(2);
const MAX_ADDRESSES: usize = 32;

/// Why there is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct DnsFailure {
    /// [`FailureKind::NoSuchName`], [`FailureKind::NoAddress`], [`FailureKind::ResolverFailed`] or
    /// [`FailureKind::TimedOut`].
    pub kind: FailureKind,
    /// In the resolver's words.
    pub detail: String,
}

/// The address that a host field is by itself: a literal, or `localhost` (RFC 6761 section 6.3).
pub fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let local = host.eq_ignore_ascii_case("localhost");
    bare.parse()
        .ok()
        .or_else(|| local.then_some(IpAddr::V4(Ipv4Addr::LOCALHOST)))
}

/// Looks a name up with the system's resolver, `/etc/hosts` included, or with the given server.
pub async fn resolve(
    host: &str,
    server: Option<SocketAddr>,
    limit: Duration,
) -> Result<DnsFacts, DnsFailure> {
    let late = || DnsFailure {
        kind: FailureKind::ResolverFailed,
        detail: format!("no answer within {limit:?}"),
    };
    timeout(limit, lookup(host, server))
        .await
        .unwrap_or_else(|_| Err(late()))
}

async fn lookup(host: &str, server: Option<SocketAddr>) -> Result<DnsFacts, DnsFailure> {
    let resolver = resolver(server).map_err(|error| failed(&error))?;
    // The final dot keeps search domains out; a name without a dot may need them.
    let query = if host.contains('.') {
        format!("{}.", host.trim_end_matches('.'))
    } else {
        host.to_owned()
    };
    let (v4, v6) = futures::future::join(
        resolver.lookup(query.as_str(), RecordType::A),
        resolver.lookup(query.as_str(), RecordType::AAAA),
    )
    .await;
    let facts = facts(host, [v4.as_ref().ok(), v6.as_ref().ok()]);
    if facts.ipv4.is_empty() && facts.ipv6.is_empty() {
        return Err(failure(host, [v4.err(), v6.err()]));
    }
    Ok(facts)
}

fn resolver(server: Option<SocketAddr>) -> Result<TokioResolver, NetError> {
    let mut builder = match server {
        Some(server) => TokioResolver::builder_with_config(only(server), TokioRuntimeProvider::default()),
        None => TokioResolver::builder_tokio()?,
    };
    let options = builder.options_mut();
    options.timeout = QUERY_LIMIT;
    options.attempts = 1;
    options.use_hosts_file = if server.is_some() {
        ResolveHosts::Never
    } else {
        ResolveHosts::Always
    };
    builder.build()
}

fn only(server: SocketAddr) -> ResolverConfig {
    let mut config = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut config.connections {
        connection.port = server.port();
    }
    ResolverConfig::from_name_servers(vec![config])
}

fn facts(host: &str, lookups: [Option<&Lookup>; 2]) -> DnsFacts {
    let mut facts = DnsFacts {
        name: host.to_owned(),
        ..DnsFacts::default()
    };
    for record in lookups
        .into_iter()
        .flatten()
        .flat_map(|lookup| lookup.answers().iter())
    {
        let owner = record.name.to_utf8();
        let alias = !owner
            .trim_end_matches('.')
            .eq_ignore_ascii_case(host.trim_end_matches('.'));
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "other record types are no addresses"
        )]
        match &record.data {
            RData::A(address) if facts.ipv4.len() < MAX_ADDRESSES => facts.ipv4.push(address.0),
            RData::AAAA(address) if facts.ipv6.len() < MAX_ADDRESSES => facts.ipv6.push(address.0),
            _ => continue,
        }
        if alias {
            facts.canonical_name = Some(owner.trim_end_matches('.').to_owned());
        }
    }
    let any = !facts.ipv4.is_empty() || !facts.ipv6.is_empty();
    facts.all_private =
        any && facts.ipv4.iter().all(is_private_v4) && facts.ipv6.iter().all(Ipv6Addr::is_unique_local);
    facts
}

fn is_private_v4(address: &Ipv4Addr) -> bool {
    // RFC 6598 shared addresses serve as private ones in VPCs.
    let [a, b, ..] = address.octets();
    address.is_private() || (a == 100 && (64..128).contains(&b))
}

fn failure(host: &str, errors: [Option<NetError>; 2]) -> DnsFailure {
    let errors: Vec<NetError> = errors.into_iter().flatten().collect();
    if errors.iter().any(NetError::is_nx_domain) {
        return DnsFailure {
            kind: FailureKind::NoSuchName,
            detail: format!("{host} does not exist (NXDOMAIN)"),
        };
    }
    match errors.iter().find(|error| !error.is_no_records_found()) {
        Some(error) => failed(error),
        None => DnsFailure {
            kind: FailureKind::NoAddress,
            detail: format!("{host} exists but has no address"),
        },
    }
}

fn failed(error: &NetError) -> DnsFailure {
    DnsFailure {
        kind: FailureKind::ResolverFailed,
        detail: error.to_string(),
    }
}

#[cfg(test)]
mod tests;
