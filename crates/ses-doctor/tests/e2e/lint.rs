//! `lint` as a person runs it: what it prints, what it changes, what it refuses, and that no secret is shown.

use crate::program::{Run, RunningLab, findings, ses_doctor};
use anyhow::Result;
use secrecy::ExposeSecret;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

const PASSWORD: &str = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9";
const BROKEN: &str = "DB_PASSWORD=sesame-open\nSMTP_ADDRESS=email-smtp.us-east-1.amazonaws.com\nSMTP_PORT=465\n\
                      SMTP_USERNAME=AKIAIOSFODNN7EXAMPLE\nSMTP_PASSWORD=\"BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9 \"\n";
const RIGHT: &str = "SMTP_HOST=email-smtp.us-east-1.amazonaws.com\nSMTP_PORT=587\nSMTP_USERNAME=AKIAIOSFODNN7EXAMPLE\n\
                     SMTP_PASSWORD=BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9\n";

fn lint(folder: &Path, arguments: &[&str]) -> Result<Run> {
    Run::of(ses_doctor().current_dir(folder).arg("lint").args(arguments))
}

fn folder(files: &[(&str, &[u8])]) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, content) in files {
        fs::write(folder.path().join(name), content)?;
    }
    Ok(folder)
}

#[test]
fn findings_point_at_the_place_and_hide_the_password() -> Result<()> {
    let folder = folder(&[(".env", BROKEN.as_bytes())])?;
    let run = lint(folder.path(), &[".env"])?;
    assert_eq!(run.code, 1);
    insta::assert_snapshot!("lint", run.stdout);
    Ok(())
}

#[test]
fn what_a_killed_process_left_beside_the_file_is_taken_away() -> Result<()> {
    let folder = folder(&[
        (".env", BROKEN.as_bytes()),
        ("..env.ses-doctor-a1b2c3", RIGHT.as_bytes()),
        ("..env.swp", b"another program's"),
    ])?;
    assert_eq!(lint(folder.path(), &[".env", "--diff"])?.code, 1);
    assert!(
        folder.path().join("..env.ses-doctor-a1b2c3").exists(),
        "a look changes nothing"
    );
    lint(folder.path(), &[".env", "--fix"])?;
    assert!(
        !folder.path().join("..env.ses-doctor-a1b2c3").exists(),
        "a secret stays behind"
    );
    assert!(folder.path().join("..env.swp").exists());
    Ok(())
}

#[test]
fn right_settings_and_no_settings_end_well() -> Result<()> {
    let folder = folder(&[
        ("a.env", RIGHT.as_bytes()),
        ("b.yaml", b"database: {host: db}\n"),
        ("empty", b""),
    ])?;
    let run = lint(folder.path(), &["a.env", "--output", "json"])?;
    let report = run.report()?;
    assert_eq!(
        (run.code, &report["outcome"], &report["findings"]),
        (0, &"clean".into(), &serde_json::json!([]))
    );
    for name in ["b.yaml", "empty"] {
        let run = lint(folder.path(), &[name])?;
        assert_eq!((run.code, run.stdout.as_str()), (0, ""));
        assert!(
            run.stderr.contains("no SES SMTP settings found"),
            "{}",
            run.stderr
        );
    }
    Ok(())
}

