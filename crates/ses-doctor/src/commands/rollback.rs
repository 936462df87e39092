//! `rollback`: undoes a run, by a run of its own that is made of inverses.

use super::Console;
use super::apply::notices::{self, Afterwards};
use super::apply::{self, Bench, Follow};
use crate::args::{ConnectArgs, OutputFormat, RollbackArgs};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use crate::settings::Settings;
use ses_doctor_aws::{Kept, RunStore, snapshot};
use ses_doctor_core::action::Action;
use ses_doctor_core::journal::{End, Entry, RunId};
use ses_doctor_core::plan::Plan;
use ses_doctor_core::report::run_v1::RunReport;

/// Runs the command.
pub(crate) async fn run(args: RollbackArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let settings = Settings::read(args.settings.settings.as_deref())?;
    let id = run_id(&args.run)?;
    let store = RunStore::open(&apply::folder(&args.state)?)?;
    let kept = store.load(&id)?;
    let target = kept.plan.plan().target.clone();
    let bench = Bench::new(&args.aws, &args.state, &target).await?;
    bench.keep_in(&store, &id)?;
    if !args.apply {
        let plan = apply::undoing(&bench, &id)?;
        refuse_if_nothing_goes_back(plan.plan(), &id)?;
        return apply::rehearse(&bench, plan, &[], args.output, console).await;
    }
    let _lock = store.lock(&target)?;
    // Read again, now that nobody else is at work.
    let kept = store.load(&id)?;
    refuse_beside_others(&store, &kept)?;
    let plan = apply::undoing(&bench, &id)?;
    refuse_if_nothing_goes_back(plan.plan(), &id)?;
    let checked = match bench.check(plan.clone(), &[]).await {
        Ok(checked) => checked,
        Err(refusal) => return apply::refused(&plan, &refusal, args.output, console),
    };
    for stays in &checked.plan().assumptions {
        tracing::warn!("nothing takes this back: {stays}");
    }
    if checked.plan().steps.is_empty() {
        return nothing_to_undo(&store, &kept, args.output, console);
    }
    warn_of_clients(&bench, checked.plan()).await;
    let (run, mut journal) = store.begin(&checked, Some(&id), &snapshot(&checked, &bench.actuator).await)?;
    abandon(&store, &kept)?;
    // It is told, and never kept back.
    if let Err(error) = notices::before(&bench, &settings.notice, checked.plan(), &run, &mut journal).await {
        tracing::warn!(%error, "undoing all the same");
    }
    let follow = Follow::nothing(args.aws, settings);
    apply::drive(&bench, &checked, &run, &mut journal, follow, args.output, console).await
}

/// A run that only did what nothing takes back.
fn refuse_if_nothing_goes_back(plan: &Plan, run: &RunId) -> Result<(), CliError> {
    if plan.steps.is_empty() && !plan.assumptions.is_empty() {
        return Err(CliError::Refused {
            what: format!(
                "nothing that the run {run} did can be undone: {}",
                plan.assumptions.join("; ")
            ),
            help: format!("`ses-doctor runs show {run}` tells what it did"),
        });
    }
    Ok(())
}

/// The pair of a new key that is to go may have been taken up by somebody.
async fn warn_of_clients(bench: &Bench, plan: &Plan) {
    let gone = plan
        .steps
        .iter()
        .filter(|step| matches!(step.action, Action::NewAccessKey(_)));
    for step in gone {
        for line in bench.actuator.aws().reach(&step.action).await {
            tracing::warn!("{line}");
        }
    }
}

/// The id that was typed.
pub(crate) fn run_id(text: &str) -> Result<RunId, CliError> {
    let id = RunId::try_from(text.to_owned());
    id.map_err(|error| CliError::usage(error.to_string(), "give the id that `apply` printed"))
}

/// Another run on the target that was stopped would get in the way; a stopped one may itself be undone.
fn refuse_beside_others(store: &RunStore, kept: &Kept) -> Result<(), CliError> {
    if kept.progress.end.is_some() {
        store.refuse_unfinished(&kept.progress.target)?;
    }
    Ok(())
}

/// A run that was stopped, and is undone now, is not gone on with later.
fn abandon(store: &RunStore, kept: &Kept) -> Result<(), CliError> {
    if kept.progress.end.is_none() {
        let mut journal = store.reopen(&kept.progress.run)?;
        journal.append(Entry::Ended { end: End::Abandoned })?;
    }
    Ok(())
}

fn nothing_to_undo(
    store: &RunStore,
    kept: &Kept,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    abandon(store, kept)?;
    let kept = store.load(&kept.progress.run)?;
    let report = RunReport::kept(kept.plan.plan(), &kept.progress, None);
    match output {
        OutputFormat::Json => render::json(console.out, &report)?,
        OutputFormat::Text => {
            writeln!(
                console.out,
                "The run {} changed nothing: there is nothing to undo.",
                kept.progress.run
            )?;
        }
    }
    Ok(Exit::Success)
}

impl Follow {
    /// Of a run that undoes: there is no symptom to try.
    fn nothing(aws: ConnectArgs, settings: Settings) -> Self {
        Self {
            path: None,
            args: crate::args::FollowArgs::nothing(),
            aws,
            afterwards: Afterwards {
                notices: settings.notice,
                metric: false,
            },
        }
    }
}
