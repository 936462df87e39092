//! `dns-failure`: the host name of the endpoint cannot be resolved.

use super::region_without_smtp::region_at_fault;
use super::wrong_host_or_region_endpoint::host_is_mistaken;
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, BadAddress};
use crate::verdict::Verdict;
use client_log::Sign;
use ses_smtp::endpoint::EndpointKind;
use ses_smtp::probe::FailureKind;
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "dns-failure",
    group: Group::Transport,
    title: "The host name of the SMTP endpoint is not resolved, or to an address of something else",
    next_check: "look the name up where the client runs: getent hosts HOST",
    reads: &[Need::Symptom, Need::Probe, Need::Experiment],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`getaddrinfo failed`, `Name or service not known`, `no such host`, `Temporary failure in name resolution`, before any
connection is made. Sometimes it comes and goes.

## Why it happens

The resolver of the client's host does not answer, answers wrongly, or may not look up public names. For the name of a VPC
endpoint: the endpoint was deleted, or its private DNS is off.

## How it is proven

The probe asks for the name as the client does and gets no address, although the name is one of SES. When the name itself
is wrong, that is another cause. An experiment (`--experiment`) finds an address of the answer at which nothing listens, or something that is
not SES, while SES stands at the others.

## What to do

Compare the answer of the host's resolver with that of another one. Then mend the resolver's configuration.
";

fn check(evidence: &Evidence) -> Verdict {
    if region_at_fault(evidence).is_some() || host_is_mistaken(evidence) || has_its_own_cause(evidence) {
        return Verdict::NotApplicable;
    }
    if let Some((BadAddress::NotSes, why)) = reading::bad_address(evidence) {
        let why = format!("an address of the answer is not one of SES: {why}");
        return Verdict::likely(0.9, [Need::Experiment, Need::Probe], why);
    }
    let Some(failure) = super::failure(evidence).filter(|failure| failure.phase == Phase::Resolve) else {
        return by_log(evidence);
    };
    let host = evidence
        .endpoint()
        .map_or_else(|| "the host name".to_owned(), |endpoint| endpoint.host);
    if failure.kind == FailureKind::NoSuchName {
        return Verdict::confirmed(
            [Need::Probe],
            format!("the resolver answers that {host} does not exist"),
        );
    }
    if failure.kind == FailureKind::NoAddress {
        return Verdict::likely(
            0.9,
            [Need::Probe],
            format!("the resolver has no address for {host}"),
        );
    }
    Verdict::likely(
        0.85,
        [Need::Probe],
        format!("the resolver gives no answer for {host}: {}", failure.detail),
    )
}

/// A host of another service, which has a cause of its own whether it resolves or not.
fn has_its_own_cause(evidence: &Evidence) -> bool {
    let kind = evidence.endpoint().map(|endpoint| endpoint.kind);
    matches!(kind, Some(EndpointKind::Api | EndpointKind::MailManager))
}

fn by_log(evidence: &Evidence) -> Verdict {
    let why = "nothing was sent, and no password judged";
    let host = evidence
        .endpoint()
        .map(|endpoint| endpoint.host)
        .filter(|host| !host.is_empty());
    let line = evidence.reported().map(|reported| reported.line.to_lowercase());
    // Without the client's host in the line, a piece of a URL may have been taken for one.
    let names_host = host.zip(line).is_some_and(|(host, line)| line.contains(&host));
    let with_host = names_host
        .then(|| super::told_by_client(evidence, &[Sign::NameNotFound], 0.8, why))
        .flatten();
    let told = with_host.or_else(|| super::told_by_client(evidence, &[Sign::ResolverFailed], 0.7, why));
    told.unwrap_or(Verdict::NotApplicable)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let endpoint = evidence.endpoint();
    let host = super::argument(endpoint.as_ref().map(|endpoint| endpoint.host.as_str()), "HOST");
    Remedy::new("Mend name resolution on the client's host")
        .command("Ask the host's own resolver, on the host or in the container of the client", format!("getent hosts {host}"))
        .command("Ask another resolver; if it answers, the first one is at fault", format!("dig +short {host} @1.1.1.1"))
        .step("Mend the resolver in /etc/resolv.conf, the container's DNS settings or the VPC's DHCP options")
        .step("For a VPC endpoint's name, see that the endpoint still exists and that its DNS name is spelt right")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        client_of, evidence_of_235, evidence_of_client, evidence_of_failure, logged, symptom,
    };

    #[test]
    fn a_right_name_that_does_not_exist_is_confirmed_and_a_silent_resolver_likely() {
        for (kind, certainty) in [
            (FailureKind::NoSuchName, Certainty::Confirmed),
            (FailureKind::NoAddress, Certainty::Likely),
            (FailureKind::ResolverFailed, Certainty::Likely),
            (FailureKind::TimedOut, Certainty::Likely),
        ] {
            let evidence = evidence_of_failure(Phase::Resolve, kind);
            assert!(
                matches!(check(&evidence), Verdict::Present(f) if f.certainty == certainty),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn a_wrong_name_or_a_region_without_smtp_is_another_cause() {
        for host in [
            "email-smtp.eu-west1.amazonaws.com",
            "email-smtp.eu-south-1.amazonaws.com",
        ] {
            let mut evidence = evidence_of_failure(Phase::Resolve, FailureKind::NoSuchName);
            symptom(&mut evidence, |symptom| symptom.host = host.into());
            assert_eq!(check(&evidence), Verdict::NotApplicable, "{host}");
        }
    }

    #[test]
    fn a_connection_that_fails_later_is_another_cause() {
        assert_eq!(
            check(&evidence_of_failure(Phase::Connect, FailureKind::TimedOut)),
            Verdict::NotApplicable
        );
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn the_log_counts_when_nothing_was_probed() {
        let mut evidence = evidence_of_client();
        logged(&mut evidence, "getaddrinfo failed: Name or service not known (0)");
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        logged(&mut evidence, "getaddrinfo ENOTFOUND akiaiosfodnn7example");
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        let mut evidence = client_of("email-smtp.us-east-1.amazonaws.com");
        logged(
            &mut evidence,
            "getaddrinfo ENOTFOUND email-smtp.us-east-1.amazonaws.com",
        );
        assert!(matches!(check(&evidence), Verdict::Present(_)));
    }
}
