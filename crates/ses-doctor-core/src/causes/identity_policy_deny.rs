//! `identity-policy-deny`: the sending authorization policy of the identity forbids this sender.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "identity-policy-deny",
    group: Group::Permission,
    title: "The sending authorization policy of the identity forbids this sender",
    next_check: "see the policies of the identity itself: aws sesv2 get-email-identity-policies",
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

The SES identity has a policy of its own (sending authorization), and a statement in it denies the call: often one that was
meant to keep out all but one application.

## How it is proven

The policies of the sender's identity come with SES `GetEmailIdentity` and are evaluated for this user.

## What to do

The owner of the identity narrows the statement, so that it no longer covers this user.
";

fn check(evidence: &Evidence) -> Verdict {
    judge(
        evidence,
        Layer::SendingAuthorization,
        holds,
        "a policy of the identity itself can deny the call, with the same 554",
    )
}

fn holds(denial: &Denial) -> bool {
    denial.layer == Layer::SendingAuthorization && !denial.cross_account
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(
        Remedy::new(
            "Narrow the deny in the identity's sending authorization policy; no allow can outweigh it",
        ),
        evidence,
    )
    .step("Name the user in the exception, by its ARN; do not delete the whole policy: it keeps others out")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::{denied_by, refused_with};
    use crate::testimony::found;
    use crate::{Certainty, Verdict};

    const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;
    const ONLY_SHOP: &str = r#"{"Statement":{"Sid":"OnlyShop","Effect":"Deny","Principal":"*","Action":"ses:Send*",
        "Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/shop"}}}}"#;

    #[test]
    fn a_deny_of_the_identity_is_proof() {
        let evidence = refused_with(&[("mailer", ALLOW), ("identity", ONLY_SHOP)]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn an_identity_without_a_policy_is_none() {
        let evidence = refused_with(&[("mailer", ALLOW)]);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        assert!(denied_by(&evidence, holds).is_none());
    }
}
