//! `secret-not-reloaded`: the key was rotated, and the client still works with the old pair.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, LoginOutcome, OwnPair, PasswordSource, StoredVersion, TrailEvent};
use crate::need::Need;
use crate::reading;
use crate::verdict::{Certainty, Finding, Verdict};
use client_log::Sign;
use jiff::SignedDuration;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "secret-not-reloaded",
    group: Group::Credentials,
    title: "The key was rotated, but the client still uses the old pair",
    next_check: "compare the key id in the running client with the active keys of its user, then restart the client",
    reads: &[
        Need::Symptom,
        Need::Credential,
        Need::Probe,
        Need::PasswordSource,
        Need::StoredLogins,
        Need::AccessKeys,
        Need::KeyEvents,
        Need::UserEvents,
    ],
    docs: DOCS,
    check,
    remedy,
};

/// Ranks before the state of the old key, which is as certain: it is the reason behind it.
const REASON: f64 = 0.995;
/// A key younger than this, beside an older one, tells of a rotation.
const RECENT_SECONDS: i64 = 30 * 24 * 3600;
/// A stored version younger than this may not have been read yet by a client that runs since before.
const RECENTLY_WRITTEN: SignedDuration = SignedDuration::from_hours(30 * 24);

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` from one server, container or replica, while others send. It began when an old key was
switched off or deleted, some time after a new one had been made.

## Why it happens

The new pair was stored, in Secrets Manager, a Kubernetes secret or Terraform's state, but this client read its settings when it
started, and has not been restarted since. Or one of several places was forgotten.

## How it is proven

The key in use is switched off or deleted, and the same user has a newer key. CloudTrail shows the order of a rotation:
`CreateAccessKey` for the new one, then `UpdateAccessKey` or `DeleteAccessKey` for this one. Or the client's log shows a 535 while
the new pair logs in from here.

With `--password-secret` or `--password-parameter`, what is kept is compared with the pair that the client was given: the kept pair
logs in and the client's is refused, or the client's is the version before. The comparison is made in memory; the evidence says
`different`, `previous` or `same`, and holds no value.

## What to do

Give the new pair to this client and restart it. Do not switch the old key on again, unless mail must flow at once.
";

/// It is found.
pub(super) fn holds(evidence: &Evidence) -> bool {
    matches!(check(evidence), Verdict::Present(_))
}

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "a client that was not restarted after a rotation gets the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    if evidence.login_accepted() {
        return while_login_works(evidence, key);
    }
    if let Some(verdict) = by_source(evidence) {
        return verdict;
    }
    match reading::unusable(evidence, key) {
        Some(because) => after_retirement(evidence, key, because),
        None if reading::status(evidence, key).is_some() => {
            Verdict::absent([Need::AccessKeys], "the key in use has not been retired")
        }
        None => reading::unless_settled(evidence, key, candidate),
    }
}

/// The client's own pair was refused; what is kept is another one. `None` when that tells nothing.
fn by_source(evidence: &Evidence) -> Option<Verdict> {
    let source = evidence.password_source.known()?;
    let basis = reading::refused(evidence).filter(|_| reading::client_has_another(source))?;
    let kept = reading::source_name(source);
    let since = source
        .written
        .map_or_else(String::new, |at| format!(", written at {at},"));
    let client = match source.own_pair {
        Some(OwnPair::Previous) => "the client still uses the version before it",
        Some(_) | None => "the client uses another one",
    };
    match reading::stored_login(evidence, StoredVersion::Current) {
        Some(LoginOutcome::Accepted) => Some(Verdict::Present(Finding {
            certainty: Certainty::Confirmed,
            confidence: REASON,
            because: vec![Need::StoredLogins, Need::PasswordSource, basis],
            why: format!("the pair in {kept}{since} logs in, and {client}"),
        })),
        // What is kept does not work either: another cause holds for both.
        Some(LoginOutcome::Refused(_)) => None,
        Some(LoginOutcome::NotReached(_)) | None if source.own_pair == Some(OwnPair::Previous) => {
            let why = format!("{kept} has a newer version{since} and {client}, which SES refuses");
            Some(Verdict::likely(0.9, [Need::PasswordSource, basis], why))
        }
        Some(LoginOutcome::NotReached(_)) | None => Some(Verdict::unknown(
            [Need::StoredLogins],
            format!("{kept} holds another pair than the client uses"),
        )),
    }
}

/// The pair that works is the kept one; the client's log shows a refusal from a time when it may have had the one before.
fn read_too_early(evidence: &Evidence, source: &PasswordSource) -> Verdict {
    let kept = reading::source_name(source);
    match reading::written_recently(evidence, source, RECENTLY_WRITTEN) {
        Some(written) => Verdict::likely(
            0.85,
            [Need::PasswordSource, Need::Symptom, Need::Probe],
            format!(
                "the client was refused, while the pair in {kept} works; it was written at {written}, and a client that read \
                 it before still has the old one"
            ),
        ),
        None if source.written.is_some() => Verdict::absent(
            [Need::PasswordSource],
            format!("{kept} has not been written for long"),
        ),
        None => Verdict::unknown(
            [Need::PasswordSource],
            format!("when {kept} was written is not known"),
        ),
    }
}

/// The key in use is switched off or gone: is there a newer one in its place?
fn after_retirement(evidence: &Evidence, key: &str, mut because: Vec<Need>) -> Verdict {
    let basis = reading::refused(evidence);
    because.extend(basis);
    if let Some((need, successor)) = rotation(evidence, key) {
        because.push(need);
        let why = format!(
            "{}, then the key in use was retired; the client still uses that",
            super::who_and_when(successor)
        );
        return match basis {
            Some(_) => Verdict::Present(Finding {
                certainty: Certainty::Confirmed,
                confidence: REASON,
                because,
                why,
            }),
            None => Verdict::likely(0.9, because, why),
        };
    }
    match reading::newer_active_key(evidence, key) {
        Some(newer) => {
            if !because.contains(&Need::AccessKeys) {
                because.push(Need::AccessKeys);
            }
            Verdict::likely(
                0.85,
                because,
                format!(
                    "the key in use was retired, and its user has the active key {}",
                    newer.id
                ),
            )
        }
        None if evidence.access_keys.known().is_some() => Verdict::absent(
            [Need::AccessKeys],
            "the user has no other active key that is newer",
        ),
        None => Verdict::NotApplicable,
    }
}

/// The creation of another key of the same user, after this one was made and before it was retired.
fn rotation<'a>(evidence: &'a Evidence, key: &str) -> Option<(Need, &'a TrailEvent)> {
    let owner = reading::owner(evidence, key)?;
    let retired = reading::change_of_key(evidence, key, |event| {
        event.name == "DeleteAccessKey"
            || (event.name == "UpdateAccessKey" && event.status.as_deref() == Some("Inactive"))
    });
    let retired = retired?.1.at;
    let made = reading::created(evidence, key).map(|(_, at)| at);
    let is_successor = |event: &TrailEvent| {
        event.name == "CreateAccessKey"
            && event.user_name.as_deref() == Some(owner)
            && !reading::is_on_key(event, key)
            && event.at < retired
            && made.is_none_or(|made| event.at > made)
    };
    reading::events(evidence)
        .filter(|(_, event)| is_successor(event))
        .max_by_key(|(_, event)| event.at)
}

/// The pair works here, but the client's log shows a refusal: of the pair that came before?
fn while_login_works(evidence: &Evidence, key: &str) -> Verdict {
    let reported = evidence
        .reported_refusal()
        .is_some_and(|r| r.meaning == Some(Meaning::CredentialsInvalid));
    let cached = evidence
        .reported()
        .is_some_and(|reported| reported.signs.contains(&Sign::RefusalCached));
    if !reported || cached {
        return Verdict::NotApplicable;
    }
    let source = evidence.password_source.known();
    if let Some(source) = source.filter(|source| source.own_pair.is_none()) {
        return read_too_early(evidence, source);
    }
    let why =
        "the client was refused, while this pair works; its key is new, beside an older one of the same user";
    match (evidence.access_keys.known(), replaces_another(evidence, key)) {
        (None, _) => Verdict::unknown(
            [Need::AccessKeys],
            "the client may still use the pair that came before this one",
        ),
        (Some(_), true) => Verdict::likely(0.8, [Need::Symptom, Need::Probe, Need::AccessKeys], why),
        (Some(_), false) => {
            Verdict::absent([Need::AccessKeys], "the key in use does not replace another one")
        }
    }
}

fn replaces_another(evidence: &Evidence, key: &str) -> bool {
    let (Some((_, made)), Some(at)) = (reading::created(evidence, key), evidence.probe.observed_at) else {
        return false;
    };
    let others = evidence
        .access_keys
        .known()
        .into_iter()
        .flat_map(|keys| &keys.keys);
    let older = others
        .filter(|other| other.id != key)
        .any(|other| other.created.is_some_and(|created| created < made));
    let deleted = reading::events(evidence).any(|(_, event)| {
        event.name == "DeleteAccessKey" && !reading::is_on_key(event, key) && event.at > made
    });
    (older || deleted) && at.as_second() - made.as_second() < RECENT_SECONDS
}

fn remedy(evidence: &Evidence) -> Remedy {
    let key = super::argument(evidence.access_key_id(), "KEY_ID");
    let user = super::argument(reading::owner(evidence, key), "USER");
    let kept = evidence
        .password_source
        .known()
        .filter(|source| source.own_pair != Some(OwnPair::Same));
    if let Some(source) = kept {
        return from_source(source);
    }
    let new =
        reading::newer_active_key(evidence, key).map_or("the newer key's id", |newer| newer.id.as_str());
    Remedy::new("Give the new pair to this client and restart it")
        .command("See which keys the user has, and since when", format!("aws iam list-access-keys --user-name {user}"))
        .step(format!("Put the new pair (user name {new}) into the settings that this client reads, and restart it"))
        .step("Look for other copies of the old key id in settings, secrets and images")
        .command(
            "Only if mail must flow at once: switch the old key on for a while (undo: the same command with Inactive)",
            format!("aws iam update-access-key --user-name {user} --access-key-id {key} --status Active"),
        )
}

fn from_source(source: &PasswordSource) -> Remedy {
    let kept = reading::source_name(source);
    let user = super::argument(Some(&source.holds.username.shown), "the user name in it");
    Remedy::new(format!("Let this client read {kept} again: restart it"))
        .step(format!("Restart every process that reads {kept} when it starts; the current version has the user name {user}"))
        .step("Where the value was copied (environment, Kubernetes secret, Terraform, image), copy it anew or read it at run time")
        .step("For the next rotation: let the client read the secret again after a 535, or restart it as a step of the rotation")
}

#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod tests;
