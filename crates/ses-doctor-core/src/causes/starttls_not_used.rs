//! `starttls-not-used`: the client goes on in plaintext where SES wants TLS first.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Symptom};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::catalogue::Meaning;
use ses_smtp::endpoint::tls_mode_of_port;
use ses_smtp::probe::{FailureKind, TlsMode};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "starttls-not-used",
    group: Group::Transport,
    title: "The client does not start TLS before it logs in",
    next_check: "see whether STARTTLS is switched on in the client: ses-doctor probe --host HOST --port 587 --tls starttls shows that the endpoint offers it",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`530 Must issue a STARTTLS command first`, in reply to AUTH or MAIL FROM. Some clients call it a failed authentication.

## Why it happens

On ports 25, 587 and 2587 a session begins in plaintext, and SES takes nothing but EHLO and STARTTLS there. It offers AUTH
before TLS all the same, so a client without TLS tries to log in.

## How it is proven

By the reply, or by a setting that switches TLS off. When the endpoint does not offer STARTTLS at all, something on the way
has taken it out: that is `tls-intercepted`.

## What to do

Switch STARTTLS on in the client, and make it mandatory.
";

fn check(evidence: &Evidence) -> Verdict {
    let stripped =
        super::failure(evidence).is_some_and(|failure| failure.kind == FailureKind::StartTlsNotOffered);
    if stripped {
        return Verdict::NotApplicable;
    }
    if let Some((true, why)) = reading::mode_flips(evidence) {
        return Verdict::confirmed([Need::Probe, Need::Experiment], why);
    }
    if let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::MustStartTls) {
        return Verdict::confirmed(
            [refusal.basis],
            "the endpoint answered that TLS must be started first",
        );
    }
    if evidence.symptom.known().is_some_and(is_plain)
        && (super::ses_is_meant(evidence) || !super::names_another_service(evidence))
    {
        let why = "the client is set to use no TLS, and SES takes no login without it";
        return Verdict::likely(0.9, [Need::Symptom], why);
    }
    let why = "STARTTLS is switched off, or was not begun";
    let told = super::told_by_client(evidence, &[Sign::UnencryptedConnection], 0.8, why);
    told.unwrap_or(Verdict::NotApplicable)
}

/// No TLS on a port that is not one of the wrapper's, where even a greeting would not come.
fn is_plain(symptom: &Symptom) -> bool {
    symptom.tls == Some(TlsMode::Plain) && tls_mode_of_port(symptom.port) != Some(TlsMode::Wrapper)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    let port = evidence.symptom.known().map_or(587, |symptom| symptom.port);
    Remedy::new("Switch STARTTLS on in the client, and make it mandatory")
        .step(
            "Postfix: smtp_tls_security_level = encrypt; Django: EMAIL_USE_TLS = True; JavaMail: mail.smtp.starttls.enable and \
             .required = true; PHPMailer: SMTPSecure = 'tls'; nodemailer: requireTLS = true; Rails: enable_starttls = true",
        )
        .command("See that the endpoint offers it", format!("ses-doctor probe --host {host} --port {port} --tls starttls"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        evidence_of_235, evidence_of_client, evidence_of_failure, evidence_of_report, logged, reported,
        symptom,
    };
    use ses_smtp::reply::Phase;

    const TEXT: &str = "Must issue a STARTTLS command first";

    #[test]
    fn the_reply_confirms_it() {
        let evidence = evidence_of_report(530, TEXT, Some(Phase::Auth));
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn a_setting_without_tls_makes_it_likely_except_on_a_wrapper_port() {
        let mut evidence = evidence_of_client();
        symptom(&mut evidence, |symptom| symptom.tls = Some(TlsMode::Plain));
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        symptom(&mut evidence, |symptom| symptom.port = 465);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn a_login_over_tls_says_nothing_of_it() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn starttls_taken_out_on_the_way_is_another_cause() {
        let mut evidence = evidence_of_failure(Phase::Ehlo, FailureKind::StartTlsNotOffered);
        reported(&mut evidence, 530, TEXT, None);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn a_client_that_refuses_plaintext_is_heard() {
        let mut evidence = evidence_of_client();
        logged(&mut evidence, "*smtp.plainAuth auth: unencrypted connection");
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }
}
