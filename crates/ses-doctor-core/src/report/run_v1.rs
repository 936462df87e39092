//! Version 1 of what `apply`, `rollback` and `runs` print with `--output json`. Its own type on purpose: the internal ones may
//! change, this one may not.

use crate::automatic::Automatic;
use crate::journal::{End, Outcome, Progress, StepState};
use crate::note::Note;
use crate::plan::{Checked, Plan, Refusal, Standing};
use crate::verification::Verification;
use schemars::JsonSchema;
use serde::Serialize;

/// The value of `schema`.
pub const SCHEMA: &str = "ses-doctor/run/v1";

/// One run, or the rehearsal of one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunReport {
    /// Always `ses-doctor/run/v1`.
    pub schema: &'static str,
    /// The run; null for a rehearsal, which changes nothing and leaves nothing behind.
    pub run: Option<String>,
    /// Id of the plan.
    pub plan: String,
    /// The AWS account.
    pub account: Option<String>,
    /// The region.
    pub region: String,
    /// How it came out.
    pub outcome: RunOutcome,
    /// Every step of the plan, in its order.
    pub steps: Vec<StepReport>,
    /// What trying the symptom again showed; null where it was not tried.
    pub verification: Option<Verification>,
    /// The run that this one undoes.
    pub undoes: Option<String>,
    /// The plan of another account that this run tries.
    pub rehearses: Option<String>,
    /// By what it is known that no person was at it; null where one was, and for a rehearsal.
    pub automatic: Option<Automatic>,
    /// Guards that were set aside, who was told, what was counted.
    pub notes: Vec<Note>,
    /// What undid this run, after a step or the verification had failed.
    pub undone_by: Option<Undone>,
    /// Of a rotation: its keys, and what is left to do; null for any other run.
    pub rotation: Option<RotationReport>,
}

/// A rotation, beside its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RotationReport {
    /// The IAM user.
    pub user: String,
    /// The key that gives way.
    pub old_key: String,
    /// The key that takes its place; null as long as there is none.
    pub new_key: Option<String>,
    /// Keys that were made on the way and deleted again, since their secret was lost.
    pub lost_keys: Vec<String>,
    /// What the run waits for; null where it does not.
    pub waits_for: Option<String>,
    /// What those who use the places have still to do.
    pub afterwards: Vec<String>,
}

/// How a run came out, or how a rehearsal would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// Rehearsed: it could be applied.
    Ready,
    /// Rehearsed or tried: it cannot be applied, and nothing was changed.
    Refused,
    /// Every step is done.
    Applied,
    /// The plan had no step, so that nothing was changed.
    NothingToDo,
    /// A step or the verification failed, and all was undone.
    RolledBack,
    /// A step or the verification failed, and not all was undone.
    NotRolledBack,
    /// Stopped before its end: `runs resume` goes on, `rollback` undoes it.
    Unfinished,
    /// It waits for something that takes time: `runs resume` looks again.
    Waiting,
    /// It was stopped, and undone by another run.
    Abandoned,
}

/// One step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StepReport {
    /// From 1.
    pub step: usize,
    /// The kind of action.
    pub action: &'static str,
    /// The thing that it changes.
    pub resource: String,
    /// The call, as `iam:PutUserPolicy`.
    pub call: String,
    /// Where it stands.
    pub state: StepStanding,
    /// What AWS said, or what differs.
    pub why: Option<String>,
    /// The service's own code, where it refused the call for good.
    pub code: Option<String>,
    /// Who else uses the thing, as AWS tells at this moment; empty where nothing was asked.
    pub reach: Vec<String>,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepStanding {
    /// It would be done.
    ToDo,
    /// It was done before.
    AlreadyDone,
    /// It was done by this run.
    Done,
    /// AWS refused it.
    NotDone,
    /// Nobody could tell whether it was done.
    Unknown,
    /// It waits, and is tried again by `runs resume`.
    NotYet,
    /// It was not begun.
    NotBegun,
    /// The thing changed since the plan was made.
    Drifted,
    /// The thing could not be read.
    Unreadable,
    /// It is one-way, and nobody consented.
    NeedsConsent,
}

/// The undoing of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Undone {
    /// The run that undid it; null where it could not begin.
    pub run: Option<String>,
    /// Whether all is as it was.
    pub complete: bool,
    /// Why not.
    pub why: Option<String>,
}

impl RunReport {
    fn of(plan: &Plan, id: &str, outcome: RunOutcome, steps: Vec<StepReport>) -> Self {
        Self {
            schema: SCHEMA,
            run: None,
            plan: id.to_owned(),
            account: plan.target.account.clone(),
            region: plan.target.region.clone(),
            outcome,
            steps,
            verification: None,
            undoes: plan.undoes.clone(),
            rehearses: plan.rehearses.as_ref().map(ToString::to_string),
            automatic: None,
            notes: Vec::new(),
            undone_by: None,
            rotation: None,
        }
    }

