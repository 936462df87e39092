//! `trail scan`: the contract with scripts, and what a person sees, also of what is damaged.

use crate::program::{Run, ses_doctor};
use anyhow::Result;
use flate2::write::GzEncoder;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

fn event(time: &str, action: &str, key: &str, error: Option<&str>) -> Value {
    json!({
        "eventVersion": "1.08", "eventTime": time, "eventSource": "ses.amazonaws.com", "eventName": action,
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.7", "errorCode": error, "eventID": format!("{action}-{time}"),
        "userIdentity": {"type": "IAMUser", "userName": "mailer", "accessKeyId": key},
    })
}

fn packed(text: &str) -> Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes())?;
    Ok(packer.finish()?)
}

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const OTHER_KEY: &str = "AKIAI44QH8DHBEXAMPLE";
const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";

/// Two files as CloudTrail delivers them, and one of JSON lines.
fn archive() -> Result<(tempfile::TempDir, Vec<String>)> {
    let folder = tempfile::tempdir()?;
    let events = [
        event("2026-03-04T05:01:00Z", "GetAccount", KEY, None),
        event("2026-03-04T05:03:00Z", "SendEmail", KEY, Some("AccessDenied")),
        event(
            "2026-03-04T05:02:00Z",
            "SendEmail",
            OTHER_KEY,
            Some("AccessDenied"),
        ),
        event(
            "2026-03-04T05:04:00Z",
            "GetSendQuota",
            OTHER_KEY,
            Some("Throttling"),
        ),
    ]
    .map(|event| event.to_string());
    let [first, second, third, fourth] = &events;
    let day = folder
        .path()
        .join("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04");
    fs::create_dir_all(&day)?;
    let name = |end| {
        day.join(format!(
            "111122223333_CloudTrail_eu-west-1_20260304T0505Z_{end}.json.gz"
        ))
    };
    fs::write(name("a"), packed(&format!("{{\"Records\":[{first},{second}]}}"))?)?;
    fs::write(name("b"), packed(&format!("{{\"Records\":[{third}]}}"))?)?;
    fs::write(folder.path().join("more.jsonl"), format!("{fourth}\n"))?;
    Ok((folder, events.to_vec()))
}

fn scan(paths: &[&Path], options: &[&str]) -> Result<Run> {
    Run::of(ses_doctor().args(["trail", "scan"]).args(paths).args(options))
}

#[test]
fn records_come_out_unchanged_newest_first_and_filters_combine() -> Result<()> {
    let (folder, events) = archive()?;
    let json = ["--output", "json"];
    let expect = |options: &[&str], wanted: &[usize]| -> Result<()> {
        let run = scan(&[folder.path()], &[&json, options].concat())?;
        let wanted: String = wanted
            .iter()
            .map(|index| format!("{}\n", events[*index]))
            .collect();
        assert_eq!((run.stdout, run.code), (wanted, 0), "{options:?}");
        Ok(())
    };
    expect(&[], &[3, 1, 2, 0])?;
    expect(&["--access-key", KEY], &[1, 0])?;
    expect(
        &[
            "--access-key",
            KEY,
            "--access-key",
            OTHER_KEY,
            "--error-code",
            "AccessDenied",
        ],
        &[1, 2],
    )?;
    expect(&["--event-source", "ses", "--action", "Get*"], &[3, 0])?;
    expect(
        &[
            "--since",
            "2026-03-04T05:02:00Z",
            "--until",
            "2026-03-04T05:04:00Z",
        ],
        &[1, 2],
    )?;
    expect(&["--region", "us-east-1"], &[])?;
    expect(
        &[
            "--source-ip",
            "203.0.113.0/24",
            "--user",
            "mailer",
            "--text",
            "Throttl",
        ],
        &[3],
    )?;
    expect(&["--request-id", "GetAccount-2026-03-04T05:01:00Z"], &[0])
}

