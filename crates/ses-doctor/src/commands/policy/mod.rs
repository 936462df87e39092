//! `policy`: what IAM policies decide.

mod access_analyzer;
mod account;
mod compare;
mod compare_account;
mod context_pairs;
mod denied_call;
mod documents;
mod event;
mod expectation;
mod explain;
mod minimize;
mod requests;
mod simulate;
mod simulate_account;

pub(crate) use access_analyzer::SecondOpinion;

use super::Console;
use crate::args::PolicyCommand;
use crate::error::CliError;
use crate::exit::Exit;

/// Runs the command.
pub(crate) async fn run(command: &PolicyCommand, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::Explain(args) => explain::run(args, console).await,
        PolicyCommand::Simulate(args) => simulate::run(args, console).await,
        PolicyCommand::Compare(args) => compare::run(args, console).await,
        PolicyCommand::Minimize(args) => minimize::run(args, console).await,
    }
}
