//! `identity-not-verified`: the sender is not a verified identity, in the endpoint's region or in any other.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{Blamed, Elsewhere, bare, blamed, elsewhere, sender_is_unverified};
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "identity-not-verified",
    group: Group::Account,
    title: "The sender is not a verified identity",
    next_check: "see whether the address that the reply names is your sender, and verified in that region: aws sesv2 get-email-identity",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SesAccount,
        Need::SenderIdentity,
        Need::SenderIdentityElsewhere,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works. After the message, SES answers `554 Message rejected: Email address is not verified. The following
identities failed the check in region …`, and names the sender.

## Why it happens

SES sends only from addresses and domains that are verified in the region of the endpoint. This holds for the envelope
sender, `From`, `Sender` and `Return-Path`. In the sandbox the same text also names recipients.

## How it is proven

By the addresses in the reply, by SES `GetEmailIdentity` for the sender in this region, and by the same question in the
other regions, where nobody verified it either. Without a reply, the state of the identity predicts it.

## What to do

Verify the sender's domain, or the address alone, in this region; or send from an address that is verified already.
";

fn check(evidence: &Evidence) -> Verdict {
    match blamed(evidence) {
        Some(blamed) => by_reply(evidence, &blamed),
        None if super::account_decides(evidence) => predicted(evidence),
        None => Verdict::NotApplicable,
    }
}

fn by_reply(evidence: &Evidence, blamed: &Blamed) -> Verdict {
    let why = format!("SES rejected the message because of {}", blamed.named);
    if blamed.sender {
        return by_reply_of_sender(evidence, blamed.basis, why);
    }
    let production = evidence
        .ses_account
        .known()
        .map(|account| account.production_access);
    let basis = vec![blamed.basis, Need::SesAccount];
    match (&blamed.unclear, production) {
        (Some(_), Some(true)) => {
            let note = "the account is out of the sandbox, so SES checks senders only";
            Verdict::confirmed(basis, format!("{why}; {note}"))
        }
        (Some(_), _) => Verdict::possible(
            0.5,
            [blamed.basis],
            format!(
                "{why}; whether that is the sender or, in the sandbox, the recipient, the reply does not tell"
            ),
        ),
        (None, Some(true)) => {
            let note =
                "outside the sandbox SES checks no recipients: the address stands in a sender header too";
            Verdict::likely(0.65, basis, format!("{why}; {note}"))
        }
        (None, _) => Verdict::NotApplicable,
    }
}

fn by_reply_of_sender(evidence: &Evidence, basis: Need, why: String) -> Verdict {
    if evidence
        .sender_identity
        .known()
        .is_some_and(|identity| identity.verified_for_sending)
    {
        let why = format!("{why}; by now SES lists the sender as verified");
        return Verdict::possible(0.5, [basis, Need::SenderIdentity], why);
    }
    match elsewhere(evidence) {
        Elsewhere::VerifiedIn(_) => Verdict::NotApplicable,
        Elsewhere::Nowhere => Verdict::confirmed(
            [basis, Need::SenderIdentityElsewhere],
            format!("{why}; it is verified in no region"),
        ),
        Elsewhere::NotTold if super::is_line_alone(evidence) => Verdict::likely(0.85, [basis], why),
        Elsewhere::NotTold => Verdict::possible(
            0.55,
            [basis],
            format!("{why}; whether it is verified in another region is not known"),
        ),
    }
}

