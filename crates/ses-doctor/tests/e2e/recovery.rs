//! The real program killed at every call that a run makes, and two of them at once. The points between the calls, in every
//! world that a plan cures, are gone through in one process by `ses-doctor-aws/src/run/scenario_tests.rs`.

use crate::program::{Run, RunningLab};
use crate::ward::{APPLY, CURABLE, CURABLE_WORLDS, Ward, states};
use anyhow::{Context, Result, ensure};
use ses_lab::HeldUp;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Starts an `apply --apply` of which the nth call of AWS is held up; `None` when it ended before that call.
fn stopped_at(ward: &Ward, nth: u32, what: HeldUp) -> Result<Option<Child>> {
    ward.lab.lab().hold_up(nth, what);
    let mut command = ward.apply_command(APPLY);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    while !ward.lab.lab().is_holding_up() {
        if child.try_wait()?.is_some() {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(Some(child))
}

fn kill(mut child: Child) -> Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Calls that are no reads.
fn writes(ward: &Ward) -> u32 {
    let calls = ward.lab.lab().calls();
    let is_write = |call: &str| {
        let name = call.rsplit(':').next().unwrap_or_default();
        !["Get", "List", "Describe", "Lookup", "Simulate"]
            .iter()
            .any(|verb| name.starts_with(verb))
    };
    let writes = calls.iter().filter(|(call, _)| is_write(call));
    writes.map(|(_, times)| times).sum()
}

/// Kills the program at every call until all steps are done, and goes on or back from there. How often it had begun a run.
fn killed_at_every_call(lab: RunningLab, told: &[&str]) -> Result<u32> {
    let ward = Ward::of(lab)?;
    let before = ward.world();
    ensure!(ward.plan(told)?.code == 0, "no plan");
    let (mut in_its_midst, mut goes_on) = (0, true);
    for nth in 1.. {
        for what in [HeldUp::Call, HeldUp::Answer] {
            let at = format!("killed at call {nth}, {what:?}");
            ward.lab.lab().permit(None);
            let child = stopped_at(&ward, nth, what)?;
            kill(child.context("it ended before its steps were done")?)?;
            let runs = ward.runs()?;
            let Some(run) = runs.iter().find(|run| run["outcome"] == "unfinished") else {
                ensure!(ward.world() == before, "{at}: changed without a run");
                continue;
            };
            in_its_midst += 1;
            let id = run["run"].as_str().context("no id")?;
            ensure!(ward.apply(APPLY)?.code == 4, "{at}: applied beside it");
            let all_done = states(run).iter().all(|state| *state == "done");
            if all_done || goes_on {
                let resumed = ward.run(&["runs", "resume", id, "--send", "--output", "json"])?;
                let report = resumed.report()?;
                ensure!(report["verification"]["state"] == "verified", "{at}: {report:#}");
                ensure!(
                    writes(&ward) == u32::try_from(states(&report).len())?,
                    "{at}: done twice"
                );
                ensure!(
                    ward.run(&["runs", "resume", id])?.code == 4,
                    "{at}: resumed twice"
                );
            }
            let undone = ward.run(&["rollback", id, "--apply"])?;
            ensure!(undone.code == 0, "{at}: {} {}", undone.stdout, undone.stderr);
            ensure!(ward.world() == before, "{at}: another world than before");
            if all_done {
                return Ok(in_its_midst);
            }
            goes_on = !goes_on;
        }
    }
    Ok(in_its_midst)
}

#[test]
fn killed_at_every_call_a_run_is_resumed_or_undone_and_nothing_is_done_twice() {
    type Make = fn(&str) -> Result<RunningLab>;
    let scenarios = CURABLE
        .iter()
        .map(|(name, told)| (*name, RunningLab::of as Make, *told));
    let worlds = CURABLE_WORLDS
        .iter()
        .map(|name| (*name, RunningLab::of_world as Make, &[][..]));
    let next = std::sync::Mutex::new(scenarios.chain(worlds));
    let complaints = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let Some((name, make, told)) = next.lock().unwrap().next() else {
                        return;
                    };
                    match make(name).and_then(|lab| killed_at_every_call(lab, told)) {
                        Ok(killed) if killed >= 5 => {}
                        Ok(killed) => complaints
                            .lock()
                            .unwrap()
                            .push(format!("{name}: killed {killed} times only")),
                        Err(error) => complaints.lock().unwrap().push(format!("{name}: {error:#}")),
                    }
                }
            });
        }
    });
    let complaints = complaints.into_inner().unwrap();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn of_two_applies_at_once_one_is_refused_and_the_lock_of_a_killed_one_is_free() -> Result<()> {
    let ward = Ward::of(RunningLab::of("missing-send-permission")?)?;
    ward.plan(&[])?;
    // The first call asks whose credentials these are; by the second, the lock is held.
    let first = stopped_at(&ward, 2, HeldUp::Call)?.context("it ended")?;
    let second = ward.apply(APPLY)?;
    assert_eq!(second.code, 4, "{}", second.stdout);
    assert!(
        second.stderr.contains("another run is at work"),
        "{}",
        second.stderr
    );
    kill(first)?;
    let third = ward.apply(APPLY)?;
    assert_eq!(third.code, 0, "{}", third.stdout);
    assert_eq!((ward.runs()?.len(), writes(&ward)), (1, 1));
    Ok(())
}

