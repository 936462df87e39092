//! Experiments against the lab: each factor is found where it decides, within the budget that the lab counts too.

use crate::program::{Run, RunningLab};
use anyhow::Result;
use serde_json::Value;
use std::time::Duration;

const FAST: [&str; 3] = ["--experiment", "--experiment-pace-ms", "50"];

/// The report of a world with an experiment, and the logins that the lab saw.
fn experiment(lab: &RunningLab, more: &[&str]) -> Result<(Value, Run, usize)> {
    let mut command = lab.diagnose();
    if !lab.lab().world().client.experiment {
        command.args(FAST);
    }
    let run = Run::of(command.args(["--output", "json"]).args(more))?;
    let report = run.report()?;
    Ok((report, run, lab.lab().logins().len()))
}

#[test]
fn each_factor_is_found_where_it_decides() -> Result<()> {
    // World, factor, first cause, logins beside the probe's at most.
    let worlds: [(&str, &str, &str, usize, &[&str]); 10] = [
        ("port-blocked-one-address", "address", "port-blocked", 0, &[]),
        ("port-blocked-ipv6", "address-family", "port-blocked", 0, &[]),
        (
            "tls-intercepted-one-address",
            "address",
            "tls-intercepted",
            0,
            &[],
        ),
        ("dns-failure-stale-address", "address", "dns-failure", 0, &[]),
        (
            "connection-limit-under-load",
            "concurrency",
            "connection-limit",
            0,
            &[],
        ),
        ("idle-timeout-on-the-way", "session", "idle-timeout", 0, &[]),
        (
            "auth-mechanism-unsupported-login-only",
            "mechanism",
            "auth-mechanism-unsupported",
            7,
            &[],
        ),
        ("port-blocked", "port", "port-blocked", 0, &[]),
        ("tls-wrapper-mismatch", "tls-mode", "tls-wrapper-mismatch", 0, &[]),
        (
            "wrong-region-password",
            "region",
            "wrong-region-password",
            7,
            &["--no-region-sweep"],
        ),
    ];
    let complaints = std::thread::scope(|scope| {
        let each = worlds.map(|(name, factor, cause, logins, more)| {
            scope.spawn(move || -> Result<Option<String>> {
                let lab = RunningLab::of(name)?;
                let (report, _, seen) = experiment(&lab, more)?;
                let found = &report["experiment"];
                let right = found["conclusion"] == "flips"
                    && found["factor"] == factor
                    && report["findings"][0]["cause"] == cause
                    && found["chance"].as_f64().is_some_and(|chance| chance < 0.05 / 3.0)
                    && seen <= logins + 1;
                Ok((!right).then(|| format!("{name}: {seen} logins, {found:#}")))
            })
        });
        let joined = each.map(|thread| thread.join().expect("no world panics"));
        joined.into_iter().collect::<Result<Vec<_>>>()
    })?;
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

#[test]
fn a_world_in_order_shows_no_difference_and_stays_healthy() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let (report, run, seen) = experiment(&lab, &["--experiment-logins", "6"])?;
    let found = &report["experiment"];
    assert_eq!((&report["outcome"], run.code), (&Value::from("healthy"), 0));
    assert_eq!(found["conclusion"], "no-difference", "{found:#}");
    let spent = found["logins"]
        .as_u64()
        .and_then(|spent| usize::try_from(spent).ok());
    assert_eq!(
        spent.map(|spent| spent + 1),
        Some(seen),
        "what the report says is what the lab saw"
    );
    assert!(seen <= 7, "{seen}");
    let times: Vec<_> = lab.lab().logins().iter().map(|login| login.at).collect();
    for pair in times.windows(2) {
        assert!(
            pair[1] - pair[0] >= Duration::from_millis(50),
            "{:?}",
            pair[1] - pair[0]
        );
    }
    Ok(())
}

#[test]
fn a_proven_cause_is_worth_no_login() -> Result<()> {
    let lab = RunningLab::of("key-inactive")?;
    let (report, ..) = experiment(&lab, &[])?;
    let found = &report["experiment"];
    assert_eq!(
        (&found["proven"], &found["logins"]),
        (&Value::from("key-inactive"), &Value::from(0))
    );
    Ok(())
}

#[test]
fn a_fault_that_comes_and_goes_is_called_that_and_no_secret_is_told() -> Result<()> {
    let lab = RunningLab::of_world("comes-and-goes")?;
    let (report, run, _) = experiment(&lab, &[])?;
    let found = &report["experiment"];
    assert_eq!((&report["outcome"], run.code), (&Value::from("inconclusive"), 3));
    assert_eq!(found["conclusion"], "intermittent", "{found:#}");
    assert!(found["more"].as_u64().is_some_and(|more| more > 10), "{found:#}");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0));
    let text = Run::of(lab.diagnose().args(["-vvv", "--experiment-logins", "3"]))?;
    for canary in lab.canaries() {
        for output in [&run.stdout, &run.stderr, &text.stdout, &text.stderr] {
            assert!(!output.contains(&canary), "a secret in the output");
        }
    }
    Ok(())
}

#[test]
fn a_difference_without_a_cause_stands_by_itself() -> Result<()> {
    let lab = RunningLab::of_world("one-address-refuses-logins")?;
    let (report, run, seen) = experiment(&lab, &[])?;
    let headline = report["headline"].as_str().unwrap_or_default();
    assert!(
        headline.starts_with("The difference is the address"),
        "{headline}"
    );
    assert_eq!(
        (run.code, &report["experiment"]["fails"]),
        (3, &Value::from(vec!["127.0.0.3"]))
    );
    assert!(seen <= 11, "{seen}");
    Ok(())
}

#[test]
fn the_deadline_leaves_what_is_known() -> Result<()> {
    let lab = RunningLab::of("idle-timeout-on-the-way")?;
    let (report, ..) = experiment(&lab, &["--deadline", "4"])?;
    let found = &report["experiment"];
    assert_eq!(
        (&report["interrupted"], &found["stopped"]),
        (&Value::from(true), &Value::from("deadline"))
    );
    assert!(
        found["trials"].as_array().is_some_and(|trials| trials.len() > 2),
        "{found:#}"
    );
    assert_ne!(found["conclusion"], "flips", "two trials settle nothing");
    Ok(())
}

#[test]
fn an_experiment_is_shown_as_a_table() -> Result<()> {
    let lab = RunningLab::of("auth-mechanism-unsupported-login-only")?;
    let run = Run::of(&mut lab.diagnose())?;
    let section = run.stdout.split("\nExperiment\n").nth(1).unwrap_or_default();
    let section = section.split("\n\n").next().unwrap_or_default();
    insta::assert_snapshot!(section);
    Ok(())
}

#[test]
fn limits_without_an_experiment_are_a_mistake() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let run = Run::of(lab.diagnose().args(["--experiment-logins", "3"]))?;
    assert_eq!(run.code, 2, "{}", run.stderr);
    let run = Run::of(lab.diagnose().args(["--experiment", "--offline"]))?;
    assert_eq!(run.code, 2, "{}", run.stderr);
    Ok(())
}
