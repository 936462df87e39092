//! Bad input gets a clear message, the right exit code, and never a panic.

use crate::program::{Run, RunningLab, ses_doctor};
use anyhow::Result;

/// Runs, checks the exit code and that all of `words` are in what it said.
fn refused(arguments: &[&str], code: i32, words: &[&str]) -> Result<()> {
    let run = Run::of(ses_doctor().env("COLUMNS", "200").args(arguments))?;
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(run.code, code, "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} should say {word:?}: {said}");
    }
    Ok(())
}

#[test]
fn a_mistyped_region_names_the_right_one() -> Result<()> {
    refused(
        &["diagnose", "--region", "eu-west1", "--offline"],
        2,
        &["eu-west1", "eu-west-1"],
    )
}

#[test]
fn no_endpoint_at_all() -> Result<()> {
    refused(&["diagnose"], 2, &["--region", "--host"])
}

#[test]
fn a_user_name_without_a_password() -> Result<()> {
    refused(
        &[
            "diagnose",
            "--region",
            "eu-west-1",
            "--username",
            "AKIAIOSFODNN7EXAMPLE",
        ],
        2,
        &["--password-file"],
    )
}

#[test]
fn a_password_file_that_is_not_there() -> Result<()> {
    let arguments = [
        "diagnose",
        "--region",
        "eu-west-1",
        "--username",
        "x",
        "--password-file",
        "/nonexistent/pw",
    ];
    refused(&arguments, 4, &["/nonexistent/pw", "check the path"])
}

#[test]
fn a_password_file_that_is_a_directory() -> Result<()> {
    refused(
        &[
            "diagnose",
            "--region",
            "eu-west-1",
            "--username",
            "x",
            "--password-file",
            "/",
        ],
        4,
        &["directory"],
    )
}

#[test]
fn a_variable_that_is_not_set() -> Result<()> {
    let arguments = [
        "diagnose",
        "--region",
        "eu-west-1",
        "--username",
        "x",
        "--password-env",
        "NO_SUCH_VARIABLE",
    ];
    refused(&arguments, 4, &["NO_SUCH_VARIABLE", "not set"])
}

#[test]
fn evidence_that_is_not_json_is_shown_with_a_pointer() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("evidence.json");
    std::fs::write(&file, "{\n  \"ses_doctor_evidence\": 1,\n  oops\n}")?;
    let path = file.display().to_string();
    refused(
        &["diagnose", "--evidence", &path],
        4,
        &["oops", ":3:", "--evidence-out"],
    )?;
    std::fs::write(&file, "{\"ses_doctor_evidence\": 99}")?;
    refused(&["diagnose", "--evidence", &path], 4, &["99"])?;
    std::fs::write(&file, "{\"a\": 1}")?;
    refused(&["diagnose", "--evidence", &path], 4, &["not a bundle"])?;
    std::fs::write(&file, [0xff, 0xfe, 0x00, 0x41])?;
    refused(&["diagnose", "--evidence", &path], 4, &["UTF-8"])
}

#[test]
fn a_ca_file_without_certificates() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "not a certificate")?;
    let path = file.display().to_string();
    refused(
        &["probe", "--host", "127.0.0.1", "--port", "1", "--tls-ca", &path],
        2,
        &["BEGIN CERTIFICATE"],
    )
}

#[test]
fn a_redirection_that_is_none() -> Result<()> {
    refused(
        &[
            "probe",
            "--region",
            "eu-west-1",
            "--smtp-endpoint",
            "eu-west-1:127.0.0.1",
        ],
        2,
        &["REGION=HOST:PORT"],
    )
}

#[test]
fn a_world_with_a_mistake_is_shown_with_a_pointer() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("world.toml");
    std::fs::write(&file, "title = \"x\"\ncausse = []\n")?;
    let path = file.display().to_string();
    refused(&["lab", "--world", &path], 4, &["causse", "world.toml:2"])
}

#[test]
fn a_scenario_that_does_not_exist() -> Result<()> {
    refused(&["lab", "--scenario", "nope"], 2, &["nope", "--list"])
}

#[test]
fn scenarios_that_cannot_be_at_once_say_why() -> Result<()> {
    let two = ["lab", "--scenario", "key-inactive", "--scenario", "key-expired"];
    refused(&two, 2, &["cannot be combined", "status"])
}

#[test]
fn a_password_is_no_argument() -> Result<()> {
    refused(
        &["diagnose", "--region", "eu-west-1", "--password", "x"],
        2,
        &["--password"],
    )
}

#[test]
fn an_unreachable_host_still_gives_a_report() -> Result<()> {
    let arguments = [
        "diagnose",
        "--host",
        "127.0.0.1",
        "--port",
        "1",
        "--no-aws",
        "--output",
        "json",
    ];
    let run = Run::of(ses_doctor().args(arguments))?;
    let report = run.report()?;
    assert!(run.code == 1 || run.code == 3, "{}", run.code);
    assert!(
        report["evidence"]
            .as_array()
            .is_some_and(|list| list.iter().any(|e| e["id"] == "smtp.probe"))
    );
    Ok(())
}

#[test]
fn missing_aws_credentials_are_unavailable_evidence() -> Result<()> {
    let lab = RunningLab::of("wrong-region-password")?;
    let mut command = lab.diagnose();
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
    let report = Run::of(command.args(["--output", "json"]))?.report()?;
    assert_eq!(report["findings"][0]["cause"], "wrong-region-password");
    assert_eq!(report["access"], "smtp-only");
    let caller = report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["id"] == "sts.caller-identity")
        .unwrap()
        .clone();
    assert!(
        caller["unavailable"]
            .as_str()
            .unwrap_or_default()
            .contains("credentials"),
        "{caller}"
    );
    Ok(())
}
