//! What speaks against a run, who is told of it, and how it is counted.

use crate::program::{RunningLab, world};
use crate::ward::{APPLY, Ward};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ses_lab::World;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

const SCENARIO: &str = "missing-send-permission";

fn account(world: &World) -> String {
    world.account[0].id.clone()
}

/// Writes a file of settings, and gives the arguments that name it.
fn settings(ward: &Ward, text: &str) -> Result<Vec<String>> {
    let path: PathBuf = ward.folder.path().join("settings.toml");
    std::fs::write(&path, text)?;
    Ok(vec!["--settings".to_owned(), path.display().to_string()])
}

fn applied(ward: &Ward, settings: &[String], more: &[&str]) -> Result<crate::program::Run> {
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    ward.apply(&[APPLY, &settings, more].concat())
}

fn labelled(account: &str, label: &str) -> String {
    format!("[[account]]\nid = \"{account}\"\nlabel = \"{label}\"\n")
}

/// The same world in an account of another number, as a team's sandbox has it.
fn sandbox(world: &World, id: &str) -> Result<World> {
    let text = ses_lab::scenario(SCENARIO).context("no scenario")?;
    let text = text.replace(&account(world), id);
    World::parse("sandbox", &text).map_err(|error| anyhow::anyhow!("{error}"))
}

#[test]
fn production_is_changed_after_the_same_plan_was_carried_out_elsewhere() -> Result<()> {
    let production = world(SCENARIO)?;
    let (own, other) = (account(&production), "444455556666");
    let ward = Ward::of(RunningLab::serving(production.clone())?)?;
    ward.plan(&[])?;
    let text = labelled(&own, "production") + &labelled(other, "sandbox");
    let args = settings(&ward, &text)?;
    let before = ward.world();
    let refused = applied(&ward, &args, &[])?;
    assert_eq!(refused.code, 4, "{}", refused.stdout);
    assert!(
        refused.stderr.contains("--rehearse-in") && ward.world() == before,
        "{}",
        refused.stderr
    );
    for wrong in [own.as_str(), "777788889999"] {
        let run = applied(&ward, &args, &["--rehearse-in", wrong])?;
        assert_eq!(run.code, 4, "{wrong}: {}", run.stderr);
    }
    // The credentials of production rehearse nowhere else.
    assert_eq!(applied(&ward, &args, &["--rehearse-in", other])?.code, 4);

    let there = Ward::of(RunningLab::serving(sandbox(&production, other)?)?)?;
    let elsewhere = |more: &[&str]| {
        let mut command = ward.command(&["apply"]);
        command.envs(there.lab.lab().environment());
        command
            .arg(ward.plan_file())
            .args(&args)
            .args(["--rehearse-in", other])
            .args(more);
        crate::program::Run::of(&mut command)
    };
    let looked = elsewhere(&[])?;
    assert_eq!(looked.code, 0, "{} {}", looked.stdout, looked.stderr);
    assert_eq!(applied(&ward, &args, &[])?.code, 4, "a look is no rehearsal");
    let rehearsed = elsewhere(&["--apply", "--output", "json"])?;
    let report = rehearsed.report()?;
    assert_eq!(report["outcome"], "applied", "{report:#}");
    assert!(
        report["rehearses"].is_string() && report["account"] == other,
        "{report:#}"
    );
    assert!(there.world().contains("SesDoctorSend") && ward.world() == before);

    let report = applied(&ward, &args, &[])?.report()?;
    assert_eq!(report["verification"]["state"], "verified", "{report:#}");
    assert_eq!(report["notes"], serde_json::json!([]), "nothing was set aside");
    Ok(())
}

#[test]
fn a_person_sets_the_guard_of_production_aside_and_the_run_says_so() -> Result<()> {
    let ward = Ward::of(RunningLab::of(SCENARIO)?)?;
    ward.plan(&[])?;
    let args = settings(&ward, &labelled(&account(&world(SCENARIO)?), "production"))?;
    let report = applied(&ward, &args, &["--production"])?.report()?;
    assert_eq!(report["notes"][0]["guard"], "production", "{report:#}");
    let run = report["run"].as_str().context("no run")?;
    let shown = ward.run(&["runs", "show", run])?.stdout;
    assert!(shown.contains("the guard of production was set aside"), "{shown}");
    Ok(())
}

/// A window that is closed now, whenever that is: it is open for one minute, twelve hours from now.
fn closed_window() -> Result<String> {
    let far = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(12);
    let until = far + jiff::SignedDuration::from_mins(1);
    let clock = |at: jiff::Timestamp| at.strftime("%H:%M").to_string();
    Ok(format!(
        "[[window]]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]\nfrom = \"{}\"\nuntil = \"{}\"\nzone = \"UTC\"\n",
        clock(far),
        clock(until)
    ))
}

