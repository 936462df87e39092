//! What speaks against a run before it begins: production without a rehearsal, the wrong time, too many fixes. Each can be set
//! aside by a person, with a reason that the journal keeps. Undoing is never kept back.

use crate::args::GuardArgs;
use crate::error::CliError;
use crate::settings::{Breaker, Settings};
use jiff::{SignedDuration, Timestamp};
use ses_doctor_aws::{Kept, RunStore};
use ses_doctor_core::journal::{End, Outcome, StepState};
use ses_doctor_core::note::{Guard, Note};
use ses_doctor_core::plan::{Drafted, Plan};
use ses_doctor_core::verification::Verified;

/// The guards that a person set aside; an error for the first one that nobody did.
pub(super) fn held(
    drafted: &Drafted,
    settings: &Settings,
    args: &GuardArgs,
    store: &RunStore,
    now: Timestamp,
) -> Result<Vec<Note>, CliError> {
    let guards = [
        (Guard::Production, production(drafted, settings, store)?),
        (Guard::Window, window(drafted.plan(), settings, now)),
        (
            Guard::Breaker,
            breaker(drafted.plan(), &settings.breaker, store, now)?,
        ),
    ];
    let mut notes = Vec::new();
    let is_attended = args.attendance.automatic().is_none();
    for (guard, against) in guards {
        let Some((what, help)) = against else {
            continue;
        };
        if guard == Guard::Breaker && is_attended && args.override_breaker.is_none() {
            tracing::warn!("{what}: find out what brings it back");
            continue;
        }
        let reason = match guard {
            Guard::Production => args.production.then(|| "--production was given".to_owned()),
            Guard::Window => args.override_window.clone(),
            Guard::Breaker => args.override_breaker.clone(),
        };
        match reason {
            Some(reason) => notes.push(Note::Overridden { guard, reason }),
            None => return Err(CliError::Refused { what, help }),
        }
    }
    Ok(notes)
}

/// What speaks against it, and what to do.
type Against = Option<(String, String)>;

/// Production is changed by a plan that was carried out in another account, or by a person's word.
fn production(drafted: &Drafted, settings: &Settings, store: &RunStore) -> Result<Against, CliError> {
    let account = drafted.plan().target.account.as_deref();
    let Some(account) = account.filter(|account| settings.is_production(account)) else {
        return Ok(None);
    };
    for (_, kept) in store.list()? {
        if kept.is_ok_and(|kept| is_rehearsal(&kept, drafted)) {
            return Ok(None);
        }
    }
    Ok(Some((
        format!("the account {account} is labelled production, and this plan was not carried out in another account yet"),
        "try it with `apply PLAN --rehearse-in ACCOUNT --apply` and that account's credentials, or consent with --production"
            .to_owned(),
    )))
}

/// Carried out to its end elsewhere, and not found to fail.
fn is_rehearsal(kept: &Kept, drafted: &Drafted) -> bool {
    let failed = kept
        .progress
        .verification
        .as_ref()
        .is_some_and(|verification| verification.state == Verified::Failed);
    kept.plan.plan().rehearses.as_ref() == Some(drafted.id())
        && kept.progress.end == Some(End::Applied)
        && !failed
}

fn window(plan: &Plan, settings: &Settings, now: Timestamp) -> Against {
    let windows = settings.windows(plan.target.account.as_deref());
    if windows.is_empty() || windows.iter().any(|window| window.is_open(now)) {
        return None;
    }
    let words: Vec<String> = windows.iter().map(|window| window.words()).collect();
    Some((
        format!("it is outside of every maintenance window: {}", words.join("; ")),
        "wait for one, or say why not with --override-window REASON".to_owned(),
    ))
}

/// The same cause was fixed on the same target too often by runs that no person was at: whatever brings it back is to be found
/// first. A person who sits before it is told, and decides.
fn breaker(plan: &Plan, breaker: &Breaker, store: &RunStore, now: Timestamp) -> Result<Against, CliError> {
    let span = SignedDuration::from_hours(i64::from(breaker.hours));
    let since = now.checked_sub(span).unwrap_or(Timestamp::MIN);
    let all: Vec<Kept> = store
        .list()?
        .into_iter()
        .filter_map(|(_, kept)| kept.ok())
        .collect();
    let is_undone = |kept: &Kept| {
        all.iter().any(|other| {
            other.progress.undoes.as_ref() == Some(&kept.progress.run)
                && other.progress.end == Some(End::Applied)
        })
    };
    let fixes: Vec<&Kept> = all
        .iter()
        .filter(|kept| kept.progress.target == plan.target && kept.progress.began_at >= since)
        .filter(|kept| kept.progress.undoes.is_none() && kept.progress.end == Some(End::Applied))
        .filter(|kept| kept.progress.automatic.is_some())
        .filter(|kept| kept.progress.steps.contains(&StepState::Settled(Outcome::Done)) && !is_undone(kept))
        .collect();
    let mut causes = plan.steps.iter().flat_map(|step| &step.causes);
    let often = causes.find(|cause| {
        let times = fixes.iter().filter(|kept| kept.plan.plan().cures(cause)).count();
        times >= breaker.fixes
    });
    Ok(often.map(|cause| {
        let (fixes, hours) = (breaker.fixes, breaker.hours);
        (
            format!("{cause} was fixed here {fixes} times within {hours} hours by automatic runs, and came back"),
            "find out what brings it back (`diagnose` shows the timeline), or say why it is to be fixed again with \
             --override-breaker REASON"
                .to_owned(),
        )
    }))
}
