//! `ip-condition`: the policy allows sending from certain addresses only.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, TurnsOn, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "ip-condition",
    group: Group::Permission,
    title: "The policy allows sending from certain addresses only",
    next_check: "compare aws:SourceIp in the user's policies with the address that the client leaves from",
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

The policy has a condition on `aws:SourceIp`, and the client's requests come from elsewhere: a new NAT gateway, another
network, a proxy. SES sees the public address; through a VPC endpoint it may see a private one, or none (unsourced).

## How it is proven

The policies are evaluated with the source address unknown. If SES refused the call and nothing else in the policies can
refuse it, the address is what decides. The address that SES saw is not known here, so this is likely, not proven.

## What to do

Find the public address that the client's traffic leaves from, and put it into the condition in place of the old one.
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
    denial.layer == Layer::Identity && matches!(denial.turns_on, Some(TurnsOn::SourceIp))
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(Remedy::new("Put the address that the client really sends from into the condition"), evidence)
        .step(
            "On the client's host, ask which public address it leaves from, and compare it with the condition",
        )
        .step(
            "Replace the outdated address in the condition; do not drop the condition: it limits what a leaked key can do",
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
            r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}}"#,
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
