//! The program in a scrubbed environment against a world of the lab.

use crate::level::Level;
use anyhow::{Context, Result};
use ses_lab::{Lab, Options, World};
use std::sync::LazyLock;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// So many worlds at once: some of them only wait. More where a release build makes little of each.
static ROOM: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(if cfg!(debug_assertions) { 10 } else { 24 }));

/// A finding of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) cause: String,
    pub(crate) verdict: String,
}

impl Found {
    /// Said with confidence.
    pub(crate) fn is_confident(&self) -> bool {
        self.verdict != "possible"
    }
}

/// What the program answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) outcome: String,
    pub(crate) found: Vec<Found>,
    pub(crate) unknown: Vec<String>,
}

/// Diagnoses a world with so much access.
pub(crate) async fn diagnose(world: &World, level: Level) -> Result<Report> {
    let _room = ROOM.acquire().await?;
    let mut world = world.clone();
    level.restrict(&mut world);
    let lab = Lab::start(world, Options::default()).await?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_ses-doctor"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nonexistent")
        .envs(lab.environment())
        .arg("diagnose")
        .args(lab.diagnose_arguments())
        .args(level.arguments())
        .args(["--output", "json"])
        .kill_on_drop(true);
    let output = command.output().await?;
    lab.stop().await;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok(read(&report))
}

fn read(report: &serde_json::Value) -> Report {
    let list = |key: &str| report[key].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let found = list("findings")
        .iter()
        .map(|finding| Found {
            cause: text(&finding["cause"]),
            verdict: text(&finding["verdict"]),
        })
        .collect();
    Report {
        outcome: text(&report["outcome"]),
        found,
        unknown: list("unknown")
            .iter()
            .map(|unknown| text(&unknown["cause"]))
            .collect(),
    }
}
