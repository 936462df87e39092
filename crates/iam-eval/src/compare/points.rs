//! Ordered values: the points that conditions name, and one value between each two and beyond the last on either side. No
//! comparison tells two values between the same points apart.

use crate::condition::date;
use crate::condition::ip::Network;
use crate::condition::number::Number;
use jiff::Timestamp;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Classes of numbers.
pub(super) fn numbers<'a>(listed: impl Iterator<Item = &'a str>) -> Vec<String> {
    let points = listed
        .filter_map(|text| Number::parse(text).map(Number::scaled))
        .collect();
    let texts = with_gaps(points, NUMBER_UNIT).into_iter().filter_map(|scaled| {
        let text = Number::of_scaled(scaled).to_string();
        // Beyond what the evaluator can read nothing can be asked.
        Number::parse(&text).is_some().then_some(text)
    });
    texts.collect()
}

/// One, as [`Number`] holds it.
const NUMBER_UNIT: i128 = 1_000_000_000_000_000_000;

/// Classes of dates.
pub(super) fn dates<'a>(listed: impl Iterator<Item = &'a str>) -> Vec<String> {
    let points = listed.filter_map(date::parse).collect();
    let instants = with_gaps(points, SECOND).into_iter();
    instants
        .filter_map(|nanoseconds| Timestamp::from_nanosecond(nanoseconds).ok())
        .map(|instant| instant.to_string())
        .collect()
}

const SECOND: i128 = 1_000_000_000;

/// The points and a value in each gap, whole units where there is room for them.
fn with_gaps(mut points: Vec<i128>, unit: i128) -> Vec<i128> {
    points.sort_unstable();
    points.dedup();
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return vec![0];
    };
    let mut all = vec![first.saturating_sub(unit)];
    for pair in points.windows(2) {
        if let [low, high] = pair {
            all.push(*low);
            all.extend(between(*low, *high, unit));
        }
    }
    all.extend([last, last.saturating_add(unit)]);
    all
}

/// A value strictly between two; none if there is no room.
fn between(low: i128, high: i128, unit: i128) -> Option<i128> {
    let middle = low.midpoint(high);
    let whole = middle.div_euclid(unit).saturating_mul(unit);
    [whole, middle]
        .into_iter()
        .find(|value| *value > low && *value < high)
}

/// Classes of addresses: one for each combination of networks that an address can be in. The combination changes only
/// where a network begins and behind its end, so that the addresses there show all of them.
pub(super) fn addresses<'a>(listed: impl Iterator<Item = &'a str>) -> Vec<String> {
    let networks: Vec<Network> = listed.filter_map(Network::parse).collect();
    let everyday = EVERYDAY.map(|text| text.parse().ok()).into_iter().flatten();
    let zero = [
        IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    ];
    let edges = networks.iter().flat_map(|network| {
        let (first, last) = (network.first(), network.last());
        [next(first), Some(first), next(last)].into_iter().flatten()
    });
    let mut seen = HashSet::new();
    let mut classes = Vec::new();
    for address in everyday.chain(edges).chain(zero) {
        let version = u8::from(address.is_ipv6());
        let holding: Vec<usize> = networks
            .iter()
            .enumerate()
            .filter(|(_, network)| network.holds(address))
            .map(|(index, _)| index)
            .collect();
        if seen.insert((version, holding)) {
            classes.push(address.to_string());
        }
    }
    classes
}

/// Addresses for documentation (RFC 5737, RFC 3849).
const EVERYDAY: [&str; 4] = ["203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7"];

fn next(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => address
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(address) => address
            .to_bits()
            .checked_add(1)
            .map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}
