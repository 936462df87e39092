//! The password where AWS keeps it: read, compared, tried; and what is said when it cannot be.

use crate::program::{Run, RunningLab, findings, ses_doctor};
use anyhow::Result;

fn evidence(report: &serde_json::Value, id: &str) -> serde_json::Value {
    let all = report["evidence"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|item| item["id"] == id).unwrap_or_default()
}

fn report_of(lab: &RunningLab) -> Result<(i32, serde_json::Value)> {
    let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
    for canary in lab.canaries() {
        assert!(
            !run.stdout.contains(&canary) && !run.stderr.contains(&canary),
            "a kept value is told"
        );
    }
    Ok((run.code, run.report()?))
}

#[test]
fn a_kept_pair_logs_in_and_is_told_by_name_version_and_age() -> Result<()> {
    let (code, report) = report_of(&RunningLab::of("healthy-secret")?)?;
    assert_eq!((code, report["outcome"].as_str()), (0, Some("healthy")));
    let source = &evidence(&report, "password.source")["value"];
    assert_eq!(source["name"], "choir/ses-smtp");
    assert_eq!(
        (&source["rotation_enabled"], &source["own_pair"]),
        (&true.into(), &serde_json::Value::Null)
    );
    assert!(source["version"].is_string() && source["written"].is_string() && source["previous"].is_string());
    assert_eq!(source["holds"]["password"]["shape"], "smtp-v4");
    let (code, report) = report_of(&RunningLab::of("healthy-parameter")?)?;
    assert_eq!(code, 0, "{report:#}");
    let source = &evidence(&report, "password.source")["value"];
    assert_eq!(
        (source["keeper"].as_str(), source["version"].as_str()),
        (Some("parameter-store"), Some("1"))
    );
    assert!(source["written_by"].as_str().unwrap().ends_with(":user/deploy"));
    Ok(())
}

#[test]
fn a_client_that_has_the_version_before_is_told_so_and_the_kept_pair_is_tried_once() -> Result<()> {
    let (_, report) = report_of(&RunningLab::of("secret-not-reloaded")?)?;
    assert_eq!(
        evidence(&report, "password.source")["value"]["own_pair"],
        "previous"
    );
    let logins = evidence(&report, "smtp.stored-logins")["value"].clone();
    assert_eq!(
        logins,
        serde_json::json!([{ "version": "current", "outcome": "accepted" }])
    );
    let first = &report["findings"][0];
    assert_eq!(
        (first["cause"].as_str(), first["verdict"].as_str()),
        (Some("secret-not-reloaded"), Some("confirmed"))
    );
    Ok(())
}

