//! What is too new is waited for, is said to be, and stands in the evidence.

use crate::program::{Run, RunningLab, world};
use anyhow::Result;
use ses_lab::world::{PropagationError, When};
use ses_lab::{Options, World};

/// A key that SES takes so many seconds after the start, when it is `age` old.
fn new_key(age: i64, healed_after: i64) -> Result<World> {
    let mut world = world("healthy-new-key")?;
    let key = world.account[0].user[0].key.first_mut().unwrap();
    key.created = When::try_from(format!("-{age}s")).unwrap();
    world.smtp[0].propagation_seconds = age + healed_after;
    Ok(world)
}

fn exhibit(report: &serde_json::Value, id: &str) -> serde_json::Value {
    let all = report["evidence"].as_array().cloned().unwrap_or_default();
    all.into_iter()
        .find(|exhibit| exhibit["id"] == id)
        .unwrap_or_default()
}

#[test]
fn a_new_key_is_waited_for_until_ses_takes_it() -> Result<()> {
    let lab = RunningLab::start(new_key(60, 6)?, Options::default())?;
    let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
    let report = run.report()?;
    assert_eq!(
        (run.code, &report["outcome"]),
        (0, &"healthy".into()),
        "{report:#}"
    );
    assert!(run.stderr.contains("trying again for up to"), "{}", run.stderr);
    let waited = &exhibit(&report, "smtp.probe")["waited"];
    assert!(
        waited["tries"].as_u64() >= Some(1) && waited["waited_ms"].as_u64() >= Some(900),
        "{waited}"
    );
    assert!(
        waited["first_answer"]
            .as_str()
            .unwrap_or_default()
            .contains("535"),
        "{waited}"
    );
    Ok(())
}

#[test]
fn a_login_that_works_in_the_end_explains_what_the_client_logged() -> Result<()> {
    let mut world = new_key(60, 6)?;
    world.client.error = Some("535 Authentication Credentials Invalid".to_owned());
    let lab = RunningLab::start(world, Options::default())?;
    let report = Run::of(lab.diagnose().args(["--output", "json"]))?.report()?;
    let first = &report["findings"][0];
    assert_eq!(first["cause"], "key-not-propagated", "{report:#}");
    assert_eq!(first["verdict"], "confirmed", "{report:#}");
    Ok(())
}

#[test]
fn nobody_waits_with_no_wait_or_beyond_the_deadline() -> Result<()> {
    for options in [&["--no-wait"][..], &["--deadline", "5"]] {
        let lab = RunningLab::start(new_key(10, 100)?, Options::default())?;
        let begun = std::time::Instant::now();
        let run = Run::of(lab.diagnose().args(["--output", "json"]).args(options))?;
        assert!(begun.elapsed().as_secs() < 60, "{options:?}");
        assert_eq!(
            run.report()?["outcome"],
            "cause-found",
            "{options:?}: {}",
            run.stdout
        );
        assert_eq!(
            run.stderr.contains("trying again"),
            options.len() == 2,
            "{}",
            run.stderr
        );
    }
    Ok(())
}

#[test]
fn a_new_session_is_waited_for_until_aws_knows_it() -> Result<()> {
    for error in [PropagationError::UnknownKey, PropagationError::Denied] {
        let mut world = world("healthy-fresh-session")?;
        let operator = world.operator.as_mut().unwrap();
        operator.propagation_seconds = 6.0;
        operator.propagation_error = error;
        let lab = RunningLab::start(world, Options::default())?;
        let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
        let report = run.report()?;
        let keys = exhibit(&report, "iam.access-keys");
        assert!(keys["value"]["keys"].is_array(), "{error:?}: {keys}");
        let owner = exhibit(&report, "iam.access-key-last-used");
        assert!(owner["waited"]["tries"].as_u64() >= Some(1), "{error:?}: {owner}");
        assert!(run.stderr.contains("which may be too new"), "{}", run.stderr);
        assert!(report["missing_permissions"].is_null(), "{report:#}");
    }
    Ok(())
}
