//! `vpc-endpoint-policy-deny`: the policy of the VPC endpoint does not let the message through.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::{Denial, Layer, judge, show_decision};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "vpc-endpoint-policy-deny",
    group: Group::Permission,
    title: "The policy of the VPC endpoint does not let the message through",
    next_check: "see the policy of the VPC endpoint that the client goes through: aws ec2 describe-vpc-endpoints",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SenderIdentity,
        Need::User,
        Need::Policies,
        Need::VpcEndpoints,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`235` at the login; then, at the end of DATA, `554 Access denied: User … is not authorized to perform
`ses:SendRawEmail'`. The text is the same for every denial by IAM: it names no reason.
From a client outside of the VPC the same message is taken.

## Why it happens

The client reaches SES through a VPC endpoint (`email-smtp`), whose policy does not allow `ses:SendRawEmail` for this user or
identity, or denies it.

## How it is proven

The policies of the endpoints for SES's SMTP service in this region are read and evaluated.

## What to do

Whoever owns the endpoint allows this action for this user, on this identity.
";

fn check(evidence: &Evidence) -> Verdict {
    judge(
        evidence,
        Layer::VpcEndpoint,
        holds,
        "the policy of a VPC endpoint gets the same 554",
    )
}

fn holds(denial: &Denial) -> bool {
    denial.layer == Layer::VpcEndpoint
}

fn remedy(evidence: &Evidence) -> Remedy {
    show_decision(Remedy::new("Ask the owner of the VPC endpoint to allow ses:SendRawEmail in its policy, for this user and identity"), evidence)
        .step(
            "Do not open the endpoint's policy to everybody: name the user and the identity",
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
    fn an_endpoint_that_lets_nothing_through_is_proof() {
        let evidence = refused_with(&[
            ("mailer", ALLOW),
            (
                "endpoint",
                r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"ses:SendEmail","Resource":"*"}}"#,
            ),
        ]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn an_open_endpoint_is_none() {
        let open = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
        let evidence = refused_with(&[("mailer", ALLOW), ("endpoint", open)]);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        assert!(denied_by(&evidence, holds).is_none());
    }
}
