//! `key-of-another-account`: the access key belongs to another AWS account than the one that is looked at.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "key-of-another-account",
    group: Group::Credentials,
    title: "The access key belongs to another AWS account",
    next_check: "see which account owns the key: aws sts get-access-key-info --access-key-id KEY",
    reads: &[
        Need::Credential,
        Need::Probe,
        Need::Regions,
        Need::Caller,
        Need::KeyAccount,
        Need::KeyLastUsed,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, while everything looks right in the account that you look at: the user, the key, the
identities. Or the key cannot be found there at all.

## Why it happens

The user name comes from another stage or tenant, such as staging in place of production, perhaps with the password of this
one. A key of another account is no fault by itself: it logs in if its own account and password are in order.

## How it is proven

STS `GetAccessKeyInfo` names the account of the key id, `GetCallerIdentity` that of the operator, and they differ while the
login is refused. What is wrong with the key over there cannot be seen from here, so this counts as likely only.

## What to do

Decide which account the mail is to be sent from. Use a pair of that account, both halves from the same place; or diagnose again
with a profile of the account that owns the key.
";

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "a key of another account, or one of which only half came along, gets the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    let basis = reading::unexplained_refusal(evidence);
    match (reading::is_ours(evidence, key), basis) {
        (Some(true), _) => {
            let because = [Need::KeyAccount, Need::KeyLastUsed, Need::AccessKeys].into_iter();
            let because: Vec<Need> = because.filter(|need| evidence.is_settled(*need)).collect();
            Verdict::absent(because, "the key belongs to the account that is looked at")
        }
        (Some(false), _) if evidence.login_accepted() => Verdict::absent(
            [Need::Probe],
            "the login works; a key of another account is no fault by itself",
        ),
        (Some(false), Some(basis)) => elsewhere(evidence, basis),
        (None, Some(_)) => {
            let needs = [Need::Caller, Need::KeyAccount];
            let missing: Vec<Need> = needs
                .into_iter()
                .filter(|need| !evidence.is_settled(*need))
                .collect();
            Verdict::unknown(
                if missing.is_empty() {
                    needs.to_vec()
                } else {
                    missing
                },
                candidate,
            )
        }
        (Some(false), None) => Verdict::possible(0.4, [Need::KeyAccount, Need::Caller], accounts(evidence)),
        (None, None) => Verdict::NotApplicable,
    }
}

/// Whose key it is, and whom the operator looks at.
fn accounts(evidence: &Evidence) -> String {
    let theirs = evidence
        .key_account
        .known()
        .map_or("another account", String::as_str);
    let ours = evidence
        .caller
        .known()
        .map_or("this one", |caller| caller.account.as_str());
    format!("the key belongs to account {theirs}, and the operator looks at {ours}")
}

fn elsewhere(evidence: &Evidence, basis: Need) -> Verdict {
    let why = format!("{}, where nothing can explain the refusal", accounts(evidence));
    let confidence = if reading::refused_everywhere(evidence) == Some(true) {
        0.7
    } else {
        0.65
    };
    Verdict::likely(confidence, [Need::KeyAccount, Need::Caller, basis], why)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let account = evidence
        .key_account
        .known()
        .map_or("the key's account", String::as_str);
    let key = super::argument(evidence.access_key_id(), "KEY_ID");
    Remedy::new("Use a pair of the account that is meant to send, both halves from the same place")
        .command(
            "See for yourself which account the key belongs to (no permission is needed)",
            format!("aws sts get-access-key-info --access-key-id {key}"),
        )
        .step(format!(
            "If {account} is meant, run the diagnosis again with a profile of that account (--profile)"
        ))
        .step("If it is not meant, take user name and password together from the account that is")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        OURS, accounts, asked, denied, evidence_of_235, evidence_of_535, found, password_shape,
        refused_elsewhere,
    };
    use ses_smtp::credential::PasswordShape;

    const THEIRS: &str = "999988887777";

    #[test]
    fn another_account_and_a_535_make_it_likely() {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, THEIRS);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.65)));
        refused_elsewhere(&mut evidence);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.7)));
    }

    #[test]
    fn another_account_is_no_fault_by_itself() {
        let mut evidence = evidence_of_235();
        accounts(&mut evidence, THEIRS);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn behind_a_pair_of_the_wrong_shape_it_is_possible() {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, THEIRS);
        password_shape(&mut evidence, PasswordShape::SecretAccessKey);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Possible, 0.4)));
    }

    #[test]
    fn our_own_account_rules_it_out() {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, OURS);
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_denied_read_is_unknown_not_absent() {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, OURS);
        evidence.key_account = denied("sts:GetAccessKeyInfo");
        assert_eq!(asked(&check(&evidence)), [Need::KeyAccount]);
    }
}