/// A run that was killed after its first step was announced.
fn begun_and_killed(ward: &Ward) -> Result<String> {
    for nth in 1.. {
        let child = stopped_at(ward, nth, HeldUp::Answer)?;
        kill(child.context("it ended before its step was announced")?)?;
        ward.lab.lab().permit(None);
        let runs = ward.runs()?;
        if let Some(run) = runs.iter().find(|run| states(run) == ["unknown"]) {
            return Ok(run["run"].as_str().context("no run")?.to_owned());
        }
        // Announced or not: a run that began is in the way of the next.
        for run in runs.iter().filter(|run| run["outcome"] == "unfinished") {
            ward.run(&["rollback", run["run"].as_str().context("no run")?, "--apply"])?;
        }
    }
    anyhow::bail!("no call is left")
}

/// The least size of files that is permitted makes a disk that is full in the midst of a run.
#[cfg(unix)]
#[test]
fn a_journal_that_cannot_be_written_stops_the_run_and_does_not_claim_that_nothing_was_changed() -> Result<()>
{
    let ward = Ward::of(RunningLab::of("missing-send-permission")?)?;
    let before = ward.world();
    ward.plan(&[])?;
    let run = begun_and_killed(&ward)?;
    let mut limited = std::process::Command::new("sh");
    limited
        .env_clear()
        .envs(
            ward.command(&[])
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        // A block has 512 bytes: room for what the journal holds, and for no more than another record.
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_ses-doctor"))
        .args(["runs", "resume", &run, "--send"]);
    let stopped = Run::of(&mut limited)?;
    assert_eq!(stopped.code, 6, "{} {}", stopped.stdout, stopped.stderr);
    assert!(
        stopped.stderr.contains("write the journal") && stopped.stderr.contains("runs resume"),
        "{}",
        stopped.stderr
    );
    let undone = ward.run(&["rollback", &run, "--apply"])?;
    assert_eq!(
        (undone.code, ward.world() == before),
        (0, true),
        "{}",
        undone.stderr
    );
    Ok(())
}

#[test]
fn a_file_of_the_client_is_mended_verified_and_put_back() -> Result<()> {
    let ward = Ward::of(RunningLab::of_world("percent-encoded-in-a-file")?)?;
    let file = ward.lab.lab().config_files().remove(0);
    let before = std::fs::read_to_string(&file)?;
    let planned = ward.plan(&[])?;
    assert_eq!(planned.code, 0, "{} {}", planned.stdout, planned.stderr);
    // As a process leaves it that is killed before its file is in its place.
    let name = file
        .file_name()
        .context("no name")?
        .to_string_lossy()
        .into_owned();
    let left_over = file.with_file_name(format!(".{name}.ses-doctor-x1y2z3"));
    std::fs::write(&left_over, &before)?;
    assert_eq!(ward.apply(&[])?.code, 0);
    assert!(left_over.exists(), "a rehearsal changes nothing");
    let applied = ward.apply(APPLY)?;
    assert!(!left_over.exists(), "a secret stays behind");
    let report = applied.report()?;
    assert_eq!(report["verification"]["state"], "verified", "{report:#}");
    assert!(!ward.lab.lab().messages().is_empty(), "no message arrived");
    assert_ne!(std::fs::read_to_string(&file)?, before);
    let again = ward.apply(APPLY)?.report()?;
    assert_eq!(states(&again), ["already-done"]);
    let run = report["run"].as_str().context("no run")?;
    std::fs::write(&left_over, &before)?;
    let undone: Run = ward.run(&["rollback", run, "--apply"])?;
    assert_eq!(undone.code, 0, "{} {}", undone.stdout, undone.stderr);
    assert!(!left_over.exists(), "a secret stays behind");
    assert_eq!(std::fs::read_to_string(&file)?, before);
    Ok(())
}

/// A script that goes by the exit code must not think that nothing was done.
#[test]
#[cfg(target_os = "linux")]
fn a_run_that_standard_output_does_not_take_ends_as_it_ended() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ensure!(ward.plan(&[])?.code == 0, "no plan");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full")?;
    let done = ward.apply_command(APPLY).stdout(full).output()?;
    let talk = String::from_utf8(done.stderr)?;
    assert_eq!(done.status.code(), Some(0), "{talk}");
    assert!(
        talk.contains("runs show") && talk.contains("came to its end"),
        "{talk}"
    );
    assert_eq!(ward.runs()?[0]["outcome"], "applied");
    Ok(())
}
