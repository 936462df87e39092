//! Runs: a checked plan carried out step by step, so that a process that is killed at any instant leaves enough behind to
//! finish or to undo what it began.
//!
//! Before each call its intent is on disk; after it the thing is read again, and what was seen is on disk. A call whose
//! answer is lost is settled by reading: every action leads to a state, so that the state tells whether it was done.

mod journal_file;
mod snapshot;
mod store;
mod vault;

pub use journal_file::JournalFile;
pub use snapshot::snapshot;
pub use store::{Beginning, Kept, Listed, RunStore, StoreError, TargetLock};
pub use vault::{Vault, VaultRecord};

use crate::execute::{Actuator, CallError};
use ses_doctor_core::action::{Action, State};
use ses_doctor_core::journal::{Entry, Outcome, StepState};
use ses_doctor_core::plan::{Checked, Standing};
use std::time::Duration;

/// How long what was done may take to show, and how often a call is made.
#[derive(Debug, Clone)]
pub struct Patience {
    /// The first wait between two looks; each further one is twice as long.
    pub first_wait: Duration,
    /// Looks at a thing whose call was answered with yes.
    pub looks: u32,
    /// Looks at a thing whose call had no clear answer, before the call is made again.
    pub looks_if_unclear: u32,
    /// Calls, when none has a clear answer.
    pub calls: u32,
}

impl Default for Patience {
    /// Half a minute for what AWS calls eventual consistency (it gives no figure).
    fn default() -> Self {
        Self {
            first_wait: Duration::from_millis(250),
            looks: 8,
            looks_if_unclear: 3,
            calls: 3,
        }
    }
}

/// How the steps of a run came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// All are done.
    Done,
    /// One could not be done; later ones were not begun.
    Stopped {
        /// The step, from 1.
        step: usize,
        /// What was seen.
        why: String,
    },
    /// A gate opens later; later steps were not begun. The run is gone on with by resuming it.
    Waiting {
        /// The step, from 1.
        step: usize,
        /// What it waits for.
        why: String,
    },
}

/// The present states of all things of a plan, as [`Drafted::check`](ses_doctor_core::plan::Drafted::check) takes them.
pub async fn look<A: Actuator>(
    actuator: &A,
    actions: impl Iterator<Item = &Action>,
) -> Vec<Result<State, String>> {
    let mut found = Vec::new();
    for action in actions {
        found.push(actuator.read(action).await);
    }
    found
}

/// Carries out what is left of a checked plan. `before` is where its steps stand by the journal.
///
/// # Errors
/// When the journal cannot be written: then nothing more is done.
pub async fn carry_out<A: Actuator>(
    checked: &Checked,
    before: &[StepState],
    journal: &mut JournalFile,
    actuator: &A,
    patience: &Patience,
) -> Result<Finish, StoreError> {
    let steps = checked.plan().steps.iter().zip(checked.standings());
    for (index, (step, standing)) in steps.enumerate() {
        let number = index + 1;
        let stands = before.get(index).unwrap_or(&StepState::Pending);
        let outcome = match (stands, standing) {
            (StepState::Settled(Outcome::Done | Outcome::AlreadyDone), Standing::AlreadyDone) => continue,
            // Announced, and found done: it was this run that did it.
            (StepState::Intended, Standing::AlreadyDone) => Outcome::Done,
            (StepState::Pending | StepState::Settled(_), Standing::AlreadyDone) => match stands {
                StepState::Settled(Outcome::Unknown { .. }) => Outcome::Done,
                StepState::Pending | StepState::Intended | StepState::Settled(_) => Outcome::AlreadyDone,
            },
            (_, Standing::ToDo) => {
                journal.append(Entry::Intent { step: number })?;
                // A call that was announced before may have been carried out, however late it shows.
                let is_first = *stands == StepState::Pending;
                change(actuator, &step.action, is_first, patience).await
            }
        };
        journal.append(Entry::Outcome {
            step: number,
            outcome: outcome.clone(),
        })?;
        match outcome {
            Outcome::Done | Outcome::AlreadyDone => {}
            Outcome::NotDone { why, .. } | Outcome::Unknown { why } => {
                return Ok(Finish::Stopped { step: number, why });
            }
            Outcome::NotYet { why } => return Ok(Finish::Waiting { step: number, why }),
        }
    }
    Ok(Finish::Done)
}

