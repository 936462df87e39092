//! `causes`: the catalogue, for reading.

use super::Console;
use crate::args::{CausesArgs, OutputFormat};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use ses_doctor_core::Cause;
use ses_doctor_core::causes::{CAUSES, by_id};

/// Runs the command.
pub(crate) fn run(args: &CausesArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let chosen: Vec<&Cause> = match &args.id {
        Some(id) => vec![by_id(id).ok_or_else(|| unknown(id))?],
        None => CAUSES.to_vec(),
    };
    match (args.output, chosen.as_slice()) {
        (OutputFormat::Json, _) => {
            let list: Vec<serde_json::Value> = chosen.iter().map(|cause| entry(cause)).collect();
            render::json(console.out, &serde_json::json!({ "causes": list }))?;
        }
        (OutputFormat::Text, [cause]) => {
            write!(console.out, "# {}\n\n{}\n\n{}", cause.id, cause.title, cause.docs)?
        }
        (OutputFormat::Text, all) => {
            for cause in all {
                writeln!(console.out, "{:<40} {}", cause.id, cause.title)?;
            }
        }
    }
    Ok(Exit::Success)
}

fn entry(cause: &Cause) -> serde_json::Value {
    let reads: Vec<&str> = cause.reads.iter().map(|need| need.id()).collect();
    serde_json::json!({
        "id": cause.id,
        "group": cause.group.title(),
        "title": cause.title,
        "reads": reads,
        "docs": cause.docs,
    })
}

fn unknown(id: &str) -> CliError {
    CliError::usage(
        format!("there is no cause `{id}`"),
        "`ses-doctor causes` lists them",
    )
}
