//! What an experiment varies.

use super::trial::{Reach, Setup};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ses_smtp::probe::{Mechanism, TlsMode};
use std::net::IpAddr;

/// One circumstance of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// The region whose endpoint is asked.
    Region,
    /// The port.
    Port,
    /// How TLS begins.
    TlsMode,
    /// PLAIN or LOGIN.
    Mechanism,
    /// IPv4 or IPv6.
    AddressFamily,
    /// Which address of the DNS answer.
    Address,
    /// How many connections are open at once.
    Concurrency,
    /// A fresh connection, or one that has been idle.
    Session,
}

impl Factor {
    /// As the subject of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Region => "the region",
            Self::Port => "the port",
            Self::TlsMode => "the TLS mode",
            Self::Mechanism => "the login mechanism",
            Self::AddressFamily => "the address family",
            Self::Address => "the address that the name resolves to",
            Self::Concurrency => "the number of connections at once",
            Self::Session => "how long the connection was idle",
        }
    }

    /// How far a trial must go to show it. What shows before AUTH costs no login.
    pub fn reach(self) -> Reach {
        match self {
            Self::Region | Self::Mechanism => Reach::Login,
            Self::Port
            | Self::TlsMode
            | Self::AddressFamily
            | Self::Address
            | Self::Concurrency
            | Self::Session => Reach::Connection,
        }
    }

    /// The level of this factor in a trial's circumstances.
    pub fn level(self, setup: &Setup) -> String {
        match self {
            Self::Region => setup.region.clone().unwrap_or_else(|| setup.host.clone()),
            Self::Port => format!("port {}", setup.port),
            Self::TlsMode => match setup.tls {
                TlsMode::StartTls => "STARTTLS".to_owned(),
                TlsMode::Wrapper => "TLS wrapper".to_owned(),
                TlsMode::Plain => "no TLS".to_owned(),
            },
            Self::Mechanism => match setup.mechanism {
                Mechanism::Plain => "AUTH PLAIN".to_owned(),
                Mechanism::Login => "AUTH LOGIN".to_owned(),
            },
            Self::AddressFamily => match setup.address {
                Some(IpAddr::V6(_)) => "IPv6".to_owned(),
                Some(IpAddr::V4(_)) => "IPv4".to_owned(),
                None => "any address".to_owned(),
            },
            Self::Address => setup
                .address
                .map_or_else(|| "any address".to_owned(), |address| address.to_string()),
            Self::Concurrency if setup.connections == 1 => "1 connection".to_owned(),
            Self::Concurrency => format!("{} connections", setup.connections),
            Self::Session if setup.pause_ms == 0 => "no pause".to_owned(),
            Self::Session => format!("a pause of {} s", setup.pause_ms / 1000),
        }
    }
}
