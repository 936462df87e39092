//! `sandbox-recipient`: the account is in the sandbox, where recipients must be verified too.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::blamed;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "sandbox-recipient",
    group: Group::Account,
    title: "The account is in the sandbox, and the recipient is not verified",
    next_check: "see whether the address that the reply names is your recipient, and whether the account has production access: aws sesv2 get-account",
    reads: &[
        Need::Symptom,
        Need::Probe,
        Need::KeyAccount,
        Need::SesAccount,
        Need::RecipientIdentity,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

The login works, and mail to some addresses too. To others SES answers `554 Message rejected: Email address is not
verified …` and names the recipient.

## Why it happens

A new account is in the sandbox, region by region. There SES sends only to verified addresses and domains and to the
mailbox simulator, 200 messages in 24 hours and one a second.

## How it is proven

The reply names the recipient, and SES `GetAccount` says that the region has no production access. Without a reply, the
sandbox and a recipient without a verified identity predict it.

## What to do

Ask for production access in this region. Until then, verify the recipient or send to the mailbox simulator.
";

fn check(evidence: &Evidence) -> Verdict {
    let production = super::ses_account(evidence).map(|account| account.production_access);
    match blamed(evidence) {
        Some(blamed) if blamed.recipient || (blamed.unclear.is_some() && !blamed.sender) => {
            let why = format!("SES rejected the message because of {}", blamed.named);
            by_reply(blamed.basis, blamed.recipient, production, &why)
        }
        // SES refused because of somebody else; in the sandbox the recipient may come next.
        Some(_) if production == Some(false) => predicted(evidence, production),
        Some(_) => Verdict::NotApplicable,
        None if super::account_decides(evidence) => predicted(evidence, production),
        None => Verdict::NotApplicable,
    }
}

fn by_reply(basis: Need, recipient: bool, production: Option<bool>, why: &str) -> Verdict {
    match (recipient, production) {
        (_, Some(true)) => Verdict::absent(
            [Need::SesAccount],
            "the account has production access in this region",
        ),
        (true, Some(false)) => {
            let why = format!("{why}, the recipient, and the account is in the sandbox");
            Verdict::confirmed([basis, Need::SesAccount], why)
        }
        (true, None) => Verdict::likely(
            0.85,
            [basis],
            format!("{why}, the recipient: SES checks those in the sandbox only"),
        ),
        (false, Some(false)) => Verdict::unknown(
            [Need::RecipientIdentity],
            format!("{why}; in the sandbox this may be a recipient"),
        ),
        (false, None) => Verdict::unknown(
            [Need::SesAccount],
            format!("{why}; in the sandbox this may be a recipient"),
        ),
    }
}

fn predicted(evidence: &Evidence, production: Option<bool>) -> Verdict {
    let Some(to) = evidence.symptom.known().and_then(|symptom| symptom.to.clone()) else {
        return Verdict::NotApplicable;
    };
    if to
        .to_lowercase()
        .trim_end_matches('>')
        .ends_with("@simulator.amazonses.com")
    {
        return Verdict::NotApplicable;
    }
    match production {
        Some(true) => {
            return Verdict::absent(
                [Need::SesAccount],
                "the account has production access in this region",
            );
        }
        None if super::account_unread(evidence) => {
            return Verdict::unknown(
                [Need::SesAccount],
                "in the sandbox the recipient must be verified",
            );
        }
        None => return Verdict::NotApplicable,
        Some(false) => {}
    }
    let recipient = &evidence.recipient_identity;
    match recipient.known() {
        Some(identity) if identity.verified_for_sending => Verdict::absent(
            [Need::RecipientIdentity],
            format!("{to} is covered by a verified identity"),
        ),
        None if !recipient.is_missing() => Verdict::unknown(
            [Need::RecipientIdentity],
            "the account is in the sandbox, where recipients must be verified",
        ),
        Some(_) | None => {
            let why = format!("predicted: the account is in the sandbox, and {to} is not verified");
            Verdict::likely(0.9, [Need::SesAccount, Need::RecipientIdentity], why)
        }
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    let to = super::argument(
        evidence.symptom.known().and_then(|symptom| symptom.to.as_deref()),
        "RECIPIENT",
    );
    Remedy::new(format!("Ask for production access in {region}; until then verify the recipient"))
        .command("See that the region is in the sandbox (`ProductionAccessEnabled`)", format!("aws sesv2 get-account --region {region}"))
        .step("Ask for production access on the SES console's account dashboard of this region; AWS reviews it")
        .command(
            "For one recipient, let SES send a verification message to it (undo: aws sesv2 delete-email-identity)",
            format!("aws sesv2 create-email-identity --email-identity {to} --region {region}"),
        )
        .step("For tests, send to success@simulator.amazonses.com, which needs no verification")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::SesAccount;
    use crate::testimony::{
        denied, evidence_of_235, healthy_account, identity, known, missing, reported, symptom,
    };

    fn mail_to(to: &str) -> Evidence {
        let mut evidence = evidence_of_235();
        symptom(&mut evidence, |symptom| {
            symptom.from = Some("me@example.com".into());
            symptom.to = Some(to.into());
        });
        evidence.ses_account = known(SesAccount {
            production_access: false,
            ..healthy_account()
        });
        evidence
    }

    #[test]
    fn the_recipient_in_the_reply_and_the_sandbox_confirm_it() {
        let mut evidence = mail_to("you@example.net");
        let text = "Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: you@example.net";
        reported(&mut evidence, 554, text, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Confirmed));
        evidence.ses_account = known(healthy_account());
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn an_unverified_recipient_in_the_sandbox_predicts_it() {
        let mut evidence = mail_to("you@example.net");
        assert!(
            matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::RecipientIdentity])
        );
        evidence.recipient_identity = missing();
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.why.starts_with("predicted")));
        evidence.recipient_identity = known(identity("eu-west-1", "example.net", true));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn the_simulator_needs_no_verification() {
        assert_eq!(
            check(&mail_to("success@simulator.amazonses.com")),
            Verdict::NotApplicable
        );
    }

    #[test]
    fn denied_reads_are_unknown() {
        let mut evidence = mail_to("you@example.net");
        evidence.recipient_identity = denied("ses:GetEmailIdentity");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
        evidence.ses_account = denied("ses:GetAccount");
        assert!(
            matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::SesAccount])
        );
    }
}
