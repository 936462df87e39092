//! Running the binary in a scrubbed environment, and a lab to run it against.

use anyhow::{Context, Result};
use secrecy::ExposeSecret;
use ses_lab::{Lab, Options, World};
use std::process::{Command, Output};
use std::time::Duration;

/// The binary, with nothing of this machine's environment but what it needs to run at all.
pub(crate) fn ses_doctor() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ses-doctor"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", "/nonexistent");
    command
}

/// What a run printed.
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Run {
    /// Runs to the end.
    pub(crate) fn of(command: &mut Command) -> Result<Self> {
        let Output {
            stdout,
            stderr,
            status,
        } = command.output().context("run ses-doctor")?;
        let code = status.code().context("ended by a signal")?;
        Ok(Self {
            stdout: String::from_utf8(stdout)?,
            stderr: String::from_utf8(stderr)?,
            code,
        })
    }

    /// The report on standard output.
    pub(crate) fn report(&self) -> Result<serde_json::Value> {
        serde_json::from_str(&self.stdout)
            .with_context(|| format!("no report; standard error: {}", self.stderr))
    }
}

/// The findings of a report: cause and verdict, in order.
pub(crate) fn findings(report: &serde_json::Value) -> Vec<(String, String)> {
    let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let list = report["findings"].as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|finding| (text(finding, "cause"), text(finding, "verdict")))
        .collect()
}

/// A running lab, on a runtime of its own.
pub(crate) struct RunningLab {
    runtime: tokio::runtime::Runtime,
    lab: Option<Lab>,
}

impl RunningLab {
    /// Starts the scenario's world.
    pub(crate) fn of(scenario: &str) -> Result<Self> {
        Self::with(scenario, Options::default())
    }

    /// Starts a world that is no scenario, from `tests/worlds`.
    pub(crate) fn of_world(name: &str) -> Result<Self> {
        let path = format!("{}/tests/worlds/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let world = World::read(path.as_ref()).map_err(|error| anyhow::anyhow!("{error}"))?;
        Self::start(world, Options::default())
    }

    /// Starts the scenario's world after a change of its text.
    pub(crate) fn changed(scenario: &str, change: impl FnOnce(&str) -> String) -> Result<Self> {
        let text = ses_lab::scenario(scenario).with_context(|| format!("scenario {scenario}"))?;
        let world = World::parse(scenario, &change(text)).map_err(|error| anyhow::anyhow!("{error}"))?;
        Self::start(world, Options::default())
    }

    /// Starts it with so much added to every call and reply.
    pub(crate) fn slow(scenario: &str, latency: Duration) -> Result<Self> {
        Self::with(scenario, Options::with_latency(latency))
    }

    /// Starts it with some AWS calls denied to everybody.
    pub(crate) fn denying(scenario: &str, calls: &[&str]) -> Result<Self> {
        let mut world = world(scenario)?;
        world.faults.denied = calls.iter().map(|call| (*call).to_owned()).collect();
        Self::start(world, Options::default())
    }

    /// Starts a world of the test's own making.
    pub(crate) fn serving(world: World) -> Result<Self> {
        Self::start(world, Options::default())
    }

    fn with(scenario: &str, options: Options) -> Result<Self> {
        Self::start(world(scenario)?, options)
    }

    /// Starts a world of the test's own.
    pub(crate) fn start(world: World, options: Options) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let lab = runtime
            .block_on(Lab::start(world, options))
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Self {
            runtime,
            lab: Some(lab),
        })
    }

    /// The lab.
    pub(crate) fn lab(&self) -> &Lab {
        self.lab.as_ref().expect("it runs until it is dropped")
    }

    /// `ses-doctor diagnose` as the person of this world calls it.
    pub(crate) fn diagnose(&self) -> Command {
        let mut command = ses_doctor();
        command
            .envs(self.lab().environment())
            .arg("diagnose")
            .args(self.lab().diagnose_arguments());
        command
    }

    /// Everything that must appear nowhere.
    pub(crate) fn canaries(&self) -> Vec<String> {
        let keys = self
            .lab()
            .world()
            .account
            .iter()
            .flat_map(ses_lab::world::Account::keys);
        let mut canaries: Vec<String> = keys.map(|key| key.secret.expose().to_owned()).collect();
        let stored = self
            .lab()
            .stored_values()
            .into_iter()
            .chain(self.lab().stored_passwords());
        canaries.extend(stored.map(|value| value.expose_secret().to_owned()));
        for secret in self.lab().made_secrets() {
            let region = &self.lab().world().client.region;
            let password = ses_smtp::credential::smtp_password(&secret, region);
            canaries.extend([secret, password].map(|secret| secret.expose_secret().to_owned()));
        }
        canaries.push(self.lab().client_password().expose_secret().to_owned());
        // Shorter ones are masks and placeholders, not secrets.
        canaries.retain(|canary| canary.trim().len() >= 16);
        canaries
    }
}

impl Drop for RunningLab {
    fn drop(&mut self) {
        if let Some(lab) = self.lab.take() {
            self.runtime.block_on(lab.stop());
        }
    }
}

/// The scenario's world.
pub(crate) fn world(scenario: &str) -> Result<World> {
    let text = ses_lab::scenario(scenario).with_context(|| format!("scenario {scenario}"))?;
    World::parse(scenario, text).map_err(|error| anyhow::anyhow!("{scenario}: {error}"))
}

/// Runs `each` for every scenario, several at a time, and gathers what it complains of.
pub(crate) fn for_every_scenario(each: impl Fn(&str) -> Result<Vec<String>> + Sync) -> Vec<String> {
    let names: Vec<&str> = ses_lab::scenarios().iter().map(|(name, _)| *name).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let complaints = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let found = each(name).unwrap_or_else(|error| vec![format!("{error:#}")]);
                    let found = found.into_iter().map(|complaint| format!("{name}: {complaint}"));
                    complaints
                        .lock()
                        .expect("no thread panics while it holds this")
                        .extend(found);
                }
            });
        }
    });
    let mut complaints = complaints.into_inner().expect("all threads have ended");
    complaints.sort();
    complaints
}
