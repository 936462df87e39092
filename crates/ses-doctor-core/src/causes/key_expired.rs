//! `key-expired`: the access key is past its end.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, KeyStatus};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "key-expired",
    group: Group::Credentials,
    title: "The access key behind the SMTP user name has expired",
    next_check: "see the status of the key that the client logs in with: aws iam list-access-keys --user-name USER",
    reads: &[
        Need::Credential,
        Need::Probe,
        Need::Caller,
        Need::KeyAccount,
        Need::AccessKeys,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, from one moment on, in every region, although nobody touched the client or the key.

## Why it happens

IAM knows a third status of access keys beside `Active` and `Inactive`: `Expired`. That SES refuses an expired key, and with
which words, is not documented by AWS; it is what the status suggests.

## How it is proven

IAM `ListAccessKeys` says `Expired` for the key id that is the SMTP user name. Since the effect is not documented, this counts
as likely, not as confirmed.

## What to do

Make a new access key for the same user, derive its SMTP password, and note when that one ends.
";

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "an expired key may get the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    match reading::status(evidence, key) {
        Some(KeyStatus::Expired) if evidence.login_accepted() => {
            Verdict::absent([Need::Probe], "the login works")
        }
        Some(KeyStatus::Expired) => {
            let why =
                format!("IAM lists {key} as Expired (that SES refuses such keys is not documented by AWS)");
            match reading::refused(evidence) {
                Some(basis) => Verdict::likely(0.9, [Need::AccessKeys, basis], why),
                None => Verdict::likely(0.7, [Need::AccessKeys], why),
            }
        }
        Some(status) => Verdict::absent([Need::AccessKeys], format!("IAM lists the key as {status:?}")),
        None => reading::unless_settled(evidence, key, candidate),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let user = evidence
        .access_key_id()
        .and_then(|key| reading::owner(evidence, key));
    let remedy = Remedy::new("Replace the expired key by a new one of the same user");
    reading::new_key(remedy, evidence, user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        KEY, OURS, accounts, asked, denied, evidence_of_235, evidence_of_535, found, keys, known,
    };

    #[test]
    fn an_expired_key_is_likely_the_cause() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Expired));
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
    }

    #[test]
    fn an_active_key_or_a_login_rules_it_out() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Active));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        let mut evidence = evidence_of_235();
        evidence.access_keys = known(keys(KEY, KeyStatus::Expired));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_denied_read_is_unknown_not_absent() {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, OURS);
        evidence.access_keys = denied("iam:ListAccessKeys");
        assert_eq!(asked(&check(&evidence)), [Need::AccessKeys]);
    }
}
