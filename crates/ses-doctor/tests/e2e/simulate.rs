//! `policy simulate`: one line in, one line out, at once; exit codes for CI; and what a person reads.

use crate::program::{Run, ses_doctor};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// A user whose policies are these statements asks to send.
fn request(statements: &Value) -> Value {
    json!({
        "principal": "arn:aws:iam::111122223333:user/app",
        "action": "ses:SendRawEmail",
        "resource": "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
        "unknown_context": ["ses:FromAddress"],
        "identity_policies": [{ "name": "send", "document": { "Version": "2012-10-17", "Statement": statements } }],
    })
}

fn allow(condition: &Value) -> Value {
    json!({ "Sid": "Send", "Effect": "Allow", "Action": "ses:Send*", "Resource": "*", "Condition": condition })
}

#[test]
fn a_program_can_converse_with_it_and_stays_in_step() -> Result<()> {
    let mut child = ses_doctor()
        .args(["policy", "simulate", "--output", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut asks = child.stdin.take().context("standard input")?;
    let mut answers = BufReader::new(child.stdout.take().context("standard output")?);
    let mut ask = |line: &str| -> Result<Value> {
        writeln!(asks, "{line}")?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        Ok(serde_json::from_str(&answer)?)
    };
    let allowed = ask(&request(&allow(&json!({}))).to_string())?;
    assert_eq!(allowed["decision"], "allowed");
    assert_eq!(allowed["decided_by"]["statement"], "Send");
    let bad = ask("{\"principal\": 7}")?;
    assert!(
        bad["error"]
            .as_str()
            .unwrap_or_default()
            .contains("expected a string"),
        "{bad}"
    );
    assert_eq!(bad["line"], 2);
    let denied = ask(&request(&json!([])).to_string())?;
    assert_eq!(denied["decision"], "implicit-deny");
    drop(asks);
    let output = child.wait_with_output()?;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr)?.starts_with("-:2:"));
    Ok(())
}

#[test]
fn an_expectation_decides_the_exit_code() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, statements: &Value| -> Result<String> {
        let path = folder.path().join(name);
        std::fs::write(&path, serde_json::to_string_pretty(&request(statements))?)?;
        Ok(path.display().to_string())
    };
    let allowed = write("allowed", &allow(&json!({})))?;
    let denied = write("denied", &json!([]))?;
    let open = write(
        "open",
        &allow(&json!({ "StringEquals": { "ses:FromAddress": "a@example.com" } })),
    )?;
    for (expected, files, code) in [
        ("allowed", vec![&allowed], 0),
        ("allowed", vec![&allowed, &denied], 1),
        ("allowed", vec![&open], 3),
        ("explicit-deny", vec![&open], 1),
        ("undetermined", vec![&open], 0),
        ("denied", vec![&denied], 0),
        ("explicit-deny", vec![&denied], 1),
    ] {
        let run = Run::of(
            ses_doctor()
                .args(["policy", "simulate", "--expect", expected])
                .args(&files),
        )?;
        assert_eq!(run.code, code, "{expected} {files:?}: {}", run.stderr);
    }
    Ok(())
}

#[test]
fn a_document_that_is_wrong_is_shown_with_a_pointer() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let statements = json!({ "effect": "Allow", "Action": "ses:*", "Resource": "*" });
    std::fs::write(
        folder.path().join("request.json"),
        request(&statements).to_string(),
    )?;
    let run = Run::of(
        ses_doctor()
            .current_dir(folder.path())
            .args(["policy", "simulate", "request.json"]),
    )?;
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(run.stderr);
    Ok(())
}

#[test]
fn a_person_reads_what_decided_and_what_took_part() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let statements = json!([allow(&json!({})), { "Effect": "Deny", "Action": "ses:*", "Resource": "*" }]);
    let text = serde_json::to_string_pretty(&request(&statements))?;
    std::fs::write(folder.path().join("request.json"), text)?;
    let run = Run::of(
        ses_doctor()
            .current_dir(folder.path())
            .args(["policy", "simulate", "request.json"]),
    )?;
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout);
    Ok(())
}