/// What a look showed.
enum Seen {
    After,
    Before,
    Other(State),
    Nothing(String),
}

/// Makes the call, and tells by the thing itself what came of it. `is_first`: nobody made this call before, so that a definite no
/// tells all.
async fn change<A: Actuator>(
    actuator: &A,
    action: &Action,
    mut is_first: bool,
    patience: &Patience,
) -> Outcome {
    let mut last = String::new();
    for _ in 0..patience.calls.max(1) {
        let called = actuator.act(action).await;
        let looks = match &called {
            Ok(()) => patience.looks,
            Err(CallError::NotYet(why)) => return Outcome::NotYet { why: why.clone() },
            Err(CallError::Refused { .. }) => 1,
            Err(CallError::Unclear(_)) => patience.looks_if_unclear,
        };
        let seen = settle(actuator, action, looks, patience).await;
        match (seen, called) {
            (seen, Err(CallError::Refused { code, why })) => {
                return refused(action, seen, code, why, is_first);
            }
            (Seen::After, _) => return Outcome::Done,
            (Seen::Before, Err(CallError::Unclear(why) | CallError::NotYet(why))) => last = why,
            (Seen::Before, Ok(())) => {
                let why = "AWS took the change, and it does not show".to_owned();
                return Outcome::Unknown { why };
            }
            (Seen::Other(state), _) => {
                let why = another(action, &state);
                return Outcome::Unknown { why };
            }
            (Seen::Nothing(why), called) => {
                let said = called.err().map(|said| format!("{said}; ")).unwrap_or_default();
                let why = format!("{said}{}", unread(action, &why));
                return Outcome::Unknown { why };
            }
        }
        is_first = false;
    }
    Outcome::Unknown { why: last }
}

/// What a definite no comes to. Where no call was made before it, this run has changed nothing, whatever the thing is now; else the
/// thing itself has to tell what the earlier one came to.
fn refused(action: &Action, seen: Seen, code: Option<String>, why: String, is_first: bool) -> Outcome {
    let is_ours = !is_first || code.is_none();
    match seen {
        Seen::After if is_ours => Outcome::Done,
        Seen::After => Outcome::AlreadyDone,
        Seen::Before => Outcome::NotDone { why, code },
        Seen::Other(state) if is_ours => Outcome::Unknown {
            why: format!("{why}; {}", another(action, &state)),
        },
        Seen::Other(state) => Outcome::NotDone {
            why: format!("{why}; {}", another(action, &state)),
            code,
        },
        Seen::Nothing(unseen) if is_ours => Outcome::Unknown {
            why: format!("{why}; {}", unread(action, &unseen)),
        },
        Seen::Nothing(_) => Outcome::NotDone { why, code },
    }
}

fn another(action: &Action, state: &State) -> String {
    format!(
        "{} is now {}, which is neither as before nor as planned",
        action.resource(),
        state.words()
    )
}

fn unread(action: &Action, why: &str) -> String {
    format!("{} could not be read again: {why}", action.resource())
}

/// Looks until the thing is as planned, or the looks are used up.
async fn settle<A: Actuator>(actuator: &A, action: &Action, looks: u32, patience: &Patience) -> Seen {
    let mut wait = patience.first_wait;
    let mut seen = Seen::Nothing("nobody looked".to_owned());
    for turn in 0..looks.max(1) {
        if turn > 0 {
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2);
        }
        seen = match actuator.read(action).await {
            Ok(state) if state.agrees_with(&action.after()) => return Seen::After,
            Ok(state) if state.agrees_with(&action.before()) => Seen::Before,
            Ok(state) => Seen::Other(state),
            Err(why) => Seen::Nothing(why),
        };
    }
    seen
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod scenario_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod toy;
