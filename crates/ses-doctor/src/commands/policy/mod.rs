//! `policy`: what IAM policies decide.

mod access_analyzer;
mod account;
mod compare;
mod denied_call;
mod documents;
mod explain;
mod minimize;
mod requests;
mod simulate;

pub(crate) use access_analyzer::SecondOpinion;

use super::Console;
use crate::args::PolicyCommand;
use crate::error::CliError;
use crate::exit::Exit;

/// Runs the command.
pub(crate) async fn run(command: &PolicyCommand, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::Explain(args) => explain::run(args, console).await,
        PolicyCommand::Simulate(args) => simulate::run(args, console),
        PolicyCommand::Compare(args) => compare::run(args, console).await,
        PolicyCommand::Minimize(args) => minimize::run(args, console).await,
    }
}
