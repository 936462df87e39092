//! `recipient-not-permitted-in-sandbox`: in the sandbox SES authorises the recipient too, and the policy does not cover it.

use super::missing_send_permission::{is_missing_allow, lacks_for_sender, unread};
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::message::Part;
use crate::permission::send::Refused;
use crate::permission::{Denial, Layer, judge};
use crate::reading::bare;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "recipient-not-permitted-in-sandbox",
    group: Group::Permission,
    title: "In the sandbox the policy must cover the recipient too, and it does not",
    next_check: "see whether the identity that the reply names is the recipient, and whether the account has production access: aws sesv2 get-account",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SesAccount,
        Need::Policies,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

``554 Access denied … on resource `arn:aws:ses:…:identity/RECIPIENT'``: the identity named is the recipient's. Mail to
other addresses may go out.

## Why it happens

In the sandbox recipients must be verified identities, and SES authorises the send on them as well. A policy that names only
the sender's ARN does not cover them. Public reports know it outside the sandbox too, for recipients that are identities of the
same account.

## How it is proven

By the identity in the reply, which is the recipient. Without the recipient it cannot be told from a sender.

## What to do

Ask for production access; until then allow the recipients' identities as well, or restrict by `ses:FromAddress` in place of
the resource.
";

fn check(evidence: &Evidence) -> Verdict {
    match unread(evidence) {
        Some(refused) => by_reply(evidence, &refused),
        None if lacks_for_sender(evidence) => Verdict::NotApplicable,
        None => judge(
            evidence,
            Layer::Identity,
            holds,
            "in the sandbox a policy without the recipient gets this 554",
        ),
    }
}

fn holds(denial: &Denial) -> bool {
    is_missing_allow(denial) && denial.authorization.part == Part::Recipient
}

fn by_reply(evidence: &Evidence, refused: &Refused) -> Verdict {
    let Some(address) = address(refused) else {
        return Verdict::NotApplicable;
    };
    let symptom = evidence.symptom.known();
    let is = |told: Option<&String>| told.map(|told| bare(told) == address);
    let production = evidence
        .ses_account
        .known()
        .map(|account| account.production_access);
    match (
        is(symptom.and_then(|symptom| symptom.to.as_ref())),
        is(symptom.and_then(|symptom| symptom.from.as_ref())),
    ) {
        (_, Some(true)) | (Some(false), _) => Verdict::NotApplicable,
        (Some(true), _) if production == Some(true) => Verdict::possible(
            0.4,
            [refused.basis, Need::SesAccount],
            format!("SES refused on {address}, the recipient, although the account is out of the sandbox"),
        ),
        (Some(true), _) => Verdict::likely(
            0.7,
            [refused.basis],
            format!("SES refused on {address}, the recipient: it authorises recipients in the sandbox"),
        ),
        (None, _) => Verdict::unknown(
            [Need::Symptom, Need::SesAccount],
            format!("in the sandbox {address} may be the recipient"),
        ),
    }
}

/// The identity, when it is an address.
fn address(refused: &Refused) -> Option<String> {
    let (_, identity) = refused.resource.rsplit_once(":identity/")?;
    identity.contains('@').then(|| bare(identity))
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new("Leave the sandbox, or let the policy cover the recipients")
        .command("See whether the account is in the sandbox (`ProductionAccessEnabled`)", format!("aws sesv2 get-account --region {region}"))
        .step("Ask for production access in this region: SES console, Account dashboard")
        .step("Or allow ses:SendRawEmail on the recipients' identities too; a condition on ses:FromAddress keeps it to your senders")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_report, found, symptom};

    #[test]
    fn the_recipient_as_resource_tells() {
        let text = "Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/you@example.net'";
        let mut evidence = evidence_of_report(554, text, None);
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        symptom(&mut evidence, |symptom| {
            symptom.to = Some("You <you@example.net>".into())
        });
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.7)));
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("you@example.net".into())
        });
        assert_eq!(check(&evidence), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }
}