#[test]
fn outside_of_the_maintenance_windows_a_reason_is_wanted_and_undoing_needs_none() -> Result<()> {
    let ward = Ward::of(RunningLab::of(SCENARIO)?)?;
    let before = ward.world();
    ward.plan(&[])?;
    let args = settings(&ward, &closed_window()?)?;
    let refused = applied(&ward, &args, &[])?;
    assert_eq!(
        (refused.code, ward.world() == before),
        (4, true),
        "{}",
        refused.stdout
    );
    assert!(
        refused.stderr.contains("outside of every maintenance window"),
        "{}",
        refused.stderr
    );
    assert_eq!(applied(&ward, &args, &["--override-window", " "])?.code, 2);
    let report = applied(&ward, &args, &["--override-window", "the shop is down"])?.report()?;
    assert_eq!(report["notes"][0]["reason"], "the shop is down", "{report:#}");
    let again = applied(&ward, &args, &[])?;
    assert_eq!(
        again.report()?["outcome"],
        "applied",
        "what is done is said to be so at any time"
    );
    let run = report["run"].as_str().context("no run")?;
    let undone = ward.run(&["rollback", run, "--apply", &args[0], &args[1]])?;
    assert_eq!(
        (undone.code, ward.world() == before),
        (0, true),
        "{}",
        undone.stderr
    );
    let elsewhere = settings(&ward, &(closed_window()? + "label = \"production\"\n"))?;
    assert_eq!(
        applied(&ward, &elsewhere, &[])?.code,
        0,
        "the window is another label's"
    );
    Ok(())
}

#[test]
fn the_same_cause_fixed_again_and_again_trips_the_breaker() -> Result<()> {
    let ward = Ward::of(RunningLab::of("sending-disabled")?)?;
    let args = settings(&ward, "[breaker]\nfixes = 2\nhours = 1\n")?;
    ward.plan(&[])?;
    for _ in 0..2 {
        let run = applied(&ward, &args, &[])?;
        assert_eq!(run.code, 0, "{} {}", run.stdout, run.stderr);
        // Somebody switches sending off again after every fix.
        ward.lab.lab().reset_accounts();
    }
    let before = ward.world();
    let refused = applied(&ward, &args, &[])?;
    assert_eq!(
        (refused.code, ward.world() == before),
        (4, true),
        "{}",
        refused.stdout
    );
    assert!(
        refused.stderr.contains("sending-disabled was fixed here 2 times"),
        "{}",
        refused.stderr
    );
    let report = applied(&ward, &args, &["--override-breaker", "the alarm is off now"])?.report()?;
    assert_eq!(report["notes"][0]["guard"], "breaker", "{report:#}");
    assert_eq!(report["automatic"], "no-terminal", "{report:#}");
    ward.lab.lab().reset_accounts();
    let run = applied(&ward, &args, &["--attended"])?;
    assert!(
        run.stderr.contains("came back"),
        "a person is told: {}",
        run.stderr
    );
    let report = run.report()?;
    assert_eq!(
        (run.code, &report["automatic"]),
        (0, &serde_json::Value::Null),
        "{report:#}"
    );
    Ok(())
}

#[test]
fn what_a_person_fixes_again_and_again_trips_nothing() -> Result<()> {
    let ward = Ward::of(RunningLab::of("sending-disabled")?)?;
    let args = settings(&ward, "[breaker]\nfixes = 1\nhours = 1\n")?;
    ward.plan(&[])?;
    for how in ["--attended", "--attended", "--automatic"] {
        let run = applied(&ward, &args, &[how])?;
        assert_eq!(run.code, 0, "{how}: {} {}", run.stdout, run.stderr);
        ward.lab.lab().reset_accounts();
    }
    assert_eq!(applied(&ward, &args, &["--automatic"])?.code, 4);
    assert_eq!(applied(&ward, &args, &["--automatic", "--attended"])?.code, 2);
    Ok(())
}

/// Takes what is posted, and answers each with this status.
fn hook(status: u16) -> Result<(String, Arc<Mutex<Vec<String>>>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/hooks/T0/secret-path", listener.local_addr()?);
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let (mut text, mut buffer) = (String::new(), [0; 4096]);
            // The body is an object, whose end is the end of the request.
            while !text.ends_with('}') {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(read) => text.push_str(&String::from_utf8_lossy(&buffer[..read])),
                }
            }
            kept.lock().unwrap().push(text);
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    Ok((url, taken))
}

