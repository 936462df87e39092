//! `tls-wrapper-mismatch`: the client begins TLS in the way of the other kind of port.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::{Client, Sign};
use ses_smtp::endpoint::tls_mode_of_port;
use ses_smtp::probe::{FailureKind, TlsMode};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tls-wrapper-mismatch",
    group: Group::Transport,
    title: "The client's TLS mode does not fit the port",
    next_check: "compare port and TLS mode: TLS from the first byte on 465 and 2465, STARTTLS on 25, 587 and 2587",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
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
const SIGNS: [Sign; 2] = [Sign::PlaintextInsteadOfTls, Sign::WrapperRequired];

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
    if let Some((false, why)) = reading::mode_flips(evidence) {
        return Verdict::confirmed([Need::Probe, Need::Experiment], format!("on port {port} {why}"));
    }
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
    if mode_contradicts_port(evidence) && super::ses_is_meant(evidence) {
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
    if super::told_of_another_service(evidence) {
        return Verdict::NotApplicable;
    }
    let Some((words, confidence)) = told_in_log(evidence) else {
        return Verdict::NotApplicable;
    };
    let told_mode = evidence
        .symptom
        .known()
        .is_some_and(|symptom| symptom.tls.is_some());
    let why = format!("the client's log says that {words}, as it is in the wrong TLS mode");
    match evidence.probe.known() {
        Some(probe) if probe.failure.is_some() && !evidence.login_accepted() => Verdict::NotApplicable,
        Some(_) if told_mode => Verdict::possible(
            0.5,
            [Need::Symptom, Need::Probe],
            format!("{why}; the settings as told go through"),
        ),
        Some(_) | None if confidence < 0.6 => Verdict::possible(confidence, [Need::Symptom], why),
        Some(_) | None => Verdict::likely(confidence, [Need::Symptom], why),
    }
}

/// What the log says of the mode, and how strongly.
fn told_in_log(evidence: &Evidence) -> Option<(&'static str, f64)> {
    let reported = evidence.reported()?;
    let port = reported.port.and_then(tls_mode_of_port);
    if let Some(sign) = super::told(evidence, &SIGNS) {
        return Some((sign.words(), 0.85));
    }
    if let Some(sign) = super::told(evidence, &[Sign::NoGreeting]) {
        // On a STARTTLS port silence has other reasons.
        let confidence = match port {
            Some(TlsMode::Wrapper) => 0.9,
            Some(TlsMode::StartTls | TlsMode::Plain) => 0.3,
            None => 0.7,
        };
        return Some((sign.words(), confidence));
    }
    let failed = super::told(
        evidence,
        &[
            Sign::ConnectTimedOut,
            Sign::TimedOut,
            Sign::ReadTimedOut,
            Sign::ConnectionLost,
            Sign::StartTlsNotOffered,
            Sign::HandshakeFailed,
        ],
    )?;
    match (reported.tls, port) {
        (Some(TlsMode::Wrapper), Some(TlsMode::StartTls | TlsMode::Plain))
        | (Some(TlsMode::StartTls | TlsMode::Plain), Some(TlsMode::Wrapper)) => {
            Some(("the scheme of the URL is that of the other kind of port", 0.85))
        }
        // System.Net.Mail knows no TLS from the first byte (facts on client-side strings; general knowledge).
        (_, Some(TlsMode::Wrapper)) if reported.client == Some(Client::DotNet) => Some((
            "it waits on a port that .NET's SmtpClient does not know how to use",
            0.8,
        )),
        // The wrapper's ports do not offer STARTTLS: whoever asks for it there has TLS already, or never will.
        (_, Some(TlsMode::Wrapper)) if failed == Sign::StartTlsNotOffered => Some((failed.words(), 0.8)),
        (None, Some(TlsMode::Wrapper)) => Some((failed.words(), 0.5)),
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
