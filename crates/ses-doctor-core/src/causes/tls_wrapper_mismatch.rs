//! `tls-wrapper-mismatch`: the client begins TLS in the way of the other kind of port.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::endpoint::tls_mode_of_port;
use ses_smtp::probe::{FailureKind, TlsMode};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tls-wrapper-mismatch",
    group: Group::Transport,
    title: "The client's TLS mode does not fit the port",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

On 25, 587 or 2587: `wrong version number`, `first record does not look like a TLS handshake`, `received corrupt message`.
On 465 or 2465: a long silence, then `Greeting never received`, `response: -1` or a time-out.

## Why it happens

Ports 465 and 2465 want TLS from the first byte (TLS wrapper, implicit TLS). Ports 25, 587 and 2587 begin in plaintext and
want STARTTLS. Names such as `SSL`, `TLS` and `secure` mean one or the other in different clients.

## How it is proven

The probe does as the client does: plaintext comes where TLS is due, or silence where a greeting is due and TLS then works.
Settings that contradict AWS's list of ports make it likely.

## What to do

Change the mode or the port, not both: STARTTLS with 587, or TLS wrapper with 465.
";

/// These name the mismatch itself; a probe in the right mode that goes through does not contradict them.
const PHRASES: [&str; 10] = [
    "wrong version number",
    "wrong_version_number",
    "first record does not look like a tls handshake",
    "unsupported or unrecognized ssl message",
    "received corrupt message",
    "response: -1",
    "greeting never received",
    "smtps wrappermode",
    "packet length too long",
    "record layer failure",
];

/// The client's setting is of the other kind than SES's port.
pub(super) fn mode_contradicts_port(evidence: &Evidence) -> bool {
    evidence.symptom.known().is_some_and(|symptom| {
        let wanted = tls_mode_of_port(symptom.port);
        match symptom.tls {
            Some(TlsMode::Wrapper) => wanted == Some(TlsMode::StartTls),
            Some(TlsMode::StartTls | TlsMode::Plain) => wanted == Some(TlsMode::Wrapper),
            None => false,
        }
    })
}

fn check(evidence: &Evidence) -> Verdict {
    let port = evidence.symptom.known().map_or(0, |symptom| symptom.port);
    match super::failure(evidence).map(|failure| failure.kind) {
        Some(FailureKind::PlaintextInsteadOfTls) => {
            let why = format!("port {port} answers in plaintext to a TLS handshake: it wants STARTTLS");
            return Verdict::confirmed([Need::Probe], why);
        }
        Some(FailureKind::TlsInsteadOfPlaintext) => {
            let why = format!(
                "port {port} sends no greeting, and a TLS handshake then works: it wants TLS at once"
            );
            return Verdict::confirmed([Need::Probe], why);
        }
        Some(_) | None => {}
    }
    if mode_contradicts_port(evidence) && super::is_ses_host(evidence) {
        return by_settings(evidence, port);
    }
    by_log(evidence)
}

fn by_settings(evidence: &Evidence, port: u16) -> Verdict {
    let told = evidence.symptom.known().and_then(|symptom| symptom.tls);
    let same_mode = evidence
        .probe
        .known()
        .is_some_and(|probe| Some(probe.target.tls) == told);
    if evidence.login_accepted() && same_mode {
        return Verdict::absent([Need::Probe], "the login works in this mode on this port");
    }
    Verdict::likely(
        0.85,
        [Need::Symptom],
        format!("SES wants the other TLS mode on port {port}"),
    )
}

fn by_log(evidence: &Evidence) -> Verdict {
    let Some(phrase) = super::client_says(evidence, &PHRASES).or_else(|| scheme_of_the_other_mode(evidence))
    else {
        return Verdict::NotApplicable;
    };
    let told_mode = evidence
        .symptom
        .known()
        .is_some_and(|symptom| symptom.tls.is_some());
    let why = format!("the client logged `{phrase}`, as clients do in the wrong TLS mode");
    match evidence.probe.known() {
        Some(probe) if probe.failure.is_some() && !evidence.login_accepted() => Verdict::NotApplicable,
        Some(_) if told_mode => Verdict::possible(
            0.5,
            [Need::Symptom, Need::Probe],
            format!("{why}; the settings as told go through"),
        ),
        Some(_) | None => Verdict::likely(0.85, [Need::Symptom], why),
    }
}