#[test]
fn records_over_several_lines_are_put_on_one_or_given_byte_for_byte() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let spread = |time: &str| -> Result<String> {
        let text = serde_json::to_string_pretty(&event(time, "GetAccount", KEY, None))?;
        Ok(text.replacen('\n', "\r\n", 1))
    };
    let (first, second) = (spread("2026-03-04T05:01:00Z")?, spread("2026-03-04T05:02:00Z")?);
    fs::write(
        folder.path().join("a.json"),
        format!("{{\"Records\": [\n{first},\n{second}]}}"),
    )?;
    let one_line = |record: &str| record.replace(['\r', '\n'], "");
    let lines = scan(&[folder.path()], &["-o", "json"])?.stdout;
    assert_eq!(lines, format!("{}\n{}\n", one_line(&second), one_line(&first)));

    let file = scan(&[folder.path()], &["-o", "records"])?.stdout;
    assert_eq!(file, format!("{{\"Records\":[{second},{first}]}}\n"));
    fs::write(folder.path().join("a.json"), &file)?;
    assert_eq!(scan(&[folder.path()], &["-o", "records"])?.stdout, file);
    let none = scan(&[folder.path()], &["-o", "records", "--action", "None"])?;
    assert_eq!((none.stdout.as_str(), none.code), ("{\"Records\":[]}\n", 0));
    Ok(())
}

#[test]
fn a_check_tells_damage_that_no_filter_comes_upon() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sound = event("2026-03-04T05:01:00Z", "GetAccount", KEY, None).to_string();
    let damaged = sound.replace("\"eventID\"", "eventID").replace(KEY, OTHER_KEY);
    let text = format!("{{\"Records\":[{damaged},{sound}]}}");
    fs::write(folder.path().join("a.json.gz"), packed(&text)?)?;
    let asked = ["-o", "json", "--access-key", KEY];
    let quick = scan(&[folder.path()], &asked)?;
    let checked = scan(&[folder.path()], &[&asked[..], &["--check"]].concat())?;
    assert_eq!((quick.code, checked.code), (0, 3));
    assert_eq!(quick.stdout, checked.stdout);
    assert!(
        checked.stderr.contains("the record at byte 12 cannot be read"),
        "{}",
        checked.stderr
    );
    Ok(())
}

