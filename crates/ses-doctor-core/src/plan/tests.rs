//! Plans are read as they were written, and only so; drift is refused with the difference.

use super::testing::plan;
use super::*;
use crate::action::{PolicyVersion, State};
use proptest::prelude::*;

fn text(plan: Plan) -> String {
    serde_json::to_string_pretty(&Drafted::new(plan).to_json()).unwrap()
}

/// What is found where nothing changed.
fn as_planned(plan: &Plan) -> Vec<Result<State, String>> {
    plan.steps.iter().map(|step| Ok(step.action.before())).collect()
}

#[test]
fn what_was_written_is_read() {
    let drafted = Drafted::new(plan());
    assert_eq!(Drafted::from_json(&text(plan())).unwrap(), drafted);
}

#[test]
fn what_was_changed_by_hand_is_refused() {
    let tampered = text(plan()).replace("\"user\": \"mailer\"", "\"user\": \"root\"");
    let Err(PlanError::Altered { said, is }) = Drafted::from_json(&tampered) else {
        panic!("read")
    };
    assert_ne!(said, is.as_str());
    // With an id that fits, a step still cannot say one thing and do another.
    let lying = text(plan()).replacen(
        "\"operation\": \"UpdateAccessKey\"",
        "\"operation\": \"ListAccessKeys\"",
        1,
    );
    let Err(PlanError::Altered { said, is }) = Drafted::from_json(&lying) else {
        panic!("read")
    };
    let lying = lying.replace(&said, is.as_str());
    assert!(matches!(Drafted::from_json(&lying), Err(PlanError::Contradicts)));
}

#[test]
fn words_of_another_version_are_kept_with_their_id() {
    let other = text(plan()).replace("is Inactive", "stands at Inactive");
    let Err(PlanError::Altered { said, is }) = Drafted::from_json(&other) else {
        panic!("read")
    };
    let read = Drafted::from_json(&other.replace(&said, is.as_str())).unwrap();
    assert_eq!((read.id(), read.plan()), (&is, &plan()));
    assert!(read.to_json().to_string().contains("stands at Inactive"));
}

#[test]
fn a_newer_format_and_other_json_are_refused() {
    let newer = text(plan()).replace("\"ses_doctor_plan\": 1", "\"ses_doctor_plan\": 2");
    assert!(matches!(
        Drafted::from_json(&newer),
        Err(PlanError::TooNew { .. })
    ));
    assert!(matches!(Drafted::from_json("{}"), Err(PlanError::NotAPlan)));
    assert!(matches!(Drafted::from_json("[1]"), Err(PlanError::NotAPlan)));
    assert!(matches!(
        Drafted::from_json("{"),
        Err(PlanError::Malformed { .. })
    ));
}

#[test]
fn a_world_as_planned_is_to_do_and_one_that_is_there_already_is_done() {
    let plan = plan();
    let checked = Drafted::new(plan.clone()).check(&as_planned(&plan), &[]).unwrap();
    assert!(
        checked
            .standings()
            .iter()
            .all(|standing| *standing == Standing::ToDo)
    );
    let done: Vec<_> = plan.steps.iter().map(|step| Ok(step.action.after())).collect();
    assert!(Drafted::new(plan).check(&done, &[]).unwrap().is_done());
}

#[test]
fn drift_and_what_could_not_be_read_are_refused_together() {
    let plan = plan();
    let mut found = as_planned(&plan);
    found[0] = Ok(State::Absent);
    found[1] = Err("iam:GetUserPolicy was denied".into());
    found.pop();
    let refusal = Drafted::new(plan).check(&found, &[]).unwrap_err();
    assert_eq!(refusal.drift.len(), 1);
    assert_eq!(
        (refusal.drift[0].step, &refusal.drift[0].found),
        (1, &State::Absent)
    );
    assert_eq!(refusal.drift[0].planned, State::Word("Inactive".into()));
    let unread: Vec<usize> = refusal.unread.iter().map(|(step, _)| *step).collect();
    assert_eq!(unread, [2, found.len() + 1]);
}

#[test]
fn a_one_way_step_needs_its_own_consent() {
    let mut plan = plan();
    plan.steps.truncate(1);
    plan.steps[0].action = PolicyVersion {
        policy: "arn:aws:iam::111122223333:policy/mail".into(),
        document: "{}".into(),
        before: true,
        after: false,
        is_history: true,
        version: None,
        in_place_of: None,
    }
    .into();
    let found = as_planned(&plan);
    let refusal = Drafted::new(plan.clone()).check(&found, &[]).unwrap_err();
    assert_eq!(refusal.without_consent.len(), 1);
    assert!(Drafted::new(plan).check(&found, &[1]).is_ok());
}

#[test]
fn the_permissions_are_those_of_all_steps_once() {
    let permissions = plan().permissions();
    assert!(permissions.contains(&"iam:UpdateAccessKey"));
    assert!(permissions.is_sorted());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(other in ".*", cut in 0_usize..20_000) {
        let _ = Drafted::from_json(&other);
        let whole = text(plan());
        if cut < whole.len() {
            prop_assert!(Drafted::from_json(whole.get(..cut).unwrap_or_default()).is_err());
        }
    }
}
