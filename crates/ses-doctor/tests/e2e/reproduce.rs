//! The SES API called with the SMTP user's key: shown, sent, interpreted, and without a secret.

use crate::program::{Run, RunningLab, ses_doctor, world};
use crate::secrets::disguises;
use anyhow::{Context, Result};
use ses_lab::world::KeyStatus;
use ses_lab::{Options, World};
use std::process::Command;

/// `reproduce` with the key behind the client's user name, from a variable.
fn reproduce(lab: &RunningLab, url: &str) -> Result<Command> {
    let world = lab.lab().world();
    let username = lab.lab().client_username();
    let key = world.key(&username).context("the key")?;
    let mut command = ses_doctor();
    command.env("KEY", key.secret.expose());
    command.args([
        "reproduce",
        "--region",
        &world.client.region,
        "--endpoint-url",
        url,
    ]);
    command.args(["--username", &username, "--secret-key-env", "KEY"]);
    command.args([
        "--from",
        world.client.from.as_deref().unwrap_or("app@example.com"),
    ]);
    command.args(["--output", "json"]);
    Ok(command)
}

fn sent(world: World) -> Result<(i32, serde_json::Value)> {
    let lab = RunningLab::start(world, Options::default())?;
    let mut command = reproduce(&lab, &lab.lab().api_url())?;
    let run = Run::of(command.arg("--send"))?;
    Ok((run.code, run.report()?))
}

#[test]
fn nothing_is_sent_unless_asked_for() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let run = Run::of(&mut reproduce(&lab, &lab.lab().api_url())?)?;
    let report = run.report()?;
    assert_eq!(run.code, 0);
    assert!(report["exchange"].is_null() && lab.lab().messages().is_empty());
    assert_eq!(report["endpoint"]["decided_by"], "the option --endpoint-url");
    let canonical = report["signature"]["canonical_request"]
        .as_str()
        .unwrap_or_default();
    assert!(
        canonical.starts_with("POST\n/v2/email/outbound-emails\n"),
        "{canonical}"
    );
    assert_eq!(report["signature"]["begins_with"].as_str().map(str::len), Some(8));
    Ok(())
}

#[test]
fn a_call_that_is_taken_leaves_the_password() -> Result<()> {
    let (code, report) = sent(world("wrong-region-password")?)?;
    assert_eq!(code, 0, "{report:#}");
    let response = &report["exchange"]["response"];
    assert_eq!(response["status"], 200);
    assert!(response["request_id"].is_string() && response["body"].as_str().unwrap().contains("MessageId"));
    let ahead = response["clock_ahead_seconds"].as_i64();
    assert!(ahead.is_some_and(|ahead| ahead.abs() <= 5), "{response:#}");
    assert_eq!(report["interpretation"]["causes"][0], "wrong-region-password");
    Ok(())
}

#[test]
fn each_refusal_points_to_its_cause() -> Result<()> {
    for scenario in [
        "key-inactive",
        "missing-send-permission",
        "scp-deny",
        "permission-boundary",
        "explicit-deny",
        "identity-not-verified",
        "account-not-subscribed",
    ] {
        let (code, report) = sent(world(scenario)?)?;
        let causes = report["interpretation"]["causes"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        assert!(causes.contains(&scenario.into()), "{scenario}: {report:#}");
        assert_eq!(code, 1, "{scenario}");
    }
    Ok(())
}

#[test]
fn a_wrong_secret_is_told_from_an_unknown_key() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let mut command = reproduce(&lab, &lab.lab().api_url())?;
    command.env("KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let causes = Run::of(command.arg("--send"))?.report()?["interpretation"]["causes"].to_string();
    assert!(
        causes.contains("password-mismatch") && !causes.contains("key-deleted"),
        "{causes}"
    );
    let mut world = world("healthy")?;
    let username = lab.lab().client_username();
    let users = world.account.iter_mut().flat_map(|account| &mut account.user);
    let keys = users
        .flat_map(|user| &mut user.key)
        .filter(|key| key.id == username);
    keys.for_each(|key| key.status = KeyStatus::Inactive);
    let causes = sent(world)?.1["interpretation"]["causes"].to_string();
    assert!(
        causes.contains("key-inactive") && !causes.contains("password-mismatch"),
        "{causes}"
    );
    Ok(())
}

#[test]
fn a_read_with_the_same_key_proves_it_too() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let mut command = reproduce(&lab, &lab.lab().api_url())?;
    let run = Run::of(command.args(["--call", "get-account", "--send"]))?;
    assert_eq!(run.report()?["exchange"]["response"]["status"], 200);
    assert!(lab.lab().messages().is_empty());
    Ok(())
}