#[test]
fn patterns_and_standard_input_are_read() -> Result<()> {
    let (folder, events) = archive()?;
    let pattern = folder.path().join("AWSLogs/*/CloudTrail/*/2026/*/*/*_b.json.gz");
    assert_eq!(
        scan(&[&pattern], &["-o", "json"])?.stdout,
        format!("{}\n", events[2])
    );
    let mut child = ses_doctor()
        .args(["trail", "scan", "-", "-o", "json", "--as-found"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&packed(&format!("{{\"Records\":[{}]}}", events[0]))?)?;
    input.write_all(&packed(&format!("{{\"Records\":[{}]}}", events[1]))?)?;
    drop(input);
    let output = child.wait_with_output()?;
    assert_eq!(
        String::from_utf8(output.stdout)?,
        format!("{}\n{}\n", events[0], events[1])
    );
    Ok(())
}

#[test]
fn a_table_is_for_people_and_csv_for_spreadsheets() -> Result<()> {
    let (folder, _) = archive()?;
    assert_snapshot!(scan(&[folder.path()], &[])?.stdout, @r"
    TIME                  REGION          ACTION                              ERROR                   FROM              WHO
    2026-03-04T05:04:00Z  eu-west-1       ses:GetSendQuota                    Throttling              203.0.113.7       mailer (AKIAI44QH8DHBEXAMPLE)
    2026-03-04T05:03:00Z  eu-west-1       ses:SendEmail                       AccessDenied            203.0.113.7       mailer (AKIAIOSFODNN7EXAMPLE)
    2026-03-04T05:02:00Z  eu-west-1       ses:SendEmail                       AccessDenied            203.0.113.7       mailer (AKIAI44QH8DHBEXAMPLE)
    2026-03-04T05:01:00Z  eu-west-1       ses:GetAccount                      -                       203.0.113.7       mailer (AKIAIOSFODNN7EXAMPLE)
    ");
    assert_snapshot!(scan(&[folder.path()], &["-o", "csv"])?.stdout, @r"
    eventTime,awsRegion,eventSource,eventName,errorCode,userIdentity,accessKeyId,sourceIPAddress,requestID,eventID
    2026-03-04T05:04:00Z,eu-west-1,ses.amazonaws.com,GetSendQuota,Throttling,mailer,AKIAI44QH8DHBEXAMPLE,203.0.113.7,,GetSendQuota-2026-03-04T05:04:00Z
    2026-03-04T05:03:00Z,eu-west-1,ses.amazonaws.com,SendEmail,AccessDenied,mailer,AKIAIOSFODNN7EXAMPLE,203.0.113.7,,SendEmail-2026-03-04T05:03:00Z
    2026-03-04T05:02:00Z,eu-west-1,ses.amazonaws.com,SendEmail,AccessDenied,mailer,AKIAI44QH8DHBEXAMPLE,203.0.113.7,,SendEmail-2026-03-04T05:02:00Z
    2026-03-04T05:01:00Z,eu-west-1,ses.amazonaws.com,GetAccount,,mailer,AKIAIOSFODNN7EXAMPLE,203.0.113.7,,GetAccount-2026-03-04T05:01:00Z
    ");
    Ok(())
}

#[test]
fn what_is_damaged_is_told_and_the_rest_goes_on() -> Result<()> {
    let (folder, events) = archive()?;
    let whole = packed(&format!("{{\"Records\":[{}]}}", events[0]))?;
    fs::write(folder.path().join("cut.json.gz"), &whole[..whole.len() - 9])?;
    fs::write(folder.path().join("wrong.json"), "{\"Records\":[{\"a\":1}")?;
    fs::write(
        folder.path().join("lines.json"),
        format!("{}\n{{broken\n{}\n", events[0], events[1]),
    )?;
    let mut command = ses_doctor();
    command.args(["trail", "scan", ".", "-o", "json", "--threads", "1"]);
    let run = Run::of(command.current_dir(folder.path()))?;
    assert_eq!((run.stdout.lines().count(), run.code), (6, 3));
    assert_snapshot!(run.stderr, @r"
      ⚠ ./cut.json.gz: it cannot be unpacked: incomplete deflate stream; skipped
      help: get it again from where it came; `aws cloudtrail validate-logs` tells
            whether the one in S3 is sound
      ⚠ ./lines.json: the record at byte 326 cannot be read: it is no whole JSON
      │ object
      help: look at the place; a line of a file that is being written may be whole
            by now
      ⚠ ./wrong.json: it is no whole CloudTrail file: its list of records is not
      │ closed; skipped
      help: get it again from where it came, or leave it out; text before the
            place may be read by other means
    6 events in 4 files (2.33 KiB); 2 damaged files skipped; 1 record unreadable
    ");
    let quiet = scan(&[folder.path()], &["-o", "json", "--quiet"])?;
    assert!(quiet.stderr.contains("cut.json.gz") && !quiet.stderr.contains("events in"));
    Ok(())
}

#[test]
fn no_name_in_an_event_or_of_a_file_makes_a_line_of_its_own() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let forged = event("2026-03-04T05:01:00Z", "Get\nSend\u{202e}\u{1b}[2J\tX", KEY, None);
    fs::write(folder.path().join("a.json"), forged.to_string())?;
    fs::write(folder.path().join("b\n0 events in.json"), "{")?;
    let run = scan(&[folder.path()], &[])?;
    assert_eq!((run.stdout.lines().count(), run.code), (2, 3), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("ses:Get\u{fffd}Send\u{fffd}\u{fffd}[2J\u{fffd}X"),
        "{}",
        run.stdout
    );
    assert!(!run.stderr.contains("\n0 events"), "{}", run.stderr);
    Ok(())
}

#[test]
fn of_many_damaged_files_ten_are_named_and_all_are_written_when_asked_for() -> Result<()> {
    let (folder, events) = archive()?;
    for number in 10..25 {
        fs::write(folder.path().join(format!("{number}.json")), "{\"Records\":[")?;
    }
    fs::write(
        folder.path().join("lines.json"),
        format!("{}\n{{broken\n", events[0]),
    )?;
    let told = folder.path().join("not-read");
    let told = told.to_string_lossy();
    let run = scan(&[folder.path()], &["-o", "json", "--not-read", &told])?;
    assert_eq!((run.stdout.lines().count(), run.code), (5, 3));
    assert_eq!(run.stderr.matches("not closed").count(), 10);
    assert!(
        run.stderr
            .contains("not named here: 5 more damaged files skipped\n  help: -v names every one"),
        "{}",
        run.stderr
    );
    let lines: Vec<Value> = fs::read_to_string(&*told)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let of = |loss: &str| lines.iter().filter(|line| line["loss"] == loss).count();
    assert_eq!((lines.len(), of("damaged"), of("records")), (17, 15, 1));
    let counts = &lines[16]["summary"];
    assert_eq!(
        (&counts["damaged"], &counts["denied"], &counts["records"]),
        (&json!(15), &json!(0), &json!(1))
    );
    let all = scan(&[folder.path()], &["-o", "json", "-v"])?;
    assert_eq!(all.stderr.matches("not closed").count(), 15);
    assert!(!all.stderr.contains("not named here"));
    Ok(())
}

#[test]
fn nothing_to_read_is_not_nothing_found() -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("notes.txt"), "")?;
    let none = scan(&[folder.path()], &[])?;
    assert_eq!((none.code, none.stdout.as_str()), (4, ""));
    assert!(none.stderr.contains("no CloudTrail file"), "{}", none.stderr);
    assert_eq!(scan(&[&folder.path().join("absent")], &[])?.code, 4);
    assert_eq!(scan(&[&folder.path().join("*.json")], &[])?.code, 2);
    let twice = scan(&[folder.path()], &["--not-read", "same", "--output-file", "same"])?;
    assert_eq!(twice.code, 2, "{}", twice.stderr);
    for wrong in [
        ["--source-ip", "203.0.113.0/33"],
        ["--since", "yesterday"],
        ["--memory", "1"],
    ] {
        assert_eq!(scan(&[folder.path()], &wrong)?.code, 2, "{wrong:?}");
    }
    Ok(())
}

#[test]
fn whoever_has_read_enough_may_go() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let line = event("2026-03-04T05:01:00Z", "GetAccount", KEY, None).to_string();
    fs::write(folder.path().join("a.json"), format!("{line}\n").repeat(2000))?;
    let mut child = ses_doctor()
        .args(["trail", "scan", "-o", "json"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output()?;
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), b"".as_slice())
    );
    Ok(())
}

