//! `REGION[:PORT]=HOST:PORT`: where a region's SMTP endpoint is really reached, for proxies, tunnels, VPC endpoints and
//! the lab.

use crate::endpoint::region_exists_shape;
use serde::{Deserialize, Serialize};

/// One mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mapping {
    region: String,
    port: Option<u16>,
    host: String,
    dial: u16,
}

/// All mappings, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SmtpEndpoints {
    mappings: Vec<Mapping>,
}

/// Why a mapping is not one. Positions count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpEndpointError {
    /// There is no `=`.
    #[error("expected REGION=HOST:PORT, but there is no `=`")]
    NoEquals,
    /// The part before `=` is no region.
    #[error("`{found}` at position 1 is not a region such as eu-west-1")]
    Region {
        /// What stands there.
        found: String,
    },
    /// A port that is not a number from 1 to 65535.
    #[error("`{found}` at position {position} is not a port")]
    Port {
        /// What stands there.
        found: String,
        /// Where.
        position: usize,
    },
    /// There is no port behind the host.
    #[error("expected HOST:PORT at position {position}")]
    NoPort {
        /// Where.
        position: usize,
    },
    /// There is no host, or it holds characters that no host has.
    #[error("`{found}` at position {position} is not a host")]
    Host {
        /// What stands there.
        found: String,
        /// Where.
        position: usize,
    },
}

impl SmtpEndpoints {
    /// Parses mappings, stopping at the first wrong one.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, SmtpEndpointError> {
        let mappings = texts.into_iter().map(mapping).collect::<Result<_, _>>()?;
        Ok(Self { mappings })
    }

    /// Adds one mapping.
    pub fn add(&mut self, text: &str) -> Result<(), SmtpEndpointError> {
        self.mappings.push(mapping(text)?);
        Ok(())
    }

    /// Where a port of a region is reached: the mapping of that very port, else the region's first without a port, else
    /// the region's first.
    pub fn lookup(&self, region: &str, port: u16) -> Option<(String, u16)> {
        let of_region = || self.mappings.iter().filter(|mapping| mapping.region == region);
        let exact = of_region().find(|mapping| mapping.port == Some(port));
        let found = exact
            .or_else(|| of_region().find(|mapping| mapping.port.is_none()))
            .or_else(|| of_region().next())?;
        Some((found.host.clone(), found.dial))
    }

    /// Where this very port of a region is reached, and nothing in its place.
    pub fn lookup_exact(&self, region: &str, port: u16) -> Option<(String, u16)> {
        let exact = self
            .mappings
            .iter()
            .find(|mapping| mapping.region == region && mapping.port == Some(port))?;
        Some((exact.host.clone(), exact.dial))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// The regions, in order, each once.
    pub fn regions(&self) -> Vec<&str> {
        let mut regions: Vec<&str> = Vec::new();
        for mapping in &self.mappings {
            if !regions.contains(&mapping.region.as_str()) {
                regions.push(&mapping.region);
            }
        }
        regions
    }
}

fn mapping(text: &str) -> Result<Mapping, SmtpEndpointError> {
    let (left, right) = text.split_once('=').ok_or(SmtpEndpointError::NoEquals)?;
    let (region, configured) = match left.split_once(':') {
        Some((region, port)) => (region, Some(parse_port(port, position(region) + 1)?)),
        None => (left, None),
    };
    if !region_exists_shape(region) {
        return Err(SmtpEndpointError::Region {
            found: region.to_owned(),
        });
    }
    let start = position(left) + 1;
    let (host, dial) = right
        .rsplit_once(':')
        .ok_or(SmtpEndpointError::NoPort { position: start })?;
    let dial = parse_port(dial, start + position(host))?;
    let bare = host
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(host);
    let fits = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') || (c == ':' && bare.len() != host.len())
    };
    if bare.is_empty() || !bare.chars().all(fits) {
        return Err(SmtpEndpointError::Host {
            found: host.to_owned(),
            position: start,
        });
    }
    Ok(Mapping {
        region: region.to_owned(),
        port: configured,
        host: bare.to_owned(),
        dial,
    })
}

/// The position behind a part that begins at 1.
fn position(part: &str) -> usize {
    part.chars().count() + 1
}

fn parse_port(text: &str, position: usize) -> Result<u16, SmtpEndpointError> {
    let port = text.parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| SmtpEndpointError::Port {
        found: text.to_owned(),
        position,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_exact_port_wins_then_the_region() {
        let map = SmtpEndpoints::parse([
            "eu-west-1=127.0.0.1:2525",
            "eu-west-1:465=localhost:4650",
            "us-east-1:587=[::1]:5870",
        ])
        .unwrap();
        assert_eq!(map.lookup("eu-west-1", 465), Some(("localhost".into(), 4650)));
        assert_eq!(map.lookup("eu-west-1", 587), Some(("127.0.0.1".into(), 2525)));
        assert_eq!(map.lookup("us-east-1", 25), Some(("::1".into(), 5870)));
        assert_eq!(map.lookup_exact("us-east-1", 25), None);
        assert_eq!(map.lookup_exact("us-east-1", 587), Some(("::1".into(), 5870)));
        assert_eq!(map.lookup("us-west-2", 25), None);
        assert_eq!(map.regions(), ["eu-west-1", "us-east-1"]);
    }

    #[test]
    fn errors_say_where() {
        let error = |text: &str| SmtpEndpoints::parse([text]).unwrap_err().to_string();
        let all: Vec<String> = [
            "eu-west-1",
            "euwest=h:1",
            "eu-west-1:x=h:1",
            "eu-west-1=host",
            "eu-west-1=host:0",
            "eu-west-1=:25",
            "eu-west-1=a b:25",
        ]
        .into_iter()
        .map(error)
        .collect();
        insta::assert_snapshot!(all.join("\n"), @r"
        expected REGION=HOST:PORT, but there is no `=`
        `euwest` at position 1 is not a region such as eu-west-1
        `x` at position 11 is not a port
        expected HOST:PORT at position 11
        `0` at position 16 is not a port
        `` at position 11 is not a host
        `a b` at position 11 is not a host
        ");
    }

    proptest! {
        #[test]
        fn any_text_parses_or_errs(text in "\\PC{0,60}") {
            let _ = SmtpEndpoints::parse([text.as_str()]);
        }
    }
}
