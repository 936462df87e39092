//! `tls-intercepted`: something between the client and SES ends TLS, takes it out, or breaks it.

use super::tls_ca_missing::{UNTRUSTED, is_of_amazon, rejected};
use super::{Greeter, greeter};
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, BadAddress};
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::endpoint::tls_mode_of_port;
use ses_smtp::probe::{CertificateFacts, CertificateProblem, Failure, FailureKind, TlsMode};
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tls-intercepted",
    group: Group::Transport,
    title: "Something between the client and SES interferes with TLS",
    next_check: "see from the client's host who issued the certificate: openssl s_client -starttls smtp -connect HOST:587. Any issuer but Amazon means that TLS is opened on the way",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`certificate verify failed` or `self-signed certificate in certificate chain` at an endpoint of SES; or STARTTLS is not
among the EHLO keywords, so that the client goes on in plaintext and gets `530 Must issue a STARTTLS command first`.

## Why it happens

A TLS-inspecting proxy, a firewall that rewrites SMTP, or an anti-virus product stands between. It shows a certificate of
its own, or takes STARTTLS out of the reply. How SES looks behind such devices is not documented by AWS.

## How it is proven

The certificate bears the name of SES but an issuer that is not Amazon. Or the banner is the one of SES, or is overwritten
with asterisks, and STARTTLS is not offered. SES always offers it on ports 25, 587 and 2587.

## What to do

Have the endpoint of SES exempted from inspection. Never log in through an interceptor that you do not run yourself: it
reads the password.
";

fn check(evidence: &Evidence) -> Verdict {
    let ses = super::is_ses_host(evidence) || greeter(evidence) == Some(Greeter::Ses);
    if !ses {
        return Verdict::NotApplicable;
    }
    if let Some((BadAddress::Untrusted, why)) = reading::bad_address(evidence) {
        let why = format!("TLS is opened on the way to one address of the endpoint: {why}");
        return Verdict::likely(0.9, [Need::Experiment, Need::Probe], why);
    }
    if let Some((leaf, problem)) = rejected(evidence) {
        return by_certificate(evidence, leaf, problem);
    }
    match super::failure(evidence) {
        Some(failure) => by_failure(evidence, failure),
        None => by_log(evidence),
    }
}

fn by_certificate(evidence: &Evidence, leaf: &CertificateFacts, problem: &CertificateProblem) -> Verdict {
    let issuer = &leaf.issuer;
    match problem {
        CertificateProblem::UntrustedIssuer if is_of_amazon(leaf) => Verdict::NotApplicable,
        CertificateProblem::UntrustedIssuer if names_the_host(evidence, leaf) => Verdict::confirmed(
            [Need::Probe],
            format!("a certificate with the name of SES is issued by {issuer}, not by Amazon"),
        ),
        CertificateProblem::UntrustedIssuer => Verdict::likely(
            0.85,
            [Need::Probe],
            format!("the certificate is issued by {issuer}, not by Amazon"),
        ),
        CertificateProblem::Expired | CertificateProblem::NotYetValid if is_of_amazon(leaf) => {
            let why = format!(
                "the certificate is valid from {} to {}: an interceptor, or a wrong clock here",
                leaf.not_before, leaf.not_after
            );
            Verdict::possible(0.5, [Need::Probe], why)
        }
        CertificateProblem::Expired | CertificateProblem::NotYetValid => Verdict::likely(
            0.8,
            [Need::Probe],
            format!("the certificate is issued by {issuer}, and not valid now"),
        ),
        CertificateProblem::Other(words) => Verdict::possible(
            0.4,
            [Need::Probe],
            format!("the certificate was not accepted: {words}"),
        ),
        CertificateProblem::NameMismatch => Verdict::NotApplicable,
    }
}

fn names_the_host(evidence: &Evidence, leaf: &CertificateFacts) -> bool {
    let accepted = evidence
        .endpoint()
        .map(|endpoint| endpoint.acceptable_names())
        .unwrap_or_default();
    leaf.names
        .iter()
        .any(|name| accepted.contains(&name.to_lowercase()))
}

fn by_failure(evidence: &Evidence, failure: &Failure) -> Verdict {
    let stripped = failure.kind == FailureKind::StartTlsNotOffered;
    match (greeter(evidence), failure.kind) {
        (Some(Greeter::Ses | Greeter::Rewritten) | None, _) if stripped => {
            let why = "STARTTLS is not offered under the name of SES, which always offers it on this port";
            Verdict::likely(0.85, [Need::Probe], why)
        }
        (_, FailureKind::TlsHandshake | FailureKind::Reset | FailureKind::Closed)
            if failure.phase == Phase::Tls =>
        {
            Verdict::possible(
                0.4,
                [Need::Probe],
                format!("the TLS handshake is cut off: {}", failure.detail),
            )
        }
        _ => Verdict::NotApplicable,
    }
}

