//! `identity-in-another-region`: the sender is verified, but not in the region of the endpoint.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{Elsewhere, blamed, elsewhere, sender_is_unverified};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "identity-in-another-region",
    group: Group::Account,
    title: "The sender is verified in another region than the endpoint's",
    next_check: "see in which region the sender is verified: aws sesv2 get-email-identity in the region of the host, then in yours",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SenderIdentity,
        Need::SenderIdentityElsewhere,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. After the message, SES answers `554 Message rejected: Email address is not verified …` and names a
region. The SES console shows the sender as verified, in another region.

## Why it happens

Verified identities belong to one region. A domain that is verified in one region cannot be sent from through the endpoint
of another.

## How it is proven

SES `GetEmailIdentity` says that the sender is not verified in the endpoint's region, and that it is in another one.
Without a reply, this predicts it.

## What to do

Verify the sender in the endpoint's region too, or connect to the region in which it is verified, with the SMTP password
of that region.
";

fn check(evidence: &Evidence) -> Verdict {
    let replied = blamed(evidence);
    let from_unknown = evidence
        .symptom
        .known()
        .is_none_or(|symptom| symptom.from.is_none());
    let candidate = match &replied {
        Some(blamed) => blamed.sender || (from_unknown && blamed.unclear.is_some()),
        None => super::account_decides(evidence) && sender_is_unverified(evidence),
    };
    let verified_here = evidence
        .sender_identity
        .known()
        .is_some_and(|identity| identity.verified_for_sending);
    if candidate && verified_here {
        return Verdict::absent(
            [Need::SenderIdentity],
            "the sender is verified in the endpoint's region",
        );
    }
    if !candidate || super::wrong_host_or_region_endpoint::identity_is_where_meant(evidence) {
        return Verdict::NotApplicable;
    }
    let regions = match elsewhere(evidence) {
        Elsewhere::VerifiedIn(regions) => regions.join(", "),
        Elsewhere::Nowhere => {
            return Verdict::absent(
                [Need::SenderIdentityElsewhere],
                "the sender is verified in no other region either",
            );
        }
        Elsewhere::NotTold => {
            return Verdict::unknown(
                [Need::SenderIdentityElsewhere],
                "identities are verified region by region",
            );
        }
    };
    let here = evidence
        .region()
        .unwrap_or_else(|| "the endpoint's region".into());
    let why = format!("the sender is verified in {regions}, not in {here}");
    match replied {
        Some(blamed) => Verdict::confirmed([Need::SenderIdentityElsewhere, blamed.basis], why),
        None => {
            let because = [Need::SenderIdentityElsewhere, Need::SenderIdentity];
            Verdict::likely(0.9, because, format!("predicted: {why}"))
        }
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let here = super::region_argument(evidence);
    let there = match elsewhere(evidence) {
        Elsewhere::VerifiedIn(regions) => regions.into_iter().next(),
        Elsewhere::Nowhere | Elsewhere::NotTold => None,
    };
    let there = super::argument(there.as_deref(), "OTHER_REGION").to_owned();
    let from = evidence
        .symptom
        .known()
        .and_then(|symptom| symptom.from.as_deref());
    let domain = super::argument(
        from.and_then(|from| from.rsplit_once('@'))
            .map(|(_, domain)| domain),
        "DOMAIN",
    );
    Remedy::new(format!("Verify the sender in {here} too, or send through {there}"))
        .command(
            "Create the identity in this region and publish the DKIM records that the call prints (undo: aws sesv2 \
             delete-email-identity)",
            format!("aws sesv2 create-email-identity --email-identity {domain} --region {here}"),
        )
        .command(
            format!("Or connect to email-smtp.{there}.amazonaws.com with the SMTP password of that region"),
            format!("ses-doctor password --region {there} --secret-key-file FILE"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::IdentityElsewhere;
    use crate::testimony::{denied, evidence_of_235, identity, known, missing, reported, symptom};

    fn unverified_here() -> Evidence {
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("me@example.com".into())
        });
        evidence.sender_identity = missing();
        evidence
    }

    fn in_virginia(verified: bool) -> Vec<IdentityElsewhere> {
        let there = identity("us-east-1", "example.com", verified);
        vec![IdentityElsewhere {
            region: "us-east-1".into(),
            identity: Ok(Some(there)),
        }]
    }

    #[test]
    fn a_verified_identity_elsewhere_is_proof_with_the_reply_and_a_prediction_without() {
        let mut evidence = unverified_here();
        assert!(
            matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::SenderIdentityElsewhere])
        );
        evidence.sender_identity_elsewhere = known(in_virginia(true));
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        let text = "Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: me@example.com";
        reported(&mut evidence, 554, text, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
    }

    #[test]
    fn an_identity_verified_nowhere_rules_it_out() {
        let mut evidence = unverified_here();
        evidence.sender_identity_elsewhere = known(in_virginia(false));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn one_region_that_does_not_answer_leaves_it_open() {
        let mut evidence = unverified_here();
        let mut places = in_virginia(false);
        places.push(IdentityElsewhere {
            region: "us-west-2".into(),
            identity: Err("throttled".into()),
        });
        evidence.sender_identity_elsewhere = known(places);
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        evidence.sender_identity_elsewhere = denied("ses:GetEmailIdentity");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
    }

    #[test]
    fn the_region_that_the_person_means_is_a_matter_of_the_host() {
        let mut evidence = unverified_here();
        symptom(&mut evidence, |symptom| symptom.region = Some("us-east-1".into()));
        evidence.sender_identity_elsewhere = known(in_virginia(true));
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }
}
