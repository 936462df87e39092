//! How Postfix begins TLS towards its relay.

use super::{Finding, Host, Set};
use crate::verdict::Certainty;
use ses_smtp::Endpoint;
use ses_smtp::endpoint::tls_mode_of_port;
use ses_smtp::probe::TlsMode;

const WRAPPER: &str = "smtp_tls_wrappermode";
const LEVEL: &str = "smtp_tls_security_level";

/// Judges the parameters of TLS towards SES.
pub(super) fn findings(host: &Host<'_>) -> Vec<Finding> {
    let Some(relay) = host.set("relayhost") else {
        return Vec::new();
    };
    let port = Endpoint::parse(relay.value()).port.unwrap_or(25);
    let wrapper = host.set(WRAPPER).filter(Set::is_yes);
    match (tls_mode_of_port(port), wrapper) {
        (Some(TlsMode::Wrapper), None) => vec![wrapper_missing(host, &relay, port)],
        (Some(TlsMode::StartTls), Some(wrapper)) => vec![wrapper_wrong(host, &wrapper, port)],
        (Some(TlsMode::StartTls | TlsMode::Plain), None) => level(host, &relay).into_iter().collect(),
        (_, Some(_)) | (None, None) => Vec::new(),
    }
}

fn wrapper_missing(host: &Host<'_>, relay: &Set<'_>, port: u16) -> Finding {
    let message = format!("port {port} wants TLS from the first byte, and {WRAPPER} is not set to yes");
    let finding = host.finding("tls-wrapper-mismatch", Certainty::Confirmed, relay, message);
    let existing = host.set(WRAPPER).map(|set| host.value_of(&set, "yes"));
    let mut edits = existing.unwrap_or_else(|| host.line_after(relay, &format!("{WRAPPER} = yes")));
    if let Some(first) = edits.first_mut().filter(|_| host.set(LEVEL).is_none()) {
        first.text.push_str(&format!("\n{LEVEL} = encrypt"));
    }
    finding.repair(
        format!("set {WRAPPER} = yes and {LEVEL} = encrypt, or use port 587"),
        edits,
    )
}

fn wrapper_wrong(host: &Host<'_>, wrapper: &Set<'_>, port: u16) -> Finding {
    let message =
        format!("{WRAPPER} = yes begins with TLS, but port {port} begins in plaintext and wants STARTTLS");
    let finding = host.finding("tls-wrapper-mismatch", Certainty::Confirmed, wrapper, message);
    finding.repair(
        format!("set {WRAPPER} = no, or use port 465"),
        host.value_of(wrapper, "no"),
    )
}

/// Without a level, Postfix 3.11 and before use no TLS for mail that goes out.
fn level(host: &Host<'_>, relay: &Set<'_>) -> Option<Finding> {
    let line = format!("{LEVEL} = encrypt");
    match host.set(LEVEL) {
        Some(level) if level.value() == "none" => {
            let message =
                format!("{LEVEL} = none keeps Postfix from starting TLS, and SES takes no login without it");
            let finding = host.finding("starttls-not-used", Certainty::Confirmed, &level, message);
            Some(finding.repair(format!("set {line}"), host.value_of(&level, "encrypt")))
        }
        Some(_) => None,
        None if host.is_yes("smtp_use_tls") || host.is_yes("smtp_enforce_tls") || is_bare(host) => None,
        None => {
            let incoming =
                host.set("smtpd_tls_security_level").is_some() || host.set("smtpd_use_tls").is_some();
            let message = if incoming {
                format!("smtpd_tls_… is for mail that comes in; towards SES {LEVEL} counts, which is not set")
            } else {
                format!("{LEVEL} is not set, so Postfix starts no TLS, and SES takes no login without it")
            };
            let finding = host.finding("starttls-not-used", Certainty::Likely, relay, message);
            Some(finding.repair(format!("add {line}"), host.line_after(relay, &line)))
        }
    }
}

/// Only the relay and its map: a script that is about them, with TLS set elsewhere.
fn is_bare(host: &Host<'_>) -> bool {
    let parameters = host
        .documents
        .iter()
        .flat_map(|document| &document.reading.postfix.parameters);
    !parameters
        .into_iter()
        .any(|parameter| parameter.name.starts_with("smtp_") || parameter.name.starts_with("smtpd_"))
}

/// `smtpd_tls_security_level = none`, and nothing of the other direction: the two are easily mistaken.
pub(super) fn of_incoming_mail(host: &Host<'_>) -> Option<Finding> {
    let incoming = host
        .set("smtpd_tls_security_level")
        .filter(|level| level.value() == "none")?;
    let outgoing = [LEVEL, "smtp_use_tls", "relayhost", "smtp_enforce_tls"]
        .iter()
        .any(|name| host.set(name).is_some());
    (!outgoing).then(|| {
        let message = format!(
            "this is the level for mail that comes in; towards SES {LEVEL} counts, which is not set here"
        );
        let finding = host.finding("starttls-not-used", Certainty::Possible, &incoming, message);
        finding.repair(
            format!("add {LEVEL} = encrypt"),
            host.line_after(&incoming, &format!("{LEVEL} = encrypt")),
        )
    })
}