    /// A rehearsal that found nothing against the plan.
    pub fn ready(checked: &Checked) -> Self {
        let plan = checked.plan();
        let states = checked.standings().iter().map(|standing| match standing {
            Standing::ToDo => (StepStanding::ToDo, None),
            Standing::AlreadyDone => (StepStanding::AlreadyDone, None),
        });
        let steps = steps(plan, states);
        Self::of(plan, checked.id().as_str(), RunOutcome::Ready, steps)
    }

    /// The same, with who else uses each thing, step by step.
    #[must_use]
    pub fn reaching(mut self, reach: Vec<Vec<String>>) -> Self {
        for (step, reach) in self.steps.iter_mut().zip(reach) {
            step.reach = reach;
        }
        self
    }

    /// A plan that cannot be applied.
    pub fn refused(plan: &Plan, id: &str, refusal: &Refusal) -> Self {
        let of = |number: usize| {
            if let Some(drift) = refusal.drift.iter().find(|drift| drift.step == number) {
                let why = format!(
                    "planned for {}, found {}",
                    drift.planned.words(),
                    drift.found.words()
                );
                return (StepStanding::Drifted, Some(why));
            }
            if let Some((_, why)) = refusal.unread.iter().find(|(step, _)| *step == number) {
                return (StepStanding::Unreadable, Some(why.clone()));
            }
            match refusal.without_consent.iter().find(|(step, _)| *step == number) {
                Some((_, lost)) => (StepStanding::NeedsConsent, Some((*lost).to_owned())),
                None => (StepStanding::NotBegun, None),
            }
        };
        let steps = steps(plan, (1..=plan.steps.len()).map(of));
        Self::of(plan, id, RunOutcome::Refused, steps)
    }

    /// A run by its journal.
    pub fn kept(plan: &Plan, progress: &Progress, undone_by: Option<Undone>) -> Self {
        let outcome = match (progress.end, &undone_by) {
            (Some(End::Applied), _) if plan.steps.is_empty() => RunOutcome::NothingToDo,
            (Some(End::Applied), _) => RunOutcome::Applied,
            (Some(End::Abandoned), _) => RunOutcome::Abandoned,
            (Some(End::Failed), Some(undone)) if undone.complete => RunOutcome::RolledBack,
            (Some(End::Failed), _) => RunOutcome::NotRolledBack,
            (None, _) if progress.waits_for().is_some() => RunOutcome::Waiting,
            (None, _) => RunOutcome::Unfinished,
        };
        let mut steps = steps(plan, progress.steps.iter().map(standing));
        for (step, state) in steps.iter_mut().zip(&progress.steps) {
            if let StepState::Settled(Outcome::NotDone { code, .. }) = state {
                step.code.clone_from(code);
            }
        }
        Self {
            run: Some(progress.run.to_string()),
            verification: progress.verification.clone(),
            automatic: progress.automatic,
            notes: progress.notes.clone(),
            undone_by,
            ..Self::of(plan, progress.plan.as_str(), outcome, steps)
        }
    }
}

fn standing(state: &StepState) -> (StepStanding, Option<String>) {
    match state {
        StepState::Pending => (StepStanding::NotBegun, None),
        StepState::Intended => (
            StepStanding::Unknown,
            Some("the run was stopped while this call was made".to_owned()),
        ),
        StepState::Settled(Outcome::Done) => (StepStanding::Done, None),
        StepState::Settled(Outcome::AlreadyDone) => (StepStanding::AlreadyDone, None),
        StepState::Settled(Outcome::NotDone { why, .. }) => (StepStanding::NotDone, Some(why.clone())),
        StepState::Settled(Outcome::Unknown { why }) => (StepStanding::Unknown, Some(why.clone())),
        StepState::Settled(Outcome::NotYet { why }) => (StepStanding::NotYet, Some(why.clone())),
    }
}

fn steps(plan: &Plan, states: impl Iterator<Item = (StepStanding, Option<String>)>) -> Vec<StepReport> {
    let steps = plan.steps.iter().zip(1..).zip(states);
    steps
        .map(|((step, number), (state, why))| StepReport {
            step: number,
            action: step.action.id(),
            resource: step.action.resource(),
            call: step.action.call().name(),
            state,
            why,
            code: None,
            reach: Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::State;
    use crate::plan::{Drafted, testing::plan};

    #[test]
    fn a_refusal_names_what_differs_at_its_step() {
        let plan = plan();
        let mut found: Vec<_> = plan.steps.iter().map(|step| Ok(step.action.before())).collect();
        found[0] = Ok(State::Absent);
        found[2] = Err("denied".into());
        let drafted = Drafted::new(plan.clone());
        let id = drafted.id().to_string();
        let refusal = drafted.check(&found, &[]).unwrap_err();
        let report = RunReport::refused(&plan, &id, &refusal);
        let states: Vec<_> = report.steps.iter().take(3).map(|step| step.state).collect();
        assert_eq!(
            states,
            [
                StepStanding::Drifted,
                StepStanding::NotBegun,
                StepStanding::Unreadable
            ]
        );
        assert!(
            report.steps[0]
                .why
                .as_deref()
                .unwrap()
                .contains("found not there")
        );
        assert_eq!((report.outcome, report.run), (RunOutcome::Refused, None));
    }
}
