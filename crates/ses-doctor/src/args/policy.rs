//! What may be typed after `policy`.

use super::OutputFormat;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Decide requests that come with their policies, and show which statement decides
    Simulate(SimulateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// Files with one request, or with one in every line; `-` reads lines from standard input and answers each at once
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Exit with 1 if a request is decided otherwise
    #[arg(long, value_enum)]
    pub(crate) expect: Option<Expected>,
    /// Form of the decisions; JSON is one line a request
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,
}

/// The decision that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expected {
    /// Every layer allows.
    Allowed,
    /// Denied, explicitly or not.
    Denied,
    /// A statement denies.
    ExplicitDeny,
    /// A layer does not allow.
    ImplicitDeny,
    /// It depends on unknown context keys.
    Undetermined,
}