/// `ssl://…:587` or `tcp://…:465` in a line that is about the connection.
fn scheme_of_the_other_mode(evidence: &Evidence) -> Option<&'static str> {
    let wrapper = super::client_says(evidence, &[":465", ":2465"]);
    let starttls = super::client_says(evidence, &[":587", ":2587", ":25:"]);
    match (
        super::client_says(evidence, &["ssl://email-smtp", "tcp://email-smtp"]),
        wrapper,
        starttls,
    ) {
        (Some(scheme @ "ssl://email-smtp"), None, Some(_))
        | (Some(scheme @ "tcp://email-smtp"), Some(_), None) => Some(scheme),
        _ => None,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    let port = evidence.symptom.known().map_or(587, |symptom| symptom.port);
    let (mode, flag) = match tls_mode_of_port(port) {
        Some(TlsMode::Wrapper) => ("TLS wrapper (implicit TLS, often called SSL)", "wrapper"),
        Some(TlsMode::StartTls | TlsMode::Plain) | None => ("STARTTLS", "starttls"),
    };
    Remedy::new(format!("Set the client to {mode} on port {port}"))
        .command("See that this mode works", format!("ses-doctor probe --host {host} --port {port} --tls {flag}"))
        .step(
            "nodemailer: secure is true on 465 and 2465 only; Postfix: smtp_tls_wrappermode likewise; Django: EMAIL_USE_SSL \
             there, EMAIL_USE_TLS elsewhere; PHPMailer: SMTPSecure 'ssl' there, 'tls' elsewhere",
        )
        .step("If the client knows only STARTTLS, use port 587 instead")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_client, evidence_of_failure, logged, symptom};
    use ses_smtp::reply::Phase;

    fn certainty(evidence: &Evidence) -> Option<Certainty> {
        match check(evidence) {
            Verdict::Present(finding) => Some(finding.certainty),
            Verdict::Absent { .. } | Verdict::Unknown { .. } | Verdict::NotApplicable => None,
        }
    }

    #[test]
    fn the_probe_confirms_it_both_ways() {
        let plaintext = evidence_of_failure(Phase::Tls, FailureKind::PlaintextInsteadOfTls);
        let silence = evidence_of_failure(Phase::Greeting, FailureKind::TlsInsteadOfPlaintext);
        assert_eq!(certainty(&plaintext), Some(Certainty::Confirmed));
        assert_eq!(certainty(&silence), Some(Certainty::Confirmed));
    }

    #[test]
    fn contradicting_settings_make_it_likely() {
        let mut evidence = evidence_of_client();
        symptom(&mut evidence, |symptom| symptom.port = 465);
        assert_eq!(certainty(&evidence), Some(Certainty::Likely));
    }

    #[test]
    fn a_login_in_the_same_mode_rules_it_out() {
        let mut evidence = evidence_of_235();
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        symptom(&mut evidence, |symptom| symptom.port = 2465);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn the_log_names_it() {
        for line in [
            "ssl3_get_record:wrong version number.",
            "Could not connect to SMTP host: email-smtp.us-west-2.amazonaws.com, port: 465, response: -1",
            "Connection to tcp://email-smtp.us-east-1.amazonaws.com:465 Timed Out",
        ] {
            let mut evidence = evidence_of_client();
            logged(&mut evidence, line);
            assert_eq!(certainty(&evidence), Some(Certainty::Likely), "{line}");
        }
        let mut evidence = evidence_of_235();
        logged(&mut evidence, "wrong version number");
        assert_eq!(certainty(&evidence), Some(Certainty::Possible));
    }
}
