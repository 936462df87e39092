//! What changed before it broke: with a client's log, with histories that may not be read, and on the screen.

use crate::program::{Run, RunningLab};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::io::Write;
use std::process::Command;

const DAY: i64 = 24 * 60;

/// A Postfix log in UTC: mail that was taken so many minutes and a half ago, and refusals. The half keeps what a test waits for
/// from turning one minute into another.
fn postfix_log(sent: Option<i64>, refused: &[i64]) -> Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    let head = |minutes: i64| {
        let at = Timestamp::now() - SignedDuration::from_secs(minutes * 60 + 30);
        at.strftime("%b %e %H:%M:%S").to_string()
    };
    let relay = "to=<reader@posthorn.example>, relay=email-smtp.us-east-1.amazonaws.com[198.51.100.23]:587";
    if let Some(minutes) = sent {
        let at = head(minutes);
        writeln!(
            file,
            "{at} mx postfix/smtp[7]: 4T1: {relay}, dsn=2.0.0, status=sent (250 Ok 0107017033dbb64d-be13a01e)"
        )?;
    }
    for minutes in refused {
        let at = head(*minutes);
        writeln!(
            file,
            "{at} mx postfix/smtp[7]: 4T2: {relay}, dsn=4.7.8, status=deferred (SASL authentication failed; server \
             email-smtp.us-east-1.amazonaws.com[198.51.100.23] said: 535 Authentication Credentials Invalid)"
        )?;
    }
    Ok(file)
}

/// The person of this world gives a log in place of the line.
fn with_log(lab: &RunningLab, log: &tempfile::NamedTempFile) -> Command {
    let mut arguments = lab.lab().diagnose_arguments();
    if let Some(at) = arguments.iter().position(|argument| argument == "--error") {
        arguments.drain(at..at + 2);
    }
    let mut command = crate::program::ses_doctor();
    command
        .envs(lab.lab().environment())
        .arg("diagnose")
        .args(arguments);
    command.arg("--log").arg(log.path()).args(["--log-zone", "UTC"]);
    command
}

fn timeline(command: &mut Command) -> Result<Value> {
    Ok(Run::of(command.args(["--output", "json"]))?.report()?["timeline"].clone())
}

fn entry<'a>(timeline: &'a Value, id: &Value) -> &'a Value {
    let mut entries = timeline["entries"].as_array().unwrap().iter();
    entries.find(|entry| entry["id"] == *id).unwrap()
}

#[test]
fn the_log_tells_when_it_broke_and_the_last_change_before_is_blamed() -> Result<()> {
    let lab = RunningLab::of("key-inactive")?;
    let log = postfix_log(Some(302), &[296, 200, 30])?;
    let timeline = timeline(&mut with_log(&lab, &log))?;
    let fault = &timeline["at_fault"][0];
    assert_eq!(
        (&fault["cause"], &fault["verdict"]),
        (&"key-inactive".into(), &"confirmed".into())
    );
    let change = &entry(&timeline, &fault["entry"])["change"];
    assert_eq!(change["event"], "UpdateAccessKey");
    assert_eq!(change["by"]["name"], "user key-janitor");
    assert_eq!(change["from"]["address"], "203.0.113.41");
    assert_eq!(change["from"]["program"], "boto3");
    let why = fault["why"].to_string();
    assert!(
        why.contains("before the first failure in the log") && why.contains("mail was last taken"),
        "{why}"
    );
    assert_eq!(timeline["failed"]["evidence"], "client.log");
    Ok(())
}

#[test]
fn a_failure_that_is_older_than_the_change_clears_it() -> Result<()> {
    let lab = RunningLab::of("key-inactive")?;
    let log = postfix_log(None, &[3 * DAY, 2 * DAY, 30])?;
    let timeline = timeline(&mut with_log(&lab, &log))?;
    assert_eq!(
        timeline["at_fault"],
        serde_json::json!([]),
        "all changes came later"
    );
    assert_eq!(timeline["unexplained"][0]["reason"], "none-fits");
    let entries = timeline["entries"].as_array().unwrap().iter();
    let late = entries.filter(|entry| entry["mark"] == "too-late").count();
    assert!(late >= 2, "{timeline}");
    Ok(())
}

