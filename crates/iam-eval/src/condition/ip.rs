//! IP addresses and networks in CIDR notation.

use std::net::IpAddr;

/// An address with a prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    base: IpAddr,
    prefix: u32,
}

impl Network {
    /// `203.0.113.0/24`, `2001:db8::/32`, or one address.
    pub(super) fn parse(text: &str) -> Option<Self> {
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
    pub(super) fn holds(self, address: IpAddr) -> bool {
        let differs = match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => u128::from(base.to_bits() ^ address.to_bits()),
            (IpAddr::V6(base), IpAddr::V6(address)) => base.to_bits() ^ address.to_bits(),
            _ => return false,
        };
        differs.checked_shr(width(self.base) - self.prefix).unwrap_or(0) == 0
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
