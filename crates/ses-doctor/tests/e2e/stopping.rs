//! Ctrl-C ends a diagnosis cleanly with what is known so far.

#![cfg(unix)]

use crate::program::RunningLab;
use anyhow::{Context, Result};
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
fn ctrl_c_reports_what_is_known() -> Result<()> {
    // Each reply takes so long that nothing can be complete when the signal comes.
    let lab = RunningLab::slow("wrong-region-password", Duration::from_secs(3))?;
    let mut command = lab.diagnose();
    command
        .args(["--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn()?;
    std::thread::sleep(Duration::from_millis(1500));
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()?;
    assert!(sent.success());
    let output = child.wait_with_output()?;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("no report: {}", String::from_utf8_lossy(&output.stderr)))?;
    assert_eq!(report["interrupted"], true);
    assert_eq!(report["outcome"], "inconclusive");
    assert_eq!(output.status.code(), Some(3));
    let probe = report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["id"] == "smtp.probe")
        .unwrap()
        .clone();
    assert!(
        probe["unavailable"]
            .as_str()
            .unwrap_or_default()
            .contains("stopped"),
        "{probe}"
    );
    Ok(())
}

#[test]
fn the_deadline_ends_it_too() -> Result<()> {
    let lab = RunningLab::slow("wrong-region-password", Duration::from_secs(3))?;
    let run = crate::program::Run::of(lab.diagnose().args(["--output", "json", "--deadline", "1"]))?;
    assert_eq!(run.code, 3);
    assert_eq!(run.report()?["interrupted"], true);
    Ok(())
}
