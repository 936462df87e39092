//! `key-deleted`: the access key no longer exists.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "key-deleted",
    group: Group::Credentials,
    title: "The access key behind the SMTP user name was deleted",
    next_check: "see whether the key still exists: aws iam get-access-key-last-used --access-key-id KEY",
    reads: &[
        Need::Credential,
        Need::Probe,
        Need::Caller,
        Need::KeyAccount,
        Need::KeyLastUsed,
        Need::AccessKeys,
        Need::AccountSummary,
        Need::KeyEvents,
        Need::UserEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, from one moment on, in every region. The reply is the same as for a wrong password.

## Why it happens

Somebody, or a clean-up, deleted the access key whose id is the SMTP user name. A deleted key cannot be brought back: a new
key has a new id and a new secret.

## How it is proven

CloudTrail holds the `DeleteAccessKey` event, for 90 days. Without it: STS says that the key id belongs to this account, and IAM
has no such key there. That is less than proof, since IAM does not list keys of the root user.

## What to do

Make a new access key for the same user, derive its SMTP password, and replace both user name and password in the client.
";

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "a deleted key gets the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    if reading::status(evidence, key).is_some() {
        return Verdict::absent([Need::AccessKeys], "IAM still lists the key");
    }
    if evidence.login_accepted() {
        return Verdict::absent([Need::Probe], "the login works");
    }
    if reading::is_without_user(evidence) {
        return Verdict::absent(
            [Need::KeyLastUsed],
            "IAM still knows the key, though not of which user",
        );
    }
    if super::user_deleted::holds(evidence) {
        return Verdict::NotApplicable;
    }
    if let Some((need, event)) = reading::deletion(evidence, key) {
        let because: Vec<Need> = [need].into_iter().chain(reading::refused(evidence)).collect();
        return Verdict::confirmed(because, with_source(evidence, key, super::who_and_when(event)));
    }
    match reading::key_is_gone(evidence, key) {
        Some(because) => gone(evidence, key, because),
        None => reading::unless_settled(evidence, key, candidate),
    }
}

fn gone(evidence: &Evidence, key: &str, mut because: Vec<Need>) -> Verdict {
    let why = format!("{key} belongs to this account by its id, but IAM has no such key");
    let why = with_source(evidence, key, why);
    because.push(Need::KeyAccount);
    let Some(basis) = reading::refused(evidence) else {
        return Verdict::possible(0.5, because, why);
    };
    because.push(basis);
    if evidence.root_keys_present.known() == Some(&true) {
        because.push(Need::AccountSummary);
        return Verdict::possible(
            0.5,
            because,
            format!("{why}; it may be the root user's, which has a key"),
        );
    }
    if !owner_is_there(evidence) {
        return Verdict::possible(
            0.5,
            because,
            format!("{why}; whether its user went with it is not known"),
        );
    }
    // The trail of 90 days can be read and does not know of it: it is older, or IAM does not know the key yet.
    if evidence.key_events.is_settled() {
        return Verdict::possible(0.5, because, format!("{why}, nor CloudTrail its deletion"));
    }
    Verdict::likely(0.85, because, why)
}

/// Where the deleted key's pair still stands.
fn with_source(evidence: &Evidence, key: &str, why: String) -> String {
    let source = evidence.password_source.known();
    match source.filter(|source| source.holds.username.shown == key) {
        Some(source) => format!("{why}; {} still holds it", reading::source_name(source)),
        None => why,
    }
}

/// IAM still has the user of the key.
fn owner_is_there(evidence: &Evidence) -> bool {
    evidence.user.known().is_some() || evidence.access_keys.known().is_some()
}

fn remedy(evidence: &Evidence) -> Remedy {
    let user = evidence
        .access_key_id()
        .and_then(|key| reading::owner(evidence, key));
    let remedy = Remedy::new("Make a new access key, and use its id and its SMTP password in the client")
        .step("Ask who deleted the key, and why: if it had leaked, look for what else was done with it");
    reading::new_key(remedy, evidence, user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::KeyStatus;
    use crate::testimony::{
        KEY, OURS, accounts, asked, denied, event, evidence_of_235, evidence_of_535, found, history, keys,
        known, missing,
    };

    fn gone_from_our_account() -> Evidence {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, OURS);
        evidence.key_last_used = missing();
        evidence.access_keys = missing();
        evidence
    }

    #[test]
    fn the_deletion_in_the_trail_is_proof() {
        let mut evidence = evidence_of_535();
        evidence.key_events = history(vec![event("DeleteAccessKey", "mailer", Some(KEY), 3600)]);
        assert_eq!(found(&check(&evidence)).unwrap().0, Certainty::Confirmed);
    }

    #[test]
    fn a_failed_deletion_is_none() {
        let mut evidence = evidence_of_535();
        let mut refused = event("DeleteAccessKey", "mailer", Some(KEY), 3600);
        refused.error_code = Some("AccessDenied".into());
        evidence.key_events = history(vec![refused]);
        assert_eq!(found(&check(&evidence)), None);
    }

    #[test]
    fn a_key_of_our_account_that_iam_does_not_have_is_likely_deleted() {
        let with_user = Evidence {
            access_keys: known(keys("AKIAI44QH8DHBEXAMPLE", KeyStatus::Active)),
            ..gone_from_our_account()
        };
        assert_eq!(found(&check(&with_user)), Some((Certainty::Likely, 0.85)));
        let perhaps_the_user = found(&check(&gone_from_our_account()));
        assert_eq!(perhaps_the_user, Some((Certainty::Possible, 0.5)));
        let unknown_to_the_trail = Evidence {
            key_events: history(Vec::new()),
            ..with_user
        };
        assert_eq!(
            found(&check(&unknown_to_the_trail)),
            Some((Certainty::Possible, 0.5))
        );
        let with_root_key = Evidence {
            root_keys_present: known(true),
            ..gone_from_our_account()
        };
        assert_eq!(found(&check(&with_root_key)).unwrap().0, Certainty::Possible);
    }

    #[test]
    fn in_another_account_iam_was_not_asked() {
        let mut evidence = gone_from_our_account();
        accounts(&mut evidence, "999988887777");
        assert_eq!(asked(&check(&evidence)), [Need::AccessKeys]);
    }

    #[test]
    fn a_listed_key_or_a_login_rules_it_out() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Active));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        assert!(matches!(check(&evidence_of_235()), Verdict::Absent { .. }));
    }

    #[test]
    fn denied_reads_are_unknown_not_absent() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = denied("iam:ListAccessKeys");
        assert_eq!(
            asked(&check(&evidence)),
            [Need::AccessKeys, Need::Caller, Need::KeyAccount]
        );
    }
}