fn with_topic(denied: &[&str]) -> Result<(Ward, String)> {
    let mut world = world(SCENARIO)?;
    let topic = format!(
        "arn:aws:sns:{}:{}:mail-team",
        world.client.region,
        account(&world)
    );
    world.topic.push(topic.clone());
    world.faults.denied = denied.iter().map(|call| (*call).to_owned()).collect();
    Ok((Ward::of(RunningLab::serving(world)?)?, topic))
}

#[test]
fn a_topic_and_a_webhook_are_told_before_and_after_and_the_run_is_counted() -> Result<()> {
    let (ward, topic) = with_topic(&[])?;
    ward.plan(&[])?;
    let (url, taken) = hook(204)?;
    let text = format!(
        "metric = true\n[[notice]]\nsns_topic = \"{topic}\"\nrequired = true\n[[notice]]\nwebhook = \"{url}\"\n"
    );
    let args = settings(&ward, &text)?;
    let run = applied(&ward, &args, &[])?;
    let report = run.report()?;
    assert_eq!(
        (run.code, report["notes"].as_array().map(Vec::len)),
        (0, Some(5)),
        "{report:#}"
    );
    let published = ward.lab.lab().published();
    assert_eq!(published.len(), 2);
    assert!(
        published[1].message.contains("Outcome: applied"),
        "{}",
        published[1].message
    );
    let taken = taken.lock().unwrap().clone();
    let last: Value = serde_json::from_str(taken[1].split("\r\n\r\n").nth(1).context("no body")?)?;
    assert_eq!(
        (&last["moment"], &last["outcome"]),
        (&"after".into(), &"applied".into()),
        "{last:#}"
    );
    assert_eq!(last["causes"][0], SCENARIO);
    let counted = ward.lab.lab().metric_data();
    assert_eq!(counted.len(), 3);
    for (datum, first) in [(1, ("By", "automatic")), (2, ("Cause", SCENARIO))] {
        let dimensions = [first, ("Outcome", "applied")];
        let dimensions = dimensions.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(counted[datum].dimensions, dimensions);
    }
    for text in [
        run.stdout,
        run.stderr,
        std::fs::read_to_string(journal(&ward, &report)?)?,
    ] {
        assert!(!text.contains("secret-path"), "{text}");
    }
    Ok(())
}

fn journal(ward: &Ward, report: &Value) -> Result<PathBuf> {
    let run = report["run"].as_str().context("no run")?;
    Ok(ward.state().join("runs").join(run).join("journal.jsonl"))
}

#[test]
fn a_notice_that_fails_is_told_and_one_that_is_required_keeps_the_run_from_beginning() -> Result<()> {
    let (ward, topic) = with_topic(&["sns:Publish", "cloudwatch:PutMetricData"])?;
    let before = ward.world();
    ward.plan(&[])?;
    let (url, _) = hook(500)?;
    let required = settings(
        &ward,
        &format!("[[notice]]\nsns_topic = \"{topic}\"\nrequired = true\n"),
    )?;
    let refused = applied(&ward, &required, &[])?;
    assert_eq!(
        (refused.code, ward.world() == before),
        (4, true),
        "{}",
        refused.stdout
    );
    assert!(
        refused.stderr.contains("told before: the topic"),
        "{}",
        refused.stderr
    );
    assert_eq!(ward.runs()?[0]["outcome"], "abandoned");
    let text = format!("[[notice]]\nsns_topic = \"{topic}\"\n[[notice]]\nwebhook = \"{url}\"\n");
    let optional = settings(&ward, &text)?;
    let run = applied(&ward, &optional, &["--metric"])?;
    let report = run.report()?;
    ensure!(run.code == 0 && report["outcome"] == "applied", "{report:#}");
    let failed = |note: &Value| note["failure"].is_string();
    let notes = report["notes"].as_array().context("no notes")?;
    assert!(notes.len() == 5 && notes.iter().all(failed), "{report:#}");
    Ok(())
}

#[test]
fn a_rehearsal_shows_who_else_uses_what_is_changed_at_this_moment() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ward.plan(&[])?;
    let report = ward.apply(&["--output", "json"])?.report()?;
    let reach = report["steps"][0]["reach"][0].as_str().context("no reach")?;
    assert!(reach.contains("last used at"), "{reach}");
    let denied = Ward::of(RunningLab::denying("sending-disabled", &["iam:*"])?)?;
    denied.plan(&[])?;
    let shown = denied.apply(&[])?.stdout;
    assert!(shown.contains("messages in the last 24 hours"), "{shown}");
    Ok(())
}
