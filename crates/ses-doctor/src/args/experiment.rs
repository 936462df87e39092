//! What may be typed about experiments.

use clap::Args;
use ses_doctor_core::experiment::Limits;
use std::time::Duration;

/// Repetitions of the client's own login at least, where the budget has them.
const REPEATS: u32 = 8;

/// Whether the login is varied, and within which limits.
#[derive(Debug, Args)]
pub(crate) struct ExperimentArgs {
    /// Vary region, port, TLS mode, mechanism, address, connections at once and idle time, until the outcome flips: for a
    /// fault that shows only sometimes, or only there
    #[arg(long, help_heading = "Experiment", conflicts_with_all = ["offline", "evidence"])]
    pub(crate) experiment: bool,
    /// Logins that an experiment may spend; what needs none is tried without
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Experiment", requires = "experiment",
          value_parser = clap::value_parser!(u32).range(0..=500))]
    pub(crate) experiment_logins: u32,
    /// Connections that it may open in all
    #[arg(long, value_name = "N", default_value_t = 120, help_heading = "Experiment", requires = "experiment",
          value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub(crate) experiment_connections: u32,
    /// Connections that it may have open at once; 1 leaves their number alone
    #[arg(long, value_name = "N", default_value_t = 8, help_heading = "Experiment", requires = "experiment",
          value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(crate) experiment_at_once: u8,
    /// Milliseconds between two logins; after a reply that asks for less it waits 5, 10, then 30 times as long
    #[arg(long, value_name = "MS", default_value_t = 1000, help_heading = "Experiment", requires = "experiment",
          value_parser = clap::value_parser!(u64).range(10..=600_000))]
    pub(crate) experiment_pace_ms: u64,
}

impl ExperimentArgs {
    /// No experiment.
    pub(crate) fn none() -> Self {
        Self {
            experiment: false,
            experiment_logins: 0,
            experiment_connections: 1,
            experiment_at_once: 1,
            experiment_pace_ms: 1000,
        }
    }

    /// The limits, when an experiment is asked for.
    pub(crate) fn limits(&self) -> Option<Limits> {
        self.experiment.then(|| Limits {
            logins: self.experiment_logins,
            connections: self.experiment_connections,
            at_once: self.experiment_at_once,
            repeats: (self.experiment_logins / 2).max(REPEATS),
            pace: Duration::from_millis(self.experiment_pace_ms),
        })
    }
}