#[test]
fn a_repair_keeps_the_old_file_and_is_done_once() -> Result<()> {
    let folder = folder(&[(".env", BROKEN.as_bytes())])?;
    let path = folder.path().join(".env");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
    }
    let shown = lint(folder.path(), &[".env", "--diff"])?;
    assert_eq!((shown.code, fs::read_to_string(&path)?.as_str()), (1, BROKEN));
    assert!(
        shown.stdout.contains("-SMTP_PORT=465\n+SMTP_PORT=587"),
        "{}",
        shown.stdout
    );
    let run = lint(folder.path(), &[".env", "--fix"])?;
    let mended = BROKEN.replace("465", "587").replace(" \"\n", "\"\n");
    assert_eq!((run.code, fs::read_to_string(&path)?), (0, mended.clone()));
    let backups = || -> Result<Vec<_>> {
        let names = fs::read_dir(folder.path())?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        Ok(names
            .into_iter()
            .filter(|path| path.to_string_lossy().contains(".env.bak-"))
            .collect())
    };
    assert_eq!(fs::read_to_string(&backups()?[0])?, BROKEN);
    #[cfg(unix)]
    for file in [&path, &backups()?[0]] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(file)?.permissions().mode() & 0o777,
            0o640,
            "{}",
            file.display()
        );
    }
    let again = lint(folder.path(), &[".env", "--fix"])?;
    assert_eq!(
        (again.code, fs::read_to_string(&path)?, backups()?.len()),
        (0, mended, 1)
    );
    Ok(())
}

