//! `from-address-condition`: the policy does not allow this sender, recipient or display name.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, TurnsOn, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "from-address-condition",
    group: Group::Permission,
    title: "The policy does not allow this sender, recipient or display name",
    next_check: "compare ses:FromAddress in the user's policies with the sender, letter by letter",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SenderIdentity,
        Need::User,
        Need::Policies,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`235` at the login; then, at the end of DATA, `554 Access denied: User … is not authorized to perform
`ses:SendRawEmail'`. The text is the same for every denial by IAM: it names no reason.

## Why it happens

The policy has a condition on `ses:FromAddress`, `ses:FromDisplayName`, `ses:FeedbackAddress` or `ses:Recipients`, and the
message does not meet it. SES compares these values with regard to case (Developer Guide, policy anatomy).

## How it is proven

The policies are evaluated with the sender and the recipient that were told (`--from`, `--to`), and again with them open. If
only that turns a denial into an allow, the condition decides.

## What to do

Send as an address that the condition names, or add this one address to it.
";

fn check(evidence: &Evidence) -> Verdict {
    judge(
        evidence,
        Layer::Identity,
        holds,
        "a condition that does not hold gets the same 554",
    )
}

fn holds(denial: &Denial) -> bool {
    denial.layer == Layer::Identity && matches!(denial.turns_on, Some(TurnsOn::Address(_)))
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(Remedy::new("Send from an address that the policy names, or add this one to the condition"), evidence)
        .step(
            "Compare the sender in the client's settings with the condition, letter by letter: upper and lower case count",
        )
        .step(
            "Add the one address to the list of the condition, rather than a wildcard",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::{denied_by, refused_with};
    use crate::testimony::found;
    use crate::{Certainty, Verdict};

    #[test]
    fn the_key_that_turns_the_decision_is_named() {
        let evidence = refused_with(&[(
            "mailer",
            r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*","Condition":{"StringEquals":{"ses:FromAddress":"other@example.com"}}}}"#,
        )]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn another_fault_is_not_this_one() {
        let evidence = refused_with(&[(
            "mailer",
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
        )]);
        assert!(denied_by(&evidence, holds).is_none());
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }
}
