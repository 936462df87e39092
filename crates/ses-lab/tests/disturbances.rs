//! Faults of one address, one mechanism or a number of connections, over real sockets; and the record of logins.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::net::SocketAddr;
use std::time::Duration;

use ses_lab::{Lab, Options, World, scenario};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

async fn lab(name: &str) -> Lab {
    let world = World::parse(name, scenario(name).unwrap()).unwrap();
    Lab::start(world, Options::default()).await.unwrap()
}

/// The greeting.
async fn greeted(stream: &mut TcpStream) -> String {
    let mut greeting = vec![0; 200];
    let read = timeout(Duration::from_secs(5), stream.read(&mut greeting)).await;
    let length = read.unwrap().unwrap();
    greeting.truncate(length);
    String::from_utf8_lossy(&greeting).into_owned()
}

#[tokio::test]
async fn one_address_is_cut_off_and_the_others_take_the_same_port() {
    let lab = lab("port-blocked-one-address").await;
    let at = |ip: &str| {
        let port = lab.smtp_address("eu-west-1", 587).unwrap().port();
        SocketAddr::new(ip.parse().unwrap(), port)
    };
    for ip in ["127.0.0.2", "127.0.0.4"] {
        let mut stream = TcpStream::connect(at(ip)).await.unwrap();
        assert!(greeted(&mut stream).await.starts_with("220 "), "{ip}");
    }
    let attempt = timeout(Duration::from_millis(500), TcpStream::connect(at("127.0.0.3"))).await;
    assert!(attempt.is_err(), "it neither takes nor refuses");
    let endpoints = lab.smtp_endpoints().join(" ");
    assert!(
        endpoints.contains("=email-smtp.eu-west-1.amazonaws.com:"),
        "{endpoints}"
    );
}

#[tokio::test]
async fn the_connection_beyond_the_limit_is_turned_away_until_another_goes() {
    let lab = lab("connection-limit-under-load").await;
    let address = lab.smtp_address("us-east-1", 587).unwrap();
    let mut standing = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(greeted(&mut stream).await.starts_with("220 "));
        standing.push(stream);
    }
    let mut fourth = TcpStream::connect(address).await.unwrap();
    assert_eq!(
        greeted(&mut fourth).await.trim_end(),
        "421 Too many concurrent SMTP connections"
    );
    drop((fourth, standing));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut next = TcpStream::connect(address).await.unwrap();
    assert!(greeted(&mut next).await.starts_with("220 "));
    assert_eq!(lab.logins(), [], "nobody logged in");
}
