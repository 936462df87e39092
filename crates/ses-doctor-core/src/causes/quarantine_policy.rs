//! `quarantine-policy`: AWS put the user into quarantine because its key leaked.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, HealthEvent, KeyStatus, PolicyDocument};
use crate::need::Need;
use crate::permission;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "quarantine-policy",
    group: Group::Permission,
    title: "AWS has put the user into quarantine: its key counts as leaked",
    next_check: "see whether AWSCompromisedKeyQuarantine is attached to the user: aws iam list-attached-user-policies",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::AccessKeys,
        Need::Policies,
        Need::HealthEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

Mail may still go out. Creating, activating or deleting keys of this user is refused, so that a rotation fails half way; or
the key has been switched off by the people who got the warning.

## Why it happens

AWS found the access key in public and attached `AWSCompromisedKeyQuarantine`, `…V2` or `…V3` to its user. As of the policies
seen in March 2026 they deny no `ses:Send…` action, so that the policy by itself does not stop SMTP; they deny the user
most of what one would do about keys.

## How it is proven

The policies attached to the user contain one of these. A notice in AWS Health that names the key as exposed says the same of the
key, and when AWS found it; without the policy it makes the quarantine possible only.

## What to do

Treat the key as stolen. Replace it, from an identity that is not in quarantine, look in CloudTrail for what it was used for, and
only then detach the policy.
";

/// Managed policies of AWS: `AWSCompromisedKeyQuarantine`, `V2`, `V3`; no `V4` was found as of March 2026.
const NAME: &str = "AWSCompromisedKeyQuarantine";

fn check(evidence: &Evidence) -> Verdict {
    let key = evidence.access_key_id();
    let notice = key.and_then(|key| reading::exposure(evidence, key));
    match evidence.policies.known() {
        Some(policies) => match policies.iter().find(|policy| is_quarantine(policy)) {
            Some(policy) => by_policy(policy, notice),
            None => by_notice(notice, Some(policies)).unwrap_or_else(|| unattached(policies)),
        },
        None if evidence.policies.unavailable().is_some() && notice.is_some() => {
            by_notice(notice, None).unwrap_or(Verdict::NotApplicable)
        }
        None if notice.is_some() || is_worth_asking(evidence) => Verdict::unknown(
            [Need::Policies],
            "a key that leaked is often switched off, and its user put into quarantine",
        ),
        None => Verdict::NotApplicable,
    }
}

fn by_policy(policy: &PolicyDocument, notice: Option<&HealthEvent>) -> Verdict {
    let mut because = vec![Need::Policies];
    let mut why = format!(
        "AWS attached {} to the user: its key counts as leaked. The policy denies no sending by itself",
        policy.name
    );
    if let Some(notice) = notice {
        because.push(Need::HealthEvents);
        why = format!(
            "{why}. AWS Health names the key: {}",
            reading::which_and_since(notice)
        );
    }
    Verdict::confirmed(because, why)
}

/// AWS says that the key leaked; that it also attached the policy was not seen.
fn by_notice(notice: Option<&HealthEvent>, policies: Option<&Vec<PolicyDocument>>) -> Option<Verdict> {
    let exposed = format!(
        "AWS Health names the key as exposed ({})",
        reading::which_and_since(notice?)
    );
    Some(match policies {
        Some(policies) if permission::is_whole(policies) => Verdict::possible(
            0.5,
            [Need::HealthEvents, Need::Policies],
            format!("{exposed}, but no quarantine policy is attached to its user"),
        ),
        Some(_) | None => Verdict::likely(
            0.7,
            [Need::HealthEvents],
            format!("{exposed}; not all of its user's policies could be read"),
        ),
    })
}

fn unattached(policies: &[PolicyDocument]) -> Verdict {
    match permission::is_whole(policies) {
        true => Verdict::absent([Need::Policies], "no quarantine policy is attached to the user"),
        false => Verdict::NotApplicable,
    }
}

fn is_quarantine(policy: &PolicyDocument) -> bool {
    let managed = policy
        .arn
        .as_deref()
        .is_some_and(|arn| arn.contains(":iam::aws:policy/"));
    managed && policy.name.starts_with(NAME)
}

fn is_worth_asking(evidence: &Evidence) -> bool {
    let switched_off = reading::key_in_question(evidence)
        .is_some_and(|key| reading::status(evidence, key) == Some(KeyStatus::Inactive));
    switched_off || permission::send::refused(evidence).is_some()
}

fn remedy(evidence: &Evidence) -> Remedy {
    let key = super::argument(evidence.access_key_id(), "KEY_ID");
    let user = super::argument(reading::owner(evidence, key), "USER");
    let remedy = Remedy::new(
        "Treat the key as stolen: replace it, look for its misuse, and only then lift the quarantine",
    )
    .step("Work with an identity that is not in quarantine: the policy denies this user every change of keys")
    .command(
        "See what the key was used for in the last 90 days",
        format!(
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={key}"
        ),
    );
    reading::new_key(remedy, evidence, Some(user)).step(
        "Once the client logs in with the new key, deactivate the leaked one, and detach the quarantine policy last",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Attachment;
    use crate::testimony::{
        KEY, asked, denied, evidence_of_235, evidence_of_535, found, health, keys, known,
    };
    use crate::{Certainty, Verdict};

    fn attached(name: &str) -> PolicyDocument {
        PolicyDocument {
            name: name.into(),
            arn: Some(format!("arn:aws:iam::aws:policy/{name}")),
            attachment: Attachment::UserManaged,
            document: Ok("{}".into()),
        }
    }

    #[test]
    fn the_attached_policy_is_proof_even_while_mail_goes_out() {
        let mut evidence = evidence_of_235();
        evidence.policies = known(vec![attached("AWSCompromisedKeyQuarantineV3")]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        evidence.policies = known(vec![attached("AmazonSESFullAccess")]);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn it_is_asked_for_when_the_key_was_switched_off() {
        let mut evidence = evidence_of_535();
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        assert_eq!(asked(&check(&evidence)), [Need::Policies]);
    }

    #[test]
    fn a_notice_of_the_exposed_key_counts_with_and_without_the_policy() {
        let mut notice = health("RISK", "AWS_RISK_CREDENTIALS_EXPOSED", "global", 600);
        notice.entities = Ok(vec![KEY.into()]);
        let mut evidence = Evidence {
            health_events: known(vec![notice.clone()]),
            ..evidence_of_235()
        };
        assert_eq!(asked(&check(&evidence)), [Need::Policies]);
        evidence.policies = denied("iam:ListUserPolicies");
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.7)));
        evidence.policies = known(vec![attached("AmazonSESFullAccess")]);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Possible, 0.5)));
        evidence.policies = known(vec![attached("AWSCompromisedKeyQuarantineV2")]);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.because.contains(&Need::HealthEvents)));
        notice.entities = Ok(vec!["AKIAI44QH8DHBEXAMPLE".into()]);
        evidence.health_events = known(vec![notice]);
        evidence.policies = known(Vec::new());
        assert!(matches!(check(&evidence), Verdict::Absent { .. }), "another key");
    }
}
