//! `explicit-deny`: a deny in a policy of the user or of its groups forbids sending.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, TurnsOn, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "explicit-deny",
    group: Group::Permission,
    title: "A deny in a policy of the user or of its groups forbids sending",
    next_check: "see the policies of the user and of its groups for a Deny on ses:SendRawEmail: aws iam simulate-principal-policy names it",
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

A statement with `Effect: Deny` in an identity policy covers the call. A deny outweighs every allow, so that adding a
permission changes nothing.

## How it is proven

The policies of the user and of its groups are read and evaluated for each resource that the message needs. The statement
that decides is named, with its document.

## What to do

Ask who wrote the deny, and why, before touching it. Then narrow the statement so that it no longer covers this call, or take
the user out of the group that brings it.
";

fn check(evidence: &Evidence) -> Verdict {
    judge(
        evidence,
        Layer::Identity,
        holds,
        "a deny in a policy gets the same 554 as a missing allow",
    )
}

fn holds(denial: &Denial) -> bool {
    denial.layer == Layer::Identity
        && denial.explicit
        && matches!(denial.turns_on, None | Some(TurnsOn::Other(_)))
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(Remedy::new("Narrow the deny, or move the user out of its reach; no allow can outweigh it"), evidence)
        .step(
            "Find out why the deny is there: it may be meant for exactly this user",
        )
        .step(
            "Narrow its Action, Resource or Condition so that it no longer covers this call; add no allow, since none can outweigh it",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::{denied_by, refused_with};
    use crate::testimony::found;
    use crate::{Certainty, Verdict};

    const DENY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"ses:*","Resource":"*"},
        {"Sid":"NoMail","Effect":"Deny","Action":"ses:Send*","Resource":"*"}]}"#;

    #[test]
    fn a_deny_that_covers_the_call_is_proof() {
        let evidence = refused_with(&[("mailer", DENY)]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        assert!(format!("{:?}", check(&evidence)).contains("NoMail"));
    }

    #[test]
    fn a_missing_allow_is_no_deny() {
        let evidence = refused_with(&[("mailer", r#"{"Statement":[]}"#)]);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        assert!(denied_by(&evidence, holds).is_none());
    }
}
