//! What goes wrong at an SMTP endpoint under some circumstances only: at one address, through one port, with one
//! mechanism, above so many connections, or by chance.

use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;

use super::PORTS;
use super::endpoint::Endpoint;

/// One fault and its circumstances. A circumstance that is not written does not matter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disturbance {
    /// What goes wrong.
    pub what: Fault,
    /// Only through these logical ports.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Only at these addresses.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Only for these SASL mechanisms.
    #[serde(default)]
    pub mechanisms: Vec<String>,
    /// Only for a connection beyond this many that stand at the endpoint.
    #[serde(default)]
    pub above_connections: usize,
    /// How often, from 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// What the chances are drawn from: the same seed gives the same sequence.
    #[serde(default)]
    pub seed: u64,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// Connection attempts are swallowed.
    Blocked,
    /// Connections are refused: nothing listens.
    Refused,
    /// The connection is taken and nothing is ever said.
    NeverGreets,
    /// The greeting is `421 Too many concurrent SMTP connections`.
    TooManyConnections,
    /// A company's TLS inspection shows its own certificate.
    Intercepted,
    /// AUTH is answered by `454 Temporary authentication failure`.
    TemporaryAuthFailure,
    /// AUTH is answered by `535 Authentication Credentials Invalid`, whatever the pair.
    CredentialsInvalid,
    /// AUTH is answered by `504 Unrecognized authentication type`.
    MechanismRefused,
    /// The connection is closed in place of an answer to AUTH.
    ClosedAtAuth,
}

impl Fault {
    /// It is a property of the listening port, there before anybody connects.
    pub(crate) fn is_of_port(self) -> bool {
        matches!(self, Self::Blocked | Self::Refused)
    }

    /// It shows at AUTH.
    pub(crate) fn is_of_auth(self) -> bool {
        matches!(
            self,
            Self::TemporaryAuthFailure
                | Self::CredentialsInvalid
                | Self::MechanismRefused
                | Self::ClosedAtAuth
        )
    }
}

impl Disturbance {
    /// Whether it concerns a port and an address at all.
    pub(crate) fn is_at(&self, port: u16, address: IpAddr) -> bool {
        let here = self.addresses.is_empty() || self.addresses.contains(&address);
        here && (self.ports.is_empty() || self.ports.contains(&port))
    }

    /// The sentence about what cannot be, with the field that says it.
    pub(crate) fn complaint(&self, endpoint: &Endpoint) -> Option<(&'static str, String)> {
        let own = endpoint.own_addresses();
        if self.ports.iter().any(|port| !PORTS.contains(port)) {
            return Some((
                "ports",
                "SES has the ports 25, 465, 587, 2465 and 2587".to_owned(),
            ));
        }
        if let Some(other) = self.addresses.iter().find(|address| !own.contains(address)) {
            return Some(("addresses", format!("the endpoint has no address {other}")));
        }
        if !(0.0..=1.0).contains(&self.probability) {
            return Some(("probability", "a probability is from 0 to 1".to_owned()));
        }
        if !self.mechanisms.is_empty() && !self.what.is_of_auth() {
            return Some((
                "mechanisms",
                "this fault shows before any mechanism is chosen".to_owned(),
            ));
        }
        if self.what.is_of_port() && (self.above_connections > 0 || self.probability < 1.0) {
            return Some((
                "what",
                "a port is blocked or refuses always, or not at all".to_owned(),
            ));
        }
        None
    }
}

impl Endpoint {
    /// The addresses where it listens.
    pub(crate) fn own_addresses(&self) -> Vec<IpAddr> {
        if self.addresses.is_empty() {
            vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]
        } else {
            self.addresses.clone()
        }
    }
}

fn always() -> f64 {
    1.0
}
