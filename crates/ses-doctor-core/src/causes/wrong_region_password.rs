//! `wrong-region-password`: an SMTP password belongs to one region; this one was made for another.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, LoginOutcome};
use crate::need::Need;
use crate::verdict::Verdict;

/// The catalogue entry.
pub const CAUSE: Cause = Cause {
    id: "wrong-region-password",
    group: Group::Credentials,
    title: "The SMTP password was made for another region",
    reads: &[Need::Symptom, Need::Credential, Need::Probe, Need::Regions],
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
    let Some(basis) = evidence.credentials_refused() else {
        return Verdict::NotApplicable;
    };
    if !evidence.shapes_are_right() {
        return Verdict::NotApplicable;
    }
    let here = evidence.region();
    match evidence.password_region() {
        Some((region, _)) if Some(&region) == here.as_ref() => {
            Verdict::absent([Need::Credential], format!("the password is the one of {region}"))
        }
        Some((_, _)) if super::wrong_host_or_region_endpoint::host_is_at_fault(evidence) => Verdict::NotApplicable,
        Some((region, proof)) => {
            let here = here.unwrap_or_else(|| "this endpoint's region".to_owned());
            let why = format!("{here} refuses the pair, {region} is the region that the password was made for");
            Verdict::confirmed([proof, basis, Need::Credential], why)
        }
        None => without_match(evidence),
    }
}

/// No region is known to take the password: either all were asked, or some could not be.
fn without_match(evidence: &Evidence) -> Verdict {
    let why = "the pair has the right shape, and an SMTP password works in one region only";
    let Some(regions) = evidence.regions.known() else {
        return Verdict::unknown([Need::Regions], why);
    };
    let refused = |outcome: &LoginOutcome| matches!(outcome, LoginOutcome::Refused(_));
    if !regions.is_empty() && regions.iter().all(|login| refused(&login.outcome)) {
        return Verdict::absent([Need::Regions], format!("all {} other regions asked refuse the pair too", regions.len()));
    }
    Verdict::unknown([Need::Regions], why)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let (made_for, _) = evidence.password_region().unwrap_or_else(|| ("the other region".to_owned(), Need::Regions));
    let here = evidence.region().unwrap_or_else(|| "REGION".to_owned());
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
    use crate::evidence::RegionLogin;
    use crate::testimony::{accepted, evidence_of_535, known, refused_535};

    #[test]
    fn a_login_accepted_elsewhere_confirms_it() {
        let mut evidence = evidence_of_535();
        evidence.regions = known(vec![
            RegionLogin { region: "us-west-2".into(), outcome: refused_535() },
            RegionLogin { region: "us-east-1".into(), outcome: accepted() },
        ]);
        let Verdict::Present(finding) = check(&evidence) else { panic!("not present") };
        assert_eq!(finding.certainty, crate::Certainty::Confirmed);
        assert!(finding.why.contains("us-east-1"), "{}", finding.why);
    }

    #[test]
    fn refusals_everywhere_rule_it_out() {
        let mut evidence = evidence_of_535();
        evidence.regions = known(vec![RegionLogin { region: "us-west-2".into(), outcome: refused_535() }]);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn it_asks_for_the_other_regions_first() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Unknown { missing, .. } if missing == [Need::Regions]));
    }
}