#[test]
fn a_history_that_may_not_be_read_blames_nobody_and_clears_nobody() -> Result<()> {
    let lab = RunningLab::denying("key-inactive", &["cloudtrail:LookupEvents"])?;
    let timeline = timeline(&mut lab.diagnose())?;
    assert_eq!(timeline["at_fault"], serde_json::json!([]));
    assert_eq!(timeline["unexplained"][0]["reason"], "unread");
    assert!(
        timeline["limits"].to_string().contains("could not be read"),
        "{}",
        timeline["limits"]
    );
    Ok(())
}

#[test]
fn as_many_look_ups_are_made_as_the_plan_says() -> Result<()> {
    for (scenario, most) in [
        ("healthy", 2),
        ("wrong-region-password", 2),
        ("key-inactive", 2),
        ("sending-disabled", 3),
        ("explicit-deny", 2),
        ("permission-boundary", 2),
    ] {
        let lab = RunningLab::of(scenario)?;
        let lookups = timeline(&mut lab.diagnose())?["lookups"].as_u64().unwrap();
        assert!(lookups <= most, "{scenario}: {lookups} look-ups");
    }
    Ok(())
}

#[test]
fn a_zone_that_is_none_is_a_usage_error() -> Result<()> {
    let run = Run::of(crate::program::ses_doctor().args([
        "diagnose",
        "--error",
        "535 x",
        "--log-zone",
        "Mars/Olympus",
    ]))?;
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("Europe/Berlin"), "{}", run.stderr);
    Ok(())
}

#[test]
fn the_change_at_fault_reads_well() -> Result<()> {
    // CloudWatch counts by periods of its own, so that its times differ from run to run.
    let lab = RunningLab::denying("key-inactive", &["cloudwatch:GetMetricData"])?;
    let log = postfix_log(Some(302), &[296, 200, 30])?;
    let screen = Run::of(with_log(&lab, &log).arg("-v"))?.stdout;
    let lines = screen
        .lines()
        .skip_while(|line| *line != "What changed before it broke");
    let section: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME");
    settings.add_filter(r"\d+ s ago +", "N s ago  ");
    settings.bind(|| insta::assert_snapshot!("timeline", section.join("\n")));
    Ok(())
}

/// Changes of control policies are recorded in the management account alone: who reads there is told who made them.
#[test]
fn who_moved_the_account_under_a_control_policy_is_named_to_who_reads_the_management_account() -> Result<()> {
    let lab = RunningLab::changed("scp-deny", |text| {
        format!(
            "{}\n[[account]]\nid = \"190447528863\"\n\n[[account.user]]\nname = \"landing-zone\"\n\
             attached = [\"arn:aws:iam::aws:policy/SecurityAudit\"]\n\n[[account.user.key]]\nid = \"@KEY@\"\n\
             secret = \"Uq8sPkd0vJ2nRw5eYtX7cLbM3hGzA1oFiD9KQ4sT\"\n\n[[event]]\nname = \"MoveAccount\"\n\
             source = \"organizations.amazonaws.com\"\naccount = \"190447528863\"\nat = \"-9h\"\n\
             user = \"landing-zone\"\nsource_ip = \"198.51.100.77\"\n\
             request = {{ accountId = \"851602298603\", destinationParentId = \"ou-x\", sourceParentId = \"r-x\" }}\n",
            text.replace("key = \"AKIA4MR3T23VSOVL7X7Q\"", "key = \"@KEY@\"")
        )
        .replace("@KEY@", "AKIASYV4OVOPZUFRMIJM")
    })?;
    let timeline = timeline(&mut lab.diagnose())?;
    let fault = &timeline["at_fault"][0];
    assert_eq!(fault["cause"], "scp-deny", "{timeline:#}");
    let change = &entry(&timeline, &fault["entry"])["change"];
    assert_eq!(change["event"], "MoveAccount");
    assert_eq!(change["by"]["name"], "user landing-zone");
    // The account's own readers are not told, and nobody is blamed.
    let lab = RunningLab::of("scp-deny")?;
    assert_eq!(
        self::timeline(&mut lab.diagnose())?["at_fault"],
        serde_json::json!([])
    );
    Ok(())
}
