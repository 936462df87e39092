//! A small SMTP client of the tests' own: raw lines over TCP and TLS.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test file uses its part of this"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use ses_lab::Lab;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// How a login ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Refused(String),
    Unreachable,
}

pub(crate) struct Client {
    pub(crate) stream: BufReader<Box<dyn Stream>>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Option<Self> {
        let connected = timeout(Duration::from_millis(600), TcpStream::connect(address)).await;
        let stream: Box<dyn Stream> = Box::new(connected.ok()?.ok()?);
        Some(Self {
            stream: BufReader::new(stream),
        })
    }

    pub(crate) async fn tls(self, lab: &Lab, host: &str) -> std::io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, self.stream.into_inner())
            .await?;
        let stream: Box<dyn Stream> = Box::new(stream);
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// A whole reply; empty when the server is gone.
    pub(crate) async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            let read = timeout(Duration::from_secs(20), self.stream.read_line(&mut line))
                .await
                .expect("a reply in time");
            reply.push_str(&line);
            if read.unwrap_or(0) == 0 || line.as_bytes().get(3) != Some(&b'-') {
                return reply.trim_end().to_owned();
            }
        }
    }

    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        let _closed = self.stream.write_all(bytes).await;
        let _closed = self.stream.flush().await;
    }

    pub(crate) async fn say(&mut self, line: &str) -> String {
        self.raw(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }
}

/// Greeted, encrypted and introduced, or the refusal.
pub(crate) async fn open(lab: &Lab) -> Result<Client, Outcome> {
    let client = &lab.world().client;
    let region = client
        .host_name()
        .split('.')
        .map(str::to_owned)
        .find(|part| lab.smtp_address(part, client.port).is_some());
    let region = region.unwrap_or_else(|| client.region.clone());
    let address = lab
        .smtp_address(&region, client.port)
        .ok_or(Outcome::Unreachable)?;
    let mut connection = Client::connect(address).await.ok_or(Outcome::Unreachable)?;
    if matches!(client.port, 465 | 2465) {
        connection = connection
            .tls(lab, "localhost")
            .await
            .map_err(|error| Outcome::Refused(error.to_string()))?;
    }
    let greeting = connection.reply().await;
    if !greeting.starts_with("220") {
        return Err(Outcome::Refused(greeting));
    }
    connection.say("EHLO client.test").await;
    if !matches!(client.port, 465 | 2465) {
        assert_eq!(connection.say("STARTTLS").await, "220 Ready to start TLS");
        connection = connection
            .tls(lab, "localhost")
            .await
            .map_err(|error| Outcome::Refused(error.to_string()))?;
        connection.say("EHLO client.test").await;
    }
    Ok(connection)
}

pub(crate) async fn login(connection: &mut Client, username: &str, password: &str) -> String {
    let plain = STANDARD.encode(format!("\0{username}\0{password}"));
    connection.say(&format!("AUTH PLAIN {plain}")).await
}

/// The login of the world's client.
pub(crate) async fn client_login(lab: &Lab) -> Outcome {
    let mut connection = match open(lab).await {
        Ok(connection) => connection,
        Err(outcome) => return outcome,
    };
    let said = login(
        &mut connection,
        &lab.client_username(),
        lab.client_password().expose_secret(),
    )
    .await;
    if said == "235 Authentication successful." {
        Outcome::Accepted
    } else {
        Outcome::Refused(said)
    }
}

/// The message of the world's client; the reply at the end of DATA.
pub(crate) async fn send(lab: &Lab) -> String {
    let mut connection = open(lab).await.unwrap_or_else(|outcome| panic!("{outcome:?}"));
    let said = login(
        &mut connection,
        &lab.client_username(),
        lab.client_password().expose_secret(),
    )
    .await;
    assert_eq!(said, "235 Authentication successful.");
    let client = &lab.world().client;
    let from = client.from.as_deref().expect("a sender");
    let to = client.to.as_deref().expect("a recipient");
    assert_eq!(connection.say(&format!("MAIL FROM:<{from}>")).await, "250 Ok");
    assert_eq!(connection.say(&format!("RCPT TO:<{to}>")).await, "250 Ok");
    assert_eq!(
        connection.say("DATA").await,
        "354 End data with <CR><LF>.<CR><LF>"
    );
    let set = client
        .configuration_set
        .iter()
        .map(|set| format!("X-SES-CONFIGURATION-SET: {set}\r\n"));
    let tenant = client.tenant.iter();
    let set = set.chain(tenant.map(|tenant| format!("X-SES-TENANT: {tenant}\r\n")));
    let headers = format!(
        "From: {from}\r\nTo: {to}\r\n{}Subject: test\r\n\r\nHello\r\n.",
        set.collect::<String>()
    );
    connection.say(&headers).await
}
