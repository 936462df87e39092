//! What changed just before it broke, by whom, from where: everything that has a time in one order, and the change most
//! likely at fault marked, with the reasons.
//!
//! A change is blamed only when it fits the cause that was found, was carried out, was not taken back, and came before the
//! first failure that is known. What could not be read never speaks for or against one.

mod author;
mod blame;
mod change;
mod entry;
mod lookups;
mod onset;
mod scene;
#[cfg(test)]
mod tests;

pub use author::{Author, AuthorKind, Program};
pub use blame::{Silence, Suspect, Unexplained, span};
pub use entry::{Change, Entry, Happening, Mark};
pub(crate) use lookups::worth as worth_a_lookup;
pub use lookups::{changes, reach, way};
pub use onset::{Moment, Onset};

use crate::diagnosis::Diagnosis;
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading;
use crate::verdict::Certainty;
use jiff::Timestamp;
use scene::Scene;

/// The whole timeline.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timeline {
    /// The moment up to which it reaches.
    pub now: Option<Timestamp>,
    /// Since when it fails.
    pub onset: Onset,
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// For each cause that a change explains, that change; most likely cause first.
    pub suspects: Vec<Suspect>,
    /// The causes, confirmed or likely, that no change is named for.
    pub unexplained: Vec<Unexplained>,
    /// What the timeline cannot show, in words.
    pub limits: Vec<String>,
    /// How many times `LookupEvents` was called.
    pub lookups: u32,
}

impl Timeline {
    /// The timeline of a diagnosis. Same evidence in, same timeline out, in whatever order it came.
    pub fn of(evidence: &Evidence, diagnosis: &Diagnosis) -> Self {
        let scene = Scene::of(evidence);
        let (mut suspects, mut unexplained) = (Vec::new(), Vec::new());
        for judged in &diagnosis.findings {
            match blame::blame(evidence, judged, &scene) {
                Ok(suspect) => suspects.push(suspect),
                Err(none) if judged.finding.certainty >= Certainty::Likely => unexplained.push(none),
                Err(_) => {}
            }
        }
        let onset = Onset::of(evidence);
        let histories = reading::histories(evidence);
        Self {
            now: blame::now(evidence),
            entries: marked(entry::entries(evidence), &suspects, &onset),
            onset,
            suspects,
            unexplained,
            limits: limits(evidence),
            lookups: histories
                .iter()
                .filter_map(|(_, history)| history.known())
                .map(|history| history.lookups)
                .sum(),
        }
    }

    /// The change that explains this cause.
    pub fn suspect_of(&self, cause: &str) -> Option<&Suspect> {
        self.suspects.iter().find(|suspect| suspect.cause == cause)
    }

    /// Nobody looked for changes, and nothing else has a time worth telling.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.suspects.is_empty()
    }
}

fn marked(mut entries: Vec<Entry>, suspects: &[Suspect], onset: &Onset) -> Vec<Entry> {
    for entry in &mut entries {
        let is_change = matches!(entry.happening, Happening::Change(_));
        if suspects.iter().any(|suspect| suspect.event == entry.id) {
            entry.mark = Mark::Suspect;
        } else if is_change && entry.mark == Mark::None && onset.is_before(entry.at) {
            entry.mark = Mark::TooLate;
        }
    }
    entries
}

fn limits(evidence: &Evidence) -> Vec<String> {
    let histories = reading::histories(evidence);
    let mut limits: Vec<String> = Vec::new();
    for (need, history) in histories {
        if let Some(why) = history.unavailable() {
            limits.push(format!("{need} could not be read: {why}"));
        }
        if history.known().is_some_and(|history| !history.complete) {
            limits.push(if need == Need::ArchivedEvents {
                format!("{need}: a part could not be read of {}", history.source)
            } else {
                format!("{need} holds more events than were read, older ones or of more names")
            });
        }
    }
    if histories.iter().any(|(_, history)| history.known().is_some()) {
        limits.push(
            "SMTP logins are not in CloudTrail: it shows who changed what, not who logged in".to_owned(),
        );
        limits.push("CloudTrail keeps 90 days, and shows an event some minutes after it happened".to_owned());
    }
    let log = evidence.client_log.known();
    let times = log
        .into_iter()
        .flat_map(|log| [&log.first, &log.last, &log.last_login, &log.last_sent]);
    if let Some(zone) = times.flatten().find_map(|time| time.assumed_zone.as_ref()) {
        limits.push(format!(
            "the log's times bear no zone: they are taken for times in {zone} (--log-zone names another)"
        ));
    }
    limits
}
