//! `api-version-condition`: the policy asks for another version of the SES API than SMTP uses.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, TurnsOn, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "api-version-condition",
    group: Group::Permission,
    title: "The policy asks for another version of the SES API than SMTP uses",
    next_check: "see whether a condition in the user's policies pins ses:ApiVersion",
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

The SMTP endpoint calls SES as version 2 of its API (Developer Guide, controlling access). A policy whose condition on
`ses:ApiVersion` asks for version 1 was written for a client of the old API.

## How it is proven

The policies are evaluated with `ses:ApiVersion` 2, and again with it open. If only that turns a denial into an allow, the
condition decides.

## What to do

Let the condition name version 2, or drop the key from it.
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
    denial.layer == Layer::Identity && matches!(denial.turns_on, Some(TurnsOn::ApiVersion))
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(
        Remedy::new("Let the condition on ses:ApiVersion name version 2, or take this key out of it"),
        evidence,
    )
    .step("Keep the other conditions of the statement as they are")
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
            r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*","Condition":{"StringEquals":{"ses:ApiVersion":"1"}}}}"#,
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
