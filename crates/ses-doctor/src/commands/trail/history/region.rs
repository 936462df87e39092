//! Reads the history of one region until everything is there that was asked for, or the limit is reached.

use super::kept::Kept;
use super::span::Span;
use crate::error::CliError;
use crate::render::progress::Progress;
use ses_doctor_aws::{Aws, LookedUp, Lookup, LookupBy};
use ses_doctor_core::Observed;
use std::path::{Path, PathBuf};

/// CloudTrail delivers an event after 5 minutes on average, and promises no time (user guide). What is younger than this is
/// asked for again the next time.
const SETTLED_AFTER: i64 = 15 * 60;

/// What is asked, the same in every region.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) questions: Vec<Option<(LookupBy, String)>>,
    pub(super) within: Span,
    pub(super) now: i64,
    pub(super) most_requests: u32,
}

/// What came of one region.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) region: String,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) requests: u32,
    pub(crate) events: usize,
    /// Events whose text AWS left out: they cannot be judged.
    pub(crate) without_text: usize,
    pub(crate) end: End,
}

/// How the reading of a region ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Everything was read.
    Complete,
    /// The limit was reached; everything after this second was read, for at least one question.
    Cut(i64),
    /// AWS gave no answer, and why.
    Silent(String),
}

/// Reads one region into `folder`.
pub(super) async fn read(
    aws: &Aws,
    region: &str,
    folder: &Path,
    asked: &Asked,
    progress: &Progress,
) -> Result<History, CliError> {
    let mut history = History {
        region: region.to_owned(),
        files: Vec::new(),
        requests: 0,
        events: 0,
        without_text: 0,
        end: End::Complete,
    };
    for by in &asked.questions {
        let mut kept = Kept::open(folder, by.as_ref())?;
        history.files.push(kept.events().to_owned());
        for gap in kept.gaps(asked.within) {
            if history.end == End::Complete {
                history
                    .fill(aws, by.as_ref(), gap, &mut kept, asked, progress)
                    .await?;
            }
        }
    }
    Ok(history)
}

impl History {
    /// Reads a stretch, newest first.
    async fn fill(
        &mut self,
        aws: &Aws,
        by: Option<&(LookupBy, String)>,
        gap: Span,
        kept: &mut Kept,
        asked: &Asked,
        progress: &Progress,
    ) -> Result<(), CliError> {
        let lookup = Lookup {
            region: self.region.clone(),
            by: by.cloned(),
            from: gap.from,
            to: gap.to,
        };
        let settled = gap.to.min(asked.now - SETTLED_AFTER);
        let (mut next, mut floor) = (None, gap.to.saturating_add(1));
        loop {
            if self.requests >= asked.most_requests {
                self.end = End::Cut(floor);
                return Ok(());
            }
            let page = match told(aws.look_up(&lookup, next.take()).await) {
                Ok(page) => page,
                Err(why) => {
                    self.end = End::Silent(why);
                    return Ok(());
                }
            };
            self.requests += page.requests;
            self.events += page.records.len();
            self.without_text += page.without_text;
            floor = floor_after(&page, floor, gap);
            kept.add(
                &page.records,
                Span {
                    from: floor,
                    to: settled,
                },
            )?;
            progress.history(&self.region, self.requests, self.events, floor);
            next = page.next;
            if next.is_none() {
                return Ok(());
            }
        }
    }
}

/// From which second on everything has been read. Of the oldest second on a page, more may follow on the next.
fn floor_after(page: &LookedUp, before: i64, gap: Span) -> i64 {
    match (&page.next, page.oldest) {
        (None, _) => gap.from,
        (Some(_), Some(oldest)) => oldest.saturating_add(1).clamp(gap.from, before),
        (Some(_), None) => before,
    }
}

/// What AWS told, or in words why it told nothing.
pub(in crate::commands::trail) fn told<T>(answer: Observed<T>) -> Result<T, String> {
    match answer {
        Observed::Known(told) => Ok(told),
        Observed::Denied { action, message } => Err(format!("{action} was denied: {message}")),
        Observed::Failed { why } => Err(why),
        Observed::Missing | Observed::NotAsked => Err("AWS told nothing".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(oldest: Option<i64>, next: bool) -> LookedUp {
        LookedUp {
            records: Vec::new(),
            oldest,
            without_text: 0,
            next: next.then(|| "more".to_owned()),
            requests: 1,
        }
    }

    #[test]
    fn the_oldest_second_of_a_page_may_go_on_on_the_next() {
        let gap = Span { from: 100, to: 200 };
        assert_eq!(floor_after(&page(Some(150), true), 201, gap), 151);
        assert_eq!(
            floor_after(&page(None, true), 151, gap),
            151,
            "an empty page moves nothing"
        );
        assert_eq!(floor_after(&page(Some(150), false), 201, gap), 100);
    }
}
