//! Undoing a run by a run of its own.

use super::Bench;
use crate::commands::plan::MADE_BY;
use crate::error::CliError;
use jiff::Timestamp;
use ses_doctor_aws::{Finish, carry_out, snapshot};
use ses_doctor_core::journal::{End, Entry, RunId};
use ses_doctor_core::plan::Drafted;
use ses_doctor_core::plan::Refusal;
use ses_doctor_core::report::run_v1::Undone;
use ses_doctor_core::rollback::rollback;

/// The plan that undoes a run.
pub(crate) fn plan(bench: &Bench, run: &RunId) -> Result<Drafted, CliError> {
    let kept = bench.store()?.load(run)?;
    let plan = rollback(kept.plan.plan(), &kept.progress, Timestamp::now(), MADE_BY);
    Ok(Drafted::new(plan))
}

/// Undoes what a run did. The caller holds the target's lock.
pub(crate) async fn undo(bench: &Bench, run: &RunId) -> Result<Undone, CliError> {
    let store = bench.store()?;
    let complete = |undoing: Option<&RunId>, why: Option<String>| Undone {
        run: undoing.map(ToString::to_string),
        complete: why.is_none(),
        why,
    };
    let drafted = plan(bench, run)?;
    if drafted.plan().steps.is_empty() {
        return Ok(complete(None, None));
    }
    let checked = match bench.check(drafted, &[]).await {
        Ok(checked) => checked,
        Err(refusal) => return Ok(complete(None, Some(words(&refusal)))),
    };
    let snapshot = snapshot(&checked, &bench.actuator).await;
    let (undoing, mut journal) = store.begin(&checked, Some(run), &snapshot)?;
    let finish = carry_out(&checked, &[], &mut journal, &bench.actuator, &bench.patience).await?;
    let (end, why) = match finish {
        Finish::Done => (End::Applied, None),
        // An undoing has no gates.
        Finish::Stopped { step, why } | Finish::Waiting { step, why } => {
            (End::Failed, Some(format!("step {step}: {why}")))
        }
    };
    journal.append(Entry::Ended { end })?;
    Ok(complete(Some(&undoing), why))
}

fn words(refusal: &Refusal) -> String {
    let drift = refusal.drift.iter().map(|drift| {
        format!(
            "{} is {}, where {} was expected",
            drift.resource,
            drift.found.words(),
            drift.planned.words()
        )
    });
    let unread = refusal
        .unread
        .iter()
        .map(|(step, why)| format!("step {step} could not be read: {why}"));
    let consent = refusal
        .without_consent
        .iter()
        .map(|(step, lost)| format!("step {step} is one-way: {lost}"));
    drift.chain(unread).chain(consent).collect::<Vec<_>>().join("; ")
}
