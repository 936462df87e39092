//! `account-not-subscribed`: the account that owns the access key never signed up for SES.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "account-not-subscribed",
    group: Group::Account,
    title: "The account of the access key has not signed up for SES",
    next_check: "open SES in the account that owns the key: aws sesv2 get-account",
    reads: &[Need::Symptom, Need::Probe, Need::KeyAccount],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Account not subscribed to SES` in reply to the login.

## Why it happens

The access key exists, but the AWS account that owns it never signed up for Amazon SES. Often the key is of another
account than the one in which SES was set up.

## How it is proven

By the reply: AWS documents this text for this one reason. STS `GetAccessKeyInfo` names the account of the key.

## What to do

Look which account the key belongs to. If it is the wrong one, use a key of the account that sends. If it is the right
one, sign up by opening the SES console in that account.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(refusal) = super::ses_said(evidence, |meaning| *meaning == Meaning::NotSubscribed) else {
        return Verdict::NotApplicable;
    };
    let why = "SES answered that the account of this key is not subscribed to SES";
    if evidence.login_accepted() {
        return Verdict::possible(
            0.4,
            [Need::Symptom, Need::Probe],
            format!("{why}; by now the login works"),
        );
    }
    match evidence.key_account.known() {
        Some(account) => Verdict::confirmed(
            [refusal.basis, Need::KeyAccount],
            format!("{why}; the key belongs to account {account}"),
        ),
        None => Verdict::confirmed([refusal.basis], why),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let key = super::argument(evidence.access_key_id(), "KEY_ID");
    Remedy::new("Use a key of the account that sends, or sign the key's account up for SES")
        .command(
            "See which account the key belongs to (no permission is needed)",
            format!("aws sts get-access-key-info --access-key-id {key}"),
        )
        .step("If it is another account than you meant, take SMTP credentials of the right account")
        .step("If it is the right account, open the SES console there once and finish the sign-up")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{evidence_of_235, evidence_of_535, evidence_of_report, known, reported};

    const TEXT: &str = "Account not subscribed to SES";

    #[test]
    fn the_reply_confirms_it_and_names_the_account() {
        let mut evidence = evidence_of_report(535, TEXT, None);
        evidence.key_account = known("111122223333".to_owned());
        let Verdict::Present(finding) = check(&evidence) else {
            panic!("not present")
        };
        assert_eq!(finding.certainty, Certainty::Confirmed);
        assert!(finding.why.contains("111122223333"));
    }

    #[test]
    fn another_535_says_nothing_of_it() {
        assert_eq!(check(&evidence_of_535()), Verdict::NotApplicable);
    }

    #[test]
    fn a_login_that_works_leaves_it_possible_only() {
        let mut evidence = evidence_of_235();
        reported(&mut evidence, 535, TEXT, None);
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Possible));
    }

    #[test]
    fn an_unread_account_does_not_weaken_the_reply() {
        let mut evidence = evidence_of_report(535, TEXT, None);
        evidence.key_account = crate::testimony::denied("sts:GetAccessKeyInfo");
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.because == [Need::Symptom]));
    }
}
