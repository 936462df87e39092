//! Saved evidence gives the same diagnosis again, and text alone is judged honestly.

use crate::program::{Run, RunningLab, findings, ses_doctor};
use anyhow::Result;

#[test]
fn saved_evidence_gives_the_same_report() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bundle = folder.path().join("evidence.json");
    let lab = RunningLab::of("wrong-region-password")?;
    let first = Run::of(
        lab.diagnose()
            .args(["--output", "json", "--evidence-out"])
            .arg(&bundle),
    )?;
    drop(lab);
    let again = Run::of(
        ses_doctor()
            .args(["diagnose", "--output", "json", "--evidence"])
            .arg(&bundle),
    )?;
    let (mut first, mut again) = (first.report()?, again.report()?);
    for report in [&mut first, &mut again] {
        report.as_object_mut().unwrap().remove("timing");
    }
    assert_eq!(first, again);
    Ok(())
}

#[cfg(unix)]
#[test]
fn the_bundle_is_readable_by_its_owner_only() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let bundle = folder.path().join("evidence.json");
    Run::of(
        ses_doctor()
            .args(["diagnose", "--offline", "--error", "535 x", "--evidence-out"])
            .arg(&bundle),
    )?;
    assert_eq!(std::fs::metadata(&bundle)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[test]
fn the_one_535_alone_settles_nothing() -> Result<()> {
    let run = Run::of(ses_doctor().args(["diagnose", "--offline", "--output", "json", "--region", "eu-west-1", "--error"]).arg(
        "postfix/smtp[1]: SASL authentication failed; server x said: 535 Authentication Credentials Invalid",
    ))?;
    let report = run.report()?;
    assert_eq!(run.code, 3, "{report:#}");
    assert_eq!(report["outcome"], "inconclusive");
    let candidates = report["unknown"].as_array().map_or(0, Vec::len);
    assert!(candidates >= 3, "candidates must be named: {report:#}");
    Ok(())
}

#[test]
fn a_reply_that_names_its_cause_is_believed() -> Result<()> {
    let run = Run::of(
        ses_doctor()
            .args(["diagnose", "--offline", "--output", "json", "--error"])
            .arg("535 Signature Version 2 is deprecated for use with SES from March 26, 2021."),
    )?;
    assert_eq!(
        findings(&run.report()?).first().map(|(cause, _)| cause.as_str()),
        Some("sigv2-password")
    );
    assert_eq!(run.code, 1);
    Ok(())
}

#[test]
fn the_shape_of_a_password_is_told_offline() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("password");
    std::fs::write(&file, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")?;
    let run = Run::of(
        ses_doctor()
            .args([
                "diagnose",
                "--offline",
                "--output",
                "json",
                "--region",
                "eu-west-1",
            ])
            .args(["--username", "AKIAIOSFODNN7EXAMPLE", "--password-file"])
            .arg(&file),
    )?;
    let report = run.report()?;
    assert_eq!(
        findings(&report),
        [("raw-secret-key-as-password".to_owned(), "likely".to_owned())]
    );
    assert_eq!(report["access"], "text-only");
    Ok(())
}

#[test]
fn visible_damage_is_likely_even_when_nothing_may_be_tried() -> Result<()> {
    let lab = RunningLab::of("password-whitespace-or-newline")?;
    let run = Run::of(
        lab.diagnose()
            .args(["--output", "json", "--no-repairs", "--no-region-sweep"]),
    )?;
    let first = findings(&run.report()?).first().cloned();
    assert_eq!(
        first,
        Some(("password-whitespace-or-newline".to_owned(), "likely".to_owned()))
    );
    assert_eq!(run.code, 1);
    Ok(())
}