#[test]
fn a_diagnosis_reads_what_was_done_to_the_key_half_a_year_ago() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut deleted = event("2025-03-04T05:01:00Z", "DeleteAccessKey", OTHER_KEY, None);
    deleted["eventSource"] = json!("iam.amazonaws.com");
    deleted["requestParameters"] = json!({"userName": "mailer", "accessKeyId": KEY});
    let used = event("2025-03-03T05:01:00Z", "SendEmail", KEY, Some("AccessDenied"));
    fs::write(folder.path().join("a.json"), format!("{deleted}\n{used}\n"))?;
    let diagnose = |more: &[&str]| -> Result<Run> {
        let mut command = ses_doctor();
        command.args([
            "diagnose",
            "--offline",
            "--host",
            "email-smtp.eu-west-1.amazonaws.com",
            "--username",
            KEY,
        ]);
        command.args([
            "--error",
            "535 Authentication Credentials Invalid",
            "--password-env",
            "PASSWORD",
        ]);
        Run::of(command.env("PASSWORD", PASSWORD).args(more))
    };
    let trail = folder.path().to_string_lossy().into_owned();
    let report = diagnose(&["--trail", &trail, "-o", "json"])?.report()?;
    assert_eq!(report["findings"][0]["cause"], "key-deleted", "{report:#}");
    assert!(
        report["findings"][0]["because"]
            .to_string()
            .contains("cloudtrail.archived-events")
    );
    let text = diagnose(&["--trail", &trail])?;
    for told in [
        "DeleteAccessKey",
        "a call with the key was refused: ses:SendEmail AccessDenied",
    ] {
        assert!(text.stdout.replace("\n", " ").contains(told), "{}", text.stdout);
    }
    let without = diagnose(&["-o", "json"])?.report()?;
    assert_ne!(without["findings"][0]["cause"], "key-deleted");
    Ok(())
}
