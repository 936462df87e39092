//! `key-inactive`: the access key is switched off.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, KeyStatus};
use crate::need::Need;
use crate::verdict::Verdict;

/// The catalogue entry.
pub const CAUSE: Cause = Cause {
    id: "key-inactive",
    group: Group::Credentials,
    title: "The access key behind the SMTP user name is inactive",
    reads: &[Need::Credential, Need::Probe, Need::AccessKeys, Need::KeyEvents],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, from one moment on, in every region, without any change to the mail client.

## Why it happens

Somebody, or a clean-up of old keys, set the IAM access key to `Inactive`. SES checks the key at every login. Its reply
is the same as for a wrong password.

## How it is proven

IAM `ListAccessKeys` says `Inactive` for the key id that is the SMTP user name. CloudTrail names who switched it off, and when.

## What to do

Find out why it was switched off first: it may have leaked. If it was a mistake, activate it again; this is reversible
and the password stays the same. Otherwise make a new key and derive its password.
";

fn check(evidence: &Evidence) -> Verdict {
    let Some(key) = super::key_to_judge(evidence) else {
        return Verdict::NotApplicable;
    };
    match super::status_of_key(evidence, key) {
        Some(KeyStatus::Inactive) if evidence.login_accepted() => {
            Verdict::absent([Need::Probe], "the login works, so the key counts as active (IAM may lag behind)")
        }
        Some(KeyStatus::Inactive) => {
            let mut because = vec![Need::AccessKeys];
            because.extend(evidence.credentials_refused());
            let switched = super::last_event(evidence, |event| {
                event.name == "UpdateAccessKey" && event.status.as_deref() == Some("Inactive")
            });
            let mut why = format!("IAM lists {key} as Inactive");
            if let Some(event) = switched {
                because.push(Need::KeyEvents);
                why = format!("{why}; {}", super::who_and_when(event));
            }
            Verdict::confirmed(because, why)
        }
        Some(status) => Verdict::absent([Need::AccessKeys], format!("IAM lists the key as {status:?}")),
        None => super::unless_key_is_settled(evidence, "a key that is switched off gets the same 535"),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let key = evidence.access_key_id().unwrap_or("KEY_ID");
    let user = evidence.access_keys.known().map_or("USER", |keys| keys.user_name.as_str());
    Remedy::new("Find out why the key was switched off; then activate it or replace it")
        .command(
            "If it was a mistake, activate the key again (undo: the same command with Inactive)",
            format!("aws iam update-access-key --user-name {user} --access-key-id {key} --status Active"),
        )
        .step("If it was switched off on purpose, create a new key and derive its SMTP password; do not revive a leaked key")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testimony::{KEY, evidence_of_535, keys, known};

    #[test]
    fn an_inactive_key_is_proof() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        assert!(matches!(check(&evidence), Verdict::Present(_)));
    }

    #[test]
    fn an_active_key_rules_it_out() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Active));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_denied_read_is_unknown_not_absent() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = crate::testimony::denied("iam:ListAccessKeys");
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
    }
}
