//! Undoing a run: a plan of its own, made of inverses. Nothing is erased.

use crate::journal::Progress;
use crate::plan::{Plan, Risk, Step};
use jiff::Timestamp;

/// The plan that undoes what the run did, or may have done, last first. A step whose outcome nobody knows is in it: if it
/// was not carried out, the check finds it undone already.
pub fn rollback(plan: &Plan, progress: &Progress, made_at: Timestamp, made_by: &str) -> Plan {
    let changed = plan.steps.iter().enumerate();
    let changed = changed.filter(|(index, _)| progress.may_have_changed(*index));
    let inverse = |(index, step): (usize, &Step)| Step {
        causes: step.causes.clone(),
        action: step.action.inverse(),
        why: format!("undoes step {} of the run {}", index + 1, progress.run),
        risk: Risk::Low,
        risk_why: "brings back the state before the run, and with it what that state kept from working"
            .to_owned(),
        blast_radius: step.blast_radius.clone(),
        proof: Vec::new(),
    };
    Plan {
        made_at,
        made_by: made_by.to_owned(),
        target: plan.target.clone(),
        saw: plan.saw.clone(),
        steps: changed.rev().map(inverse).collect(),
        requests: Vec::new(),
        assumptions: Vec::new(),
        symptom_path: None,
        undoes: Some(progress.run.to_string()),
        rehearses: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Action, State};
    use crate::journal::{Outcome, RunId, StepState};
    use crate::plan::{Drafted, testing::plan};
    use crate::testimony::now;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn progress(steps: Vec<StepState>) -> Progress {
        let drafted = Drafted::new(plan());
        Progress {
            run: RunId::new(now(), drafted.id(), 0),
            began_at: now(),
            plan: drafted.id().clone(),
            target: drafted.plan().target.clone(),
            undoes: None,
            steps,
            verification: None,
            notes: Vec::new(),
            end: None,
        }
    }

    /// A world as far as actions know it.
    type World = BTreeMap<String, State>;

    fn apply(world: &mut World, action: &Action) {
        assert_eq!(world.get(&action.resource()), Some(&action.before()));
        world.insert(action.resource(), action.after());
    }

    #[test]
    fn steps_that_were_never_begun_or_were_done_already_are_left_alone() {
        let steps = [
            StepState::Settled(Outcome::Done),
            StepState::Settled(Outcome::AlreadyDone),
            StepState::Intended,
            StepState::Settled(Outcome::NotDone { why: "denied".into() }),
        ];
        let plan = plan();
        let undo = rollback(&plan, &progress(steps.to_vec()), now(), "test");
        let actions: Vec<_> = undo.steps.iter().map(|step| &step.action).collect();
        assert_eq!(
            actions,
            [&plan.steps[2].action.inverse(), &plan.steps[0].action.inverse()]
        );
        assert!(undo.undoes.is_some());
    }

    proptest! {
        #[test]
        fn apply_and_then_its_inverse_is_the_identity(done in 0_usize..12) {
            let plan = plan();
            let done = done.min(plan.steps.len());
            let before: World = plan.steps.iter().map(|step| (step.action.resource(), step.action.before())).collect();
            let mut world = before.clone();
            for step in plan.steps.iter().take(done) {
                apply(&mut world, &step.action);
            }
            let mut states = vec![StepState::Settled(Outcome::Done); done];
            states.resize(plan.steps.len(), StepState::Pending);
            for step in &rollback(&plan, &progress(states), now(), "test").steps {
                apply(&mut world, &step.action);
            }
            prop_assert_eq!(world, before);
        }
    }
}
