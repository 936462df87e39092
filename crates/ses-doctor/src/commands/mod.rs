//! One file a command. Each takes what was typed, writes data to `out`, and returns how the process ends.

pub(crate) mod apply;
pub(crate) mod bundle;
pub(crate) mod causes;
mod client_settings;
pub(crate) mod demo;
pub(crate) mod diagnose;
pub(crate) mod explain;
pub(crate) mod lab;
pub(crate) mod lint;
pub(crate) mod password;
pub(crate) mod permissions;
mod plan;
pub(crate) mod policy;
pub(crate) mod probe;
pub(crate) mod reproduce;
mod rollback;
mod rotate;
mod runs;
pub(crate) mod trail;

use crate::args::{Cli, Command, TrailCommand};
use crate::error::CliError;
use crate::exit::Exit;
use clap::CommandFactory;
use std::io::Write;

/// Where data and talk go.
pub(crate) struct Console<'a> {
    /// Standard output: data.
    pub(crate) out: &'a mut dyn Write,
    /// Say nothing but errors on standard error.
    pub(crate) quiet: bool,
    /// How often -v was given.
    pub(crate) verbose: u8,
}

/// Runs one command.
pub(crate) async fn run(command: Command, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match command {
        Command::Diagnose(args) => diagnose::run(*args, console).await,
        Command::Plan(args) => plan::run(*args, console).await,
        Command::Apply(args) => apply::run(*args, console).await,
        Command::Rollback(args) => rollback::run(*args, console).await,
        Command::Rotate(args) => rotate::run(*args, console).await,
        Command::Runs(command) => runs::run(command, console).await,
        Command::Explain(args) => explain::run(&args, console),
        Command::Probe(args) => probe::run(*args, console).await,
        Command::Lint(args) => lint::run(&args, console),
        Command::Password(args) => password::run(&args, console),
        Command::Lab(args) => lab::run(&args, console).await,
        Command::Demo(args) => demo::run(&args, console).await,
        Command::Policy(command) => policy::run(&command, console).await,
        Command::Bundle(args) => bundle::run(*args, console).await,
        Command::Reproduce(args) => reproduce::run(&args, console).await,
        Command::Permissions(args) => permissions::run(&args, console),
        Command::Trail(TrailCommand::Scan(args)) => trail::scan::run(&args, console).await,
        Command::Trail(TrailCommand::History(args)) => trail::history::run(&args, console).await,
        Command::Trail(TrailCommand::Athena(args)) => trail::athena::run(&args, console).await,
        Command::Trail(TrailCommand::Lake(args)) => trail::lake::run(&args, console).await,
        Command::Causes(args) => causes::run(&args, console),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "ses-doctor", &mut script);
            console.out.write_all(&script)?;
            Ok(Exit::Success)
        }
    }
}
