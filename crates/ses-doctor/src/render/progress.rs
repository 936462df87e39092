//! What is being looked at, on a terminal only, on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ses_doctor_core::Need;
use std::io::IsTerminal;
use std::time::Duration;

/// A line that says what is under way.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
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
        Self { bar }
    }

    /// What is in flight, and how many answers are in.
    pub(crate) fn show(&self, in_flight: &[Need], done: usize) {
        let names: Vec<&str> = in_flight.iter().map(|need| need.id()).collect();
        self.bar
            .set_message(format!("{done} answers in; asking {}", names.join(", ")));
    }

    /// Wipes the line.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
