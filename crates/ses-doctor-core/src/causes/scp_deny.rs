//! `scp-deny`: a service control policy of the organisation forbids sending.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "scp-deny",
    group: Group::Permission,
    title: "A service control policy of the organisation forbids sending",
    next_check: "ask the administrators of the organisation which service control policies stand above the account",
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
Often in every account of one organisational unit at once.

## Why it happens

A service control policy caps what the users of a member account may do, at every level from the root of the organisation
down to the account. A level that does not allow `ses:SendRawEmail`, or a statement that denies it, for example outside of
certain regions, refuses the call. The management account is exempt.

## How it is proven

Where Organizations may be read, the policies of every level are evaluated. Where it may not be read, the API's wording
names the layer in its reason; SMTP's does not.

## What to do

Only an administrator of the organisation can change it. Ask for an exception for this action, in this account or region;
an allow in the account cures nothing.
";

fn check(evidence: &Evidence) -> Verdict {
    judge(
        evidence,
        Layer::ServiceControl,
        holds,
        "a service control policy gets the same 554, and only the organisation's administrators can read it",
    )
}

fn holds(denial: &Denial) -> bool {
    denial.layer == Layer::ServiceControl
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(Remedy::new("Ask the administrators of the organisation for the exception; nothing in this account can cure it"), evidence)
        .step(
            "Send them the report: it holds the resource, the user and, where it could be read, the statement",
        )
        .step(
            "Add no allow in the account: it cannot outweigh a service control policy",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::testing::{denied_by, refused_with};
    use crate::testimony::found;
    use crate::{Certainty, Verdict};

    const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}}"#;
    const REGIONS: &str = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"Regions","Effect":"Deny",
        "NotAction":"iam:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-central-1"}}}]}"#;

    #[test]
    fn a_deny_by_the_organisation_is_proof_once_read() {
        let evidence = refused_with(&[("mailer", ALLOW), ("scp", REGIONS)]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
        assert!(format!("{:?}", check(&evidence)).contains("Regions"));
    }

    #[test]
    fn what_could_not_be_read_stays_a_candidate() {
        let evidence = refused_with(&[("mailer", ALLOW)]);
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        assert!(denied_by(&evidence, holds).is_none());
    }
}
