//! A run from wherever it stands to its end: its steps, the verification, and the undoing if either failed.

use super::notices::{self, Afterwards};
use super::{Bench, undo, verify};
use crate::args::{ConnectArgs, FollowArgs, OutputFormat};
use crate::commands::{Console, rotate};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use ses_doctor_aws::{Finish, JournalFile, carry_out};
use ses_doctor_core::journal::{End, Entry, RunId};
use ses_doctor_core::plan::{Checked, SymptomPath};
use ses_doctor_core::report::run_v1::{RunOutcome, RunReport, Undone};
use ses_doctor_core::verification::{Verification, Verified};

/// How the symptom is tried again.
pub(crate) struct Follow {
    /// As the plan knows it.
    pub(crate) path: Option<SymptomPath>,
    /// As the person tells it.
    pub(crate) args: FollowArgs,
    /// How AWS is read.
    pub(crate) aws: ConnectArgs,
    /// Who is told when it is over.
    pub(crate) afterwards: Afterwards,
}

/// Carries a run on to its end. The caller holds the target's lock.
pub(crate) async fn drive(
    bench: &Bench,
    checked: &Checked,
    run: &RunId,
    journal: &mut JournalFile,
    follow: Follow,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let driven = to_its_end(bench, checked, run, journal, follow, output, console).await;
    driven.map_err(|error| error.amid(run))
}

async fn to_its_end(
    bench: &Bench,
    checked: &Checked,
    run: &RunId,
    journal: &mut JournalFile,
    mut follow: Follow,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let store = bench.store()?;
    bench
        .actuator
        .sweep(checked.plan().steps.iter().map(|step| &step.action));
    let before = store.load(run)?.progress.steps;
    let finish = carry_out(checked, &before, journal, &bench.actuator, &bench.patience).await?;
    rotate::settle(bench, &store.load(run)?)?;
    let no_rollback = follow.args.no_rollback;
    let afterwards = std::mem::take(&mut follow.afterwards);
    let failed = match finish {
        Finish::Stopped { .. } => true,
        Finish::Waiting { .. } => return told(bench, run, None, output, console),
        // What undoes a run has no symptom: it brings the old one back.
        Finish::Done if checked.plan().undoes.is_some() || checked.plan().only_deletes_keys() => false,
        Finish::Done => {
            let verification = match checked.plan().is_rotation() {
                true => rotate::conclude(bench, checked.plan()).await,
                false => verify::verify(checked.plan(), follow, console).await,
            };
            let failed = verification.state == Verified::Failed;
            journal.append(Entry::Verified { verification })?;
            failed
        }
    };
    let end = if failed { End::Failed } else { End::Applied };
    journal.append(Entry::Ended { end })?;
    let undone = match failed && !no_rollback {
        true => Some(undo_now(bench, run).await),
        false => None,
    };
    let kept = store.load(run)?;
    let outcome = RunReport::kept(kept.plan.plan(), &kept.progress, undone.clone()).outcome;
    // Where nothing was to do, nobody was told before, and nothing is a remedy.
    if outcome != RunOutcome::NothingToDo {
        notices::after(bench, &afterwards, checked.plan(), run, outcome, journal).await?;
    }
    told(bench, run, undone, output, console)
}

/// What is told of a run.
fn told(
    bench: &Bench,
    run: &RunId,
    undone: Option<Undone>,
    output: OutputFormat,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let kept = bench.store()?.load(run)?;
    let mut report = RunReport::kept(kept.plan.plan(), &kept.progress, undone);
    report.rotation = rotate::report_of(&kept);
    let exit = exit(&report, kept.progress.verification.as_ref());
    let written = match output {
        OutputFormat::Json => render::json(console.out, &report),
        OutputFormat::Text => render::run::ended(console.out, &report),
    };
    match written {
        Ok(()) => Ok(exit),
        Err(source) => Err(CliError::Untold {
            run: run.clone(),
            exit,
            source,
        }),
    }
}

/// Whatever keeps it from being undone is told, and never hides what was done.
async fn undo_now(bench: &Bench, run: &RunId) -> Undone {
    undo(bench, run).await.unwrap_or_else(|error| Undone {
        run: None,
        complete: false,
        why: Some(error.to_string()),
    })
}

fn exit(report: &RunReport, verification: Option<&Verification>) -> Exit {
    match report.outcome {
        RunOutcome::RolledBack => Exit::RolledBack,
        RunOutcome::NotRolledBack => Exit::NotRolledBack,
        RunOutcome::Refused | RunOutcome::Unfinished => Exit::CouldNotRun,
        RunOutcome::Waiting => Exit::Inconclusive,
        RunOutcome::Ready | RunOutcome::Abandoned => Exit::Success,
        RunOutcome::Applied | RunOutcome::NothingToDo => {
            match verification.map(|verification| verification.state) {
                None | Some(Verified::Verified) => Exit::Success,
                Some(Verified::CausesLeft | Verified::Failed) => Exit::CauseFound,
                Some(Verified::NotVerified) => Exit::Inconclusive,
            }
        }
    }
}
