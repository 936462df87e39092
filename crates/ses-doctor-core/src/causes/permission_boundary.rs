//! `permission-boundary`: the permissions boundary of the user does not allow sending.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "permission-boundary",
    group: Group::Permission,
    title: "The permissions boundary of the user does not allow sending",
    next_check: "see whether the user has a permissions boundary, and what it allows: aws iam get-user",
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

A permissions boundary is the most that a user may ever do. It grants nothing by itself; what it leaves out, or denies, is
refused although the user's own policies allow it. Boundaries often come with a template that knows nothing of SES.

## How it is proven

The boundary of the user is read and evaluated for each resource that the message needs.

## What to do

Whoever owns the boundary adds `ses:SendRawEmail` to it, on the identity in question. Taking the boundary off the user gives it
far more than sending.
";

fn check(evidence: &Evidence) -> Verdict {
    judge(
        evidence,
        Layer::Boundary,
        holds,
        "a permissions boundary without SES gets the same 554",
    )
}

fn holds(denial: &Denial) -> bool {
    denial.layer == Layer::Boundary
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(
        Remedy::new("Ask the owner of the boundary to allow ses:SendRawEmail in it, on this resource only"),
        evidence,
    )
    .step("Add no allow to the user's own policies: the boundary caps them")
    .step("Do not remove the boundary from the user: it holds back more than mail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::{denied_by, refused_with};
    use crate::testimony::found;
    use crate::{Certainty, Verdict};

    const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;

    #[test]
    fn a_boundary_without_ses_is_proof() {
        let evidence = refused_with(&[
            ("mailer", ALLOW),
            (
                "boundary",
                r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#,
            ),
        ]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn no_boundary_or_one_that_allows_is_none() {
        assert!(matches!(
            check(&refused_with(&[("mailer", ALLOW)])),
            Verdict::Absent { .. }
        ));
        let allowing = refused_with(&[("mailer", "{\"Statement\":[]}"), ("boundary", ALLOW)]);
        assert!(denied_by(&allowing, holds).is_none());
    }
}
