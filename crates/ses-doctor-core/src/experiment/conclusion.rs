//! What an experiment showed.

use super::factor::Factor;
use super::trial::{Setup, Stop, Trial, TrialOutcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An experiment: its trials, and what they show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// In order; those that were made before it come first.
    pub trials: Vec<Trial>,
    /// What they show.
    pub conclusion: Conclusion,
    /// Logins that it spent.
    pub logins: u32,
    /// Connections that it opened, those of the logins included.
    pub connections: u32,
    /// Why it ended early, if it did.
    pub stopped: Option<Stop>,
    /// The cause that was proven without it, so that no login was spent.
    pub proven: Option<String>,
}

/// What the trials show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Conclusion {
    /// One factor decides the outcome.
    Flips(Flip),
    /// The first look differs between two levels, but too few trials were allowed to rule chance out.
    Suggests {
        /// What differs.
        flip: Flip,
        /// Logins that are lacking.
        more_logins: u32,
    },
    /// The outcome is the same whatever was varied.
    NoDifference {
        /// The outcome.
        works: bool,
        /// So often under the client's own circumstances.
        trials: u32,
        /// A fault that comes and goes more often than this would have shown, with 95 %. `None` when it fails.
        rarer_than: Option<f64>,
    },
    /// Under the same circumstances it works at times and fails at times, and nothing varied explains it.
    Intermittent {
        /// So often it worked.
        worked: u32,
        /// So often it failed.
        failed: u32,
        /// How it fails.
        failure: TrialOutcome,
        /// More trials that would tell whether a factor decides; `None` beyond any budget.
        more: Option<u32>,
    },
    /// Too little was tried to say anything.
    Nothing {
        /// Why.
        why: String,
    },
}

/// A factor whose levels end differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// Which.
    pub factor: Factor,
    /// Circumstances that work.
    pub works: Vec<Setup>,
    /// Circumstances that fail.
    pub fails: Vec<Setup>,
    /// How they fail.
    pub failure: TrialOutcome,
    /// The trials that tested it, without the first look.
    pub tally: Tally,
    /// The chance of such a table without any difference, at the worst.
    pub chance: f64,
}

/// The trials of a comparison. The first look says which side ought to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Failures where failure was expected.
    pub fails_failed: u32,
    /// Successes where failure was expected.
    pub fails_worked: u32,
    /// Failures where success was expected.
    pub works_failed: u32,
    /// Successes where success was expected.
    pub works_worked: u32,
}

impl Tally {
    /// Adds one trial.
    pub(super) fn count(&mut self, expected_to_work: bool, works: bool) {
        let cell = match (expected_to_work, works) {
            (true, true) => &mut self.works_worked,
            (true, false) => &mut self.works_failed,
            (false, true) => &mut self.fails_worked,
            (false, false) => &mut self.fails_failed,
        };
        *cell += 1;
    }
}

impl Experiment {
    /// The factor that decides, when chance is ruled out.
    pub fn flip(&self) -> Option<&Flip> {
        match &self.conclusion {
            Conclusion::Flips(flip) => Some(flip),
            Conclusion::Suggests { .. }
            | Conclusion::NoDifference { .. }
            | Conclusion::Intermittent { .. }
            | Conclusion::Nothing { .. } => None,
        }
    }

    /// Something failed that worked under the same or under other circumstances.
    pub fn shows_trouble(&self) -> bool {
        match &self.conclusion {
            Conclusion::Flips(_) | Conclusion::Suggests { .. } | Conclusion::Intermittent { .. } => true,
            Conclusion::NoDifference { works, .. } => !works,
            Conclusion::Nothing { .. } => false,
        }
    }
}

impl Flip {
    /// The levels that work.
    pub fn working(&self) -> Vec<String> {
        levels(self.factor, &self.works)
    }

    /// The levels that fail.
    pub fn failing(&self) -> Vec<String> {
        levels(self.factor, &self.fails)
    }
}

fn levels(factor: Factor, setups: &[Setup]) -> Vec<String> {
    let mut levels: Vec<String> = Vec::new();
    for setup in setups {
        let level = factor.level(setup);
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    levels
}
