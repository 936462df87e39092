//! `key-inactive`: the access key is switched off.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, KeyStatus, TrailEvent};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "key-inactive",
    group: Group::Credentials,
    title: "The access key behind the SMTP user name is inactive",
    next_check: "see the status of the key that the client logs in with: aws iam list-access-keys --user-name USER",
    reads: &[
        Need::Credential,
        Need::Probe,
        Need::Caller,
        Need::KeyAccount,
        Need::AccessKeys,
        Need::KeyEvents,
    ],
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

IAM `ListAccessKeys` says `Inactive` for the key id that is the SMTP user name. CloudTrail names who switched it off, and when;
where IAM may not be read, its last such event stands in.

## What to do

Find out why it was switched off first: it may have leaked. If it was a mistake, activate it again; this is reversible
and the password stays the same. Otherwise make a new key and derive its password.
";

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "a key that is switched off gets the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    match reading::status(evidence, key) {
        Some(KeyStatus::Inactive) if evidence.login_accepted() => Verdict::absent(
            [Need::Probe],
            "the login works, so the key counts as active (IAM may lag behind)",
        ),
        Some(KeyStatus::Inactive) => listed_as_inactive(evidence, key),
        Some(status) => Verdict::absent([Need::AccessKeys], format!("IAM lists the key as {status:?}")),
        None => match (switched_off(evidence, key), reading::refused(evidence)) {
            (Some((need, event)), Some(basis)) if reading::unusable(evidence, key).is_none() => {
                Verdict::likely(0.9, [need, basis], super::who_and_when(event))
            }
            _ => reading::unless_settled(evidence, key, candidate),
        },
    }
}

fn listed_as_inactive(evidence: &Evidence, key: &str) -> Verdict {
    let (mut because, mut why) = (vec![Need::AccessKeys], format!("IAM lists {key} as Inactive"));
    let basis = reading::refused(evidence);
    because.extend(basis);
    if let Some((need, event)) = switched_off(evidence, key) {
        because.push(need);
        why = format!("{why}; {}", super::who_and_when(event));
    }
    match basis {
        Some(_) => Verdict::confirmed(because, why),
        None => Verdict::likely(0.95, because, why),
    }
}

/// The change that switched the key off, if it is off since: what came after it only said so again.
fn switched_off<'a>(evidence: &'a Evidence, key: &str) -> Option<(Need, &'a TrailEvent)> {
    let is_off = |event: &TrailEvent| event.status.as_deref() == Some("Inactive");
    let change = |event: &TrailEvent| event.name == "UpdateAccessKey" && reading::is_on_key(event, key);
    let last_on = reading::events(evidence)
        .filter(|(_, event)| change(event) && !is_off(event))
        .map(|(_, event)| event.at)
        .max();
    reading::events(evidence)
        .filter(|(_, event)| change(event) && is_off(event) && last_on.is_none_or(|on| event.at > on))
        .min_by_key(|(_, event)| event.at)
}

fn remedy(evidence: &Evidence) -> Remedy {
    let key = super::argument(evidence.access_key_id(), "KEY_ID");
    let user = super::argument(reading::owner(evidence, key), "USER");
    let remedy = Remedy::new("Find out why the key was switched off; then activate it or replace it")
        .command(
            "If it was a mistake, activate the key again (undo: the same command with Inactive)",
            format!("aws iam update-access-key --user-name {user} --access-key-id {key} --status Active"),
        );
    if let Some(newer) = reading::newer_active_key(evidence, key) {
        return remedy.step(format!(
            "If it was switched off on purpose, use the user's newer key {} and its SMTP password in the client",
            newer.id
        ));
    }
    let remedy = remedy.step(
        "If it was switched off on purpose, do not revive it: it may have leaked. Replace it as follows",
    );
    reading::new_key(remedy, evidence, Some(user))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::testimony::{
        KEY, OURS, accounts, asked, denied, event, evidence_of_235, evidence_of_535, found, history, keys,
        known,
    };

    #[test]
    fn an_inactive_key_is_proof() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        let mut switched = event("UpdateAccessKey", "mailer", Some(KEY), 3600);
        switched.status = Some("Inactive".into());
        evidence.key_events = history(vec![switched]);
        let Verdict::Present(finding) = check(&evidence) else {
            panic!("not present")
        };
        assert_eq!(finding.certainty, Certainty::Confirmed);
        assert!(finding.why.contains("user/admin"), "{}", finding.why);
        assert!(format!("{:?}", remedy(&evidence)).contains("--user-name mailer"));
    }

    #[test]
    fn an_active_key_or_a_login_rules_it_out() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Active));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
        let mut evidence = evidence_of_235();
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_denied_read_is_unknown_not_absent() {
        let mut evidence = evidence_of_535();
        accounts(&mut evidence, OURS);
        evidence.access_keys = denied("iam:ListAccessKeys");
        assert_eq!(asked(&check(&evidence)), [Need::AccessKeys]);
        accounts(&mut evidence, "999988887777");
        assert_eq!(
            asked(&check(&evidence)),
            [Need::AccessKeys],
            "IAM of another account was not read"
        );
    }

    #[test]
    fn the_trail_stands_in_for_a_denied_read() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = denied("iam:ListAccessKeys");
        let mut switched = event("UpdateAccessKey", "mailer", Some(KEY), 3600);
        switched.status = Some("Inactive".into());
        let mut of_another_key = event("UpdateAccessKey", "mailer", Some("AKIAI44QH8DHBEXAMPLE"), 60);
        of_another_key.status = Some("Active".into());
        evidence.user_events = history(vec![switched.clone(), of_another_key.clone()]);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.9)));
        of_another_key.access_key_id = Some(KEY.into());
        evidence.user_events = history(vec![switched, of_another_key]);
        assert_eq!(found(&check(&evidence)), None, "it was activated again");
    }
}
