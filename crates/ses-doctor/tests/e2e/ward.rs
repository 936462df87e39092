//! A broken world with a folder for plans and runs, and the commands that work on them.

use crate::program::{Run, RunningLab, ses_doctor};
use anyhow::Result;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// The scenarios that calls to AWS cure, with what the person has to tell for it.
pub(crate) const CURABLE: [(&str, &[&str]); 15] = [
    ("api-version-condition", &[]),
    ("configuration-set-not-permitted", &[]),
    ("configuration-set-paused", &[]),
    ("explicit-deny", &[]),
    ("from-address-condition", &[]),
    ("identity-policy-deny", &[]),
    ("ip-condition", &["--source-ip", "198.51.100.40"]),
    ("key-inactive", &[]),
    ("missing-send-permission", &[]),
    ("recipient-not-permitted-in-sandbox", &[]),
    (
        "security-group-blocks-endpoint",
        &["--client-source", "10.60.0.0/16"],
    ),
    ("sending-disabled", &[]),
    ("tenant-resource-missing", &[]),
    ("unsupported-condition-key", &[]),
    ("vpc-endpoint-policy-deny", &[]),
];

/// Worlds beside the scenarios that are cured likewise.
pub(crate) const CURABLE_WORLDS: [&str; 3] = [
    "denied-by-a-managed-policy",
    "denied-in-several-policies",
    "tenant-switched-off-by-its-account",
];

/// A lab, and a folder for plans and runs.
pub(crate) struct Ward {
    pub(crate) lab: RunningLab,
    pub(crate) folder: TempDir,
}

impl Ward {
    pub(crate) fn of(lab: RunningLab) -> Result<Self> {
        Ok(Self {
            lab,
            folder: tempfile::tempdir()?,
        })
    }

    pub(crate) fn plan_file(&self) -> PathBuf {
        self.folder.path().join("plan.json")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn world(&self) -> String {
        self.lab.lab().configuration()
    }

    pub(crate) fn command(&self, name: &[&str]) -> Command {
        let mut command = ses_doctor();
        command
            .envs(self.lab.lab().environment())
            .env("SES_DOCTOR_STATE_DIR", self.state())
            .args(name);
        command
    }

    pub(crate) fn plan(&self, more: &[&str]) -> Result<Run> {
        let mut command = self.command(&["plan"]);
        command
            .args(self.lab.lab().diagnose_arguments())
            .arg("--out")
            .arg(self.plan_file());
        Run::of(command.args(more))
    }

    pub(crate) fn apply(&self, more: &[&str]) -> Result<Run> {
        Run::of(&mut self.apply_command(more))
    }

    pub(crate) fn apply_command(&self, more: &[&str]) -> Command {
        let mut command = self.command(&["apply"]);
        command
            .arg(self.plan_file())
            .args(["--verify-for", "5"])
            .args(more);
        command
    }

    pub(crate) fn run(&self, name: &[&str]) -> Result<Run> {
        Run::of(&mut self.command(name))
    }

    /// The runs, newest first.
    pub(crate) fn runs(&self) -> Result<Vec<Value>> {
        let list = self.run(&["runs", "list", "--output", "json"])?.report()?;
        Ok(list["runs"].as_array().cloned().unwrap_or_default())
    }
}

/// Apply, with a message, for a program.
pub(crate) const APPLY: &[&str] = &["--apply", "--send", "--output", "json"];

/// Where each step stands.
pub(crate) fn states(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    steps.iter().filter_map(|step| step["state"].as_str()).collect()
}
