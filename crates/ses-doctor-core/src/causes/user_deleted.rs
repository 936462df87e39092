//! `user-deleted`: the IAM user that owned the access key no longer exists, and its keys went with it.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, TrailEvent};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "user-deleted",
    group: Group::Credentials,
    title: "The IAM user that owned the access key was deleted",
    next_check: "see whether the key's user still exists: aws iam get-access-key-last-used --access-key-id KEY, then aws iam get-user",
    reads: &[
        Need::Credential,
        Need::Probe,
        Need::Caller,
        Need::KeyAccount,
        Need::KeyLastUsed,
        Need::AccessKeys,
        Need::User,
        Need::KeyEvents,
        Need::UserEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid`, from one moment on, in every region, often after a clean-up or a Terraform run.

## Why it happens

The IAM user was deleted, and its access keys and policies with it. A new user of the same name has other keys.

## How it is proven

CloudTrail holds `DeleteUser` for the key's owner, after `DeleteAccessKey` for the key itself; or IAM `GetUser` says that the
user does not exist any more. Events reach back 90 days.

## What to do

Make a new IAM user with no more than `ses:SendRawEmail`, a key for it, and the SMTP password of that key. Put the user under
the care of the same code that deleted the old one.
";

/// It is found: the key's own deletion is then only part of it.
pub(super) fn holds(evidence: &Evidence) -> bool {
    matches!(check(evidence), Verdict::Present(_))
}

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "a key dies with its user, and then gets the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    if evidence
        .access_keys
        .known()
        .is_some_and(|keys| keys.keys.iter().any(|listed| listed.id == key))
    {
        return Verdict::absent([Need::AccessKeys], "IAM still lists the key and its user");
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
    let basis = reading::refused(evidence);
    if let Some((need, event)) = deletion_of_owner(evidence, key) {
        let because: Vec<Need> = [need].into_iter().chain(basis).collect();
        return by_event(evidence, key, event, because);
    }
    match basis {
        Some(basis) if evidence.user.is_missing() && reading::is_ours(evidence, key) == Some(true) => {
            let why = format!("the user of {key} does not exist in this account any more");
            let because = [Need::User, Need::KeyAccount, basis];
            // A trail that can be read and does not know of it: it is older, or IAM does not know the user yet.
            match evidence.user_events.is_settled() {
                true => Verdict::possible(
                    0.5,
                    because,
                    format!("{why}; CloudTrail does not know its deletion"),
                ),
                false => Verdict::likely(0.9, because, why),
            }
        }
        _ => without_sign(evidence, key, candidate),
    }
}

fn deletion_of_owner<'a>(evidence: &'a Evidence, key: &str) -> Option<(Need, &'a TrailEvent)> {
    let owner = reading::owner(evidence, key)?;
    let deletions = reading::events(evidence)
        .filter(|(_, event)| event.name == "DeleteUser" && event.user_name.as_deref() == Some(owner));
    let last = deletions.max_by_key(|(_, event)| event.at)?;
    let made_later = reading::created(evidence, key).is_some_and(|(_, created)| created > last.1.at);
    (!made_later).then_some(last)
}

/// A user of the same name may have been made since, with this very key. Unless something shows that the key is gone,
/// the event says little.
fn by_event(evidence: &Evidence, key: &str, event: &TrailEvent, mut because: Vec<Need>) -> Verdict {
    let why = super::who_and_when(event);
    match reading::deletion(evidence, key) {
        Some((need, deleted)) if deleted.at <= event.at => {
            because.push(need);
            Verdict::confirmed(because, format!("{why}, after the key itself was deleted"))
        }
        _ if evidence.user.is_missing() => {
            because.push(Need::User);
            Verdict::confirmed(because, format!("{why}; IAM has no such user any more"))
        }
        _ if reading::key_is_gone(evidence, key).is_some() => Verdict::likely(0.9, because, why),
        _ => Verdict::possible(0.5, because, why),
    }
}

fn without_sign(evidence: &Evidence, key: &str, candidate: &str) -> Verdict {
    if evidence.user.known().is_some() {
        return Verdict::absent([Need::User], "IAM still has the user");
    }
    if evidence.access_keys.known().is_some() {
        return Verdict::absent([Need::AccessKeys], "IAM still has the user, though not the key");
    }
    if reading::key_is_gone(evidence, key).is_none() {
        return reading::unless_settled(evidence, key, candidate);
    }
    let probed = reading::refused(evidence) == Some(Need::Probe);
    match reading::owner(evidence, key) {
        Some(_) if probed => Verdict::unknown([Need::User], "the key is gone, perhaps with its user"),
        None if probed && !evidence.key_events.is_settled() => Verdict::unknown(
            [Need::KeyEvents],
            "the key is gone, perhaps with its user, whose name the trail may tell",
        ),
        Some(_) | None => Verdict::NotApplicable,
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let user = evidence
        .access_key_id()
        .and_then(|key| reading::owner(evidence, key));
    let remedy = Remedy::new("Make a new IAM user that may only send, and use a key of it")
        .command(
            "Create the user (undo: aws iam delete-user with the same name)",
            format!("aws iam create-user --user-name {}", super::argument(user, "USER")),
        )
        .step("Give it one policy that allows ses:SendRawEmail on the identities that it sends from, and nothing else");
    reading::new_key(remedy, evidence, user)
}

#[cfg(test)]
mod tests;