#[test]
fn a_compiled_map_is_looked_for_where_the_configuration_names_it() -> Result<()> {
    let folder = folder(&[(
        "sasl_passwd",
        b"[email-smtp.eu-west-1.amazonaws.com]:587 $USER:$PASSWORD\n",
    )])?;
    let map = folder.path().join("sasl_passwd");
    let main = format!(
        "relayhost = [email-smtp.eu-west-1.amazonaws.com]:587\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = noanonymous\n\
         smtp_tls_security_level = encrypt\nsmtp_sasl_password_maps = hash:{}\n",
        map.display()
    );
    fs::write(folder.path().join("main.cf"), main)?;
    let first =
        |run: &Run| -> Result<serde_json::Value> { Ok(run.report()?["findings"][0]["cause"].clone()) };
    let run = lint(folder.path(), &["main.cf", "--output", "json"])?;
    assert_eq!(
        (run.code, first(&run)?),
        (1, "postfix-sasl-map-not-hashed".into())
    );
    fs::write(folder.path().join("sasl_passwd.db"), b"\0")?;
    assert_eq!(lint(folder.path(), &["main.cf"])?.code, 0);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    fs::File::options().write(true).open(&map)?.set_modified(later)?;
    let run = lint(folder.path(), &["main.cf", "--output", "json"])?;
    assert_eq!(run.report()?["findings"][0]["verdict"], "confirmed");
    Ok(())
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_done() -> Result<()> {
    let files: [(&str, &[u8]); 5] = [
        (".env", BROKEN.as_bytes()),
        ("picture", b"\x89PNG\0\0\0"),
        (
            "latin.ini",
            b"; caf\xe9\n[smtp]\nhost = email.eu-west-1.amazonaws.com:587\n",
        ),
        (
            "broken.yaml",
            b"smtp:\n  host: email.eu-west-1.amazonaws.com\n  port: [25\n",
        ),
        ("wide.env", b"\xff\xfeS\0M\0T\0P\0"),
    ];
    let folder = folder(&files)?;
    fs::create_dir(folder.path().join("folder"))?;
    let names = [
        "folder",
        "picture",
        "nowhere",
        ".env",
        "latin.ini",
        "broken.yaml",
        "wide.env",
        "--output",
        "json",
    ];
    let run = lint(folder.path(), &names)?;
    let report = run.report()?;
    assert_eq!(
        (run.code, report["unreadable"].as_array().map(Vec::len)),
        (4, Some(3))
    );
    let found = |file: &str| {
        report["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|f| f["file"] == file)
    };
    assert!(
        found(".env") && found("latin.ini") && found("broken.yaml"),
        "{report:#}"
    );
    for talk in [
        "binary file",
        "check the path",
        "name the file in it",
        "broken.yaml:4:1",
        "Latin-1",
        "UTF-16",
    ] {
        assert!(run.stderr.contains(talk), "{talk}: {}", run.stderr);
    }
    Ok(())
}

#[test]
fn standard_input_is_read_and_never_mended() -> Result<()> {
    let mut child = ses_doctor()
        .args(["lint", "-", "--output", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().unwrap().write_all(BROKEN.as_bytes())?;
    let output = child.wait_with_output()?;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(
        (output.status.code(), &report["findings"][0]["file"]),
        (Some(1), &"standard input".into())
    );
    assert_eq!(
        Run::of(ses_doctor().args(["lint", "-", "--fix"]).stdin(Stdio::null()))?.code,
        2
    );
    assert_eq!(Run::of(ses_doctor().arg("lint"))?.code, 2);
    Ok(())
}

fn percent_encoded() -> String {
    PASSWORD.replace('/', "%2F").replace('+', "%2B")
}

fn base64_with_line_break() -> String {
    base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{PASSWORD}\n"))
}

/// Faulty files of every format, each with a password in it.
fn files_with_secrets() -> Vec<(&'static str, String)> {
    let (encoded, base64) = (percent_encoded(), base64_with_line_break());
    let host = "email-smtp.us-east-1.amazonaws.com";
    vec![
        ("a.env", BROKEN.to_owned()),
        (
            "b.env",
            format!("URL=smtps://AKIAIOSFODNN7EXAMPLE:{PASSWORD}@{host}:587\n"),
        ),
        (
            "c.env",
            format!(
                "SMTP_HOST={host}\nSMTP_PORT=2525\nSMTP_USERNAME={PASSWORD}\nSMTP_PASSWORD=AKIAIOSFODNN7EXAMPLE\n"
            ),
        ),
        (
            "d.yaml",
            format!("kind: Secret\ndata:\n  SMTP_PASSWORD: {base64}\n"),
        ),
        (
            "e.json",
            format!(
                "{{\"smtp\": {{\"host\": \"{host}\", \"port\": 587, \"secure\": true, \"auth\": {{\"user\": \"x\", \"pass\": \"{encoded}\"}}}}}}"
            ),
        ),
        (
            "f.properties",
            format!(
                "spring.mail.host={host}\nspring.mail.port=587\nspring.mail.username=AKIAIOSFODNN7EXAMPLE\nspring.mail.password={PASSWORD} \n"
            ),
        ),
        (
            "sasl_passwd",
            format!("[{host}] AKIAIOSFODNN7EXAMPLE:{PASSWORD}\n"),
        ),
        (
            "main.cf",
            format!(
                "relayhost = [{host}]:587\nsmtp_sasl_password_maps = static:AKIAIOSFODNN7EXAMPLE:{PASSWORD}\n"
            ),
        ),
        (
            "g.tf",
            format!("locals {{\n  smtp_host = \"email.us-east-1.amazonaws.com\" # {PASSWORD}\n}}\n"),
        ),
        (
            "h.xml",
            format!("<smtp><host>{host}</host><port>2525</port><password>{PASSWORD}</password></wrong>"),
        ),
        (
            "i.service",
            format!(
                "[Service]\nEnvironment=SMTP_HOST={host} SMTP_USERNAME=AKIAIOSFODNN7EXAMPLE SMTP_PASSWORD={encoded}\n"
            ),
        ),
        (
            "j.sh",
            format!("docker run -e SMTP_HOST=https://{host} -e SMTP_PASSWORD='{PASSWORD} ' x\n"),
        ),
        (
            "k.toml",
            format!("[smtp]\nhost = \"{host}/\"\npassword = \"{PASSWORD}\"\nport = = 5\n"),
        ),
        (
            "l.php",
            format!(
                "<?php $mail->Host='{host}'; $mail->Port=465; $mail->SMTPSecure='tls'; $mail->Password='{PASSWORD}';"
            ),
        ),
    ]
}

#[test]
fn no_form_of_output_shows_a_secret() -> Result<()> {
    let texts = files_with_secrets();
    let (encoded, base64) = (percent_encoded(), base64_with_line_break());
    let secrets = [
        PASSWORD,
        encoded.as_str(),
        base64.as_str(),
        "sesame-open",
        "9hSUELfq8Gw",
    ];
    for form in [["--output", "text"], ["--output", "json"], ["--output", "sarif"]] {
        for change in ["--diff", "--fix"] {
            let files: Vec<(&str, &[u8])> = texts
                .iter()
                .map(|(name, text)| (*name, text.as_bytes()))
                .collect();
            let folder = folder(&files)?;
            let names: Vec<&str> = texts.iter().map(|(name, _)| *name).collect();
            let run = lint(
                folder.path(),
                &[names.as_slice(), &form, &[change, "-v"]].concat(),
            )?;
            let everything = format!("{}{}", run.stdout, run.stderr);
            assert!(everything.contains("password"), "nothing was found");
            for secret in secrets {
                assert!(
                    !everything.contains(secret),
                    "{form:?} {change}: {secret} is in\n{everything}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn sarif_names_rules_and_places() -> Result<()> {
    let folder = folder(&[("my settings.env", BROKEN.as_bytes())])?;
    let log = lint(folder.path(), &["my settings.env", "--output", "sarif"])?.report()?;
    let run = &log["runs"][0];
    assert_eq!(
        (&log["version"], &run["tool"]["driver"]["name"]),
        (&"2.1.0".into(), &"ses-doctor".into())
    );
    let result = &run["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "my%20settings.env");
    assert_eq!(place["region"]["startLine"], 5);
    let index = result["ruleIndex"]
        .as_u64()
        .and_then(|index| usize::try_from(index).ok())
        .unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    Ok(())
}

#[test]
fn diagnose_takes_what_the_files_tell() -> Result<()> {
    let folder = folder(&[(".env", BROKEN.as_bytes())])?;
    let run = Run::of(ses_doctor().current_dir(folder.path()).args([
        "diagnose",
        "--offline",
        "--output",
        "json",
        "--config",
        ".env",
    ]))?;
    let report = run.report()?;
    let found = findings(&report);
    assert_eq!(run.code, 1);
    assert!(
        found
            .iter()
            .any(|(cause, _)| cause == "password-whitespace-or-newline"),
        "{found:?}"
    );
    assert!(
        found.iter().any(|(cause, _)| cause == "tls-wrapper-mismatch"),
        "{found:?}"
    );
    assert!(!run.stdout.contains("9hSUELfq8Gw"));
    let missing = ses_doctor()
        .args(["diagnose", "--offline", "--config", "/nowhere/.env"])
        .output()?;
    assert_eq!(missing.status.code(), Some(4));
    Ok(())
}

#[test]
fn the_login_of_the_files_is_made_and_confirms_or_refutes() -> Result<()> {
    let lab = RunningLab::of("wrong-region-password")?;
    let (username, password) = (lab.lab().client_username(), lab.lab().client_password());
    let password = password.expose_secret();
    let diagnose = |host: &str, port: u16| -> Result<Vec<(String, String)>> {
        let text = format!(
            "SMTP_ADDRESS={host}\nSMTP_PORT={port}\nSMTP_USERNAME={username}\nSMTP_PASSWORD={password}\n"
        );
        let folder = folder(&[(".env", text.as_bytes())])?;
        let run = Run::of(
            ses_doctor()
                .envs(lab.lab().environment())
                .current_dir(folder.path())
                .args(["diagnose", "--output", "json", "--config", ".env"]),
        )?;
        assert!(!run.stdout.contains(password) && !run.stderr.contains(password));
        Ok(findings(&run.report()?))
    };
    let wrong = diagnose("email-smtp.eu-west-1.amazonaws.com", 587)?;
    assert_eq!(
        wrong[0],
        ("wrong-region-password".to_owned(), "confirmed".to_owned()),
        "{wrong:?}"
    );
    let mode = diagnose("email-smtp.us-east-1.amazonaws.com", 465)?;
    assert_eq!(
        mode[0],
        ("tls-wrapper-mismatch".to_owned(), "confirmed".to_owned()),
        "{mode:?}"
    );
    assert_eq!(diagnose("email-smtp.us-east-1.amazonaws.com", 587)?, Vec::new());
    Ok(())
}
