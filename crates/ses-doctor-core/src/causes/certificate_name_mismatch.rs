//! `certificate-name-mismatch`: the certificate is for other names than the host that the client connects to.

use super::tls_ca_missing::rejected;
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::endpoint::Endpoint;
use ses_smtp::probe::CertificateProblem;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "certificate-name-mismatch",
    group: Group::Transport,
    title: "The certificate does not bear the name of the host",
    next_check: "compare the host in the client's settings with the names in the certificate",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`hostname mismatch`, `certificate is valid for email-smtp.…, not mail.example.com`, `does not match certificate's
altnames`. The client gives up before the login.

## Why it happens

The client connects to SES by a name of your own (a CNAME, a load balancer, an address). The certificates that were seen
bear the regional name, the FIPS name and the names of VPC endpoints only; the list is not documented by AWS.

## How it is proven

The probe compares the names in the certificate with the host that the client is configured with.

## What to do

Put the name of the SES endpoint into the client's settings. Do not switch verification off.
";

fn check(evidence: &Evidence) -> Verdict {
    match rejected(evidence) {
        Some((leaf, CertificateProblem::NameMismatch)) => {
            let host = evidence
                .endpoint()
                .map_or_else(|| "the host".to_owned(), |endpoint| endpoint.host);
            let names = if leaf.names.is_empty() {
                leaf.subject.clone()
            } else {
                leaf.names.join(", ")
            };
            Verdict::confirmed(
                [Need::Probe, Need::Symptom],
                format!("the certificate is for {names}, not for {host}"),
            )
        }
        Some(_) => Verdict::NotApplicable,
        None => {
            let why = "the certificate bears another name than the client's host";
            super::told_by_client(evidence, &[Sign::CertificateName], 0.8, why)
                .unwrap_or(Verdict::NotApplicable)
        }
    }
}

/// The SES name to use: of the certificate, of the alias's target, of the region.
fn ses_name(evidence: &Evidence) -> Option<String> {
    let probe = evidence.probe.known();
    let of_certificate = probe.and_then(|probe| Some(probe.tls.as_ref()?.chain.first()?.names.clone()));
    let of_alias = probe.and_then(|probe| probe.dns.as_ref()?.canonical_name.clone());
    let candidates = of_alias.into_iter().chain(of_certificate.unwrap_or_default());
    let found = candidates
        .map(|name| Endpoint::parse(&name))
        .find(|name| name.is_ses_smtp() && !name.host.contains('*'));
    found.map(|name| name.host).or_else(|| {
        evidence
            .region()
            .map(|region| ses_smtp::endpoint::smtp_host(&region))
    })
}

fn remedy(evidence: &Evidence) -> Remedy {
    let name = ses_name(evidence);
    let host = super::argument(name.as_deref(), "email-smtp.REGION.amazonaws.com");
    Remedy::new(format!("Connect to {host} by its own name"))
        .command(
            "See that its certificate is accepted",
            format!("ses-doctor probe --host {host} --port 587"),
        )
        .step(format!(
            "Put {host} into the client's settings in place of the alias or address"
        ))
        .step(
            "If the host is already SES's own name, another server answers under it: look at DNS and proxies",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        client_of, evidence_of_235, evidence_of_failure, handshake, logged, probed, symptom,
    };
    use ses_smtp::probe::FailureKind;
    use ses_smtp::reply::Phase;

    fn shown(problem: CertificateProblem) -> Evidence {
        let mut evidence = evidence_of_failure(Phase::Tls, FailureKind::Certificate);
        let tls = handshake(
            "CN=Amazon RSA 2048 M01",
            "email-smtp.eu-west-1.amazonaws.com",
            Some(problem),
        );
        probed(&mut evidence, |probe| probe.tls = Some(tls));
        symptom(&mut evidence, |symptom| symptom.host = "mail.example.com".into());
        evidence
    }

    #[test]
    fn an_alias_is_confirmed_and_the_remedy_names_the_real_host() {
        let evidence = shown(CertificateProblem::NameMismatch);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        assert!(
            remedy(&evidence)
                .summary
                .contains("email-smtp.eu-west-1.amazonaws.com")
        );
    }

    #[test]
    fn another_problem_or_none_says_nothing_of_names() {
        assert_eq!(
            check(&shown(CertificateProblem::UntrustedIssuer)),
            Verdict::NotApplicable
        );
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn the_log_makes_it_likely() {
        let mut evidence = client_of("mail.example.com");
        logged(
            &mut evidence,
            "x509: certificate is valid for email-smtp.eu-west-1.amazonaws.com, not mail.example.com",
        );
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }
}
