//! `explain`: from a log or a pasted error to causes, offline.

use super::Console;
use crate::args::{ExplainArgs, OutputFormat};
use crate::error::CliError;
use crate::exit::Exit;
use crate::log_file::LogFile;
use crate::render;
use jiff::Timestamp;
use ses_doctor_core::explain::v1::{Explanations, Outcome, Report, Source};
use ses_doctor_core::explain::{Explanation, explain, of_nothing};

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let report = report(&read(args, console.quiet)?);
    match args.output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => render::explanation::report(console.out, &report, console.verbose > 0)?,
    }
    Ok(match report.outcome {
        Outcome::Healthy => Exit::Success,
        Outcome::CauseFound => Exit::CauseFound,
        Outcome::Unknown | Outcome::NotSes => Exit::Inconclusive,
    })
}

fn read(args: &ExplainArgs, quiet: bool) -> Result<Vec<LogFile>, CliError> {
    if let Some(text) = &args.text {
        return Ok(vec![LogFile::of_text(text)]);
    }
    if args.files.is_empty() {
        return Ok(vec![LogFile::from_stdin(quiet)?]);
    }
    args.files.iter().map(|path| LogFile::read(path, quiet)).collect()
}

fn report(files: &[LogFile]) -> Report {
    let now = Timestamp::now();
    let sources = files.iter().map(|file| Source {
        name: file.name.clone(),
        bytes: file.log.bytes,
        lines: file.log.lines,
        incomplete: file.incomplete.clone(),
    });
    let mut explained: Vec<(Explanation, Explanations)> = Vec::new();
    for file in files {
        for group in &file.log.groups {
            let explanation = explain(group, now);
            let published = Explanations::of(group, &explanation, &file.name);
            explained.push((explanation, published));
        }
    }
    if explained.is_empty() {
        explained.extend(files.iter().map(|file| {
            let explanation = of_nothing(&file.log);
            let published = Explanations::of_nothing(&file.log, &explanation, &file.name);
            (explanation, published)
        }));
    }
    let left_out = files.iter().map(|file| file.log.left_out).sum();
    Report::new(explained, sources.collect(), left_out)
}