/// The client does not trust the issuer; who that is, only the wire can tell.
fn by_log(evidence: &Evidence) -> Verdict {
    let tls = evidence.probe.known().and_then(|probe| probe.tls.as_ref());
    let Some(sign) = super::told(evidence, &UNTRUSTED).filter(|_| !super::told_of_another_service(evidence))
    else {
        return stripped(evidence);
    };
    let words = sign.words();
    match tls {
        Some(_) => Verdict::possible(
            0.3,
            [Need::Symptom, Need::Probe],
            format!("the client's log says that {words}; from here the certificate is in order"),
        ),
        None => Verdict::unknown(
            [Need::Probe],
            format!("the client's log says that {words}, and not who it is"),
        ),
    }
}

/// SES offers STARTTLS on every port but the wrapper's.
fn stripped(evidence: &Evidence) -> Verdict {
    let port = evidence.symptom.known().map_or(0, |symptom| symptom.port);
    let due = super::is_ses_host(evidence) && tls_mode_of_port(port) != Some(TlsMode::Wrapper);
    let why = "SES always offers it on this port, so something on the way takes it out";
    let told = super::told_by_client(evidence, &[Sign::StartTlsNotOffered], 0.7, why);
    told.filter(|_| due).unwrap_or(Verdict::NotApplicable)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    Remedy::new(format!("Have {host} exempted from TLS inspection and SMTP rewriting"))
        .command(
            "See from the client's host who issued the certificate; for SES it is Amazon",
            format!("openssl s_client -starttls smtp -connect {host}:587 -servername {host} -showcerts"),
        )
        .step("Ask whoever runs the firewall, proxy or anti-virus to let TLS to this host through untouched")
        .step("If the certificate is out of date by Amazon's own word, set the clock of this host first")
        .step("Where the password may have passed through a device that you do not trust, make a new key and password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        evidence_of_235, evidence_of_client, evidence_of_failure, handshake, logged, probed, reply,
    };

    const NAME: &str = "email-smtp.eu-west-1.amazonaws.com";
    const AMAZON: &str = "O=Amazon, CN=Amazon RSA 2048 M01";

    fn shown(issuer: &str, problem: CertificateProblem) -> Evidence {
        let mut evidence = evidence_of_failure(Phase::Tls, FailureKind::Certificate);
        probed(&mut evidence, |probe| {
            probe.tls = Some(handshake(issuer, NAME, Some(problem)))
        });
        evidence
    }

    fn certainty(evidence: &Evidence) -> Option<Certainty> {
        match check(evidence) {
            Verdict::Present(finding) => Some(finding.certainty),
            Verdict::Absent { .. } | Verdict::Unknown { .. } | Verdict::NotApplicable => None,
        }
    }

    #[test]
    fn the_name_of_ses_from_another_issuer_is_proof() {
        let proxy = shown(
            "O=Contoso Ltd, CN=Contoso TLS Inspection CA",
            CertificateProblem::UntrustedIssuer,
        );
        assert_eq!(certainty(&proxy), Some(Certainty::Confirmed));
        assert_eq!(
            certainty(&shown("CN=self", CertificateProblem::Expired)),
            Some(Certainty::Likely)
        );
        assert_eq!(
            certainty(&shown(AMAZON, CertificateProblem::Expired)),
            Some(Certainty::Possible)
        );
    }

    #[test]
    fn a_missing_root_or_another_name_is_something_else() {
        assert_eq!(
            check(&shown(AMAZON, CertificateProblem::UntrustedIssuer)),
            Verdict::NotApplicable
        );
        assert_eq!(
            check(&shown(AMAZON, CertificateProblem::NameMismatch)),
            Verdict::NotApplicable
        );
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn starttls_taken_out_points_to_it_unless_another_server_greets() {
        let mut evidence = evidence_of_failure(Phase::Ehlo, FailureKind::StartTlsNotOffered);
        assert_eq!(certainty(&evidence), Some(Certainty::Likely));
        probed(&mut evidence, |probe| {
            probe.greeting = Some(reply(220, "mail.example.com ESMTP Postfix"))
        });
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn the_log_alone_leaves_it_open() {
        let mut evidence = evidence_of_client();
        logged(&mut evidence, "certificate verify failed");
        assert!(matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::Probe]));
    }
}
