//! `api-endpoint-as-smtp-host`: the host is the one of the SES HTTPS API, which speaks no SMTP.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, Login};
use crate::need::Need;
use crate::verdict::Verdict;
use client_log::Side;
use ses_smtp::endpoint::EndpointKind;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "api-endpoint-as-smtp-host",
    group: Group::Transport,
    title: "The host is the HTTPS API of SES, not its SMTP endpoint",
    next_check: "compare the host with email-smtp.REGION.amazonaws.com: email.REGION.amazonaws.com is the HTTPS API",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

Connections to `email.<region>.amazonaws.com` on an SMTP port time out or are refused.

## Why it happens

SES has two kinds of endpoints with similar names. `email.<region>.amazonaws.com` is the HTTPS API for the AWS SDKs;
`email-smtp.<region>.amazonaws.com` speaks SMTP.

## How it is proven

By the host name. A probe that fails there confirms it.

## What to do

Put `email-smtp` in place of `email` in the client's host.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(endpoint) = evidence
        .endpoint()
        .filter(|endpoint| endpoint.kind == EndpointKind::Api && !calls_the_api(evidence))
    else {
        return Verdict::NotApplicable;
    };
    let why = format!("{} is the HTTPS API of SES and speaks no SMTP", endpoint.host);
    match evidence.login() {
        Login::Accepted => Verdict::absent([Need::Probe], "the login works at this host"),
        Login::NotReached(_) => Verdict::confirmed([Need::Symptom, Need::Probe], why),
        Login::Refused(_) | Login::NotTried | Login::Unknown => Verdict::likely(0.95, [Need::Symptom], why),
    }
}

/// The log is of a program that means the API.
fn calls_the_api(evidence: &Evidence) -> bool {
    evidence
        .reported()
        .is_some_and(|reported| reported.side == Side::Api)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new(format!("Connect to email-smtp.{region}.amazonaws.com"))
        .command(
            "See that the SMTP endpoint answers, from the client's host",
            format!("ses-doctor probe --host email-smtp.{region}.amazonaws.com --port 587"),
        )
        .step("Put that host into the client's settings; port and credentials stay")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{client_of, evidence_of_235, evidence_of_failure, symptom};
    use ses_smtp::probe::FailureKind;
    use ses_smtp::reply::Phase;

    const HOST: &str = "email.eu-west-1.amazonaws.com";

    #[test]
    fn a_probe_that_fails_at_the_api_host_confirms_it() {
        let mut evidence = evidence_of_failure(Phase::Connect, FailureKind::TimedOut);
        symptom(&mut evidence, |symptom| symptom.host = HOST.into());
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn unprobed_the_name_makes_it_likely() {
        assert!(matches!(check(&client_of(HOST)), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn the_smtp_host_or_a_login_that_works_rules_it_out() {
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| symptom.host = HOST.into());
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }
}
