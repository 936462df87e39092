//! Faults by chance: which calls they strike is drawn from a seed, so that a run can be had again.

use serde::Deserialize;

/// What strikes calls of the AWS APIs by chance. Probabilities are between 0 and 1.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    /// What the draws are made from.
    #[serde(default)]
    pub seed: u64,
    /// That a call is throttled.
    #[serde(default)]
    pub throttled: f64,
    /// That a call fails with a server error.
    #[serde(default)]
    pub failing: f64,
    /// That a read is answered from the state of `stale_seconds` ago, as far as it has changed since.
    ///
    /// IAM is eventually consistent ("Troubleshoot IAM: Changes that I make are not always immediately visible"), and so
    /// is CloudTrail's event history; how long either takes is not promised.
    #[serde(default)]
    pub stale: f64,
    /// How old a state such a read sees.
    #[serde(default = "a_minute")]
    pub stale_seconds: u32,
    /// Up to so many milliseconds are added to every call.
    #[serde(default)]
    pub latency_ms: u64,
}

fn a_minute() -> u32 {
    60
}