/// `reproduce` away from any lab: where would it go?
fn elsewhere(variables: &[(&str, &str)]) -> Result<(String, String)> {
    let mut command = ses_doctor();
    command.env("KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    command.envs(variables.iter().copied());
    command.args([
        "reproduce",
        "--username",
        "AKIAIOSFODNN7EXAMPLE",
        "--secret-key-env",
        "KEY",
    ]);
    command.args([
        "--call",
        "get-account",
        "--region",
        "us-east-1",
        "--output",
        "json",
    ]);
    let endpoint = Run::of(&mut command)?.report()?["endpoint"].clone();
    let text = |name: &str| endpoint[name].as_str().unwrap_or_default().to_owned();
    Ok((text("url"), text("decided_by")))
}

#[test]
fn the_endpoint_says_what_decided_it() -> Result<()> {
    let (url, decided) = elsewhere(&[])?;
    assert_eq!(url, "https://email.us-east-1.amazonaws.com");
    assert!(decided.contains("endpoint rules of SES v2"), "{decided}");
    let (url, decided) = elsewhere(&[("AWS_USE_FIPS_ENDPOINT", "true")])?;
    assert!(
        url.contains("fips") && decided.contains("FIPS"),
        "{url} {decided}"
    );
    let all = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    assert!(elsewhere(&[all])?.1.ends_with("variable AWS_ENDPOINT_URL"));
    let (url, decided) = elsewhere(&[all, ("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:2")])?;
    assert!(
        url.ends_with(":2") && decided.ends_with("AWS_ENDPOINT_URL_SESV2"),
        "{url} {decided}"
    );
    Ok(())
}

#[test]
fn an_smtp_password_is_told_that_it_cannot_sign() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let password = lab.lab().password_file();
    let base = [
        "reproduce",
        "--region",
        "eu-west-1",
        "--from",
        "a@example.com",
        "--username",
        "AKIAIOSFODNN7EXAMPLE",
    ];
    for option in ["--password-file", "--secret-key-file"] {
        let run = Run::of(ses_doctor().args(base).arg(option).arg(&password))?;
        assert_eq!(run.code, 4, "{option}: {}", run.stderr);
        let words: Vec<&str> = run
            .stderr
            .split_whitespace()
            .filter(|word| *word != "│")
            .collect();
        assert!(
            words.join(" ").contains("cannot sign an API call"),
            "{option}: {}",
            run.stderr
        );
    }
    Ok(())
}

#[test]
fn an_endpoint_that_is_not_there_or_not_trusted_is_no_verdict() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let wrapper = lab.lab().smtp_address(&lab.lab().world().client.region, 465);
    let wrapper = wrapper.context("a port with TLS")?;
    for (url, words) in [
        ("http://127.0.0.1:1".to_owned(), "connection"),
        (format!("https://{wrapper}"), "nothing was sent"),
    ] {
        let run = Run::of(reproduce(&lab, &url)?.arg("--send"))?;
        let report = run.report()?;
        let failure = report["exchange"]["failure"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(run.code == 3 && failure.contains(words), "{url}: {report:#}");
        assert_eq!(
            report["exchange"]["tls"].is_object(),
            url.starts_with("https"),
            "{report:#}"
        );
    }
    Ok(())
}

#[test]
fn what_is_saved_holds_no_secret_and_is_for_its_owner_only() -> Result<()> {
    let lab = RunningLab::of("healthy-fresh-session")?;
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let folder = tempfile::tempdir()?;
    let operator = lab.lab().operator_credentials().context("an operator")?;
    let token = operator.session_token.as_ref().context("a token")?;
    let token = secrecy::ExposeSecret::expose_secret(token).to_owned();
    for name in ["case.json", "case.txt"] {
        let path = folder.path().join(name);
        let mut command = ses_doctor();
        command.envs(lab.lab().environment());
        command.args([
            "reproduce",
            "--from",
            "a@sundlinjen.example",
            "--send",
            "-vv",
            "--out",
        ]);
        let run = Run::of(command.arg(&path))?;
        let saved = std::fs::read_to_string(&path)?;
        for form in lab
            .canaries()
            .iter()
            .chain([&token])
            .flat_map(|canary| disguises(canary))
        {
            let places = [&saved, &run.stdout, &run.stderr];
            assert!(!places.iter().any(|text| text.contains(&form)), "{name}");
        }
        assert!(saved.contains("x-amz-security-token"), "{saved}");
        assert!(saved.contains("<redacted 180 characters>"), "{saved}");
        assert!(saved.contains("Signature=<redacted 64 characters>"), "{saved}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
        }
    }
    Ok(())
}
