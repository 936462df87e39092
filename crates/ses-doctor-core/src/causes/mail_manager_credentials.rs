//! `mail-manager-credentials`: the pair belongs to a Mail Manager ingress endpoint, the host to SES's SMTP interface.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{self, PROOF};
use crate::verdict::Verdict;
use ses_smtp::credential::UsernameShape;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "mail-manager-credentials",
    group: Group::Credentials,
    title: "The credentials are of a Mail Manager ingress endpoint, not of the SES SMTP interface",
    next_check: "look at the user name: one that begins with inp- belongs to Mail Manager",
    reads: &[Need::Symptom, Need::Credential, Need::Probe],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login at `email-smtp.REGION.amazonaws.com` is refused; the user name starts with `inp-`. The wording of the refusal is not
documented by AWS.

## Why it happens

The SES console offers two products for sending by SMTP side by side. Mail Manager has hosts, user names and passwords of its
own, without any IAM access key. Its user names are ids of ingress points.

## How it is proven

By the shape of the user name, `inp-` and 24 characters, together with a host that is not one of Mail Manager.

## What to do

Decide which of the two is meant. For plain sending, make SMTP credentials from an IAM access key; for Mail Manager, use the
host name of its ingress endpoint.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(name) = reading::best_username(evidence) else {
        return reading::asks_for_pair(evidence, "credentials of Mail Manager are refused here");
    };
    if name != UsernameShape::MailManagerIngressPoint {
        return Verdict::absent(
            [Need::Credential],
            "the user name is not that of a Mail Manager ingress point",
        );
    }
    let why =
        "the user name is a Mail Manager ingress point (inp-…), which the SES SMTP interface does not know";
    reading::visible_fault(evidence, PROOF, why)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy = Remedy::new("Use SMTP credentials made from an IAM access key, or connect to the Mail Manager endpoint")
        .step("If Mail Manager is meant, set the host to the ingress endpoint's own name (….mail-manager-smtp.amazonaws.com)")
        .step("If plain SES is meant, take the access key of an IAM user that may call ses:SendRawEmail");
    reading::derive_password(remedy, evidence, "FILE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{asked, client_of, evidence_of_535, found, username};

    const POINT: &str = "inp-abcdefghijklmnopqrstuvwx";

    #[test]
    fn an_ingress_point_at_ses_is_proof() {
        let mut evidence = evidence_of_535();
        username(&mut evidence, UsernameShape::MailManagerIngressPoint, POINT);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn at_mail_manager_it_is_right() {
        let mut evidence = client_of("abcdefghijkl.abcd.mail-manager-smtp.amazonaws.com");
        username(&mut evidence, UsernameShape::MailManagerIngressPoint, POINT);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn a_key_id_rules_it_out() {
        assert!(matches!(check(&evidence_of_535()), Verdict::Absent { .. }));
    }

    #[test]
    fn without_the_pair_it_asks_for_it() {
        let mut evidence = evidence_of_535();
        evidence.credential = crate::Observation::default();
        assert_eq!(asked(&check(&evidence)), [Need::Credential]);
    }
}
