//! `key-not-propagated`: the access key is so new that SES does not know it yet.

use crate::cause::{Cause, Group, Remedy};
use crate::evidence::{Evidence, KeyStatus};
use crate::need::Need;
use crate::reading;
use crate::verdict::Verdict;
use jiff::Timestamp;
use ses_smtp::catalogue::Meaning;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "key-not-propagated",
    group: Group::Credentials,
    title: "The access key is too new: SES does not know it yet",
    next_check: "try again two minutes later with nothing changed: if it then works, the key was too new",
    reads: &[Need::Credential, Need::Probe, Need::AccessKeys, Need::KeyEvents],
    docs: DOCS,
    check,
    remedy,
};

/// Terraform waits two minutes for changes of IAM to spread.
const USUAL_SECONDS: i64 = 2 * 60;
/// Operators report a few minutes at most.
const LONGEST_SECONDS: i64 = 5 * 60;

const DOCS: &str = "\
## What you see

`535 Authentication Credentials Invalid` in the first minutes after a key was made or switched on again. Some minutes later the
same login works, with nothing changed.

## Why it happens

Changes of IAM take time to reach every service and region. AWS gives no figure; Terraform waits up to two minutes, and
operators report a few minutes for SES.

## How it is proven

The key is active, and it was made or switched on less than five minutes before the refused login. Only a later login that works
proves it: `diagnose` tries again until the key is two minutes old (`--no-wait` turns that off); without such a login, this counts as
likely.

## What to do

Wait, and try again for at least two minutes before you change anything. A 535 that outlasts five minutes has another cause.
";

/// It is found: whatever else a refusal may mean has to wait.
pub(super) fn holds(evidence: &Evidence) -> bool {
    matches!(check(evidence), Verdict::Present(_))
}

/// Until when a refused login is worth trying again: the key is so new that SES may not know it yet.
pub fn worth_trying_until(evidence: &Evidence) -> Option<Timestamp> {
    if evidence.login_accepted() || !holds(evidence) {
        return None;
    }
    let key = reading::key_in_question(evidence)?;
    let (_, since) = usable_since(evidence, key)?;
    let until = Timestamp::from_second(since.as_second().saturating_add(USUAL_SECONDS)).ok()?;
    (evidence.probe.observed_at? < until).then_some(until)
}

fn check(evidence: &Evidence) -> Verdict {
    let candidate = "a key that is only minutes old gets the same 535";
    let Some(key) = reading::key_in_question(evidence) else {
        return reading::asks_for_pair(evidence, candidate);
    };
    if evidence.login_accepted() {
        return accepted(evidence);
    }
    let unusable = reading::unusable(evidence, key).is_some();
    let Some(basis) = reading::unexplained_refusal(evidence).filter(|_| !unusable) else {
        return if unusable {
            Verdict::NotApplicable
        } else {
            behind_another_fault(evidence, key)
        };
    };
    let listed = reading::status(evidence, key) == Some(KeyStatus::Active);
    match (usable_since(evidence, key), evidence.probe.observed_at) {
        (Some((need, since)), Some(at)) if basis == Need::Probe => {
            by_age(need, at.as_second() - since.as_second())
        }
        (Some(_), _) => Verdict::unknown([Need::Probe], candidate),
        (None, _) if listed => Verdict::unknown([Need::KeyEvents], candidate),
        (None, _) => reading::unless_settled(evidence, key, candidate),
    }
}

/// A login that was refused and then taken, with nothing changed, is the proof.
fn accepted(evidence: &Evidence) -> Verdict {
    let Some(waited) = &evidence.probe.waited else {
        return Verdict::absent([Need::Probe], "the login works");
    };
    let seconds = waited.waited_ms.div_ceil(1000);
    let tries = waited.tries;
    let reported = evidence.reported_refusal();
    match reported.and_then(|refusal| refusal.meaning) {
        Some(Meaning::CredentialsInvalid) => Verdict::confirmed(
            [Need::Probe],
            format!(
                "SES refused the login and took it {seconds} s later, at try {tries}, with nothing changed"
            ),
        ),
        _ => Verdict::absent(
            [Need::Probe],
            format!(
                "the login works; SES refused it for the first {seconds} s, as it does a key that is too new"
            ),
        ),
    }
}

/// When the key was made or last switched on.
fn usable_since(evidence: &Evidence, key: &str) -> Option<(Need, Timestamp)> {
    let activated = reading::change_of_key(evidence, key, |event| {
        event.name == "UpdateAccessKey" && event.status.as_deref() == Some("Active")
    });
    let activated = activated.map(|(need, event)| (need, event.at));
    [reading::created(evidence, key), activated]
        .into_iter()
        .flatten()
        .max_by_key(|(_, at)| *at)
}

