//! How the SMTP endpoint of a region behaves.

use std::net::IpAddr;

use serde::Deserialize;

use super::disturbance::Disturbance;

/// The logical ports of SES: 587 first, because clients use the first mapping of a region.
pub const PORTS: [u16; 5] = [587, 2587, 25, 465, 2465];

/// Behaviour of the SMTP endpoint of one region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The region.
    pub region: String,
    /// The logical ports offered.
    #[serde(default = "all_ports")]
    pub listen: Vec<u16>,
    /// Ports that swallow connection attempts.
    ///
    /// A filtered port cannot be had on loopback without privileges. The lab binds one whose queue of connections
    /// it keeps full, so that the system drops further attempts (Linux and the BSDs): the client times out.
    #[serde(default)]
    pub blocked: Vec<u16>,
    /// Ports that refuse: bound, so that nobody else gets them, but not listening.
    #[serde(default)]
    pub refuse: Vec<u16>,
    /// Milliseconds before the greeting.
    #[serde(default)]
    pub greeting_delay_ms: u64,
    /// The connection is accepted and nothing is ever said.
    #[serde(default)]
    pub never_greets: bool,
    /// The greeting is `421 Too many concurrent SMTP connections`.
    #[serde(default)]
    pub too_many_connections: bool,
    /// Seconds of silence before `451 4.4.2`.
    #[serde(default = "ten")]
    pub idle_timeout_seconds: u64,
    /// `"1.0"` to `"1.3"`; without 1.2 and 1.3 every ClientHello is answered by a `protocol_version` alert.
    #[serde(default = "modern_tls")]
    pub tls_versions: Vec<String>,
    /// Which certificate is shown.
    #[serde(default)]
    pub certificate: Certificate,
    /// `STARTTLS` is neither offered nor understood, as behind a firewall that rewrites SMTP.
    #[serde(default)]
    pub strip_starttls: bool,
    /// SASL mechanisms offered.
    #[serde(default = "plain_and_login")]
    pub mechanisms: Vec<String>,
    /// Something else stands in the place of SES.
    pub impostor: Option<Impostor>,
    /// Every login is answered by `454 Temporary authentication failure`.
    #[serde(default)]
    pub fault_454: bool,
    /// A key younger than this is refused: SES has not heard of it yet.
    #[serde(default)]
    pub propagation_seconds: i64,
    /// Milliseconds before every reply.
    #[serde(default)]
    pub reply_delay_ms: u64,
    /// The connection is cut right after this command (`"EHLO"`, `"STARTTLS"`, `"AUTH"`).
    pub drop_after: Option<String>,
    /// Loopback addresses that the endpoint has, and that its name resolves to; `127.0.0.1` alone if empty. Addresses but
    /// `127.0.0.1` and `::1` are there on Linux only.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// What goes wrong under some circumstances only.
    #[serde(default)]
    pub disturbance: Vec<Disturbance>,
}

impl Endpoint {
    /// SES as it is when nothing is wrong.
    pub fn healthy(region: &str) -> Self {
        Self {
            region: region.to_owned(),
            listen: all_ports(),
            blocked: Vec::new(),
            refuse: Vec::new(),
            greeting_delay_ms: 0,
            never_greets: false,
            too_many_connections: false,
            idle_timeout_seconds: ten(),
            tls_versions: modern_tls(),
            certificate: Certificate::Ses,
            strip_starttls: false,
            mechanisms: plain_and_login(),
            impostor: None,
            fault_454: false,
            propagation_seconds: 0,
            reply_delay_ms: 0,
            drop_after: None,
            addresses: Vec::new(),
            disturbance: Vec::new(),
        }
    }
}

/// Which certificate an endpoint shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Certificate {
    /// The right names, signed by the lab's authority.
    #[default]
    Ses,
    /// The right names, signed by itself.
    SelfSigned,
    /// Somebody else's name, signed by the lab's authority.
    OtherName,
    /// The right names, out of date.
    Expired,
    /// The right names, signed by a company's TLS inspection.
    InterceptingProxy,
}

/// What answers in the place of SES.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Impostor {
    /// A Postfix submission server.
    Postfix,
    /// A Mail Manager ingress endpoint; its exact banner is unsourced.
    MailManager,
    /// An Exchange Online front end.
    Exchange,
    /// The SES endpoint for incoming mail: no AUTH; its exact banner is unsourced.
    Inbound,
    /// Bytes without meaning.
    Garbage,
    /// A greeting without an end.
    EndlessLines,
    /// A web server.
    Http,
    /// Accepts, then closes before saying anything.
    Closes,
}

fn all_ports() -> Vec<u16> {
    PORTS.to_vec()
}

fn ten() -> u64 {
    10
}

fn modern_tls() -> Vec<String> {
    vec!["1.2".to_owned(), "1.3".to_owned()]
}

fn plain_and_login() -> Vec<String> {
    vec!["PLAIN".to_owned(), "LOGIN".to_owned()]
}
