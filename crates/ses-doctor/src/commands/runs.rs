//! `runs`: what was applied and undone on this computer, and going on with what was stopped.

use super::apply::notices::Afterwards;
use super::apply::{self, Bench, Follow};
use super::rollback::run_id;
use super::{Console, rotate};
use crate::args::{OutputFormat, RunsCommand, RunsListArgs, RunsResumeArgs, RunsShowArgs};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::settings::Settings;
use ses_doctor_aws::{Kept, Listed, RunStore};
use ses_doctor_core::journal::End;
use ses_doctor_core::report::run_v1::{RunReport, Undone};
use std::cmp::Reverse;

/// Runs one of them.
pub(crate) async fn run(command: RunsCommand, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match command {
        RunsCommand::List(args) => list(&args, console),
        RunsCommand::Show(args) => show(&args, console),
        RunsCommand::Resume(args) => resume(*args, console).await,
    }
}

fn list(args: &RunsListArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let all = RunStore::open(&apply::folder(&args.state)?)?.list()?;
    let mut reports = Vec::new();
    for (id, kept) in &all {
        match kept {
            Ok(kept) => reports.push((kept.progress.began_at, report(kept, &all))),
            Err(error) => tracing::warn!(run = %id, %error, "this run cannot be understood"),
        }
    }
    // Ids tell seconds; the journals tell more.
    reports.sort_by_key(|(began_at, _)| Reverse(*began_at));
    match args.output {
        OutputFormat::Json => {
            let reports: Vec<&RunReport> = reports.iter().map(|(_, report)| report).collect();
            render::json(
                console.out,
                &serde_json::json!({ "schema": "ses-doctor/runs/v1", "runs": reports }),
            )?;
        }
        OutputFormat::Text => render::run::list(console.out, &reports)?,
    }
    Ok(Exit::Success)
}

fn show(args: &RunsShowArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let store = RunStore::open(&apply::folder(&args.state)?)?;
    let kept = store.load(&run_id(&args.run)?)?;
    let report = report(&kept, &store.list()?);
    match args.output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => {
            render::plan::plan(console.out, &kept.plan, None)?;
            render::run::ended(console.out, &report)?;
        }
    }
    Ok(Exit::Success)
}

/// A run, with the newest one that undoes it.
fn report(kept: &Kept, all: &[Listed]) -> RunReport {
    let undoing = all.iter().rev().find_map(|(_, other)| {
        let other = other.as_ref().ok()?;
        (other.progress.undoes.as_ref() == Some(&kept.progress.run)).then_some(other)
    });
    let undone = undoing.map(|other| Undone {
        run: Some(other.progress.run.to_string()),
        complete: other.progress.end == Some(End::Applied),
        why: None,
    });
    let mut report = RunReport::kept(kept.plan.plan(), &kept.progress, undone);
    report.rotation = rotate::report_of(kept);
    report
}

async fn resume(args: RunsResumeArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let settings = Settings::read(args.settings.settings.as_deref())?;
    let id = run_id(&args.run)?;
    let store = RunStore::open(&apply::folder(&args.state)?)?;
    let target = store.load(&id)?.progress.target;
    let bench = Bench::new(&args.aws, &args.state, &target).await?;
    let _lock = store.lock(&target)?;
    let kept = store.load(&id)?;
    if kept.progress.end.is_some() {
        return Err(CliError::Refused {
            what: format!("the run {id} has come to its end"),
            help: "`runs show` tells how; `rollback` undoes it".to_owned(),
        });
    }
    bench.keep_in(&store, &id)?;
    bench.prepare(kept.plan.plan(), &args.follow, args.wait)?;
    // Whatever was consented to when it began is not asked for again.
    let consented: Vec<usize> = (1..=kept.plan.plan().steps.len()).collect();
    let checked = match bench.check(kept.plan.clone(), &consented).await {
        Ok(checked) => checked,
        Err(refusal) => return apply::refused(&kept.plan, &refusal, args.output, console),
    };
    let mut journal = store.reopen(&id)?;
    let follow = Follow {
        path: kept.plan.plan().symptom_path.clone(),
        args: args.follow,
        aws: args.aws,
        afterwards: Afterwards {
            notices: settings.notice,
            metric: settings.metric,
        },
    };
    apply::drive(&bench, &checked, &id, &mut journal, follow, args.output, console).await
}
