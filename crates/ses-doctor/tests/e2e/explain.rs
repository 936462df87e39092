//! `explain`: what a log alone tells, and what it does with input that is no log.

use crate::program::{Run, ses_doctor};
use anyhow::Result;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

const REFUSED: &str = "Mar  3 08:14:09 mx1 postfix/smtp[31]: 4ZxQ2R1kLm: to=<a@b.example>, relay=email-smtp.eu-west-1.amazonaws.com[192.0.2.4]:587, status=deferred (SASL authentication failed; server email-smtp.eu-west-1.amazonaws.com[192.0.2.4] said: 535 Authentication Credentials Invalid)\n";
const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";

fn explained(path: &Path) -> Result<(Value, Run)> {
    let run = Run::of(ses_doctor().args(["explain", "--output", "json"]).arg(path))?;
    Ok((run.report()?, run))
}

fn first(report: &Value) -> &str {
    report["groups"][0]["causes"][0]["cause"]
        .as_str()
        .unwrap_or_default()
}

#[test]
fn exit_codes_tell_the_outcome() -> Result<()> {
    for (text, code, cause) in [
        (
            "smtplib.SMTPAuthenticationError: (530, b'Must issue a STARTTLS command first')",
            1,
            "starttls-not-used",
        ),
        ("535 Authentication Credentials Invalid", 3, "unknown"),
        (
            "Invalid login: 535 5.7.3 Authentication unsuccessful",
            3,
            "not-ses",
        ),
        ("235 Authentication successful.", 0, "healthy"),
    ] {
        let run = Run::of(ses_doctor().args(["explain", "--output", "json", "--text", text]))?;
        assert_eq!((first(&run.report()?), run.code), (cause, code), "{text}");
    }
    Ok(())
}

#[test]
fn standard_input_and_gzip_are_read() -> Result<()> {
    let mut child = ses_doctor()
        .args(["explain", "-", "--output", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child
        .stdin
        .take()
        .unwrap()
        .write_all(REFUSED.repeat(3).as_bytes())?;
    let report: Value = serde_json::from_slice(&child.wait_with_output()?.stdout)?;
    assert_eq!(report["groups"][0]["count"], 3);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("mail.log.1.gz");
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(REFUSED.repeat(5000).as_bytes())?;
    let packed = packed.finish()?;
    fs::write(&path, &packed)?;
    assert_eq!(explained(&path)?.0["groups"][0]["count"], 5000);
    fs::write(&path, &packed[..packed.len() / 2])?;
    let (report, _) = explained(&path)?;
    assert!(report["groups"][0]["count"].as_u64() > Some(100));
    assert!(
        report["sources"][0]["incomplete"]
            .as_str()
            .unwrap()
            .contains("ends in the middle")
    );
    Ok(())
}

#[test]
fn what_is_no_log_is_told_and_harms_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("odd");
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(REFUSED.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut latin1 = b"M\xfcller: ".to_vec();
    latin1.extend_from_slice(REFUSED.as_bytes());
    let binary: Vec<u8> = (0..200_000u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    for (bytes, cause) in [
        (utf16, "unknown"),
        (latin1, "unknown"),
        (binary, "not-ses"),
        (Vec::new(), "unknown"),
    ] {
        fs::write(&path, bytes)?;
        let (report, run) = explained(&path)?;
        assert_eq!((first(&report), run.code), (cause, 3), "{report}");
    }
    for (path, word) in [
        (folder.path(), "directory"),
        (Path::new("/nonexistent/mail.log"), "check the path"),
    ] {
        let run = Run::of(ses_doctor().arg("explain").arg(path))?;
        assert!(run.code == 4 && run.stderr.contains(word), "{}", run.stderr);
    }
    Ok(())
}

#[test]
fn one_line_of_many_megabytes_is_read_in_bounds() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("long");
    let mut text = "x ".repeat(10_000_000);
    text.push_str(REFUSED.trim_end());
    text.push_str(&" y".repeat(10_000_000));
    fs::write(&path, text)?;
    let (report, run) = explained(&path)?;
    assert_eq!(first(&report), "unknown");
    assert!(run.stdout.len() < 100_000);
    Ok(())
}

#[test]
fn a_large_file_in_parts_says_what_a_small_one_says() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("large");
    let quiet =
        "Mar  3 08:14:09 mx1 postfix/qmgr[7]: AB: from=<a@b.example>, size=901, nrcpt=1 (queue active)\n"
            .repeat(50);
    let block = format!("{quiet}{REFUSED}");
    let blocks = 40 * 1024 * 1024 / block.len();
    fs::write(&path, block.repeat(blocks))?;
    let (report, _) = explained(&path)?;
    let group = &report["groups"][0];
    assert_eq!(group["count"].as_u64(), Some(blocks as u64));
    assert_eq!(group["first_line"], 51);
    assert_eq!(group["last_line"].as_u64(), Some(blocks as u64 * 51));
    assert_eq!(report["sources"][0]["lines"].as_u64(), Some(blocks as u64 * 51));
    Ok(())
}

#[test]
fn no_secret_of_a_log_is_printed() -> Result<()> {
    let log = format!(
        "Error: getaddrinfo ENOTFOUND akiaiosfodnn7example for smtps://AKIAIOSFODNN7EXAMPLE:{PASSWORD}@email-smtp.eu-west-1.amazonaws.com\n\
         SMTP_PASSWORD={PASSWORD} Error: Invalid login: 535 Authentication Credentials Invalid\n\
         C: AUTH PLAIN AEFLSUFJT1NGT0ROTjdFWEFNUExFAGh1bnRlcjItaHVudGVyMg==\nS: 535 Authentication Credentials Invalid\n\
         ValueError: smtp Port could not be cast to integer value as 'BMW5RDrX'\n"
    );
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("log");
    fs::write(&path, &log)?;
    let (_, json) = explained(&path)?;
    let text = Run::of(ses_doctor().args(["explain", "-v"]).arg(&path))?;
    let diagnosed = Run::of(
        ses_doctor()
            .args(["diagnose", "--offline", "-v", "--log"])
            .arg(&path),
    )?;
    for said in [
        json.stdout,
        text.stdout,
        text.stderr,
        diagnosed.stdout,
        diagnosed.stderr,
    ] {
        for canary in ["MW5RDrX", "aHVudGVy", "AEFLSU", "h1bnRlcj"] {
            assert!(!said.contains(canary), "{canary} in {said}");
        }
    }
    Ok(())
}

#[test]
fn diagnose_takes_host_and_symptom_from_a_log() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("log");
    fs::write(
        &path,
        REFUSED.replace(
            "535 Authentication Credentials Invalid",
            "530 Must issue a STARTTLS command first",
        ),
    )?;
    let run = Run::of(
        ses_doctor()
            .args(["diagnose", "--offline", "--output", "json", "--log"])
            .arg(&path),
    )?;
    let report = run.report()?;
    assert_eq!(report["findings"][0]["cause"], "starttls-not-used");
    assert_eq!(
        report["evidence"][0]["value"]["host"],
        "email-smtp.eu-west-1.amazonaws.com"
    );
    Ok(())
}