/// The secret's current version has another key's password; the one before it works.
fn broken_by_rotation() -> Result<RunningLab> {
    RunningLab::changed("healthy-secret", |text| {
        let own = text
            .split("username = \"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default();
        let stages: Vec<&str> = text.split("[[account.secret.version]]").collect();
        let right = stages[2]
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .replace("AWSCURRENT", "AWSPREVIOUS");
        let wrong = stages[1].replace("AWSPREVIOUS", "AWSCURRENT").replace(
            stages[1]
                .split("username = \"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .unwrap_or_default(),
            own,
        );
        let rest = stages[2].split_once("\n\n").map_or("", |(_, rest)| rest);
        let versions = ["", &format!("{right}\n\n"), &wrong].join("[[account.secret.version]]");
        format!("{}{versions}\n\n{rest}", stages[0])
            .replace("healthy = true\n", "")
            .replace("causes = []", "causes = [\"password-mismatch\"]")
            .replace("\"password-mismatch\", \"key-deleted\"", "\"key-deleted\"")
    })
}

#[test]
fn a_rotation_that_wrote_a_wrong_pair_is_proven_by_the_version_before() -> Result<()> {
    let lab = broken_by_rotation()?;
    let (code, report) = report_of(&lab)?;
    assert_eq!(code, 1);
    let found = findings(&report);
    assert_eq!(
        found.first(),
        Some(&("password-mismatch".to_owned(), "confirmed".to_owned())),
        "{report:#}"
    );
    let logins = evidence(&report, "smtp.stored-logins")["value"].clone();
    assert_eq!(
        logins,
        serde_json::json!([{ "version": "previous", "outcome": "accepted" }])
    );
    let remedy = report["findings"][0]["remedy"].to_string();
    assert!(remedy.contains("update-secret-version-stage"), "{remedy}");
    Ok(())
}

#[test]
fn a_value_that_cannot_be_read_is_unavailable_and_never_healthy() -> Result<()> {
    let denied = |call: &'static str| {
        RunningLab::changed("healthy-secret", |text| {
            format!("{text}\n[faults]\ndenied = [\"{call}\"]\n")
        })
    };
    let cases = [
        (
            "secretsmanager:GetSecretValue",
            "secretsmanager:GetSecretValue was denied",
        ),
        ("kms:Decrypt", "kms:Decrypt was denied"),
    ];
    for (call, words) in cases {
        let (code, report) = report_of(&denied(call)?)?;
        assert_eq!(
            (code, report["outcome"].as_str()),
            (3, Some("inconclusive")),
            "{call}"
        );
        let why = evidence(&report, "password.source")["unavailable"].to_string();
        assert!(why.contains(words), "{why}");
    }
    let marked = RunningLab::changed("healthy-secret", |text| {
        text.replace("rotation = true", "rotation = true\ndeleted = \"-1d\"")
    })?;
    let (code, report) = report_of(&marked)?;
    assert_eq!(code, 3);
    assert!(
        evidence(&report, "password.source")["unavailable"]
            .to_string()
            .contains("marked for deletion")
    );
    let (code, report) = report_of(&denied("secretsmanager:DescribeSecret")?)?;
    assert_eq!(code, 0, "the value is what the login takes");
    assert!(
        evidence(&report, "password.source")["value"]["unread"]
            .to_string()
            .contains("was denied")
    );
    Ok(())
}

#[test]
fn a_probe_takes_the_kept_pair_too() -> Result<()> {
    let lab = RunningLab::of("healthy-secret")?;
    let endpoint = format!("--endpoint-url={}", lab.lab().api_url());
    let probe = |name: &str| {
        let mut command = ses_doctor();
        command.envs(lab.lab().environment());
        Run::of(command.args([
            "probe",
            "--region",
            "eu-west-2",
            "--password-secret",
            name,
            &endpoint,
        ]))
    };
    let run = probe("choir/ses-smtp")?;
    assert!(
        run.code == 0 && run.stdout.contains("Authentication successful"),
        "{}",
        run.stdout
    );
    let run = probe("choir/nothing")?;
    assert!(
        run.code != 0 && run.stderr.contains("no such secret"),
        "{} {}",
        run.code,
        run.stderr
    );
    Ok(())
}

#[test]
fn a_value_that_does_not_tell_the_password_names_its_members_only() -> Result<()> {
    let lab = RunningLab::changed("healthy-secret", |text| {
        let odd = r#"text = '{"relay_login":"@USERNAME@","relay_word":"@PASSWORD@"}'"#;
        text.replace(
            "created = \"-20d\"\nusername",
            &format!("created = \"-20d\"\n{odd}\nusername"),
        )
    })?;
    let run = Run::of(&mut lab.diagnose())?;
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    assert!(
        run.stderr.contains("relay_word") && run.stderr.contains("--password-secret-key"),
        "{}",
        run.stderr
    );
    for canary in lab.canaries() {
        assert!(!run.stderr.contains(&canary));
    }
    let named = ["--password-secret-key", "relay_word", "--output", "json"];
    let run = Run::of(lab.diagnose().args(named))?;
    assert!(
        run.stderr.contains("no user name") && run.stderr.contains("--username"),
        "{}",
        run.stderr
    );
    let username = format!("--username={}", lab.lab().client_username());
    let run = Run::of(lab.diagnose().args(named).arg(username))?;
    assert_eq!(run.code, 0, "{}", run.stderr);
    Ok(())
}

#[test]
fn options_that_contradict_each_other_are_usage_errors() -> Result<()> {
    for args in [
        vec!["--password-secret", "a", "--offline"],
        vec!["--password-secret", "a", "--no-aws"],
        vec!["--password-secret", "a", "--password-parameter", "b"],
        vec!["--password-secret-key", "a"],
        vec!["--password-secret", ""],
    ] {
        let run = Run::of(
            ses_doctor()
                .args(["diagnose", "--region", "eu-west-1"])
                .args(&args),
        )?;
        assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
    }
    Ok(())
}

#[test]
fn who_overwrote_the_parameter_with_another_regions_password_is_named() -> Result<()> {
    let lab = RunningLab::changed("healthy-parameter", |text| {
        let wrong = text
            .replace("created = \"-170d\"", "created = \"-2h\"")
            .replace(
                "password = { derive = \"eu-west-1\"",
                "password = { derive = \"us-east-1\"",
            )
            .replace("healthy = true\n", "")
            .replace("causes = []", "causes = [\"wrong-region-password\"]");
        format!(
            "{wrong}\n[[event]]\nname = \"PutParameter\"\nsource = \"ssm.amazonaws.com\"\nregion = \"eu-west-1\"\nat = \"-2h\"\n\
             user = \"deploy\"\nsource_ip = \"203.0.113.9\"\nuser_agent = \"APN/1.0 HashiCorp/1.0 Terraform/1.9.8\"\n\
             request = {{ name = \"/ferry/smtp/password\", type = \"SecureString\", overwrite = true }}\n"
        )
    })?;
    let (code, report) = report_of(&lab)?;
    assert_eq!(
        (code, findings(&report)[0].0.as_str()),
        (1, "wrong-region-password")
    );
    let fault = &report["timeline"]["at_fault"][0];
    assert_eq!(
        fault["cause"], "wrong-region-password",
        "{:#}",
        report["timeline"]
    );
    let history = &evidence(&report, "cloudtrail.secret-events")["value"];
    assert_eq!(
        (&history["lookups"], &history["region"]),
        (&1.into(), &"eu-west-1".into())
    );
    let told = Run::of(&mut lab.diagnose())?.stdout;
    assert!(told.contains("PutParameter on /ferry/smtp/password"), "{told}");
    Ok(())
}
