//! The process is killed at every point of a run: before and after each look and each call, and in the middle of each line of
//! the journal. Whatever it left behind, a resumed run finishes and an undoing one restores, and nothing is done twice.

use super::toy::{Toy, checked, plan};
use super::*;
use jiff::Timestamp;
use ses_doctor_core::journal::RunId;
use ses_doctor_core::rollback::rollback;
use std::fs;

fn quick() -> Patience {
    Patience {
        first_wait: Duration::ZERO,
        looks: 2,
        looks_if_unclear: 2,
        calls: 2,
    }
}

/// A process that begins the run, and lives as long as its world lets it. True when it came to its end.
async fn first_life(store: &RunStore, toy: &Toy, checked: &Checked) -> bool {
    let life = async {
        let (_, mut journal) = store.begin(checked, None, &serde_json::Value::Null).unwrap();
        carry_out(checked, &[], &mut journal, toy, &quick())
            .await
            .unwrap();
    };
    // Time stands still but for the sleeping, so that this passes at once when nothing can go on.
    tokio::time::timeout(Duration::from_secs(3600), life)
        .await
        .is_ok()
}

async fn resume(store: &RunStore, run: &RunId, toy: &Toy) -> Finish {
    let kept = store.load(run).unwrap();
    let checked = checked(kept.plan.plan(), toy).await;
    let mut journal = store.reopen(run).unwrap();
    carry_out(&checked, &kept.progress.steps, &mut journal, toy, &quick())
        .await
        .unwrap()
}

async fn undo(store: &RunStore, run: &RunId, toy: &Toy) -> Finish {
    let kept = store.load(run).unwrap();
    let undo = rollback(kept.plan.plan(), &kept.progress, Timestamp::now(), "test");
    let checked = checked(&undo, toy).await;
    let (_, mut journal) = store
        .begin(&checked, Some(run), &serde_json::Value::Null)
        .unwrap();
    carry_out(&checked, &[], &mut journal, toy, &quick())
        .await
        .unwrap()
}

fn only_run(store: &RunStore) -> RunId {
    store.list().unwrap().remove(0).0
}

/// Every way in which the journal may have been cut by a process that was killed while it wrote; the whole one first. A call is
/// made once its intent is whole: after that, no line can be torn until its outcome is written.
fn cuts(whole: &str, is_untouched: bool) -> Vec<String> {
    let mut cuts = vec![whole.to_owned()];
    if is_untouched {
        let starts: Vec<usize> = whole
            .lines()
            .scan(0, |at, line| {
                let start = *at;
                *at += line.len() + 1;
                Some(start)
            })
            .collect();
        // The very first line is written before anything is begun: without it there is no run.
        let from = starts.iter().rev().nth(1).copied().filter(|at| *at > 0);
        let from = from
            .or(starts.last().copied().filter(|at| *at > 0))
            .unwrap_or(whole.len());
        cuts.extend(
            (from..whole.len())
                .step_by(7)
                .map(|end| whole.get(..end).unwrap().to_owned()),
        );
    }
    cuts
}

/// Whether the thing of the step that was announced last is still as it was.
fn is_untouched(kept: &Kept, toy: &Toy) -> bool {
    let intended = kept
        .progress
        .steps
        .iter()
        .rposition(|step| *step == StepState::Intended);
    intended.is_some_and(|index| {
        let action = &kept.plan.plan().steps[index].action;
        toy.state().get(&action.resource()) == Some(&action.before())
    })
}

async fn survives(dies_at: usize, finish: bool) -> bool {
    let plan = plan();
    let folder = tempfile::tempdir().unwrap();
    let store = RunStore::open(folder.path()).unwrap();
    let toy = Toy::before(&plan);
    let before = toy.state();
    let checked = checked(&plan, &toy).await;
    let toy = toy.reborn(Some(dies_at));
    let lived = first_life(&store, &toy, &checked).await;
    let run = only_run(&store);
    let journal = folder
        .path()
        .join("runs")
        .join(run.as_str())
        .join("journal.jsonl");
    let (states, done) = (toy.state(), toy.done.lock().unwrap().clone());
    let whole = fs::read_to_string(&journal).unwrap();
    for text in cuts(&whole, is_untouched(&store.load(&run).unwrap(), &toy)) {
        fs::write(&journal, &text).unwrap();
        let toy = Toy::default();
        *toy.things.lock().unwrap() = states.clone();
        *toy.done.lock().unwrap() = done.clone();
        if finish {
            assert_eq!(
                resume(&store, &run, &toy).await,
                Finish::Done,
                "killed at {dies_at}: {text}"
            );
            let after = plan
                .steps
                .iter()
                .map(|step| (step.action.resource(), step.action.after()));
            assert_eq!(toy.state(), after.collect(), "killed at {dies_at}: {text}");
            let mut all = toy.done.lock().unwrap().clone();
            all.sort_unstable();
            assert!(
                all.windows(2).all(|pair| pair[0] != pair[1]),
                "done twice: {all:?}"
            );
        }
        assert_eq!(
            undo(&store, &run, &toy).await,
            Finish::Done,
            "killed at {dies_at}: {text}"
        );
        assert_eq!(toy.state(), before, "killed at {dies_at}: {text}");
    }
    lived
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_point_a_run_can_be_finished_and_then_undone() {
    let mut points = 0;
    while !survives(points, true).await {
        points += 1;
    }
    assert!(points >= 12, "only {points} points were tried");
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_point_a_run_can_be_undone_at_once() {
    let mut points = 0;
    while !survives(points, false).await {
        points += 1;
    }
    assert!(points >= 12, "only {points} points were tried");
}
