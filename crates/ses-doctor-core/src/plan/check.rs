//! Holding a plan against the present.

use super::{Drafted, Plan, PlanId};
use crate::action::State;

/// Where a step stands before it is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The thing is as the step expects it.
    ToDo,
    /// The thing is already as the step would make it.
    AlreadyDone,
}

/// A plan whose every step was found possible or already done. It cannot be made otherwise than by [`Drafted::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    drafted: Drafted,
    standings: Vec<Standing>,
}

/// A thing that is not as the plan expects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The step, from 1.
    pub step: usize,
    /// The thing.
    pub resource: String,
    /// As the plan expects it.
    pub planned: State,
    /// As it was found.
    pub found: State,
}

/// Why a plan cannot be applied. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// Things that changed since the plan was made.
    pub drift: Vec<Drift>,
    /// Steps, from 1, whose thing could not be read, with the reason.
    pub unread: Vec<(usize, String)>,
    /// One-way steps, from 1, that nobody consented to, with what is lost.
    pub without_consent: Vec<(usize, &'static str)>,
}

impl Refusal {
    /// Nothing speaks against it.
    pub fn is_empty(&self) -> bool {
        self.drift.is_empty() && self.unread.is_empty() && self.without_consent.is_empty()
    }
}

impl Drafted {
    /// Holds the plan against what was found, one state for each step in order. `consented` are the one-way steps, from 1,
    /// that the person consents to.
    ///
    /// # Errors
    /// When a thing changed, could not be read, or a one-way step lacks its consent: all of that at once.
    pub fn check(self, found: &[Result<State, String>], consented: &[usize]) -> Result<Checked, Refusal> {
        let mut refusal = Refusal::default();
        let mut standings = Vec::new();
        for (at, step) in self.plan().steps.iter().enumerate() {
            let (number, action) = (at + 1, &step.action);
            let planned = action.before();
            match found.get(at) {
                Some(Ok(state)) if state.agrees_with(&planned) => {
                    standings.push(Standing::ToDo);
                    if let Some(lost) = action.one_way().filter(|_| !consented.contains(&number)) {
                        refusal.without_consent.push((number, lost));
                    }
                }
                Some(Ok(state)) if state.agrees_with(&action.after()) => {
                    standings.push(Standing::AlreadyDone);
                }
                Some(Ok(state)) => refusal.drift.push(Drift {
                    step: number,
                    resource: action.resource(),
                    planned,
                    found: state.clone(),
                }),
                Some(Err(why)) => refusal.unread.push((number, why.clone())),
                None => refusal.unread.push((number, "nobody looked".to_owned())),
            }
        }
        if !refusal.is_empty() {
            return Err(refusal);
        }
        Ok(Checked {
            drafted: self,
            standings,
        })
    }
}

impl Checked {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.drafted.plan()
    }

    /// Its id.
    pub fn id(&self) -> &PlanId {
        self.drafted.id()
    }

    /// The plan as it was drafted.
    pub fn drafted(&self) -> &Drafted {
        &self.drafted
    }

    /// Where each step stands.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Whether nothing is left to do.
    pub fn is_done(&self) -> bool {
        self.standings
            .iter()
            .all(|standing| *standing == Standing::AlreadyDone)
    }
}
