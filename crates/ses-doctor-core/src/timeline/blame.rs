//! Which change is most likely at fault for a cause that was found, and why; or why none can be named.

use super::change::{Changes, Fit, changes_of};
use super::onset::{Moment, Onset};
use super::scene::Scene;
use crate::diagnosis::Judged;
use crate::evidence::{Evidence, TrailEvent};
use crate::need::Need;
use crate::reading;
use crate::verdict::Certainty;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// CloudTrail's event history (CloudTrail User Guide).
const DAYS_KEPT: i64 = 90;
/// Events arrive after about five minutes on average, which is not guaranteed (CloudTrail User Guide).
const DELIVERY: SignedDuration = SignedDuration::from_mins(15);
/// No zone of the world is further from another.
const ZONES: SignedDuration = SignedDuration::from_hours(26);

/// The change most likely at fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The cause that it brought about.
    pub cause: &'static str,
    /// Event id.
    pub event: String,
    /// The evidence that holds it.
    pub need: Need,
    /// How sure; never surer than the cause.
    pub certainty: Certainty,
    /// Between 0 and 1.
    pub confidence: f64,
    /// The reasons, most telling first.
    pub why: Vec<String>,
}

/// Why no change is named for a cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Unexplained {
    /// The cause.
    pub cause: &'static str,
    /// The reason.
    pub why: Silence,
    /// In words.
    pub words: String,
}

/// See [`Unexplained`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// No change that CloudTrail records brings this cause about.
    NotRecorded,
    /// Everything was read, and no change fits.
    NoneFits,
    /// Something of the history could not be read.
    Unread,
    /// There is more of the history than was read.
    CutShort,
    /// The history that was read is another account's.
    OtherAccount,
    /// It failed before the history begins.
    TooOld,
}

/// A change that fits, with what it means.
struct Candidate<'a> {
    need: Need,
    event: &'a TrailEvent,
    fit: Fit,
}

pub(super) fn blame(evidence: &Evidence, judged: &Judged, scene: &Scene<'_>) -> Result<Suspect, Unexplained> {
    let cause = judged.cause;
    let unexplained = |why, words: String| Unexplained {
        cause: cause.id,
        why,
        words,
    };
    let Some(changes) = changes_of(evidence, cause.id) else {
        let words =
            "no change that CloudTrail records brings this about: look at what changed on the client's side";
        return Err(unexplained(Silence::NotRecorded, words.to_owned()));
    };
    let onset = Onset::of_cause(evidence, cause);
    let candidates = candidates(evidence, changes, scene, &onset);
    match candidates.split_first() {
        Some((first, rivals)) => Ok(suspect(judged, first, rivals, &onset)),
        None => {
            let (why, words) = silence(evidence, changes, &onset);
            Err(unexplained(why, words))
        }
    }
}

/// Every history, each event once, in an order of its own.
pub(super) fn events(evidence: &Evidence) -> Vec<(Need, &TrailEvent)> {
    let histories = reading::histories(evidence).into_iter();
    let mut all: Vec<(Need, &TrailEvent)> = histories
        .filter_map(|(need, history)| Some((need, history.known()?)))
        .flat_map(|(need, history)| history.events.iter().map(move |event| (need, event)))
        .collect();
    all.sort_by(|(need, one), (other, two)| one.id.cmp(&two.id).then(need.cmp(other)));
    all.dedup_by(|(_, one), (_, two)| one.id == two.id);
    all.sort_by(|(_, one), (_, two)| one.at.cmp(&two.at).then_with(|| one.id.cmp(&two.id)));
    all
}

/// What may be at fault: carried out, before it failed, not taken back, and not outlived by mail that was taken. The most
/// telling first, of those the newest.
fn candidates<'a>(
    evidence: &'a Evidence,
    changes: &Changes,
    scene: &Scene<'_>,
    onset: &Onset,
) -> Vec<Candidate<'a>> {
    let mut last: BTreeMap<String, Candidate<'a>> = BTreeMap::new();
    for (need, event) in events(evidence) {
        let in_time = event.succeeded() && !onset.is_before(event.at) && !onset.is_after(event.at);
        let Some(fit) = (changes.fit)(event, scene).filter(|_| in_time) else {
            continue;
        };
        let stands = last.get(&fit.thing).is_some_and(|before| before.fit.breaks);
        if !(stands && fit.breaks && !fit.rewrites) {
            last.insert(fit.thing.clone(), Candidate { need, event, fit });
        }
    }
    let mut standing: Vec<Candidate<'a>> = last
        .into_values()
        .filter(|candidate| candidate.fit.breaks)
        .collect();
    standing.sort_by(|one, two| {
        let telling = two.fit.exact.cmp(&one.fit.exact);
        telling
            .then(two.event.at.cmp(&one.event.at))
            .then_with(|| one.event.id.cmp(&two.event.id))
    });
    standing
}

fn suspect(judged: &Judged, first: &Candidate<'_>, rivals: &[Candidate<'_>], onset: &Onset) -> Suspect {
    let mut confidence = judged.finding.confidence;
    let mut why = vec![match first.fit.exact {
        true => format!("it {}: that is the cause that was found", first.fit.did),
        false => format!("it {}, which can bring the cause about", first.fit.did),
    }];
    if !first.fit.exact {
        confidence *= 0.75;
    }
    let newest = rivals.iter().all(|rival| rival.event.at <= first.event.at);
    why.extend(timing(first.event.at, newest, onset));
    if !onset.is_dated() {
        confidence *= 0.9;
    }
    if let Some(zone) = doubtful_zone(first.event.at, onset) {
        confidence *= 0.8;
        why.push(format!(
            "this holds if the client's clock runs in {zone}: the log does not say"
        ));
    }
    if let Some(used) = contradicting_use(first.event.at, onset) {
        confidence *= 0.5;
        why.push(format!(
            "against it speaks that {} {} later",
            used.what,
            span(used.at, first.event.at)
        ));
    }
    if !rivals.is_empty() {
        confidence *= 0.85;
        why.push(match rivals.len() {
            1 => "one other change would fit too".to_owned(),
            many => format!("{many} other changes would fit too"),
        });
    }
    let certainty = match confidence {
        high if high >= 0.85 && first.fit.exact => Certainty::Confirmed,
        fair if fair >= 0.6 => Certainty::Likely,
        _ => Certainty::Possible,
    };
    Suspect {
        cause: judged.cause.id,
        event: first.event.id.clone(),
        need: first.need,
        certainty: certainty.min(judged.finding.certainty),
        confidence,
        why,
    }
}

