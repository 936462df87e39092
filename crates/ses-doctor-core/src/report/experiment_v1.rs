//! An experiment in the published report. Its own type, as all of the report.

use crate::experiment::{self, Conclusion, Factor, Flip, Purpose, Reach, Stop, TrialOutcome, difference};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What varying the login showed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Experiment {
    /// What it shows.
    pub conclusion: Shown,
    /// The same in words.
    pub difference: String,
    /// The factor that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
    /// Its levels that work.
    pub works: Vec<String>,
    /// Its levels that fail.
    pub fails: Vec<String>,
    /// The chance of such trials without a difference, at the worst, between 0 and 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
    /// Logins that it spent.
    pub logins: u32,
    /// Connections that it opened, those of the logins included.
    pub connections: u32,
    /// More trials that would tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<u32>,
    /// Why it ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stop>,
    /// The cause that was proven without it, so that no login was spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proven: Option<String>,
    /// In order; the probe comes first.
    pub trials: Vec<Trial>,
}

/// What an experiment can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// One factor decides the outcome.
    Flips,
    /// A factor differs at a first look; the trials are too few to rule chance out.
    Suggests,
    /// Whatever was varied ends alike.
    NoDifference,
    /// It comes and goes, and nothing varied explains it.
    Intermittent,
    /// Nothing was tried.
    Nothing,
}

/// One trial.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Trial {
    /// Why it was made.
    pub purpose: Purpose,
    /// The factor that it looks at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
    /// The level of that factor, or the client's own settings.
    pub level: String,
    /// How far it went.
    pub reach: Reach,
    /// Whether it went well.
    pub works: bool,
    /// The refusing reply or the failure; `works` otherwise.
    pub outcome: String,
    /// The address of the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When it ended, RFC 3339.
    pub at: String,
    /// How long it took.
    pub elapsed_ms: u64,
}

impl From<&experiment::Experiment> for Experiment {
    fn from(of: &experiment::Experiment) -> Self {
        let (conclusion, flip, more) = match &of.conclusion {
            Conclusion::Flips(flip) => (Shown::Flips, Some(flip), None),
            Conclusion::Suggests { flip, more_logins } => (Shown::Suggests, Some(flip), Some(*more_logins)),
            Conclusion::NoDifference { .. } => (Shown::NoDifference, None, None),
            Conclusion::Intermittent { more, .. } => (Shown::Intermittent, None, *more),
            Conclusion::Nothing { .. } => (Shown::Nothing, None, None),
        };
        Self {
            conclusion,
            difference: difference(of),
            factor: flip.map(|flip| flip.factor),
            works: flip.map(Flip::working).unwrap_or_default(),
            fails: flip.map(Flip::failing).unwrap_or_default(),
            chance: flip.map(|flip| flip.chance),
            logins: of.logins,
            connections: of.connections,
            more,
            stopped: of.stopped,
            proven: of.proven.clone(),
            trials: of.trials.iter().map(trial).collect(),
        }
    }
}

fn trial(trial: &experiment::Trial) -> Trial {
    Trial {
        purpose: trial.purpose,
        factor: trial.factor,
        level: level(trial),
        reach: trial.reach,
        works: trial.outcome == TrialOutcome::Works,
        outcome: trial.outcome.words(),
        address: trial.peer.map(|peer| peer.to_string()),
        at: trial.at.to_string(),
        elapsed_ms: trial.elapsed_ms,
    }
}

/// What is varied, in a few words.
fn level(trial: &experiment::Trial) -> String {
    match (trial.factor, trial.setup.address) {
        (Some(factor), _) => factor.level(&trial.setup),
        (None, Some(address)) => format!("as the client, at {address}"),
        (None, None) => "as the client".to_owned(),
    }
}
