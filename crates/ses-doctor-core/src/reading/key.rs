//! The access key behind the user name, as IAM and STS show it.

use super::pair::unexplained_refusal;
use super::trail::{change_of_key, events, is_on_key};
use super::way::pair_was_accepted;
use crate::evidence::{AccessKey, Evidence, KeyStatus, TrailEvent};
use crate::need::Need;
use crate::verdict::Verdict;
use jiff::Timestamp;
use ses_smtp::credential::UsernameShape;

/// The key id whose state can explain a refusal, or will: a long-term one that SES refused, or that was never tried. (A
/// login that SES accepted speaks for the state of its key: causes say so themselves.)
pub(crate) fn key_in_question(evidence: &Evidence) -> Option<&str> {
    let long_term = evidence.username_shape() == Some(UsernameShape::AccessKeyId);
    let settled = pair_was_accepted(evidence) && !evidence.login_accepted();
    evidence.access_key_id().filter(|_| long_term && !settled)
}

fn listed<'a>(evidence: &'a Evidence, key: &str) -> Option<&'a AccessKey> {
    evidence
        .access_keys
        .known()?
        .keys
        .iter()
        .find(|candidate| candidate.id == key)
}

/// The status that IAM gives to the key.
pub(crate) fn status(evidence: &Evidence, key: &str) -> Option<KeyStatus> {
    listed(evidence, key).map(|found| found.status)
}

/// When the key was made, and the read that tells it.
pub(crate) fn created(evidence: &Evidence, key: &str) -> Option<(Need, Timestamp)> {
    let listed = listed(evidence, key)
        .and_then(|found| found.created)
        .map(|at| (Need::AccessKeys, at));
    let told = || change_of_key(evidence, key, |event| event.name == "CreateAccessKey");
    listed.or_else(|| told().map(|(need, event)| (need, event.at)))
}

/// The deletion of the key in CloudTrail. A key id never comes back.
pub(crate) fn deletion<'a>(evidence: &'a Evidence, key: &str) -> Option<(Need, &'a TrailEvent)> {
    change_of_key(evidence, key, |event| event.name == "DeleteAccessKey")
}

/// The reads that show that the key cannot be used: switched off, expired or gone.
pub(crate) fn unusable(evidence: &Evidence, key: &str) -> Option<Vec<Need>> {
    match status(evidence, key) {
        Some(KeyStatus::Inactive | KeyStatus::Expired) => Some(vec![Need::AccessKeys]),
        Some(KeyStatus::Active | KeyStatus::Other) => None,
        None => deletion(evidence, key)
            .map(|(need, _)| vec![need])
            .or_else(|| key_is_gone(evidence, key)),
    }
}

/// IAM knows the key, but no user of it: the sign of a root key.
pub(crate) fn is_without_user(evidence: &Evidence) -> bool {
    evidence
        .key_last_used
        .known()
        .is_some_and(|used| used.user_name.is_none())
}

/// Whether the key belongs to the account in which the operator reads; `None` when it cannot be told.
pub(crate) fn is_ours(evidence: &Evidence, key: &str) -> Option<bool> {
    let resolved = evidence
        .key_last_used
        .known()
        .is_some_and(|used| used.user_name.is_some());
    if resolved || listed(evidence, key).is_some() {
        return Some(true);
    }
    let (account, caller) = (evidence.key_account.known()?, evidence.caller.known()?);
    Some(*account == caller.account)
}

/// The user that owns the key, or owned it.
pub(crate) fn owner<'a>(evidence: &'a Evidence, key: &str) -> Option<&'a str> {
    let resolved = evidence
        .key_last_used
        .known()
        .and_then(|used| used.user_name.as_deref());
    let listed = evidence.access_keys.known().map(|keys| keys.user_name.as_str());
    let told = || {
        events(evidence)
            .find(|(_, event)| is_on_key(event, key))
            .and_then(|(_, e)| e.user_name.as_deref())
    };
    resolved.or(listed).or_else(told)
}

/// The reads by which the operator's own account no longer has this key; `None` when it has it, or cannot tell. A key
/// without a user is not gone: it may be the root user's.
pub(crate) fn key_is_gone(evidence: &Evidence, key: &str) -> Option<Vec<Need>> {
    let there = is_without_user(evidence) || listed(evidence, key).is_some();
    if there || is_ours(evidence, key) != Some(true) || is_newborn(evidence, key) {
        return None;
    }
    let mut because = Vec::new();
    if evidence.access_keys.is_settled() {
        because.push(Need::AccessKeys);
    }
    if evidence.key_last_used.is_missing() {
        because.push(Need::KeyLastUsed);
    }
    (!because.is_empty()).then_some(because)
}

/// CloudTrail tells of its creation some minutes before IAM was read, which may not know it everywhere yet.
fn is_newborn(evidence: &Evidence, key: &str) -> bool {
    const SECONDS: i64 = 15 * 60;
    let made = change_of_key(evidence, key, |event| event.name == "CreateAccessKey");
    let read = evidence
        .access_keys
        .observed_at
        .max(evidence.key_last_used.observed_at);
    made.zip(read)
        .is_some_and(|((_, event), read)| read.as_second() - event.at.as_second() < SECONDS)
}

/// An active key of the same user that is newer than this one, or any active one when this one is gone.
pub(crate) fn newer_active_key<'a>(evidence: &'a Evidence, key: &str) -> Option<&'a AccessKey> {
    let keys = &evidence.access_keys.known()?.keys;
    let own = listed(evidence, key);
    let newer = |other: &&AccessKey| match own {
        Some(own) => other.created.is_some() && other.created > own.created,
        None => true,
    };
    keys.iter()
        .filter(|other| other.id != key && other.status == KeyStatus::Active)
        .find(newer)
}

/// The state of the key is not known: a candidate as long as nothing else explains the refusal.
pub(crate) fn unless_settled(evidence: &Evidence, key: &str, why: &str) -> Verdict {
    if unexplained_refusal(evidence).is_none() {
        return Verdict::NotApplicable;
    }
    match key_is_gone(evidence, key) {
        Some(because) => Verdict::absent(because, "IAM answered, and this account has no such key any more"),
        None => Verdict::unknown(lacking(evidence, key), why),
    }
}

/// The reads that would show the key.
fn lacking(evidence: &Evidence, key: &str) -> Vec<Need> {
    let mut missing = vec![Need::AccessKeys];
    if is_ours(evidence, key).is_none() {
        missing.extend(
            [Need::Caller, Need::KeyAccount]
                .into_iter()
                .filter(|need| !evidence.is_settled(*need)),
        );
    }
    missing
}
