//! Lookups against a server on loopback that answers with what the first label asks for.

use super::*;
use tokio::net::UdpSocket;

const LIMIT: Duration = Duration::from_secs(4);

async fn server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut query = [0; 512];
        while let Ok((length, peer)) = socket.recv_from(&mut query).await {
            if let Some(answer) = answer(&query[..length]) {
                let _ = socket.send_to(&answer, peer).await;
            }
        }
    });
    address
}

/// RFC 1035 section 4.1: the question again, with a response code and at most one record.
fn answer(query: &[u8]) -> Option<Vec<u8>> {
    let end = 12 + query[12..].iter().position(|byte| *byte == 0)?;
    let (label, kind) = (&query[13..13 + usize::from(query[12])], query[end + 2]);
    let (code, address) = match label {
        b"missing" => (3, None),
        b"broken" => (2, None),
        b"silent" => return None,
        b"private" if kind == 1 => (0, Some([10, 0, 0, 7])),
        b"public" if kind == 1 => (0, Some([192, 0, 2, 7])),
        _ => (0, None),
    };
    let mut reply = query[..2].to_vec();
    reply.extend([
        0x81,
        0x80 | code,
        0,
        1,
        0,
        u8::from(address.is_some()),
        0,
        0,
        0,
        0,
    ]);
    reply.extend(&query[12..end + 5]);
    if let Some(octets) = address {
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        reply.extend(octets);
    }
    Some(reply)
}

#[tokio::test]
async fn an_answer_has_its_addresses() {
    let server = server().await;
    let private = resolve("private.example.com", Some(server), LIMIT).await.unwrap();
    assert_eq!(private.ipv4, [Ipv4Addr::new(10, 0, 0, 7)]);
    assert!(private.all_private && private.canonical_name.is_none());
    assert!(
        !resolve("public.example.com", Some(server), LIMIT)
            .await
            .unwrap()
            .all_private
    );
}

#[tokio::test]
async fn the_ways_to_have_no_address_are_told_apart() {
    let server = server().await;
    for (name, kind) in [
        ("missing.example.com", FailureKind::NoSuchName),
        ("empty.example.com", FailureKind::NoAddress),
        ("broken.example.com", FailureKind::ResolverFailed),
    ] {
        assert_eq!(
            resolve(name, Some(server), LIMIT).await.unwrap_err().kind,
            kind,
            "{name}"
        );
    }
    let late = resolve("silent.example.com", Some(server), Duration::from_millis(300))
        .await
        .unwrap_err();
    assert_eq!(late.kind, FailureKind::ResolverFailed);
    let unnameable = resolve(&"a".repeat(80), Some(server), LIMIT).await.unwrap_err();
    assert_eq!(unnameable.kind, FailureKind::ResolverFailed);
}

#[test]
fn literals_need_no_resolver() {
    assert_eq!(literal("localhost"), Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    assert_eq!(literal("[2001:db8::1]"), "2001:db8::1".parse().ok());
    assert_eq!(literal("mail.example.com"), None);
}
