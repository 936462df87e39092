//! `root-access-key`: the access key is one of the account's root user.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "root-access-key",
    group: Group::Credentials,
    title: "The access key belongs to the root user of the account",
    next_check: "see whether IAM names a user for the key: aws iam get-access-key-last-used --access-key-id KEY",
    reads: &[
        Need::Credential,
        Need::Probe,
        Need::Caller,
        Need::KeyAccount,
        Need::KeyLastUsed,
        Need::AccessKeys,
        Need::AccountSummary,
        Need::KeyEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, although the key works with the AWS CLI and no IAM user has it.

## Why it happens

Somebody made the access key while signed in as the root user. AWS tells how to make SMTP credentials from the key of an IAM
user; whether a root key works is not documented by AWS, and so is the reply that it gets.

## How it is proven

The key id belongs to this account, IAM names no user for it, and the account summary says that the root user has an access key.
Since the effect is not documented, this counts as likely, not as confirmed.

## What to do

Make SMTP credentials from the key of an IAM user that may only send. Then remove the root key: it may do everything in the
account, and nothing can narrow that.
";

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "IAM names no user for the key, as it is with keys of the root user";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, "a key of the root user may get this 535");
    };
    let owned = evidence
        .key_last_used
        .known()
        .is_some_and(|used| used.user_name.is_some());
    if owned || reading::status(evidence, key).is_some() {
        let need = if owned {
            Need::KeyLastUsed
        } else {
            Need::AccessKeys
        };
        return Verdict::absent([need], "the key belongs to an IAM user");
    }
    if evidence.login_accepted() {
        return Verdict::NotApplicable;
    }
    let basis = reading::unexplained_refusal(evidence);
    // Behind another fault only IAM's own word counts, that the key is there and of no user.
    if basis.is_none() && !reading::is_without_user(evidence) {
        return Verdict::NotApplicable;
    }
    if let Some((need, _)) = reading::deletion(evidence, key) {
        return Verdict::absent([need], "the key was deleted");
    }
    let strange = reading::is_without_user(evidence) || reading::key_is_gone(evidence, key).is_some();
    match (reading::is_ours(evidence, key), strange) {
        (Some(true), true) => by_summary(evidence, basis, candidate),
        (Some(true), false) => Verdict::unknown([Need::KeyLastUsed], "who owns the key could not be read"),
        (Some(false) | None, _) => Verdict::NotApplicable,
    }
}

fn by_summary(evidence: &Evidence, basis: Option<Need>, candidate: &str) -> Verdict {
    let confidence = if reading::is_without_user(evidence) {
        0.85
    } else {
        0.65
    };
    match evidence.root_keys_present.known() {
        Some(true) => {
            let why =
                "the key is of this account, IAM names no user for it, and the root user has an access key";
            let because = [Need::KeyLastUsed, Need::AccountSummary, Need::KeyAccount];
            Verdict::likely(
                confidence,
                because.into_iter().chain(basis).collect::<Vec<_>>(),
                why,
            )
        }
        Some(false) => Verdict::absent([Need::AccountSummary], "the root user has no access key"),
        None if basis != Some(Need::Symptom) => Verdict::unknown([Need::AccountSummary], candidate),
        None => Verdict::unknown([Need::Probe], candidate),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let remedy =
        Remedy::new("Log in with the key of an IAM user that may only send, and remove the root key")
            .step("Create an IAM user whose only permission is ses:SendRawEmail");
    reading::new_key(remedy, evidence, None)
        .step("Find what else uses the root key (its last use is in the credential report), then delete it, signed in as root")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::KeyLastUsed;
    use crate::testimony::{
        OURS, accounts, asked, denied, evidence_of_235, evidence_of_535, found, known, missing,
    };

    fn of(user: Option<&str>) -> KeyLastUsed {
        KeyLastUsed {
            user_name: user.map(str::to_owned),
            last_used: None,
            service: None,
            region: None,
        }
    }

    fn without_user() -> Evidence {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, OURS);
        evidence.key_last_used = known(of(None));
        evidence
    }

    #[test]
    fn a_key_without_user_and_a_root_key_in_the_account_go_together() {
        let evidence = Evidence {
            root_keys_present: known(true),
            ..without_user()
        };
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.85)));
        let evidence = Evidence {
            key_last_used: missing(),
            ..evidence
        };
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.65)));
    }

    #[test]
    fn an_owner_or_an_account_without_root_keys_rules_it_out() {
        let evidence = Evidence {
            key_last_used: known(of(Some("mailer"))),
            ..without_user()
        };
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        let evidence = Evidence {
            root_keys_present: known(false),
            ..without_user()
        };
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn what_was_not_read_is_asked_for() {
        assert_eq!(asked(&check(&without_user())), [Need::AccountSummary]);
        let evidence = Evidence {
            key_last_used: denied("iam:GetAccessKeyLastUsed"),
            ..without_user()
        };
        assert_eq!(asked(&check(&evidence)), [Need::KeyLastUsed]);
    }
}
