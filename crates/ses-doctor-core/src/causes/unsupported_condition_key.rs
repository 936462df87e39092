//! `unsupported-condition-key`: the policy asks for a condition key that SES does not fill.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, TurnsOn, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "unsupported-condition-key",
    group: Group::Permission,
    title: "The policy asks for a condition key that SES does not fill",
    next_check: "see whether a condition in the user's policies uses a key that SES does not fill",
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

A condition names a key that is not in the requests of SES. Of the AWS-wide keys, SES's Developer Guide (2023) names only
`aws:CurrentTime`, `aws:EpochTime`, `aws:SecureTransport`, `aws:SourceIp` and `aws:UserAgent`. An allow that asks for
another, such as `aws:SourceVpce`, never holds; a deny with a negated condition on it always does.

## How it is proven

The policies are evaluated with such keys absent, and again with them open. If only that turns a denial into an allow, the
key decides. Newer keys may have been added since, so this is likely, not proven.

## What to do

Express the same limit with a key that SES fills, such as `aws:SourceIp` or `ses:FromAddress`, or by the policy of the VPC
endpoint.
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
    denial.layer == Layer::Identity && matches!(denial.turns_on, Some(TurnsOn::Unsupported(_)))
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(Remedy::new("Express the limit with a key that SES fills"), evidence)
        .step(
            "Replace the key by one that SES fills: aws:SourceIp or ses:FromAddress; a limit to a VPC endpoint belongs into the endpoint's own policy",
        )
        .step(
            "Keep a limit: an allow without any condition is wider than what was meant",
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
            r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}}"#,
        )]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
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
