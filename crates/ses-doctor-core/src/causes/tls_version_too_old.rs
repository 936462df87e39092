//! `tls-version-too-old`: the two sides have no TLS version in common.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::probe::FailureKind;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "tls-version-too-old",
    group: Group::Transport,
    title: "One side speaks no TLS version that the other accepts",
    next_check: "see from the client's host which version it negotiates: openssl s_client -starttls smtp -connect HOST:587",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

A TLS handshake that ends with `protocol version` or `unsupported protocol`; or, after the message, `Access denied: Amazon
SES no longer supports TLS 1.0 and TLS 1.1 connections. …`, which is not about permissions.

## Why it happens

SES takes TLS 1.2 and 1.3. Old runtimes and devices offer only older versions. A proxy in between may do so too, although
the client is new.

## How it is proven

By SES's own words in the client's log. Or the probe, which offers 1.2 and 1.3, is refused: then it is not the client but
what answers in place of SES, or in front of it, that is too old.

## What to do

Bring the client's TLS library or runtime up to date, or let a relay on a newer host send for it.
";

fn check(evidence: &Evidence) -> Verdict {
    if super::failure(evidence).is_some_and(|failure| failure.kind == FailureKind::TlsVersion) {
        let why = "what answers takes neither TLS 1.2 nor 1.3; SES takes both";
        return Verdict::confirmed([Need::Probe], why);
    }
    let ses_words = evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::TlsVersionBySes));
    if ses_words {
        return Verdict::confirmed(
            [Need::Symptom],
            "SES told the client that its TLS version is no longer supported",
        );
    }
    let Some(sign) = super::told(evidence, &[Sign::TlsVersion]) else {
        return Verdict::NotApplicable;
    };
    let failed_otherwise = super::failure(evidence).is_some();
    if failed_otherwise || super::names_another_service(evidence) || super::told_of_another_service(evidence)
    {
        return Verdict::NotApplicable;
    }
    // The client's TLS library is not ours: a probe that goes through does not speak against it.
    Verdict::likely(
        0.8,
        [Need::Symptom],
        format!("the client's log says that {}", sign.words()),
    )
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    Remedy::new("Let the client speak TLS 1.2 or newer")
        .command(
            "See from the client's host what the endpoint negotiates",
            format!("openssl s_client -starttls smtp -connect {host}:587 -tls1_2 -servername {host}"),
        )
        .step("If that works, update the client's runtime or TLS library, or the setting that pins an old version")
        .step("If it fails, look for a proxy or firewall on the way that ends TLS itself")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        evidence_of_235, evidence_of_client, evidence_of_failure, evidence_of_report, logged,
    };
    use ses_smtp::reply::Phase;

    #[test]
    fn a_handshake_without_a_common_version_confirms_it() {
        let evidence = evidence_of_failure(Phase::Tls, FailureKind::TlsVersion);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn the_words_of_ses_confirm_it() {
        let text = "Access denied: Amazon SES no longer supports TLS 1.0 and TLS 1.1 connections.";
        let evidence = evidence_of_report(554, text, Some(Phase::EndOfData));
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn the_words_of_a_library_make_it_likely() {
        let mut evidence = evidence_of_client();
        logged(
            &mut evidence,
            "error:1409442E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version",
        );
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn a_handshake_that_works_says_nothing_of_it() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
        let other = evidence_of_failure(Phase::Tls, FailureKind::TlsHandshake);
        assert_eq!(check(&other), Verdict::NotApplicable);
    }
}
