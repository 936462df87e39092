//! The real program killed at every call that a rotation makes, before it is carried out and before its answer arrives: it is
//! resumed or undone, no key is left over, and no secret is lost or left behind.

use crate::program::{Run, RunningLab};
use crate::rotate::{OLD, SECRET, assert_silent, keys, newest, rotate};
use crate::ward::Ward;
use anyhow::{Context, Result, ensure};
use ses_lab::HeldUp;
use ses_lab::world::KeyStatus;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Keys that were made, and whose secret was lost with the answer.
static LOST: AtomicUsize = AtomicUsize::new(0);

const STORE: &str = "secret:choir/ses-smtp";
const QUIET: &[&str] = &["--quiet-for", "5m", "--apply"];

/// Kills a rotation at its nth call; false when it ended before.
fn killed_at(ward: &Ward, nth: u32, what: HeldUp) -> Result<bool> {
    ward.lab.lab().hold_up(nth, what);
    let mut command = rotate(ward, &["--store", STORE]);
    let mut child = command
        .args(QUIET)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    while !ward.lab.lab().is_holding_up() {
        if child.try_wait()?.is_some() {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill()?;
    child.wait()?;
    ward.lab.lab().permit(None);
    Ok(true)
}

/// The old pair is current, and logs in.
fn old_pair_works(ward: &Ward) -> Result<bool> {
    let found = ward.run(&["probe", "--region", "eu-west-2", "--password-secret", SECRET])?;
    Ok(found.code == 0)
}

fn goes_on(ward: &Ward, id: &str) -> Result<()> {
    let resumed = ward.run(&["runs", "resume", id, "--output", "json"])?;
    let report = resumed.report()?;
    ensure!(
        resumed.code == 0 && report["verification"]["state"] == "verified",
        "{report:#} {}",
        resumed.stderr
    );
    let new = report["rotation"]["new_key"].as_str().context("no key")?;
    let expected = [
        (OLD.to_owned(), KeyStatus::Inactive),
        (new.to_owned(), KeyStatus::Active),
    ];
    ensure!(keys(ward) == expected, "{:?}", keys(ward));
    ensure!(newest(ward).contains(new), "another pair is kept");
    let lost = report["rotation"]["lost_keys"].as_array().map_or(0, Vec::len);
    LOST.fetch_add(lost, Ordering::Relaxed);
    ensure!(
        ward.lab.lab().made_secrets().len() == 1 + lost,
        "a key is left over"
    );
    assert_silent(ward, &[&resumed.stdout, &resumed.stderr]);
    Ok(())
}

fn goes_back(ward: &Ward, id: &str, before: &str) -> Result<()> {
    let undone = ward.run(&["rollback", id, "--apply"])?;
    ensure!(undone.code == 0, "{} {}", undone.stdout, undone.stderr);
    let keys = keys(ward);
    ensure!(keys[0] == (OLD.to_owned(), KeyStatus::Active), "{keys:?}");
    match keys.get(1) {
        None => ensure!(ward.world() == before, "another world than before"),
        // Its pair was stored.
        Some((_, status)) => ensure!(*status == KeyStatus::Inactive, "{keys:?}"),
    }
    ensure!(old_pair_works(ward)?, "the old pair is lost");
    assert_silent(ward, &[&undone.stdout, &undone.stderr]);
    Ok(())
}

/// What became of the rotation killed at this point; `None` when there is no such point any more.
fn survived(nth: u32, what: HeldUp, on: bool) -> Result<Option<bool>> {
    let ward = Ward::of(RunningLab::of("healthy-secret")?)?;
    let before = ward.world();
    if !killed_at(&ward, nth, what)? {
        return Ok(None);
    }
    let runs = ward.runs()?;
    let Some(run) = runs.first() else {
        ensure!(ward.world() == before, "changed without a run");
        return Ok(Some(false));
    };
    if run["outcome"] == "unfinished" {
        let beside = Run::of(rotate(&ward, &["--store", STORE]).args(QUIET))?;
        ensure!(beside.code == 4, "rotated beside it: {}", beside.stdout);
        let id = run["run"].as_str().context("no id")?;
        match on {
            true => goes_on(&ward, id)?,
            false => goes_back(&ward, id, &before)?,
        }
    }
    Ok(Some(true))
}

#[test]
fn killed_at_every_call_a_rotation_is_resumed_or_undone_and_no_secret_is_lost() {
    let points: Vec<(u32, HeldUp)> = (1..80)
        .flat_map(|nth| [(nth, HeldUp::Call), (nth, HeldUp::Answer)])
        .collect();
    let next = AtomicUsize::new(0);
    let complaints = Mutex::new(Vec::new());
    let in_its_midst = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some((nth, what)) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for on in [true, false] {
                        match survived(*nth, *what, on) {
                            Ok(None) => return,
                            Ok(Some(began)) => {
                                in_its_midst.fetch_add(usize::from(began), Ordering::Relaxed);
                            }
                            Err(error) => complaints
                                .lock()
                                .unwrap()
                                .push(format!("call {nth}, {what:?}, on {on}: {error:#}")),
                        }
                    }
                }
            });
        }
    });
    let complaints = complaints.into_inner().unwrap();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let times = in_its_midst.into_inner();
    assert!(times >= 40, "killed only {times} times in its midst");
    assert!(
        LOST.load(Ordering::Relaxed) >= 1,
        "no key was made whose secret was lost"
    );
}
