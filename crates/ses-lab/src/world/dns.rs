//! What the world's name server answers.

use std::net::IpAddr;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// The answer to a name: `["10.0.1.2"]`, `"nxdomain"`, `"servfail"`, `"silent"` or `"cname other.name"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DnsAnswer {
    /// These addresses.
    Addresses(Vec<IpAddr>),
    /// An alias.
    Alias(String),
    /// No such name.
    NoSuchName,
    /// The name server cannot say.
    ServerFailure,
    /// No answer at all.
    Silent,
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = DnsAnswer;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of addresses, \"nxdomain\", \"servfail\", \"silent\" or \"cname NAME\"")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<DnsAnswer, E> {
        match word {
            "nxdomain" => Ok(DnsAnswer::NoSuchName),
            "servfail" => Ok(DnsAnswer::ServerFailure),
            "silent" => Ok(DnsAnswer::Silent),
            _ => match word.strip_prefix("cname ") {
                Some(name) => Ok(DnsAnswer::Alias(name.trim().to_owned())),
                None => Err(E::invalid_value(serde::de::Unexpected::Str(word), &self)),
            },
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<DnsAnswer, A::Error> {
        let mut addresses = Vec::new();
        while let Some(address) = seq.next_element()? {
            addresses.push(address);
        }
        Ok(DnsAnswer::Addresses(addresses))
    }
}

impl<'de> Deserialize<'de> for DnsAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}
