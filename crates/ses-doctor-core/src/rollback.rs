//! Undoing a run: a plan of its own, made of inverses. Nothing is erased.

use crate::action::{Action, NewAccessKey, NewKey};
use crate::journal::Progress;
use crate::plan::{Plan, Risk, Step};
use jiff::Timestamp;

/// The plan that undoes what the run did, or may have done, last first. A step whose outcome nobody knows is in it: if it
/// was not carried out, the check finds it undone already. Gates change nothing and are left out; so is the deletion of a
/// key, which nothing takes back.
pub fn rollback(plan: &Plan, progress: &Progress, made_at: Timestamp, made_by: &str) -> Plan {
    let changed = plan.steps.iter().enumerate();
    let changed: Vec<(usize, &Step)> = changed
        .filter(|(index, step)| progress.may_have_changed(*index) && !step.action.is_gate())
        .collect();
    let was_stored = changed
        .iter()
        .any(|(_, step)| matches!(step.action, Action::StoredPair(_)));
    let (lost, back): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(_, step)| step.action.is_final());
    let inverse = |(index, step): (usize, &Step)| Step {
        causes: step.causes.clone(),
        action: way_back(&step.action, was_stored),
        why: format!("undoes step {} of the run {}", index + 1, progress.run),
        risk: Risk::Low,
        risk_why: risk_of_the_way_back(&step.action, was_stored).to_owned(),
        blast_radius: step.blast_radius.clone(),
        proof: Vec::new(),
    };
    Plan {
        made_at,
        made_by: made_by.to_owned(),
        target: plan.target.clone(),
        saw: plan.saw.clone(),
        steps: back.into_iter().rev().map(inverse).collect(),
        requests: Vec::new(),
        assumptions: lost
            .iter()
            .map(|(_, step)| format!("{} stays {}", step.action.resource(), step.action.after().words()))
            .collect(),
        symptom_path: None,
        undoes: Some(progress.run.to_string()),
        rehearses: None,
    }
}

/// The inverse; but a new key whose pair was stored may have been taken up by somebody, so that it is only switched off.
fn way_back(action: &Action, was_stored: bool) -> Action {
    let inverse = action.inverse();
    if let Action::NewAccessKey(key) = &inverse
        && was_stored
        && key.after == NewKey::Absent
    {
        return NewAccessKey {
            after: NewKey::Inactive,
            ..key.clone()
        }
        .into();
    }
    inverse
}

fn risk_of_the_way_back(action: &Action, was_stored: bool) -> &'static str {
    if was_stored && matches!(action, Action::NewAccessKey(_)) {
        return "the new key is switched off and not deleted, since its pair was stored: programs that took it up have to \
                read the old pair again";
    }
    if action.one_way().is_some() {
        return "what was deleted is made again, and AWS gives it another id";
    }
    "brings back the state before the run, and with it what that state kept from working"
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
            automatic: None,
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
    fn a_new_key_is_deleted_only_if_its_pair_was_never_stored() {
        let plan = plan();
        let at = |wanted: &str| {
            let mut ids = plan.steps.iter().map(|step| step.action.id());
            ids.position(|id| id == wanted).unwrap()
        };
        let (made, stored) = (at("new-access-key"), at("stored-pair"));
        for (is_stored, expected) in [(false, State::Absent), (true, State::Word("Inactive".into()))] {
            let mut states = vec![StepState::Pending; plan.steps.len()];
            states[made] = StepState::Settled(Outcome::Done);
            if is_stored {
                states[stored] = StepState::Intended;
            }
            let undo = rollback(&plan, &progress(states), now(), "test");
            assert_eq!(undo.steps.len(), 1 + usize::from(is_stored));
            let last = undo.steps.last().unwrap();
            assert_eq!(
                (last.action.id(), last.action.after()),
                ("new-access-key", expected)
            );
        }
    }

    #[test]
    fn a_deleted_key_stays_deleted_and_that_is_said() {
        let mut plan = plan();
        plan.steps.truncate(1);
        plan.steps[0].action = crate::action::AccessKeyDeletion {
            user: "mailer".into(),
            key: "AKIAOLDKEYOLDKEY2222".into(),
            idle_for: None,
            before: true,
            after: false,
        }
        .into();
        let undo = rollback(
            &plan,
            &progress(vec![StepState::Settled(Outcome::Done)]),
            now(),
            "test",
        );
        assert!(undo.steps.is_empty() && undo.assumptions[0].contains("stays not there"));
    }

    #[test]
    fn steps_that_were_never_begun_or_were_done_already_are_left_alone() {
        let steps = [
            StepState::Settled(Outcome::Done),
            StepState::Settled(Outcome::AlreadyDone),
            StepState::Intended,
            StepState::Settled(Outcome::NotDone {
                why: "denied".into(),
                code: None,
            }),
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

    /// The steps that can be undone wholly.
    fn reversible() -> Plan {
        let mut plan = plan();
        plan.steps.retain(|step| {
            !step.action.is_gate() && !step.action.is_final() && step.action.id() != "stored-pair"
        });
        plan
    }

    /// What became of a step, and whether its thing is then as planned.
    fn fate() -> impl Strategy<Value = (StepState, bool)> {
        let unknown = || {
            StepState::Settled(Outcome::Unknown {
                why: "no answer".into(),
            })
        };
        let refused = StepState::Settled(Outcome::NotDone {
            why: "denied".into(),
            code: None,
        });
        prop_oneof![
            Just((StepState::Settled(Outcome::Done), true)),
            Just((StepState::Settled(Outcome::AlreadyDone), true)),
            Just((StepState::Intended, true)),
            Just((StepState::Intended, false)),
            Just((unknown(), true)),
            Just((unknown(), false)),
            Just((refused, false)),
            Just((StepState::Pending, false)),
        ]
    }

    proptest! {
        #[test]
        fn whatever_became_of_its_steps_the_undoing_brings_back_all_but_what_was_there_before(
            fates in proptest::collection::vec(fate(), reversible().steps.len())
        ) {
            let plan = reversible();
            let (mut world, mut expected) = (World::new(), World::new());
            for (step, (state, is_done)) in plan.steps.iter().zip(&fates) {
                let (resource, action) = (step.action.resource(), &step.action);
                let was_there = *state == StepState::Settled(Outcome::AlreadyDone);
                world.insert(resource.clone(), if *is_done { action.after() } else { action.before() });
                expected.insert(resource, if was_there { action.after() } else { action.before() });
            }
            let states = fates.into_iter().map(|(state, _)| state).collect();
            for step in &rollback(&plan, &progress(states), now(), "test").steps {
                // What is found undone already is left alone, as the check does.
                if world.get(&step.action.resource()) != Some(&step.action.after()) {
                    apply(&mut world, &step.action);
                }
            }
            prop_assert_eq!(world, expected);
        }

        #[test]
        fn apply_and_then_its_inverse_is_the_identity(done in 0_usize..20) {
            let mut plan = plan();
            // A gate changes nothing; and a stored pair leaves a key behind that is switched off, which has its own test.
            plan.steps.retain(|step| !step.action.is_gate() && step.action.id() != "stored-pair");
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
