//! Steps come out as their things do, whatever the calls answered.

use super::toy::{Fault, Toy, checked, plan};
use super::*;
use ses_doctor_core::journal::RunId;
use ses_doctor_core::plan::Target;
use std::fs;

fn quick() -> Patience {
    Patience {
        first_wait: Duration::ZERO,
        looks: 2,
        looks_if_unclear: 2,
        calls: 3,
    }
}

/// Carries the plan out, with these faults first; gives the finish, what the journal then tells, and the world.
async fn run(faults: &[Fault]) -> (Finish, Kept, Toy, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = RunStore::open(folder.path()).unwrap();
    let plan = plan();
    let toy = Toy::before(&plan);
    let checked = checked(&plan, &toy).await;
    *toy.faults.lock().unwrap() = faults.to_vec();
    let (run, mut journal) = store
        .begin(&checked, None, &snapshot(&checked, &toy).await)
        .unwrap();
    let finish = carry_out(&checked, &[], &mut journal, &toy, &quick())
        .await
        .unwrap();
    let kept = store.load(&run).unwrap();
    (finish, kept, toy, folder)
}

#[tokio::test]
async fn a_run_does_every_step_once_and_writes_down_what_it_saw() {
    let (finish, kept, toy, _folder) = run(&[]).await;
    assert_eq!(finish, Finish::Done);
    assert_eq!(toy.done.lock().unwrap().len(), 3);
    assert!(
        kept.progress
            .steps
            .iter()
            .all(|step| *step == StepState::Settled(Outcome::Done))
    );
    assert_eq!(kept.plan.plan(), &plan());
}

#[tokio::test]
async fn a_lost_call_is_made_again_and_a_lost_answer_is_not() {
    let (finish, _, toy, _folder) = run(&[Fault::Lose, Fault::LoseAnswer]).await;
    assert_eq!(finish, Finish::Done);
    assert_eq!(toy.done.lock().unwrap().len(), 3, "nothing is done twice");
}

#[tokio::test]
async fn a_refusal_stops_the_run_and_what_was_not_begun_stays_pending() {
    let (finish, kept, _, _folder) = run(&[Fault::LoseAnswer, Fault::Refuse]).await;
    let why = "denied".to_owned();
    assert_eq!(
        finish,
        Finish::Stopped {
            step: 2,
            why: why.clone()
        }
    );
    assert_eq!(
        kept.progress.steps,
        [
            StepState::Settled(Outcome::Done),
            StepState::Settled(Outcome::NotDone {
                why,
                code: Some("AccessDenied".into())
            }),
            StepState::Pending
        ]
    );
}

#[tokio::test]
async fn a_refusal_is_final_even_if_nothing_can_be_read_afterwards() {
    let plan = plan();
    let action = &plan.steps[0].action;
    for thing in [None, Some(State::Word("something else".into()))] {
        let toy = Toy::default();
        toy.faults.lock().unwrap().push(Fault::Refuse);
        if let Some(state) = thing {
            toy.things.lock().unwrap().insert(action.resource(), state);
        }
        let outcome = change(&toy, action, true, &quick()).await;
        assert!(
            matches!(&outcome, Outcome::NotDone { code: Some(code), .. } if code == "AccessDenied"),
            "{outcome:?}"
        );
        toy.faults.lock().unwrap().extend([Fault::Lose, Fault::Refuse]);
        let after_a_lost_one = change(&toy, action, true, &quick()).await;
        assert!(
            matches!(after_a_lost_one, Outcome::Unknown { .. }),
            "{after_a_lost_one:?}"
        );
    }
}

#[tokio::test]
async fn what_somebody_else_did_meanwhile_is_not_called_ours() {
    let plan = plan();
    let action = &plan.steps[0].action;
    let toy = Toy::before(&plan);
    toy.things
        .lock()
        .unwrap()
        .insert(action.resource(), action.after());
    *toy.faults.lock().unwrap() = vec![Fault::Refuse, Fault::Refuse];
    assert_eq!(change(&toy, action, true, &quick()).await, Outcome::AlreadyDone);
    // Announced by a process that was killed, it may have been carried out by that one.
    assert_eq!(change(&toy, action, false, &quick()).await, Outcome::Done);
}

#[tokio::test]
async fn a_call_that_is_lost_every_time_is_unknown_not_undone() {
    let (finish, kept, _, _folder) = run(&[Fault::Lose; 3]).await;
    assert!(matches!(finish, Finish::Stopped { step: 1, .. }));
    assert!(matches!(
        &kept.progress.steps[0],
        StepState::Settled(Outcome::Unknown { .. })
    ));
    assert!(kept.progress.may_have_changed(0));
}

#[tokio::test]
async fn what_is_there_already_is_not_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = RunStore::open(folder.path()).unwrap();
    let plan = plan();
    let toy = Toy::before(&plan);
    toy.act(&plan.steps[1].action).await.unwrap();
    toy.done.lock().unwrap().clear();
    let checked = checked(&plan, &toy).await;
    let (run, mut journal) = store.begin(&checked, None, &serde_json::Value::Null).unwrap();
    carry_out(&checked, &[], &mut journal, &toy, &quick())
        .await
        .unwrap();
    assert_eq!(toy.done.lock().unwrap().len(), 2);
    let kept = store.load(&run).unwrap();
    assert_eq!(kept.progress.steps[1], StepState::Settled(Outcome::AlreadyDone));
    assert!(
        !kept.progress.may_have_changed(1),
        "so that an undo leaves it alone"
    );
}