/// Something else explains what is seen; a key that is young may be refused for some minutes even without that.
fn behind_another_fault(evidence: &Evidence, key: &str) -> Verdict {
    match (usable_since(evidence, key), evidence.probe.observed_at) {
        (Some((need, since)), Some(at)) if at.as_second() - since.as_second() <= LONGEST_SECONDS => {
            let age = at.as_second() - since.as_second();
            let why = format!(
                "the key is only {} seconds old, or as long switched on",
                age.max(0)
            );
            Verdict::possible(0.4, [need], why)
        }
        _ => Verdict::NotApplicable,
    }
}

fn by_age(need: Need, age: i64) -> Verdict {
    let why = format!(
        "the key was {} seconds old, or as long switched on, when SES refused it",
        age.max(0)
    );
    if age > LONGEST_SECONDS {
        return Verdict::absent(
            [need],
            "the key is older than the few minutes that IAM takes to spread a change",
        );
    }
    let confidence = if age <= USUAL_SECONDS { 0.85 } else { 0.7 };
    Verdict::likely(confidence, [need, Need::Probe], why)
}

fn remedy(_evidence: &Evidence) -> Remedy {
    Remedy::new("Wait some minutes and try again, before anything is changed")
        .step("Try the login again every 15 seconds for at least two minutes; after five, look for another cause")
        .step("In pipelines, retry the first login instead of failing on it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::{AccessKey, AccessKeys};
    use crate::testimony::{
        KEY, asked, denied, event, evidence_of_235, evidence_of_535, evidence_of_report, found, history,
        keys, known, now,
    };

    fn aged(mut evidence: Evidence, seconds: i64) -> Evidence {
        let created = Some(Timestamp::from_second(now().as_second() - seconds).unwrap());
        let key = AccessKey {
            id: KEY.into(),
            status: KeyStatus::Active,
            created,
        };
        evidence.access_keys = known(AccessKeys {
            user_name: "mailer".into(),
            keys: vec![key],
        });
        evidence
    }

    #[test]
    fn a_key_of_seconds_is_likely_unknown_to_ses() {
        assert_eq!(
            found(&check(&aged(evidence_of_535(), 35))),
            Some((Certainty::Likely, 0.85))
        );
        assert_eq!(
            found(&check(&aged(evidence_of_535(), 200))),
            Some((Certainty::Likely, 0.7))
        );
    }

    #[test]
    fn a_key_that_was_just_switched_on_counts_too() {
        let mut evidence = aged(evidence_of_535(), 1_000_000);
        let mut activated = event("UpdateAccessKey", "mailer", Some(KEY), 30);
        activated.status = Some("Active".into());
        evidence.key_events = history(vec![activated]);
        assert!(holds(&evidence));
    }

    #[test]
    fn a_login_that_works_later_proves_it() {
        let mut evidence = aged(evidence_of_535(), 35);
        let until = worth_trying_until(&evidence).unwrap();
        assert_eq!(until.as_second() - now().as_second(), 85);
        let accepted = evidence_of_235().probe;
        evidence.probe = crate::Observation {
            waited: Some(crate::Waited {
                tries: 2,
                waited_ms: 6_400,
                first_answer: "535".into(),
            }),
            ..accepted
        };
        assert!(
            matches!(check(&evidence), Verdict::Absent { .. }),
            "nothing is wrong any more"
        );
        crate::testimony::reported(&mut evidence, 535, "Authentication Credentials Invalid", None);
        assert_eq!(found(&check(&evidence)), Some((Certainty::Confirmed, 0.99)));
        assert_eq!(worth_trying_until(&evidence), None);
        assert_eq!(worth_trying_until(&aged(evidence_of_535(), 121)), None);
    }

    #[test]
    fn age_or_a_login_rules_it_out() {
        assert!(matches!(
            check(&aged(evidence_of_535(), 301)),
            Verdict::Absent { .. }
        ));
        assert!(matches!(
            check(&aged(evidence_of_235(), 35)),
            Verdict::Absent { .. }
        ));
        let mut evidence = evidence_of_535();
        evidence.access_keys = known(keys(KEY, KeyStatus::Inactive));
        assert_eq!(check(&evidence), Verdict::NotApplicable);
    }

    #[test]
    fn what_was_not_read_is_asked_for() {
        let mut evidence = evidence_of_535();
        evidence.access_keys = denied("iam:ListAccessKeys");
        assert_eq!(
            asked(&check(&evidence)),
            [Need::AccessKeys, Need::Caller, Need::KeyAccount]
        );
        let reported = evidence_of_report(535, "Authentication Credentials Invalid", None);
        assert_eq!(asked(&check(&aged(reported, 35))), [Need::Probe]);
    }
}
