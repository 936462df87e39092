//! `cross-account-identity-header`: the message names an identity of another account, which does not let this user send.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::send::{self, Refused};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "cross-account-identity-header",
    group: Group::Permission,
    title: "The message names an identity of another account that does not authorise this user",
    next_check: "see which account the identity belongs to, and whether the message names it in X-SES-SOURCE-ARN",
    reads: &[Need::Symptom, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`554 Access denied` at the end of DATA, with a resource whose account id is not the one in the user's ARN.

## Why it happens

A header such as `X-SES-SOURCE-ARN`, `X-SES-FROM-ARN` or `X-SES-RETURN-PATH-ARN` asks SES to send with an identity that belongs
to another account (sending authorization). Both sides must allow that: the user's policies, for the identity of the other
account, and a policy of the identity, for this user. For SMTP it must name `ses:SendRawEmail` (Developer Guide, sending
authorization), and both must be in one region.

## How it is proven

Without such a header SES asks only about identities of the user's own account; the reply names one of another account.

## What to do

The owner of the identity authorises the user in a policy of the identity; or the client stops sending the header and sends
from an identity of its own account.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(refused) = send::refused(evidence) else {
        return Verdict::NotApplicable;
    };
    match accounts(&refused) {
        Some((own, other)) if own != other => Verdict::likely(
            0.95,
            [refused.basis],
            format!(
                "the user is of account {own}, and SES asked about {}, of account {other}",
                refused.resource
            ),
        ),
        Some(_) => Verdict::absent([refused.basis], "user and resource belong to one account"),
        None => Verdict::NotApplicable,
    }
}

fn accounts(refused: &Refused) -> Option<(&str, &str)> {
    let own = send::part_of_arn(&refused.user_arn, 4)?;
    let other = send::part_of_arn(&refused.resource, 4)?;
    Some((own, other))
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let refused = send::refused(evidence);
    let name = refused
        .as_ref()
        .and_then(|refused| refused.resource.rsplit_once("identity/"))
        .map(|(_, name)| name);
    let identity = super::argument(name, "IDENTITY");
    Remedy::new("Have the owner of the identity authorise this user, or send from an identity of the own account")
        .command(
            "In the account that owns the identity, see whom its policies authorise",
            format!("aws sesv2 get-email-identity-policies --email-identity {identity} --region {region}"),
        )
        .step(
            "There, allow ses:SendRawEmail on this identity to this user, by its ARN; here, allow the user the same on the \
             identity's ARN",
        )
        .step("If the header was not meant, take X-SES-SOURCE-ARN and its like out of the client's settings")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{evidence_of_535, evidence_of_report, found};
    use crate::{Certainty, Verdict};

    fn refused(account: &str) -> Evidence {
        let text = format!(
            "Access denied: User `arn:aws:iam::111122223333:user/mailer' is not authorized to perform `ses:SendRawEmail' on \
             resource `arn:aws:ses:eu-west-1:{account}:identity/example.com'"
        );
        evidence_of_report(554, &text, None)
    }

    #[test]
    fn an_identity_of_another_account_shows_it() {
        assert_eq!(
            found(&check(&refused("999988887777"))).unwrap().0,
            Certainty::Likely
        );
    }

    #[test]
    fn an_identity_of_the_same_account_rules_it_out() {
        assert!(matches!(check(&refused("111122223333")), Verdict::Absent { .. }));
        assert_eq!(check(&evidence_of_535()), Verdict::NotApplicable);
    }
}