#[tokio::test]
async fn one_run_at_a_time_for_each_target_and_none_beside_an_unfinished_one() {
    let (_, kept, _, folder) = run(&[]).await;
    let store = RunStore::open(folder.path()).unwrap();
    let target = plan().target;
    let lock = store.lock(&target).unwrap();
    assert!(matches!(store.lock(&target), Err(StoreError::Locked(_))));
    let elsewhere = Target {
        region: "us-east-1".into(),
        ..target.clone()
    };
    assert!(store.lock(&elsewhere).is_ok());
    drop(lock);
    assert!(store.lock(&target).is_ok());
    let Err(StoreError::Unfinished(run)) = store.refuse_unfinished(&target) else {
        panic!("allowed")
    };
    assert_eq!(run, kept.progress.run);
    assert!(store.refuse_unfinished(&elsewhere).is_ok());
    let mut journal = store.reopen(&run).unwrap();
    journal
        .append(Entry::Ended {
            end: ses_doctor_core::journal::End::Applied,
        })
        .unwrap();
    assert!(store.refuse_unfinished(&target).is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let (_, kept, _, folder) = run(&[]).await;
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for name in ["plan.json", "snapshot.json", "journal.jsonl"] {
        assert_eq!(mode(&kept.folder.join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&kept.folder), 0o700);
    assert_eq!(mode(&folder.path().join("runs")), 0o700);
    let snapshot = fs::read_to_string(kept.folder.join("snapshot.json")).unwrap();
    assert!(snapshot.contains("the switch for sending of the configuration set events"));
}

#[tokio::test]
async fn runs_are_listed_and_what_never_began_is_not() {
    let (_, kept, _, folder) = run(&[]).await;
    let store = RunStore::open(folder.path()).unwrap();
    fs::create_dir(folder.path().join("runs/20260101T000000Z-aaaaaaaa")).unwrap();
    // As a full disk or a killed process leaves it: the plan is half written, or whole, and the journal has no whole line.
    let half = fs::read(kept.folder.join("plan.json")).unwrap();
    for (name, plan, journal) in [
        ("20260101T000001Z-aaaaaaaa", &[][..], None),
        ("20260101T000002Z-aaaaaaaa", half.split_at(40).0, None),
        ("20260101T000003Z-aaaaaaaa", &half, Some("")),
        ("20260101T000004Z-aaaaaaaa", &half, Some("{\"at\":\"2026")),
    ] {
        let folder = folder.path().join("runs").join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("plan.json"), plan).unwrap();
        if let Some(journal) = journal {
            fs::write(folder.join("journal.jsonl"), journal).unwrap();
        }
    }
    let ids: Vec<RunId> = store.list().unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [kept.progress.run]);
    assert!(matches!(
        store.refuse_unfinished(&kept.progress.target),
        Err(StoreError::Unfinished(_))
    ));
    let none = RunId::try_from("20260101T000000Z-bbbbbbbb".to_owned()).unwrap();
    assert!(matches!(store.load(&none), Err(StoreError::NoSuchRun(_))));
}

/// A gate that opens at the second try.
struct Gate {
    toy: Toy,
    tries: std::sync::atomic::AtomicUsize,
}

impl Actuator for Gate {
    async fn read(&self, action: &Action) -> Result<State, String> {
        self.toy.read(action).await
    }

    async fn act(&self, action: &Action) -> Result<(), CallError> {
        let tries = self.tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        match (action, tries) {
            (Action::UserPolicy(_), 1) => Err(CallError::NotYet("in an hour".into())),
            _ => self.toy.act(action).await,
        }
    }

    async fn describe(&self, action: &Action) -> Result<serde_json::Value, String> {
        self.toy.describe(action).await
    }
}

#[tokio::test]
async fn a_run_that_waits_is_in_nobodys_way_and_goes_on_when_it_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let store = RunStore::open(folder.path()).unwrap();
    let plan = plan();
    let gate = Gate {
        toy: Toy::before(&plan),
        tries: std::sync::atomic::AtomicUsize::new(0),
    };
    let began = checked(&plan, &gate.toy).await;
    let (run, mut journal) = store.begin(&began, None, &serde_json::Value::Null).unwrap();
    let finish = carry_out(&began, &[], &mut journal, &gate, &quick())
        .await
        .unwrap();
    let why = "in an hour".to_owned();
    assert_eq!(
        finish,
        Finish::Waiting {
            step: 2,
            why: why.clone()
        }
    );
    let kept = store.load(&run).unwrap();
    assert_eq!(kept.progress.waits_for(), Some(why.as_str()));
    assert!(!kept.progress.may_have_changed(1));
    assert!(store.refuse_unfinished(&plan.target).is_ok());
    let goes_on = checked(&plan, &gate.toy).await;
    let finish = carry_out(&goes_on, &kept.progress.steps, &mut journal, &gate, &quick()).await;
    assert_eq!(finish.unwrap(), Finish::Done);
    assert_eq!(store.load(&run).unwrap().progress.waits_for(), None);
    assert_eq!(gate.toy.done.lock().unwrap().len(), 3, "nothing is done twice");
}
