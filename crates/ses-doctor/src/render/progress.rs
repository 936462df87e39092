//! What is being looked at, on a terminal only, on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ses_doctor_core::Need;
use std::io::IsTerminal;
use std::time::Duration;

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
