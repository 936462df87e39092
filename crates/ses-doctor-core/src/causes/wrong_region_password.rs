//! `wrong-region-password`: an SMTP password belongs to one region; this one was made for another.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "wrong-region-password",
    group: Group::Credentials,
    title: "The SMTP password was made for another region",
    next_check: "derive the password for the endpoint's region and compare: ses-doctor password --check with the secret access key, or try the same pair in the region where it was made",
    reads: &[
        Need::Symptom,
        Need::Credential,
        Need::Probe,
        Need::Regions,
        Need::Experiment,
        Need::AccessKeys,
        Need::KeyEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` from one region's endpoint, while the same pair logs in elsewhere. It is common
after a move to another region or in a disaster recovery test.

## Why it happens

The SMTP password is derived from the secret access key *and the region's name*. One access key therefore has a
different password in every region, under the same user name.

## How it is proven

Where the secret access key is at hand, the password is derived for every region and compared. Otherwise the same login
is tried once at the endpoint of every other region: one of them accepts it.

## What to do

Either connect to the region that the password was made for, or derive the password for the region of the endpoint from
the same secret access key. Nothing needs to change in IAM.
";

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "the pair has the right shape, and an SMTP password works in one region only";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, "a password made for another region gets this 535");
    };
    let here = evidence.region();
    match (reading::refused(evidence), evidence.password_region()) {
        (_, Some((region, _))) if Some(&region) == here.as_ref() => {
            Verdict::absent([Need::Credential], format!("the password is the one of {region}"))
        }
        (_, Some(_)) if super::wrong_host_or_region_endpoint::host_is_at_fault(evidence) => {
            Verdict::NotApplicable
        }
        (_, Some((region, proof))) => made_for(evidence, &region, proof),
        (Some(basis), None) if evidence.shapes_are_right() && reading::unusable(evidence, key).is_none() => {
            without_match(evidence, basis, candidate)
        }
        (_, None) => Verdict::NotApplicable,
    }
}

/// The region that the password was made for is known, and it is not this one.
fn made_for(evidence: &Evidence, region: &str, proof: Need) -> Verdict {
    let why = match evidence.region() {
        Some(here) => format!("the password was made for {region}, and the client connects to {here}"),
        None => format!("the password was made for {region}"),
    };
    match (reading::refused(evidence), evidence.region()) {
        _ if evidence.login_accepted() => Verdict::absent([Need::Probe], "the login works"),
        (Some(basis), Some(_)) => Verdict::confirmed([proof, basis, Need::Credential], why),
        (Some(_), None) | (None, _) => Verdict::likely(0.9, [proof], why),
    }
}

/// No region is known to take the password: either enough were asked, or some could not be.
fn without_match(evidence: &Evidence, basis: Need, candidate: &str) -> Verdict {
    match reading::refused_everywhere(evidence) {
        Some(true) => Verdict::absent([Need::Regions], "the other regions refuse the pair too"),
        Some(false) | None if basis == Need::Probe => Verdict::unknown([Need::Regions], candidate),
        Some(false) | None => Verdict::unknown([Need::Probe], candidate),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let (made_for, _) = evidence
        .password_region()
        .unwrap_or_else(|| ("the other region".to_owned(), Need::Regions));
    let here = super::region_argument(evidence);
    Remedy::new(format!("Use the password of {here}, or connect to {made_for}"))
        .command(
            format!("Derive the password for {here} from the same secret access key, and put it into the client's settings"),
            format!("ses-doctor password --region {here} --secret-key-file FILE"),
        )
        .step(format!(
            "Or point the client at email-smtp.{made_for}.amazonaws.com, if the sender's identity is verified there"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::{KeyStatus, RegionLogin};
    use crate::observed::Observed;
    use crate::testimony::{
        KEY, accepted, asked, evidence_of_235, evidence_of_535, evidence_of_client, evidence_of_report,
        found, keys, known, refused_535, refused_elsewhere,
    };
    use ses_smtp::credential::Derivation;

    fn derived(mut evidence: Evidence, region: &str) -> Evidence {
        if let Observed::Known(credential) = &mut evidence.credential.observed {
            credential.derivation = Some(Derivation::Region(region.into()));
        }
        evidence
    }

    #[test]
    fn a_login_accepted_elsewhere_confirms_it() {
        let mut evidence = evidence_of_535();
        evidence.regions = known(vec![
            RegionLogin {
                region: "us-west-2".into(),
                outcome: refused_535(),
            },
            RegionLogin {
                region: "us-east-1".into(),
                outcome: accepted(),
            },
        ]);
        let Verdict::Present(finding) = check(&evidence) else {
            panic!("not present")
        };
        assert_eq!(finding.certainty, Certainty::Confirmed);
        assert!(finding.why.contains("us-east-1"), "{}", finding.why);
    }

    #[test]
    fn derivation_tells_it_without_a_login() {
        let verdict = check(&derived(evidence_of_client(), "us-east-1"));
        assert_eq!(found(&verdict), Some((Certainty::Likely, 0.9)));
        let verdict = check(&derived(evidence_of_535(), "us-east-1"));
        assert_eq!(found(&verdict).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn refusals_everywhere_or_the_right_region_rule_it_out() {
        let mut evidence = evidence_of_535();
        refused_elsewhere(&mut evidence);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        assert!(matches!(
            check(&derived(evidence_of_535(), "eu-west-1")),
            Verdict::Absent { .. }
        ));
        assert!(matches!(
            check(&derived(evidence_of_235(), "us-east-1")),
            Verdict::Absent { .. }
        ));
    }

    #[test]
    fn a_key_that_is_switched_off_is_refused_in_every_region() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn it_asks_for_the_other_regions_after_our_own_login_only() {
        assert_eq!(asked(&check(&evidence_of_535())), [Need::Regions]);
        let reported = evidence_of_report(535, "Authentication Credentials Invalid", None);
        assert_eq!(asked(&check(&reported)), [Need::Probe]);
        let no_pair = Evidence {
            credential: crate::Observation::default(),
            ..evidence_of_535()
        };
        assert_eq!(asked(&check(&no_pair)), [Need::Credential]);
    }
}
