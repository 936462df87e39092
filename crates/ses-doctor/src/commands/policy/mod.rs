//! `policy`: what IAM policies decide.

mod explain;
mod requests;
mod simulate;

use super::Console;
use crate::args::PolicyCommand;
use crate::error::CliError;
use crate::exit::Exit;

/// Runs the command.
pub(crate) async fn run(command: &PolicyCommand, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::Explain(args) => explain::run(args, console).await,
        PolicyCommand::Simulate(args) => simulate::run(args, console),
    }
}
