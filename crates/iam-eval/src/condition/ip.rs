//! IP addresses and networks in CIDR notation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address with a prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    base: IpAddr,
    prefix: u32,
}

impl Network {
    /// `203.0.113.0/24`, `2001:db8::/32`, or one address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let base: IpAddr = address.parse().ok()?;
        let width = width(base);
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
            None => width,
        };
        (prefix <= width).then_some(Self { base, prefix })
    }

    /// Whether an address lies inside. Versions do not mix.
    pub(crate) fn holds(self, address: IpAddr) -> bool {
        let differs = match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => u128::from(base.to_bits() ^ address.to_bits()),
            (IpAddr::V6(base), IpAddr::V6(address)) => base.to_bits() ^ address.to_bits(),
            _ => return false,
        };
        differs.checked_shr(width(self.base) - self.prefix).unwrap_or(0) == 0
    }

    /// The lowest address in it.
    pub(crate) fn first(self) -> IpAddr {
        self.edge(|address, host| address & !host)
    }

    /// The highest address in it.
    pub(crate) fn last(self) -> IpAddr {
        self.edge(|address, host| address | host)
    }

    /// The address with its host bits, those behind the prefix, set or cleared.
    fn edge(self, change: impl Fn(u128, u128) -> u128) -> IpAddr {
        let host_bits = width(self.base) - self.prefix;
        let host = 1_u128.checked_shl(host_bits).map_or(u128::MAX, |bit| bit - 1);
        match self.base {
            IpAddr::V4(base) => {
                let bits = change(base.to_bits().into(), host);
                Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or(base.to_bits())).into()
            }
            IpAddr::V6(base) => Ipv6Addr::from_bits(change(base.to_bits(), host)).into(),
        }
    }
}

fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_reaches_from_its_first_to_its_last_address() {
        for (network, first, last) in [
            ("203.0.113.9/24", "203.0.113.0", "203.0.113.255"),
            ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
            (
                "2001:db8::/33",
                "2001:db8::",
                "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff",
            ),
            ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ] {
            let network = Network::parse(network).unwrap();
            assert_eq!(
                (network.first().to_string(), network.last().to_string()),
                (first.to_owned(), last.to_owned())
            );
        }
    }

    #[test]
    fn networks_hold_their_addresses() {
        for (network, address, held) in [
            ("203.0.113.0/24", "203.0.113.77", true),
            ("203.0.113.9/24", "203.0.113.77", true),
            ("203.0.113.0/24", "203.0.114.1", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
        ] {
            let address: IpAddr = address.parse().unwrap();
            let network = Network::parse(network).unwrap();
            assert_eq!(network.holds(address), held, "{network:?} {address}");
        }
        for text in ["10.0.0/8", "10.0.0.0/33", "::/129", "10.0.0.0/+8", "", "*"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
