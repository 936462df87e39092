//! `apply`: a plan is held against the present, and with `--apply` carried out, verified, and undone if it did not help.

mod bench;
mod drive;
mod repository;
mod undo;
mod verify;

pub(crate) use bench::{Bench, folder};
pub(crate) use drive::{Follow, drive};
pub(crate) use undo::plan as undoing;
use undo::undo;

use super::Console;
use crate::accounts;
use crate::args::{ApplyArgs, OutputFormat};
use crate::error::{CliError, span_of_position};
use crate::exit::Exit;
use crate::render;
use miette::NamedSource;
use ses_doctor_aws::snapshot;
use ses_doctor_core::journal::{End, Entry};
use ses_doctor_core::plan::{Checked, Drafted, PlanError, Refusal};
use ses_doctor_core::report::run_v1::RunReport;
use std::path::Path;
use std::sync::Arc;

/// Runs the command.
pub(crate) async fn run(args: ApplyArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let drafted = read(&args.plan)?;
    let bench = Bench::new(&args.aws, &args.state, &drafted.plan().target).await?;
    if !args.apply {
        return rehearse(&bench, drafted, &args.allow_one_way, args.output, console).await;
    }
    let account = drafted.plan().target.account.as_deref();
    accounts::guard(args.settings.as_deref(), account, args.production)?;
    let store = bench.store()?;
    let target = drafted.plan().target.clone();
    let _lock = store.lock(&target)?;
    store.refuse_unfinished(&target)?;
    let plan = drafted.plan().clone();
    let checked = match bench.check(drafted.clone(), &args.allow_one_way).await {
        Ok(checked) => checked,
        Err(refusal) => return refused(&drafted, &refusal, args.output, console),
    };
    let snapshot = snapshot(&checked, &bench.actuator).await;
    let (run, mut journal) = store.begin(&checked, None, &snapshot)?;
    if let Some(repository) = &args.snapshot_repo {
        let kept = store.load(&run)?.folder.join("snapshot.json");
        if let Err(error) = repository::commit(repository, &kept, run.as_str()) {
            // Nothing was changed: the run is over before its first step.
            journal.append(Entry::Ended { end: End::Abandoned })?;
            return Err(error);
        }
    }
    let follow = Follow {
        path: plan.symptom_path,
        args: args.follow,
        aws: args.aws,
    };
    drive(&bench, &checked, &run, &mut journal, follow, args.output, console).await
}

/// Shows what would be done, and whether it could be.
pub(crate) async fn rehearse(
    bench: &Bench,
    drafted: Drafted,
    consented: &[usize],
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let copy = drafted.clone();
    match bench.check(drafted, consented).await {
        Ok(checked) => {
            ready(&copy, &checked, output, console)?;
            Ok(Exit::Success)
        }
        Err(refusal) => refused(&copy, &refusal, output, console),
    }
}

fn ready(
    drafted: &Drafted,
    checked: &Checked,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let report = RunReport::ready(checked);
    match output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => render::run::ready(console.out, drafted, &report)?,
    }
    Ok(())
}

pub(crate) fn refused(
    drafted: &Drafted,
    refusal: &Refusal,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let report = RunReport::refused(drafted.plan(), drafted.id().as_str(), refusal);
    match output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => render::run::refused(console.out, &report, refusal)?,
    }
    Ok(Exit::CouldNotRun)
}

/// A plan file.
fn read(path: &Path) -> Result<Drafted, CliError> {
    let text = std::fs::read_to_string(path).map_err(|source| CliError::read(path, source))?;
    Drafted::from_json(&text).map_err(|error| {
        let (at, help) = match &error {
            PlanError::Malformed { source } => (
                span_of_position(&text, source.line(), source.column()),
                "`apply` wants a file that `plan --out` wrote",
            ),
            PlanError::NotAPlan => (None, "`apply` wants a file that `plan --out` wrote"),
            PlanError::TooNew { .. } => (None, "apply it with the program that made it, or a newer one"),
            PlanError::Altered { .. } | PlanError::Contradicts => (
                None,
                "a plan is not edited: make it anew with `plan`, so that what was reviewed is what is applied",
            ),
        };
        CliError::Content {
            what: error.to_string(),
            text: Arc::new(NamedSource::new(path.display().to_string(), text.clone())),
            at,
            help: help.to_owned(),
        }
    })
}
