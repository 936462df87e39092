//! Reading the facts of a certificate (RFC 5280).

use crate::probe::CertificateFacts;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use std::net::{Ipv4Addr, Ipv6Addr};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

const MAX_CHAIN: usize = 10;
const MAX_NAMES: usize = 100;
const MAX_TEXT: usize = 300;

/// A server can show any number of certificates with any number of names; what is kept is bounded.
pub(super) fn facts_of_chain(chain: &[CertificateDer<'_>]) -> Vec<CertificateFacts> {
    chain
        .iter()
        .take(MAX_CHAIN)
        .filter_map(|der| facts(der))
        .collect()
}

fn facts(der: &[u8]) -> Option<CertificateFacts> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    let moment = |seconds: i64| Timestamp::from_second(seconds).unwrap_or_default();
    Some(CertificateFacts {
        subject: bounded(certificate.subject().to_string()),
        issuer: bounded(certificate.issuer().to_string()),
        names: names(&certificate),
        not_before: moment(validity.not_before.timestamp()),
        not_after: moment(validity.not_after.timestamp()),
        sha256: Sha256::digest(der)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    })
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extension = certificate.subject_alternative_name().ok().flatten();
    let names = extension
        .map(|extension| extension.value.general_names.as_slice())
        .unwrap_or_default();
    names
        .iter()
        .take(MAX_NAMES)
        .filter_map(name)
        .map(bounded)
        .collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(dns) = name {
        return Some((*dns).to_owned());
    }
    let GeneralName::IPAddress(bytes) = name else {
        return None;
    };
    let v4 = <[u8; 4]>::try_from(*bytes)
        .ok()
        .map(|octets| Ipv4Addr::from(octets).to_string());
    v4.or_else(|| {
        <[u8; 16]>::try_from(*bytes)
            .ok()
            .map(|octets| Ipv6Addr::from(octets).to_string())
    })
}

fn bounded(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}
