//! `policy`: what IAM policies decide.

mod requests;
mod simulate;

use super::Console;
use crate::args::PolicyCommand;
use crate::error::CliError;
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn run(command: &PolicyCommand, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match command {
        PolicyCommand::Simulate(args) => simulate::run(args, console),
    }
}
