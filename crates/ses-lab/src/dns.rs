//! The world's name server: UDP and TCP on loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType, rdata};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::state::Shared;
use crate::world::{API_ONLY_REGIONS, DnsAnswer, SMTP_REGIONS, World, has_smtp};

/// Longest chain of aliases followed.
const ALIAS_LIMIT: usize = 8;
const SECONDS_TO_LIVE: u32 = 5;

/// Opens the name server, UDP and TCP on the same port.
pub(crate) async fn open(shared: Arc<Shared>, tasks: &mut JoinSet<()>) -> std::io::Result<SocketAddr> {
    let mut attempts = 0;
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => break (udp, tcp),
            Err(error) if attempts >= 20 => return Err(error),
            Err(_) => attempts += 1,
        }
    };
    let address = udp.local_addr()?;
    tasks.spawn(serve_udp(Arc::clone(&shared), udp));
    tasks.spawn(serve_tcp(shared, tcp));
    Ok(address)
}

async fn serve_udp(shared: Arc<Shared>, socket: UdpSocket) {
    let mut buffer = vec![0; 4096];
    loop {
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let request = buffer.get(..length).unwrap_or_default();
        if let Some(reply) = reply(&shared.world, request)
            && let Err(error) = socket.send_to(&reply, client).await
        {
            tracing::debug!(%error, "DNS reply");
        }
    }
}

async fn serve_tcp(shared: Arc<Shared>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let served = timeout(Duration::from_secs(10), tcp_queries(&shared.world, stream)).await;
            tracing::trace!(?served, "DNS over TCP");
        });
    }
}

async fn tcp_queries(world: &World, mut stream: TcpStream) -> std::io::Result<()> {
    loop {
        let length = stream.read_u16().await?;
        let mut request = vec![0; usize::from(length)];
        stream.read_exact(&mut request).await?;
        let Some(reply) = reply(world, &request) else {
            return Ok(());
        };
        stream
            .write_u16(u16::try_from(reply.len()).unwrap_or_default())
            .await?;
        stream.write_all(&reply).await?;
    }
}

/// The answer to one packet; `None`: none.
fn reply(world: &World, packet: &[u8]) -> Option<Vec<u8>> {
    let request = Message::from_vec(packet).ok()?;
    if request.metadata.message_type != MessageType::Query {
        return None;
    }
    let mut response = Message::response(request.metadata.id, request.metadata.op_code);
    response.metadata.recursion_desired = request.metadata.recursion_desired;
    response.metadata.recursion_available = true;
    let Some(query) = request.queries.first() else {
        return response.to_vec().ok();
    };
    response.add_query(query.clone());
    if request.metadata.op_code == OpCode::Query {
        response.metadata.response_code = answer(world, query, &mut response)?;
    } else {
        response.metadata.response_code = ResponseCode::NotImp;
    }
    response.to_vec().ok()
}

/// Puts the records in; `None`: the name server keeps silent.
fn answer(world: &World, query: &Query, response: &mut Message) -> Option<ResponseCode> {
    let mut owner = query.name().clone();
    for _ in 0..ALIAS_LIMIT {
        let text = owner.to_ascii().trim_end_matches('.').to_ascii_lowercase();
        match lookup(world, &text) {
            DnsAnswer::NoSuchName => return Some(ResponseCode::NXDomain),
            DnsAnswer::ServerFailure => return Some(ResponseCode::ServFail),
            DnsAnswer::Silent => return None,
            DnsAnswer::Addresses(addresses) => {
                let records = addresses
                    .iter()
                    .filter_map(|address| data(*address, query.query_type()));
                response.add_answers(
                    records.map(|data| Record::from_rdata(owner.clone(), SECONDS_TO_LIVE, data)),
                );
                return Some(ResponseCode::NoError);
            }
            DnsAnswer::Alias(target) => {
                let Ok(target) = Name::from_ascii(format!("{}.", target.trim_end_matches('.'))) else {
                    return Some(ResponseCode::ServFail);
                };
                let data = RData::CNAME(rdata::CNAME(target.clone()));
                response.add_answer(Record::from_rdata(owner, SECONDS_TO_LIVE, data));
                owner = target;
            }
        }
    }
    Some(ResponseCode::ServFail)
}

fn data(address: IpAddr, wanted: RecordType) -> Option<RData> {
    match (address, wanted) {
        (IpAddr::V4(address), RecordType::A) => Some(RData::A(address.into())),
        (IpAddr::V6(address), RecordType::AAAA) => Some(RData::AAAA(address.into())),
        _ => None,
    }
}

/// The name at the end of all aliases, and its addresses; `None` if there is no such name.
pub(crate) fn resolve(world: &World, name: &str) -> Option<(String, Vec<IpAddr>)> {
    let mut name = name.trim_end_matches('.').to_ascii_lowercase();
    for _ in 0..ALIAS_LIMIT {
        match lookup(world, &name) {
            DnsAnswer::Alias(target) => name = target.trim_end_matches('.').to_ascii_lowercase(),
            DnsAnswer::Addresses(addresses) => return Some((name, addresses)),
            DnsAnswer::NoSuchName | DnsAnswer::ServerFailure | DnsAnswer::Silent => return None,
        }
    }
    None
}

/// What the world says of a name, or what AWS would.
fn lookup(world: &World, name: &str) -> DnsAnswer {
    if let Some(answer) = world.dns.get(name) {
        return answer.clone();
    }
    if let Some(addresses) = own_addresses(world, name) {
        return DnsAnswer::Addresses(addresses);
    }
    let here = DnsAnswer::Addresses(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
    if name == "localhost" || is_ours(name) {
        here
    } else {
        DnsAnswer::NoSuchName
    }
}

/// The addresses of an endpoint that the world gives several.
fn own_addresses(world: &World, name: &str) -> Option<Vec<IpAddr>> {
    let region = name.strip_prefix("email-smtp.")?.strip_suffix(".amazonaws.com")?;
    let endpoint = world.endpoint(region)?;
    (!endpoint.addresses.is_empty()).then_some(endpoint.addresses)
}

/// Names that AWS answers for SES.
fn is_ours(name: &str) -> bool {
    let Some(front) = name.strip_suffix(".amazonaws.com") else {
        return false;
    };
    if let Some(endpoint) = front.strip_suffix(".vpce") {
        return endpoint.rsplit('.').next().is_some_and(has_smtp);
    }
    match front.split_once('.') {
        Some(("email-smtp", region)) => has_smtp(region),
        Some(("email-smtp-fips", region)) => region.starts_with("us-") && has_smtp(region),
        Some(("email", region)) => SMTP_REGIONS.contains(&region) || API_ONLY_REGIONS.contains(&region),
        Some(("inbound-smtp", region)) => has_smtp(region),
        _ => front.ends_with(".mail-manager-smtp"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regions_with_smtp_have_the_name() {
        assert!(is_ours("email-smtp.eu-west-1.amazonaws.com"));
        assert!(!is_ours("email-smtp.eu-south-1.amazonaws.com"));
        assert!(is_ours("email.eu-south-1.amazonaws.com"));
        assert!(is_ours("vpce-0a1b-2c3d.email-smtp.eu-west-1.vpce.amazonaws.com"));
        assert!(!is_ours("email-smtp.eu-west-1.example.com"));
    }
}
