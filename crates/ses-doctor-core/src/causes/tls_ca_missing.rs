//! `tls-ca-missing`: the certificate is Amazon's, and the trust store does not know its root.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::probe::{CertificateFacts, CertificateProblem, FailureKind};

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tls-ca-missing",
    group: Group::Transport,
    title: "The trust store lacks the root of Amazon's certificate",
    next_check: "see from the client's host who issued the certificate: openssl s_client -starttls smtp -connect HOST:587. Amazon as the issuer means that the client's roots are missing",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`certificate verify failed`, `unable to get local issuer certificate`, `x509: certificate signed by unknown authority`. The
client gives up before the login.

## Why it happens

The set of root certificates that the client trusts is old, empty or not found: a slim container image, an old Java
runtime, a runtime that wants the file to be named.

## How it is proven

The certificate names the endpoint and Amazon as its issuer, and the roots at hand do not lead to it. When another issuer
is named, that is `tls-intercepted`. The client's log alone cannot tell the two apart.

## What to do

Install or update the system's root certificates and point the client to them. Do not switch verification off: that hands
the password to anybody on the way.
";

/// What clients log when they do not trust the issuer.
pub(super) const UNTRUSTED: [Sign; 2] = [Sign::CertificateUntrusted, Sign::ErlangTlsFailed];

/// The leaf certificate and what is wrong with it, when that is what ended the probe. The certificate of a server that
/// had already greeted as something else is no riddle: that server is.
pub(super) fn rejected(evidence: &Evidence) -> Option<(&CertificateFacts, &CertificateProblem)> {
    if matches!(
        super::greeter(evidence),
        Some(super::Greeter::OtherProduct | super::Greeter::Stranger)
    ) {
        return None;
    }
    super::failure(evidence).filter(|failure| failure.kind == FailureKind::Certificate)?;
    let tls = evidence.probe.known()?.tls.as_ref()?;
    Some((tls.chain.first()?, tls.problem.as_ref()?))
}

/// Issued by Amazon, by its own word, and not by itself.
pub(super) fn is_of_amazon(leaf: &CertificateFacts) -> bool {
    leaf.issuer != leaf.subject
        && ["amazon", "starfield"]
            .iter()
            .any(|name| leaf.issuer.to_lowercase().contains(name))
}

fn check(evidence: &Evidence) -> Verdict {
    match rejected(evidence) {
        Some((leaf, CertificateProblem::UntrustedIssuer)) if is_of_amazon(leaf) => {
            let why = format!(
                "the certificate is issued by {}, and no root at hand leads to it",
                leaf.issuer
            );
            Verdict::likely(0.93, [Need::Probe], why)
        }
        Some(_) => Verdict::NotApplicable,
        None => by_log(evidence),
    }
}

fn by_log(evidence: &Evidence) -> Verdict {
    let told = super::told(evidence, &UNTRUSTED).filter(|_| !super::told_of_another_service(evidence));
    let Some(sign) = told else {
        return Verdict::NotApplicable;
    };
    let why = format!("the client's log says that {}", sign.words());
    let tls = evidence.probe.known().and_then(|probe| probe.tls.as_ref());
    if let Some((reading::BadAddress::Untrusted, found)) = reading::bad_address(evidence) {
        let why = format!("{why}; but the certificates of other addresses are in order: {found}");
        return Verdict::possible(0.3, [Need::Symptom, Need::Experiment], why);
    }
    match tls {
        Some(tls) if tls.problem.is_none() => {
            let why = format!("{why}; with the roots of this machine the certificate is in order");
            Verdict::likely(0.85, [Need::Symptom, Need::Probe], why)
        }
        Some(_) => Verdict::NotApplicable,
        None if super::failure(evidence).is_some() => Verdict::NotApplicable,
        None if super::is_line_alone(evidence) => Verdict::likely(0.65, [Need::Symptom], why),
        None => Verdict::possible(0.55, [Need::Symptom], why),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    Remedy::new("Give the client an up-to-date set of root certificates")
        .command("On Debian and Ubuntu, install and refresh them", "sudo apt-get install --reinstall ca-certificates")
        .step("Red Hat: dnf reinstall ca-certificates; Alpine: apk add ca-certificates; Java: update the runtime or its cacerts")
        .step("If the client names its own file of roots (Postfix: smtp_tls_CAfile; --tls-ca here), point it to the system's")
        .command("Prove it from the client's host", format!("ses-doctor probe --host {host} --port 587"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        evidence_of_235, evidence_of_client, evidence_of_failure, handshake, logged, probed,
    };
    use ses_smtp::reply::Phase;

    const NAME: &str = "email-smtp.eu-west-1.amazonaws.com";

    fn untrusted(issuer: &str) -> Evidence {
        let mut evidence = evidence_of_failure(Phase::Tls, FailureKind::Certificate);
        let tls = handshake(issuer, NAME, Some(CertificateProblem::UntrustedIssuer));
        probed(&mut evidence, |probe| probe.tls = Some(tls));
        evidence
    }

    #[test]
    fn an_untrusted_certificate_of_amazon_points_to_the_roots() {
        let evidence = untrusted("C=US, O=Amazon, CN=Amazon RSA 2048 M01");
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn another_issuer_or_the_certificate_itself_is_something_else() {
        assert_eq!(
            check(&untrusted("O=Contoso Ltd, CN=Contoso TLS Inspection CA")),
            Verdict::NotApplicable
        );
        assert_eq!(check(&untrusted(&format!("CN={NAME}"))), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn the_log_alone_is_likely_and_more_so_when_our_roots_suffice() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        );
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.confidence < 0.7));
        let mut evidence = evidence_of_235();
        probed(&mut evidence, |probe| {
            probe.tls = Some(handshake("CN=Amazon RSA 2048 M01", NAME, None))
        });
        logged(&mut evidence, "x509: certificate signed by unknown authority");
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.confidence > 0.8));
    }
}
