//! `rcp-deny`: a resource control policy of the organisation forbids sending.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "rcp-deny",
    group: Group::Permission,
    title: "A resource control policy of the organisation forbids sending",
    next_check: "ask the administrators of the organisation which resource control policies stand above the account",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SenderIdentity,
        Need::User,
        Need::Policies,
        Need::Organization,
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

A resource control policy caps what may be done to the resources of an account, by anyone. In the documents read for this
program SES is not among the services that such policies cover (S3, STS, KMS, SQS, Secrets Manager are); newer additions
could not be checked.

## How it is proven

The policies of every level are evaluated as for a service that is covered. Since it is unsourced that SES is, the finding is
never more than likely.

## What to do

Ask an administrator of the organisation for an exception.
";

fn check(evidence: &Evidence) -> Verdict {
    judge(
        evidence,
        Layer::ResourceControl,
        holds,
        "a resource control policy would get the same 554, if such policies cover SES",
    )
}

fn holds(denial: &Denial) -> bool {
    denial.layer == Layer::ResourceControl
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(Remedy::new("Ask the administrators of the organisation for the exception; nothing in this account can cure it"), evidence)
        .step(
            "Send them the report: it holds the resource, the user and the statement",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::{denied_by, refused_with};
    use crate::testimony::found;
    use crate::{Certainty, Verdict};

    const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;

    #[test]
    fn a_deny_is_likely_and_no_more() {
        let evidence = refused_with(&[
            ("mailer", ALLOW),
            (
                "rcp",
                r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"ses:*","Resource":"*"}}"#,
            ),
        ]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Likely);
    }

    #[test]
    fn without_such_a_policy_it_is_no_candidate() {
        let evidence = refused_with(&[("mailer", ALLOW)]);
        assert!(!matches!(check(&evidence), Verdict::Present(_)));
        assert!(denied_by(&evidence, holds).is_none());
    }
}
