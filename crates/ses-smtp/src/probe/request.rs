//! What a probe is asked to do.

use super::{Mechanism, TlsMode};
use crate::session::Message;
use crate::timeouts::Timeouts;
use crate::tls::TrustRoots;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::time::Duration;

/// How far a probe goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// The TCP handshake.
    Connect,
    /// The TLS handshake.
    Tls,
    /// EHLO under TLS.
    Ehlo,
    /// AUTH, when there are credentials. It proves the pair and nothing else.
    Auth,
    /// MAIL FROM and RCPT TO. SES accepts both even when it will refuse the message.
    Envelope {
        /// Envelope sender.
        from: String,
        /// Envelope recipient.
        to: String,
    },
    /// A whole message: the only proof of permission, verification and quota.
    Send {
        /// Envelope sender.
        from: String,
        /// Envelope recipient.
        to: String,
        /// What is sent.
        message: Box<Message>,
    },
}

impl Goal {
    pub(super) fn wants_tls(&self) -> bool {
        !matches!(self, Self::Connect)
    }

    pub(super) fn wants_session(&self) -> bool {
        !matches!(self, Self::Connect | Self::Tls)
    }

    pub(super) fn wants_auth(&self) -> bool {
        matches!(self, Self::Auth | Self::Envelope { .. } | Self::Send { .. })
    }

    pub(super) fn envelope(&self) -> Option<(&str, &str, Option<&Message>)> {
        match self {
            Self::Envelope { from, to } => Some((from, to, None)),
            Self::Send { from, to, message } => Some((from, to, Some(message))),
            Self::Connect | Self::Tls | Self::Ehlo | Self::Auth => None,
        }
    }
}

/// One probe of one endpoint.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// The host that the client is configured with.
    pub host: String,
    /// The port that the client is configured with.
    pub port: u16,
    /// Where to dial instead, when a proxy, a tunnel or the lab stands in for the host.
    pub dial: Option<(String, u16)>,
    /// How TLS begins; `None` lets the port or, on an unknown port, the server tell.
    pub tls: Option<TlsMode>,
    /// Names that the certificate may bear, the first being sent as SNI. Empty: the host, and the region's public name.
    pub acceptable_names: Vec<String>,
    /// User name and password.
    pub credentials: Option<(String, SecretString)>,
    /// Mechanisms to try, in order. A second one is tried only after a 535.
    pub mechanisms: Vec<Mechanism>,
    /// How far to go.
    pub goal: Goal,
    /// How long to hold the connection in silence after the goal; NOOP then asks whether it still stands.
    pub hold: Option<Duration>,
    /// The name given with EHLO.
    pub ehlo_name: String,
}

impl ProbeRequest {
    /// A probe up to EHLO under TLS, without credentials.
    pub fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
            dial: None,
            tls: None,
            acceptable_names: Vec::new(),
            credentials: None,
            mechanisms: vec![Mechanism::Plain],
            goal: Goal::Ehlo,
            hold: None,
            ehlo_name: "ses-doctor.invalid".to_owned(),
        }
    }
}

/// Probes endpoints.
#[derive(Debug, Clone)]
pub struct Prober {
    /// How long each phase may last.
    pub timeouts: Timeouts,
    /// What certificates must lead to.
    pub roots: TrustRoots,
    /// The DNS server to ask instead of the system's.
    pub dns_server: Option<SocketAddr>,
}

impl Prober {
    /// A prober with the default time-outs and the system's resolver.
    pub fn new(roots: TrustRoots) -> Self {
        Self {
            timeouts: Timeouts::default(),
            roots,
            dns_server: None,
        }
    }
}
