//! A server that follows a script, over loopback.

use crate::probe::{Goal, ProbeFacts, ProbeRequest, Prober};
use crate::timeouts::Timeouts;
use crate::tls::TrustRoots;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(super) const HOST: &str = "email-smtp.eu-west-1.amazonaws.com";
pub(super) const USER: &str = "AKIAIOSFODNN7EXAMPLE";
pub(super) const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";
pub(super) const GREETING: Step =
    Step::Say("220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X y\r\n");
pub(super) const EHLO: &[Step] = &[
    Step::Hear("EHLO "),
    Step::Say(
        "250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n",
    ),
];

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Say(&'static str),
    /// Reads a line and checks how it begins.
    Hear(&'static str),
    /// Reads up to the final dot.
    HearMessage,
    Tls,
    /// Goes on without end.
    Flood(&'static str),
    /// Says nothing more and keeps the connection.
    Hang,
}

pub(super) struct Server {
    pub(super) port: u16,
    pub(super) roots: TrustRoots,
}

/// Every connection gets the next script, the last one again and again.
pub(super) async fn serve(scripts: Vec<Vec<Step>>, names: &[&str]) -> Server {
    let (acceptor, roots) = authority(names);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut at = 0;
        while let Ok((stream, _)) = listener.accept().await {
            let script = scripts[at.min(scripts.len() - 1)].clone();
            at += 1;
            let acceptor = acceptor.clone();
            tokio::spawn(async move { follow(stream, script, acceptor).await });
        }
    });
    Server { port, roots }
}

fn authority(names: &[&str]) -> (TlsAcceptor, TrustRoots) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap();
    let issuer = rcgen::Issuer::new(params, key);
    let leaf_key = rcgen::KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let leaf = rcgen::CertificateParams::new(names)
        .unwrap()
        .signed_by(&leaf_key, &issuer)
        .unwrap();
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], der)
        .unwrap();
    (
        TlsAcceptor::from(Arc::new(config)),
        TrustRoots::from_pem(root.pem().as_bytes()).unwrap(),
    )
}

async fn follow<S>(mut stream: S, script: Vec<Step>, acceptor: TlsAcceptor) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    for (at, step) in script.iter().enumerate() {
        match step {
            Step::Say(text) => stream.write_all(text.as_bytes()).await.ok()?,
            Step::Hear(start) => assert!(line(&mut stream).await?.starts_with(start), "wanted {start}"),
            Step::HearMessage => while line(&mut stream).await? != "." {},
            Step::Tls => {
                let rest = script[at + 1..].to_vec();
                let tls = acceptor.accept(stream).await.ok()?;
                return Box::pin(follow_boxed(Box::new(tls), rest, acceptor)).await;
            }
            Step::Flood(text) => loop {
                stream.write_all(text.as_bytes()).await.ok()?;
            },
            Step::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        }
    }
    let _ = stream.flush().await;
    // An orderly close.
    let _ = stream.shutdown().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    Some(())
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

async fn follow_boxed(stream: Box<dyn Stream>, script: Vec<Step>, acceptor: TlsAcceptor) -> Option<()> {
    follow(stream, script, acceptor).await
}

async fn line<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(stream.read_u8().await.ok()?);
    }
    line.truncate(line.len() - 2);
    String::from_utf8(line).ok()
}

pub(super) fn script(parts: &[&[Step]]) -> Vec<Step> {
    parts.concat()
}

/// A request that goes to the server in place of SES.
pub(super) fn request(server: &Server, port: u16, goal: Goal) -> ProbeRequest {
    let mut request = ProbeRequest::new(HOST, port);
    request.dial = Some(("127.0.0.1".to_owned(), server.port));
    request.credentials = Some((USER.to_owned(), SecretString::from(PASSWORD)));
    request.goal = goal;
    request
}

pub(super) async fn probe(server: &Server, request: &ProbeRequest) -> ProbeFacts {
    let short = Duration::from_millis(400);
    let timeouts = Timeouts {
        greeting: short,
        tls: short,
        command: short,
        auth: short,
        ..Timeouts::default()
    };
    let prober = Prober {
        timeouts,
        roots: server.roots.clone(),
        dns_server: None,
    };
    let facts = prober.probe(request).await;
    let text = format!("{facts:?}{}", serde_json::to_string(&facts).unwrap());
    assert!(
        !text.contains(PASSWORD) && !text.contains("AEFLSU"),
        "a secret in {text}"
    );
    facts
}