/// Where the change stands between the last that worked and the first that failed.
fn timing(at: Timestamp, newest: bool, onset: &Onset) -> Vec<String> {
    let place = if newest {
        "it is the last such change"
    } else {
        "it came"
    };
    let mut said = vec![match &onset.failed {
        Some(failed) if onset.is_dated() => {
            format!(
                "{place} before {}, which came {} later",
                failed.what,
                span(failed.at, at)
            )
        }
        Some(_) | None if newest => {
            format!("{place}; since when it fails nobody has told (--log tells it)")
        }
        Some(_) | None => "since when it fails nobody has told (--log tells it)".to_owned(),
    }];
    if let Some(worked) = onset.worked.as_ref().filter(|worked| worked.at <= at) {
        said.push(format!("{} {} before it", worked.what, span(at, worked.at)));
    }
    said
}

/// The order of change and failure hangs on a zone that nobody told.
fn doubtful_zone(at: Timestamp, onset: &Onset) -> Option<&str> {
    let failed = onset.failed.as_ref()?;
    let near = failed.at.duration_since(at).abs() < ZONES;
    failed.assumed_zone.as_deref().filter(|_| near)
}

/// The key was used after the change that made it useless.
fn contradicting_use(at: Timestamp, onset: &Onset) -> Option<&Moment> {
    let worked = onset.worked.as_ref()?;
    let settled = at.checked_add(super::onset::SETTLING).unwrap_or(at);
    (worked.need == Need::KeyLastUsed && worked.at > settled).then_some(worked)
}

fn silence(evidence: &Evidence, changes: &Changes, onset: &Onset) -> (Silence, String) {
    if let Some(words) = other_account(evidence, changes) {
        return (Silence::OtherAccount, words);
    }
    let histories = reading::histories(evidence);
    let needs: Vec<Need> = changes.needs(evidence).collect();
    let mine = || histories.iter().filter(|(need, _)| needs.contains(need));
    let unread = mine().find(|(_, history)| history.known().is_none());
    if let Some((need, history)) = unread {
        let why = history.unavailable();
        let why = why.unwrap_or_else(|| format!("it was not looked at; {}", need.how_to_supply()));
        return (
            Silence::Unread,
            format!("what CloudTrail has of it could not be read ({need}): {why}"),
        );
    }
    let begins =
        now(evidence).and_then(|now| now.checked_sub(SignedDuration::from_hours(24 * DAYS_KEPT)).ok());
    if onset
        .failed
        .as_ref()
        .zip(begins)
        .is_some_and(|(failed, begins)| failed.at < begins)
    {
        let words = format!("it failed before the {DAYS_KEPT} days that CloudTrail keeps");
        return (Silence::TooOld, words);
    }
    let cut = mine()
        .filter_map(|(_, history)| history.known())
        .any(|history| !history.complete);
    if cut {
        let words = "none of the changes that were read explains it; there are more than were read";
        return (Silence::CutShort, words.to_owned());
    }
    let worked = onset
        .worked
        .as_ref()
        .zip(begins)
        .is_some_and(|(worked, begins)| worked.at > begins);
    let older = if worked { "" } else { "; an older one may" };
    let fresh = onset
        .failed
        .as_ref()
        .zip(now(evidence))
        .is_some_and(|(failed, now)| onset.is_dated() && now.duration_since(failed.at) < DELIVERY);
    let late = if fresh {
        "; one of the last minutes may not have arrived yet"
    } else {
        ""
    };
    let words =
        format!("none of the changes that CloudTrail keeps ({DAYS_KEPT} days) explains it{older}{late}");
    (Silence::NoneFits, words)
}

/// The operator's own account keeps no history of another account's key.
fn other_account(evidence: &Evidence, changes: &Changes) -> Option<String> {
    let of_account = changes
        .needs(evidence)
        .any(|need| need != Need::OrganizationEvents);
    let (ours, theirs) = (evidence.caller.known()?, evidence.key_account.known()?);
    (of_account && ours.account != *theirs).then(|| {
        format!(
            "the history that was read is that of account {}; the key belongs to account {theirs}, which keeps its own",
            ours.account
        )
    })
}

/// The moment at which the evidence was complete.
pub(super) fn now(evidence: &Evidence) -> Option<Timestamp> {
    let all = Need::ALL.iter().filter_map(|need| evidence.observed_at(*need));
    all.max()
}

/// A span of time, as a person says it: `40 s`, `5 min`, `3 h 20 min`, `12 days`.
pub fn span(one: Timestamp, other: Timestamp) -> String {
    let seconds = one.duration_since(other).as_secs().unsigned_abs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (seconds, minutes, hours) {
        (0..60, _, _) => format!("{seconds} s"),
        (_, 0..60, _) => format!("{minutes} min"),
        (_, _, 0..48) if minutes % 60 == 0 || hours >= 10 => format!("{hours} h"),
        (_, _, 0..48) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} days"),
    }
}
