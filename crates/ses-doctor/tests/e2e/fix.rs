//! From a broken world to a login and a message that work, and back to the very world that was there before.

use crate::program::{Run, RunningLab, ses_doctor, world};
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The scenarios that calls to AWS cure, with what the person has to tell for it.
const CURABLE: [(&str, &[&str]); 12] = [
    ("api-version-condition", &[]),
    ("configuration-set-not-permitted", &[]),
    ("configuration-set-paused", &[]),
    ("from-address-condition", &[]),
    ("ip-condition", &["--source-ip", "198.51.100.40"]),
    ("key-inactive", &[]),
    ("missing-send-permission", &[]),
    ("recipient-not-permitted-in-sandbox", &[]),
    (
        "security-group-blocks-endpoint",
        &["--client-source", "10.60.0.0/16"],
    ),
    ("sending-disabled", &[]),
    ("unsupported-condition-key", &[]),
    ("vpc-endpoint-policy-deny", &[]),
];

/// A lab, and a folder for plans and runs.
struct Ward {
    lab: RunningLab,
    folder: TempDir,
}

impl Ward {
    fn of(lab: RunningLab) -> Result<Self> {
        Ok(Self {
            lab,
            folder: tempfile::tempdir()?,
        })
    }

    fn plan_file(&self) -> PathBuf {
        self.folder.path().join("plan.json")
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn world(&self) -> String {
        self.lab.lab().configuration()
    }

    fn command(&self, name: &[&str]) -> Command {
        let mut command = ses_doctor();
        command
            .envs(self.lab.lab().environment())
            .env("SES_DOCTOR_STATE_DIR", self.state())
            .args(name);
        command
    }

    fn plan(&self, more: &[&str]) -> Result<Run> {
        let mut command = self.command(&["plan"]);
        command
            .args(self.lab.lab().diagnose_arguments())
            .arg("--out")
            .arg(self.plan_file());
        Run::of(command.args(more))
    }

    fn apply(&self, more: &[&str]) -> Result<Run> {
        Run::of(&mut self.apply_command(more))
    }

    fn apply_command(&self, more: &[&str]) -> Command {
        let mut command = self.command(&["apply"]);
        command
            .arg(self.plan_file())
            .args(["--verify-for", "5"])
            .args(more);
        command
    }

    fn run(&self, name: &[&str]) -> Result<Run> {
        Run::of(&mut self.command(name))
    }

    /// The runs, newest first.
    fn runs(&self) -> Result<Vec<Value>> {
        let list = self.run(&["runs", "list", "--output", "json"])?.report()?;
        Ok(list["runs"].as_array().cloned().unwrap_or_default())
    }
}

const APPLY: &[&str] = &["--apply", "--send", "--output", "json"];

fn states(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    steps.iter().filter_map(|step| step["state"].as_str()).collect()
}

fn cured_and_undone(name: &str, told: &[&str]) -> Result<()> {
    let ward = Ward::of(RunningLab::of(name)?)?;
    let before = ward.world();
    let planned = ward.plan(told)?;
    anyhow::ensure!(planned.code == 0, "plan: {} {}", planned.stdout, planned.stderr);
    let rehearsed = ward.apply(&[])?;
    anyhow::ensure!(
        rehearsed.code == 0,
        "rehearsal: {} {}",
        rehearsed.stdout,
        rehearsed.stderr
    );
    anyhow::ensure!(ward.world() == before, "a plan or a rehearsal changed something");
    let applied = ward.apply(APPLY)?;
    let report = applied.report()?;
    anyhow::ensure!(
        applied.code == 0 && report["verification"]["state"] == "verified",
        "apply ended with {}: {report:#}",
        applied.code
    );
    anyhow::ensure!(states(&report).iter().all(|state| *state == "done"), "{report:#}");
    anyhow::ensure!(!ward.lab.lab().messages().is_empty(), "no message arrived");
    let after = ward.world();
    let again = ward.apply(APPLY)?.report()?;
    anyhow::ensure!(
        states(&again).iter().all(|state| *state == "already-done"),
        "{again:#}"
    );
    anyhow::ensure!(ward.world() == after, "applied twice, something was done twice");
    let run = report["run"].as_str().context("no run")?;
    let rehearsed = ward.run(&["rollback", run])?;
    anyhow::ensure!(
        rehearsed.code == 0 && ward.world() == after,
        "{}",
        rehearsed.stdout
    );
    let undone = ward.run(&["rollback", run, "--apply"])?;
    anyhow::ensure!(undone.code == 0, "rollback: {} {}", undone.stdout, undone.stderr);
    anyhow::ensure!(ward.world() == before, "the world is another one than before");
    Ok(())
}

#[test]
fn every_curable_scenario_is_cured_verified_and_undone() {
    let complaints: Vec<String> = CURABLE
        .iter()
        .filter_map(|(name, told)| {
            let error = cured_and_undone(name, told).err()?;
            Some(format!("{name}: {error:#}"))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn whatever_no_step_cures_gets_a_request_and_no_plan_holds_a_star_or_a_secret() {
    let complaints = crate::program::for_every_scenario(|name| {
        let world = world(name)?;
        let ward = Ward::of(RunningLab::of(name)?)?;
        let run = ward.plan(&[])?;
        let file = std::fs::read_to_string(ward.plan_file())?;
        let plan: Value = serde_json::from_str(&file)?;
        let answers = |key: &str, cause: &str| {
            let all = plan[key].as_array().cloned().unwrap_or_default();
            all.iter()
                .any(|answer| answer.to_string().contains(&format!("\"{cause}\"")))
        };
        let mut complaints: Vec<String> = world
            .causes
            .iter()
            .filter(|cause| !answers("steps", cause) && !answers("requests", cause))
            .map(|cause| format!("nothing answers to {cause}"))
            .collect();
        for text in [&file, &run.stdout, &run.stderr] {
            if ward
                .lab
                .canaries()
                .iter()
                .any(|secret| text.contains(secret.trim()))
            {
                complaints.push("a secret is in the plan".to_owned());
            }
        }
        for step in plan["steps"].as_array().into_iter().flatten() {
            let added = step["action"]["after"].as_str().unwrap_or_default();
            let existed = step["action"]["before"].as_str().unwrap_or_default();
            if added.matches("\"*\"").count() > existed.matches("\"*\"").count() {
                complaints.push(format!("a star is added: {added}"));
            }
        }
        Ok(complaints)
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_world_that_changed_after_planning_is_refused_with_the_difference() -> Result<()> {
    let planned = Ward::of(RunningLab::of("missing-send-permission")?)?;
    planned.plan(&[])?;
    let mut changed = world("missing-send-permission")?;
    let user = changed
        .account
        .iter_mut()
        .flat_map(|account| &mut account.user)
        .next()
        .context("no user")?;
    user.policy.push(ses_lab::world::InlinePolicy {
        name: "SesDoctorSend".to_owned(),
        document: r#"{"Version":"2012-10-17","Statement":[{"Sid":"Other","Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}"#.to_owned(),
    });
    let ward = Ward::of(RunningLab::serving(changed)?)?;
    std::fs::copy(planned.plan_file(), ward.plan_file())?;
    let before = ward.world();
    for more in [&[][..], APPLY] {
        let run = ward.apply(more)?;
        assert_eq!(run.code, 4, "{}", run.stderr);
    }
    let shown = ward.apply(&["--apply"])?.stdout;
    assert!(
        shown.contains("+ found") && shown.contains("s3:ListBucket"),
        "{shown}"
    );
    let report = ward.apply(APPLY)?.report()?;
    assert_eq!((states(&report), &report["run"]), (vec!["drifted"], &Value::Null));
    assert_eq!(ward.world(), before);
    assert!(ward.runs()?.is_empty());
    Ok(())
}

#[test]
fn what_does_not_help_is_undone() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    let before = ward.world();
    ward.plan(&[])?;
    // A password that fits no key: the login stays refused.
    let wrong = ward.folder.path().join("wrong");
    std::fs::write(&wrong, "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9")?;
    let wrong = wrong.display().to_string();
    let run = ward.apply(&["--apply", "--output", "json", "--password-file", &wrong])?;
    let report = run.report()?;
    assert_eq!(
        (run.code, &report["outcome"]),
        (5, &"rolled-back".into()),
        "{report:#}"
    );
    assert_eq!(report["verification"]["state"], "failed");
    assert_eq!(ward.world(), before);
    assert_eq!(ward.runs()?.len(), 2);
    let kept = ward.apply(&[
        "--apply",
        "--no-rollback",
        "--output",
        "json",
        "--password-file",
        &wrong,
    ])?;
    assert_eq!((kept.code, ward.world() == before), (6, false), "{}", kept.stdout);
    Ok(())
}

#[test]
fn without_a_login_nothing_is_called_verified() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ward.plan(&[])?;
    let gone = ward.folder.path().join("gone").display().to_string();
    let run = ward.apply(&["--apply", "--output", "json", "--password-file", &gone])?;
    let report = run.report()?;
    assert_eq!(run.code, 3, "{report:#}");
    assert_eq!(report["verification"]["state"], "not-verified");
    assert_eq!(states(&report), ["done"]);
    Ok(())
}

#[test]
fn a_denied_write_changes_nothing_and_says_so() -> Result<()> {
    let ward = Ward::of(RunningLab::denying(
        "missing-send-permission",
        &["iam:PutUserPolicy"],
    )?)?;
    let before = ward.world();
    ward.plan(&[])?;
    let run = ward.apply(APPLY)?;
    let report = run.report()?;
    assert_eq!(run.code, 5, "{report:#}");
    assert_eq!(states(&report), ["not-done"]);
    assert!(
        report["steps"][0]["why"]
            .to_string()
            .contains("iam:PutUserPolicy"),
        "{report:#}"
    );
    assert_eq!(ward.world(), before);
    Ok(())
}

#[test]
fn throttling_and_server_errors_at_every_call_are_got_over() -> Result<()> {
    let mut broken = world("missing-send-permission")?;
    for call in [
        "iam:PutUserPolicy",
        "iam:GetUserPolicy",
        "sts:GetCallerIdentity",
        "iam:DeleteUserPolicy",
    ] {
        broken.faults.error_5xx.insert(call.to_owned(), 2);
        broken.faults.throttle.insert(call.to_owned(), 4);
    }
    let ward = Ward::of(RunningLab::serving(broken)?)?;
    let before = ward.world();
    ward.plan(&[])?;
    let report = ward.apply(APPLY)?.report()?;
    assert_eq!(report["outcome"], "applied", "{report:#}");
    let undone = ward.run(&["rollback", report["run"].as_str().unwrap(), "--apply"])?;
    assert_eq!(
        (undone.code, ward.world() == before),
        (0, true),
        "{}",
        undone.stderr
    );
    Ok(())
}

#[test]
fn of_two_applies_at_once_one_is_refused() -> Result<()> {
    let ward = Ward::of(RunningLab::slow(
        "missing-send-permission",
        Duration::from_millis(300),
    )?)?;
    ward.plan(&[])?;
    let first = ward
        .apply_command(APPLY)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let lock = || std::fs::read_dir(ward.state().join("runs")).is_ok_and(|mut runs| runs.next().is_some());
    for _ in 0..1000 {
        if lock() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let second = ward.apply(APPLY)?;
    assert_eq!(second.code, 4, "{}", second.stdout);
    assert!(
        second.stderr.contains("another run is at work"),
        "{}",
        second.stderr
    );
    let first = first.wait_with_output()?;
    assert_eq!(
        first.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&first.stdout)
    );
    assert_eq!(ward.runs()?.len(), 1);
    Ok(())
}

#[test]
fn killed_at_any_time_a_run_is_resumed_and_undone() -> Result<()> {
    let mut killed = 0;
    for wait in (0..).map(|turn| Duration::from_millis(40 * turn)) {
        let ward = Ward::of(RunningLab::slow(
            "missing-send-permission",
            Duration::from_millis(60),
        )?)?;
        let before = ward.world();
        ward.plan(&[])?;
        let mut child = ward
            .apply_command(APPLY)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        std::thread::sleep(wait);
        if child.try_wait()?.is_some() {
            break;
        }
        child.kill()?;
        child.wait()?;
        let runs = ward.runs()?;
        let Some(run) = runs.first() else {
            assert_eq!(ward.world(), before, "changed without a run");
            continue;
        };
        let id = run["run"].as_str().context("no id")?;
        if run["outcome"] == "unfinished" {
            killed += 1;
            assert_eq!(ward.apply(APPLY)?.code, 4, "beside an unfinished run");
            // Every other one is undone at once.
            if killed % 2 == 0 {
                let resumed = ward.run(&["runs", "resume", id, "--output", "json"])?;
                assert_eq!(resumed.report()?["outcome"], "applied", "{}", resumed.stdout);
                assert_eq!(ward.run(&["runs", "resume", id])?.code, 4, "resumed twice");
            }
        }
        let undone = ward.run(&["rollback", id, "--apply"])?;
        assert_eq!(
            undone.code, 0,
            "after {wait:?}: {} {}",
            undone.stdout, undone.stderr
        );
        assert_eq!(ward.world(), before, "after {wait:?}");
    }
    assert!(killed >= 3, "only {killed} runs were killed in their midst");
    Ok(())
}

#[test]
fn what_is_kept_holds_no_secret_and_tells_its_story() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ward.plan(&[])?;
    let report = ward.apply(APPLY)?.report()?;
    let run = report["run"].as_str().context("no run")?;
    let shown = ward.run(&["runs", "show", run])?;
    assert!(
        shown.stdout.contains("+ Active") && shown.stdout.contains("verified"),
        "{}",
        shown.stdout
    );
    let folder = ward.state().join("runs").join(run);
    for name in ["plan.json", "journal.jsonl", "snapshot.json"] {
        let text = std::fs::read_to_string(folder.join(name))?;
        assert!(
            !ward.lab.canaries().iter().any(|secret| text.contains(secret)),
            "{name}"
        );
    }
    assert_eq!(ward.run(&["runs", "show", "../../etc"])?.code, 2);
    assert_eq!(ward.run(&["runs", "show", "20260101T000000Z-aaaaaaaa"])?.code, 4);
    Ok(())
}

#[test]
fn a_plan_that_was_edited_or_is_of_another_account_is_refused() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ward.plan(&[])?;
    let other = Ward::of(RunningLab::of("missing-send-permission")?)?;
    std::fs::copy(ward.plan_file(), other.plan_file())?;
    let refused = other.apply(APPLY)?;
    assert_eq!(refused.code, 4);
    assert!(
        refused.stderr.contains("the AWS credentials are of"),
        "{}",
        refused.stderr
    );
    let text = std::fs::read_to_string(ward.plan_file())?;
    std::fs::write(ward.plan_file(), text.replace("store-mailer", "oncall"))?;
    let edited = ward.apply(APPLY)?;
    assert_eq!(edited.code, 4);
    assert!(
        edited.stderr.contains("changed after it was made"),
        "{}",
        edited.stderr
    );
    std::fs::write(ward.plan_file(), "{")?;
    assert_eq!(ward.apply(&[])?.code, 4);
    assert_eq!(Run::of(ses_doctor().args(["apply", "/nowhere"]))?.code, 4);
    Ok(())
}

#[test]
fn health_has_nothing_to_plan() -> Result<()> {
    let ward = Ward::of(RunningLab::of("healthy")?)?;
    let run = ward.plan(&[])?;
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(Path::new(&ward.plan_file()).exists());
    Ok(())
}
