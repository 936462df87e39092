//! What is being looked at, on a terminal only, on standard error.

use crate::commands::trail::sources::Place;
use crate::trail_s3::Tally;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ses_doctor_core::Need;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A line that says what is under way.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    quiet: bool,
}

impl Progress {
    /// Shown when standard error is a terminal and nobody asked for silence.
    pub(crate) fn new(quiet: bool) -> Self {
        let wanted = !quiet && std::io::stderr().is_terminal();
        let target = if wanted {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, quiet }
    }

    /// What is in flight, and how many answers are in.
    pub(crate) fn show(&self, in_flight: &[Need], done: usize) {
        let names: Vec<&str> = in_flight.iter().map(|need| need.id()).collect();
        self.bar
            .set_message(format!("{done} answers in; asking {}", names.join(", ")));
    }

    /// Which trial of an experiment is being made.
    pub(crate) fn trial(&self, number: usize, at_most: usize, what: &str) {
        self.bar
            .set_message(format!("experiment: trial {number} of at most {at_most}: {what}"));
    }

    /// How far the history of a region has been read.
    pub(crate) fn history(&self, region: &str, requests: u32, events: usize, back_to: i64) {
        let back_to = super::trail::history::time(back_to);
        self.bar.set_message(format!(
            "{region}: {requests} requests, {events} events, back to {back_to}"
        ));
    }

    /// How many files of a bucket were listed.
    pub(crate) fn listing(&self, objects: u64) {
        self.bar.set_message(format!("{objects} files listed"));
    }

    /// How far a query has come.
    pub(crate) fn query(&self, purpose: &str, scanned: Option<u64>) {
        let scanned = indicatif::HumanBytes(scanned.unwrap_or(0));
        self.bar
            .set_message(format!("query to {purpose}: {scanned} scanned"));
    }

    /// Something that the person should know now, beside the line.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| anstream::eprintln!("{text}"));
        }
    }

    /// Wipes the line.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// How far a long log has been read.
#[derive(Debug)]
pub(crate) struct Reading {
    bar: ProgressBar,
}

/// A shorter log is read before anybody could look at a bar.
const WORTH_A_BAR: u64 = 64 * 1024 * 1024;

impl Reading {
    /// Shown when standard error is a terminal, nobody asked for silence, and it may take long. `size` is `None` when it
    /// is not known before the end.
    pub(crate) fn new(quiet: bool, size: Option<u64>) -> Self {
        let wanted = !quiet && std::io::stderr().is_terminal() && size.is_none_or(|size| size > WORTH_A_BAR);
        let target = if wanted {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(size, target);
        let template = match size {
            Some(_) => "{bar:40} {bytes} of {total_bytes}, {eta} left",
            None => "{spinner} {bytes} read",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// So many bytes have been read.
    pub(crate) fn at(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How far the files of an archive have been read.
#[derive(Debug)]
pub(crate) struct Scanning {
    bar: ProgressBar,
    begun: Instant,
    shown: Instant,
    /// Bytes that are to be read, as soon as they are counted; 0 before.
    total: Arc<AtomicU64>,
    /// What is listed in S3.
    listed: Option<Arc<Tally>>,
}

impl Scanning {
    /// Shown when standard error is a terminal and nobody asked for silence. Beside the scan, the files' sizes are added up.
    pub(crate) fn new(
        quiet: bool,
        places: &[Place],
        filter: &trail_scan::Filter,
        listed: Option<Arc<Tally>>,
    ) -> Self {
        let Progress { bar, quiet: _ } = Progress::new(quiet);
        let total = Arc::new(AtomicU64::new(0));
        let paths: Option<Vec<PathBuf>> = places.iter().filter_map(local).collect();
        if let Some(paths) = paths.filter(|paths| !bar.is_hidden() && !paths.is_empty()) {
            let (total, files) = (Arc::clone(&total), trail_scan::walk(paths, filter));
            std::thread::spawn(move || total.store(size(files), Ordering::Relaxed));
        }
        let now = Instant::now();
        Self {
            bar,
            begun: now,
            shown: now,
            total,
            listed,
        }
    }

    /// So far.
    pub(crate) fn show(&mut self, summary: &trail_scan::Summary) {
        if self.bar.is_hidden() || self.shown.elapsed() < Duration::from_millis(100) {
            return;
        }
        self.shown = Instant::now();
        let seconds = self.begun.elapsed().as_secs_f64().max(0.1);
        let mut line = pace(summary, self.total(), seconds);
        if let Some(objects) = self.listed.as_ref().and_then(|listed| listed.so_far()) {
            line += &format!(", {objects} objects listed so far");
        }
        self.bar.set_message(line);
    }

    /// Nothing is known of the whole before the last is counted.
    fn total(&self) -> u64 {
        let here = self.total.load(Ordering::Relaxed);
        match &self.listed {
            Some(listed) if listed.so_far().is_some() => 0,
            Some(listed) => here + listed.bytes.load(Ordering::Relaxed),
            None => here,
        }
    }

    /// A line that stays, above the bar.
    pub(crate) fn above(&self, line: &str) {
        self.bar.suspend(|| anstream::eprintln!("{line}"));
    }

    /// Wipes the line.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// A path, if it is one; within, `None` for a stream, of which nobody knows how much there is.
fn local(place: &Place) -> Option<Option<PathBuf>> {
    match place {
        Place::Path(path) => Some(Some(path.clone())),
        Place::Input => Some(None),
        Place::Bucket(_) => None,
    }
}

/// What the files take up; 0 when one of them is a stream, of which nobody knows.
fn size(files: impl Iterator<Item = trail_scan::Walked>) -> u64 {
    let mut total = 0;
    for file in files {
        if let trail_scan::Walked::File(path) = file {
            match path.metadata() {
                Ok(file) if file.is_file() => total += file.len(),
                _ => return 0,
            }
        }
    }
    total
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate for people; neither is negative"
)]
fn pace(summary: &trail_scan::Summary, total: u64, seconds: f64) -> String {
    let rate = summary.bytes as f64 / seconds;
    let mut line = format!(
        "{} events found in {} files, {} of text, {}/s",
        summary.matches,
        summary.files,
        indicatif::HumanBytes(summary.bytes),
        indicatif::HumanBytes(rate as u64)
    );
    if total > 0 && summary.packed > 0 {
        let share = (summary.packed as f64 / total as f64).min(1.0);
        let left = Duration::from_secs_f64(seconds * (1.0 - share) / share);
        line += &format!(
            ", {:.0} %, {} left",
            100.0 * share,
            indicatif::HumanDuration(left)
        );
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_of_a_scan_tells_rate_and_time_left() {
        let summary = trail_scan::Summary {
            files: 3,
            packed: 1024,
            bytes: 20 * 1024,
            matches: 2,
            ..trail_scan::Summary::default()
        };
        assert_eq!(
            pace(&summary, 4096, 2.0),
            "2 events found in 3 files, 20.00 KiB of text, 10.00 KiB/s, 25 %, 6 seconds left"
        );
        assert!(pace(&summary, 0, 2.0).ends_with("KiB/s"));
    }
}
