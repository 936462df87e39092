//! Whether Postfix logs in at its relay at all.

use super::{Finding, Host, Set};
use crate::verdict::Certainty;

const CAUSE: &str = "client-not-sending-auth";

/// Judges the parameters of the login.
pub(super) fn findings(host: &Host<'_>) -> Vec<Finding> {
    let Some(relay) = host.set("relayhost") else {
        return Vec::new();
    };
    let switch = host.set("smtp_sasl_auth_enable");
    match switch {
        Some(switch) if !switch.is_yes() => vec![switched_off(host, &switch)],
        None if is_alone(host) => Vec::new(),
        None => vec![not_switched_on(host, &relay)],
        Some(switch) => enabled(host, &switch),
    }
}

/// A lone `relayhost` is a piece of a configuration; the rest stands elsewhere.
fn is_alone(host: &Host<'_>) -> bool {
    let parameters = host
        .documents
        .iter()
        .flat_map(|document| &document.reading.postfix.parameters);
    !parameters
        .into_iter()
        .any(|parameter| parameter.name.starts_with("smtp_") || parameter.name.starts_with("smtpd_"))
}

fn switched_off(host: &Host<'_>, switch: &Set<'_>) -> Finding {
    let message = "Postfix does not log in at its relay, and SES takes no mail without a login";
    let finding = host.finding(CAUSE, Certainty::Confirmed, switch, message);
    finding.repair("set smtp_sasl_auth_enable = yes", host.value_of(switch, "yes"))
}

fn not_switched_on(host: &Host<'_>, relay: &Set<'_>) -> Finding {
    let incoming =
        host.set("smtpd_sasl_auth_enable").is_some() || host.set("smtpd_sasl_password_maps").is_some();
    let message = if incoming {
        "smtpd_sasl_… is for mail that comes in; towards SES smtp_sasl_auth_enable counts, which is not set and defaults to no"
    } else {
        "smtp_sasl_auth_enable is not set and defaults to no, so Postfix does not log in at SES"
    };
    let finding = host.finding(CAUSE, Certainty::Likely, relay, message);
    finding.repair(
        "add smtp_sasl_auth_enable = yes",
        host.line_after(relay, "smtp_sasl_auth_enable = yes"),
    )
}

/// Switched on, but without a password, or with every mechanism of SES ruled out.
fn enabled(host: &Host<'_>, switch: &Set<'_>) -> Vec<Finding> {
    let has_map = host
        .set("smtp_sasl_password_maps")
        .is_some_and(|maps| !maps.value().is_empty());
    let mut found = Vec::new();
    if !has_map {
        let message = "no smtp_sasl_password_maps: Postfix has no password for its relay and does not log in";
        let line = "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd";
        let finding = host.finding(CAUSE, Certainty::Likely, switch, message);
        found.push(finding.repair(format!("add {line}"), host.line_after(switch, line)));
    }
    found.extend(plaintext_ruled_out(host, switch));
    found
}

/// PLAIN and LOGIN are all that SES offers. The default of smtp_sasl_security_options is `noplaintext, noanonymous`, and
/// smtp_sasl_tls_security_options defaults to the same.
fn plaintext_ruled_out(host: &Host<'_>, switch: &Set<'_>) -> Option<Finding> {
    let (options, of_tls) = (
        host.set("smtp_sasl_security_options"),
        host.set("smtp_sasl_tls_security_options"),
    );
    let rules_out = |set: &Set<'_>| set.value().contains("noplaintext");
    let cause = "auth-mechanism-unsupported";
    let why = "which rules out PLAIN and LOGIN, all that SES offers";
    let line = "smtp_sasl_security_options = noanonymous";
    match (&of_tls, &options) {
        (Some(set), _) | (None, Some(set)) if rules_out(set) => {
            let message = format!("{} holds noplaintext, {why}", set.parameter.name);
            let finding = host.finding(cause, Certainty::Confirmed, set, message);
            Some(finding.repair("leave only noanonymous", host.value_of(set, "noanonymous")))
        }
        (None, None) => {
            let message = format!(
                "smtp_sasl_security_options is not set and defaults to noplaintext, noanonymous, {why}"
            );
            let finding = host.finding(cause, Certainty::Likely, switch, message);
            Some(finding.repair(format!("add {line}"), host.line_after(switch, line)))
        }
        _ => None,
    }
}