fn predicted(evidence: &Evidence) -> Verdict {
    let Some(from) = evidence.symptom.known().and_then(|symptom| symptom.from.clone()) else {
        return Verdict::NotApplicable;
    };
    let region = evidence.region().unwrap_or_else(|| "this region".into());
    if evidence
        .sender_identity
        .known()
        .is_some_and(|identity| identity.verified_for_sending)
    {
        return Verdict::absent(
            [Need::SenderIdentity],
            format!("{from} is covered by a verified identity in {region}"),
        );
    }
    if sender_is_unverified(evidence) {
        let why = format!("predicted: SES in {region} has no verified identity for {from}");
        return match elsewhere(evidence) {
            Elsewhere::VerifiedIn(_) => Verdict::NotApplicable,
            Elsewhere::Nowhere => {
                Verdict::likely(0.9, [Need::SenderIdentity, Need::SenderIdentityElsewhere], why)
            }
            Elsewhere::NotTold => Verdict::possible(
                0.55,
                [Need::SenderIdentity],
                format!("{why}; whether it is verified in another region is not known"),
            ),
        };
    }
    match evidence.sender_identity.unavailable() {
        Some(_) => Verdict::unknown(
            [Need::SenderIdentity],
            "a login that works does not show that the sender is verified",
        ),
        None => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let from = evidence
        .symptom
        .known()
        .and_then(|symptom| symptom.from.as_deref())
        .map(bare);
    let domain = from
        .as_deref()
        .and_then(|from| from.rsplit_once('@'))
        .map(|(_, domain)| domain);
    let domain = super::argument(domain, "DOMAIN");
    let remedy = Remedy::new(format!("Verify the sender in {region}, or send from an identity that is verified there"))
        .command("See what SES knows of the sender's domain", format!("aws sesv2 get-email-identity --email-identity {domain} --region {region}"))
        .command(
            "If it is not there, create the domain identity and publish the three DKIM records that the call prints \
             (undo: aws sesv2 delete-email-identity)",
            format!("aws sesv2 create-email-identity --email-identity {domain} --region {region}"),
        )
        .step("If the reply names another address than your sender, correct the sender in the client's settings");
    let dkim = evidence
        .sender_identity
        .known()
        .and_then(|identity| identity.dkim_status.as_deref())
        .filter(|status| *status != "SUCCESS");
    match dkim {
        Some(status) => remedy.step(format!(
            "Its DKIM status is {status}: a domain is verified by its three DKIM records, and SES does not find them in DNS"
        )),
        None => remedy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::IdentityElsewhere;
    use crate::testimony::{
        denied, evidence_of_235, evidence_of_report, healthy_account, identity, known, missing, symptom,
    };

    fn rejected(identities: &str, from: &str, to: &str) -> Evidence {
        let text = "Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1";
        let mut evidence = evidence_of_report(554, &format!("{text}: {identities}"), None);
        symptom(&mut evidence, |symptom| {
            symptom.from = (!from.is_empty()).then(|| from.to_owned());
            symptom.to = (!to.is_empty()).then(|| to.to_owned());
        });
        evidence
    }

    fn certainty(evidence: &Evidence) -> Option<Certainty> {
        match check(evidence) {
            Verdict::Present(finding) => Some(finding.certainty),
            Verdict::Absent { .. } | Verdict::Unknown { .. } | Verdict::NotApplicable => None,
        }
    }

    #[test]
    fn a_sender_that_is_verified_nowhere_is_confirmed() {
        let mut evidence = rejected(
            "Me <me@mail.example.com>",
            "me@mail.example.com",
            "you@example.net",
        );
        assert_eq!(certainty(&evidence), Some(Certainty::Possible));
        evidence.sender_identity_elsewhere = known(vec![IdentityElsewhere {
            region: "us-east-1".into(),
            identity: Ok(None),
        }]);
        assert_eq!(certainty(&evidence), Some(Certainty::Confirmed));
        let there = identity("us-east-1", "example.com", true);
        evidence.sender_identity_elsewhere = known(vec![IdentityElsewhere {
            region: "us-east-1".into(),
            identity: Ok(Some(there)),
        }]);
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn a_recipient_alone_is_not_the_sender() {
        assert_eq!(
            check(&rejected("you@example.com", "me@example.com", "you@example.com")),
            Verdict::NotApplicable
        );
    }

    #[test]
    fn without_the_sender_it_is_possible_until_the_account_is_known() {
        let mut evidence = rejected("a@example.com", "", "");
        assert_eq!(certainty(&evidence), Some(Certainty::Possible));
        evidence.ses_account = known(healthy_account());
        assert_eq!(certainty(&evidence), Some(Certainty::Confirmed));
        assert_eq!(
            certainty(&rejected("AKIAIOSFODNN7EXAMPLE", "", "")),
            None,
            "a login in the sender's place"
        );
    }

    #[test]
    fn a_name_before_the_address_is_of_the_header_and_so_of_the_sender() {
        let mut evidence = rejected("Shop <a@example.com>, a@example.com", "", "");
        assert_eq!(certainty(&evidence), Some(Certainty::Possible));
        evidence.credential = crate::Observation::default();
        assert_eq!(certainty(&evidence), Some(Certainty::Likely), "a line alone");
    }

    #[test]
    fn the_identity_predicts_it_and_a_denied_read_does_not_rule_it_out() {
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("me@example.com".into())
        });
        evidence.sender_identity = missing();
        assert_eq!(
            certainty(&evidence),
            Some(Certainty::Possible),
            "another region may have it"
        );
        evidence.sender_identity_elsewhere = missing();
        assert_eq!(certainty(&evidence), Some(Certainty::Likely));
        evidence.sender_identity = denied("ses:GetEmailIdentity");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        evidence.sender_identity = known(identity("eu-west-1", "example.com", true));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }
}
