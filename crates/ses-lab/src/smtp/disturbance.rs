//! The disturbances of an endpoint in operation: which of them strikes a connection, and when.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::world::{Disturbance, Endpoint, Fault};

/// Counts connections and draws chances.
#[derive(Debug, Default)]
pub(crate) struct Disturbances {
    all: Vec<(Disturbance, AtomicU64)>,
    standing: AtomicUsize,
}

/// One connection, as far as disturbances ask.
#[derive(Debug)]
pub(crate) struct Connection<'a> {
    of: &'a Disturbances,
    /// The port as clients of SES know it.
    pub(crate) port: u16,
    /// The address of the endpoint that took it.
    pub(crate) address: IpAddr,
    /// How many stood when this one came, itself included.
    standing: usize,
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.of.standing.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Disturbances {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        let all = endpoint.disturbance.iter();
        Self {
            all: all.map(|one| (one.clone(), AtomicU64::new(0))).collect(),
            standing: AtomicUsize::new(0),
        }
    }

    /// What the port is at this address before anybody connects.
    pub(crate) fn of_port(&self, port: u16, address: IpAddr) -> Option<Fault> {
        let mut here = self.all.iter().filter(|(one, _)| one.is_at(port, address));
        here.find(|(one, _)| one.what.is_of_port())
            .map(|(one, _)| one.what)
    }

    /// A connection that has come; it counts until it is dropped.
    pub(crate) fn connection(&self, port: u16, address: IpAddr) -> Connection<'_> {
        Connection {
            of: self,
            port,
            address,
            standing: self.standing.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}

impl Connection<'_> {
    /// TLS comes first on this port.
    pub(crate) fn is_wrapped(&self) -> bool {
        matches!(self.port, 465 | 2465)
    }

    /// What strikes before the greeting.
    pub(crate) fn fault_at_greeting(&self) -> Option<Fault> {
        self.fault(|one| !one.what.is_of_port() && !one.what.is_of_auth())
    }

    /// What strikes a login.
    pub(crate) fn fault_at_auth(&self, mechanism: &str) -> Option<Fault> {
        self.fault(|one| {
            let concerned = |known: &String| known.eq_ignore_ascii_case(mechanism);
            one.what.is_of_auth() && (one.mechanisms.is_empty() || one.mechanisms.iter().any(concerned))
        })
    }

    fn fault(&self, is_due: impl Fn(&Disturbance) -> bool) -> Option<Fault> {
        let mut due = self.of.all.iter().filter(|(one, _)| {
            one.is_at(self.port, self.address) && self.standing > one.above_connections && is_due(one)
        });
        due.find(|(one, drawn)| strikes(one, drawn.fetch_add(1, Ordering::Relaxed)))
            .map(|(one, _)| one.what)
    }
}

/// The chance of the draw with this number.
fn strikes(one: &Disturbance, number: u64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "the upper 53 bits fit a float exactly")]
    let drawn = (mixed(one.seed, number) >> 11) as f64 / (1_u64 << 53) as f64;
    drawn < one.probability
}

/// SplitMix64: a sequence that looks random and is the same for the same seed.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disturbance(text: &str) -> Disturbances {
        let endpoint =
            format!("region = \"eu-west-1\"\naddresses = [\"127.0.0.1\", \"::1\"]\n[[disturbance]]\n{text}");
        Disturbances::of(&toml::from_str(&endpoint).unwrap())
    }

    const FIRST: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const SECOND: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    #[test]
    fn an_address_a_port_and_a_mechanism_are_told_apart() {
        let at_one = disturbance("what = \"blocked\"\naddresses = [\"::1\"]\nports = [587]");
        assert_eq!(at_one.of_port(587, SECOND), Some(Fault::Blocked));
        assert_eq!(
            (at_one.of_port(587, FIRST), at_one.of_port(465, SECOND)),
            (None, None)
        );
        let of_login = disturbance("what = \"mechanism-refused\"\nmechanisms = [\"LOGIN\"]");
        let connection = of_login.connection(587, FIRST);
        assert_eq!(connection.fault_at_auth("login"), Some(Fault::MechanismRefused));
        assert_eq!(connection.fault_at_auth("PLAIN"), None);
        assert_eq!(connection.fault_at_greeting(), None);
    }

    #[test]
    fn connections_count_while_they_stand() {
        let limit = disturbance("what = \"too-many-connections\"\nabove_connections = 1");
        let first = limit.connection(587, FIRST);
        let second = limit.connection(465, FIRST);
        assert_eq!(first.fault_at_greeting(), None);
        assert_eq!(second.fault_at_greeting(), Some(Fault::TooManyConnections));
        drop((first, second));
        assert_eq!(limit.connection(587, FIRST).fault_at_greeting(), None);
    }

    #[test]
    fn chance_keeps_to_its_probability_and_its_seed() {
        let drawn = || {
            let half = disturbance("what = \"temporary-auth-failure\"\nprobability = 0.5\nseed = 3");
            let connection = half.connection(587, FIRST);
            (0..200)
                .map(|_| connection.fault_at_auth("PLAIN").is_some())
                .collect::<Vec<_>>()
        };
        let (once, again) = (drawn(), drawn());
        assert_eq!(once, again);
        let struck = once.iter().filter(|struck| **struck).count();
        assert!((80..120).contains(&struck), "{struck}");
    }
}
