//! `region-without-smtp`: SES has no SMTP endpoint in this region.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::endpoint::has_smtp;
use ses_smtp::probe::FailureKind;
use ses_smtp::reply::Phase;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "region-without-smtp",
    group: Group::Transport,
    title: "SES has no SMTP endpoint in this region",
    next_check: "look the name up anywhere: the region has no SMTP endpoint if it does not exist",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The host name `email-smtp.<region>.amazonaws.com` does not exist: `getaddrinfo ENOTFOUND`, `Name or service not known`.
The SES console works in that region.

## Why it happens

SES offers its HTTPS API in more regions than its SMTP endpoint. AWS lists af-south-1, ap-southeast-3, eu-south-1,
il-central-1 and me-south-1 as regions without SMTP. The SDKs of AWS know no SES at all in China (cn-*). The list changes.

## How it is proven

The region is on that list, and DNS answers that the name does not exist. The list alone makes it likely.

## What to do

Send through the SMTP endpoint of another region, with that region's SMTP password and the sender verified there; or send
with the SES API in this region.
";

/// The host's region has no SMTP endpoint, as far as the list or the DNS can tell.
pub(super) fn region_at_fault(evidence: &Evidence) -> Option<String> {
    let endpoint = evidence.endpoint()?;
    let ses_like = endpoint.is_ses_smtp() || endpoint.host.starts_with("email-smtp");
    let region = endpoint.region.filter(|_| ses_like)?;
    let unlisted = has_smtp(&region).is_none() && no_such_name(evidence);
    let without = has_smtp(&region) == Some(false) || region.starts_with("cn-");
    (without || unlisted).then_some(region)
}

fn no_such_name(evidence: &Evidence) -> bool {
    super::failure(evidence)
        .is_some_and(|failure| failure.phase == Phase::Resolve && failure.kind == FailureKind::NoSuchName)
}

fn check(evidence: &Evidence) -> Verdict {
    let Some(region) = region_at_fault(evidence) else {
        return Verdict::NotApplicable;
    };
    let reached = evidence
        .probe
        .known()
        .is_some_and(|probe| probe.greeting.is_some() || probe.peer.is_some());
    if reached {
        return Verdict::absent([Need::Probe], format!("the endpoint in {region} can be reached"));
    }
    let listed = has_smtp(&region) == Some(false);
    let gone = no_such_name(evidence);
    let (lists, known) = (
        format!("AWS lists {region} as a region without SMTP"),
        format!("no SMTP endpoint of SES is known in {region}"),
    );
    let has_address = super::failure(evidence).is_some_and(|failure| failure.phase > Phase::Resolve);
    match (listed, gone) {
        (_, false) if has_address => Verdict::possible(
            0.5,
            [Need::Symptom, Need::Probe],
            format!("{known}, but the host name resolves"),
        ),
        (true, true) => Verdict::confirmed(
            [Need::Probe, Need::Symptom],
            format!("{lists}, and the host name does not exist"),
        ),
        (true, false) => Verdict::likely(0.9, [Need::Symptom], lists),
        (false, true) => Verdict::likely(
            0.85,
            [Need::Probe, Need::Symptom],
            format!("{known}, and the host name does not exist"),
        ),
        (false, false) => Verdict::likely(0.8, [Need::Symptom], known),
    }
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Send through the SMTP endpoint of another region")
        .step("Choose a region with an SMTP endpoint near you, such as eu-central-1 for eu-south-1; verify the sender there")
        .command(
            "See that the endpoint can be reached from the client's host",
            "ses-doctor probe --host email-smtp.eu-central-1.amazonaws.com --port 587",
        )
        .command(
            "Derive the SMTP password of that region; the user name stays",
            "ses-doctor password --region eu-central-1 --secret-key-file FILE",
        )
        .step("Or keep the region and send with the SES API instead of SMTP")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{client_of, evidence_of_client, evidence_of_failure, probed, symptom};
    use ses_smtp::probe::FailureKind;

    fn in_region(region: &str, kind: FailureKind) -> Evidence {
        let mut evidence = evidence_of_failure(Phase::Resolve, kind);
        symptom(&mut evidence, |symptom| {
            symptom.host = format!("email-smtp.{region}.amazonaws.com")
        });
        probed(&mut evidence, |probe| probe.greeting = None);
        evidence
    }

    #[test]
    fn a_listed_region_whose_name_does_not_exist_is_confirmed() {
        let verdict = check(&in_region("eu-south-1", FailureKind::NoSuchName));
        assert!(matches!(verdict, Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn the_list_alone_makes_it_likely() {
        for host in [
            "email-smtp.il-central-1.amazonaws.com",
            "email-smtp.cn-north-1.amazonaws.com.cn",
        ] {
            assert!(
                matches!(check(&client_of(host)), Verdict::Present(f) if f.certainty == Certainty::Likely),
                "{host}"
            );
        }
        let silent = in_region("eu-south-1", FailureKind::ResolverFailed);
        assert!(matches!(check(&silent), Verdict::Present(f) if f.certainty == Certainty::Likely));
    }

    #[test]
    fn a_region_with_smtp_is_not_at_fault() {
        assert_eq!(check(&evidence_of_client()), Verdict::NotApplicable);
        assert_eq!(
            check(&in_region("eu-west-1", FailureKind::NoSuchName)),
            Verdict::NotApplicable
        );
    }

    #[test]
    fn an_endpoint_that_answers_counts_more_than_the_list() {
        let mut evidence = crate::testimony::evidence_of_535();
        symptom(&mut evidence, |symptom| {
            symptom.host = "email-smtp.me-south-1.amazonaws.com".into()
        });
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }
}
