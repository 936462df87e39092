//! No password and no secret key in any output, log, bundle or error.

use crate::program::{Run, RunningLab, for_every_scenario, ses_doctor};
use anyhow::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

#[test]
fn no_secret_appears_anywhere() {
    let complaints = for_every_scenario(|name| {
        let lab = RunningLab::of(name)?;
        let folder = tempfile::tempdir()?;
        let bundle = folder.path().join("evidence.json");
        let mut seen = Vec::new();
        let json = Run::of(
            lab.diagnose()
                .args(["--output", "json", "-vvv", "--evidence-out"])
                .arg(&bundle),
        )?;
        let text = Run::of(ses_doctor().args(["diagnose", "-v", "--evidence"]).arg(&bundle))?;
        let saved = std::fs::read_to_string(&bundle)?;
        let places = [
            ("report", &json.stdout),
            ("log", &json.stderr),
            ("text", &text.stdout),
            ("text's log", &text.stderr),
            ("bundle", &saved),
        ];
        for (place, content) in places {
            let leaked = lab
                .canaries()
                .iter()
                .flat_map(|canary| disguises(canary))
                .any(|form| content.contains(&form));
            if leaked {
                seen.push(format!("a secret is in the {place}"));
            }
        }
        Ok(seen)
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The value itself and the forms in which it travels or is logged.
pub(crate) fn disguises(secret: &str) -> Vec<String> {
    let percent = secret.replace('/', "%2F").replace('+', "%2B");
    let escaped = serde_json::to_string(secret).unwrap_or_default();
    let trimmed = secret.trim().to_owned();
    let quoted = escaped.trim_matches('"').to_owned();
    vec![
        trimmed.clone(),
        percent,
        quoted,
        BASE64_STANDARD.encode(secret),
        BASE64_STANDARD.encode(trimmed),
    ]
}

#[test]
fn a_server_that_is_not_ses_never_sees_the_pair() -> Result<()> {
    let lab = RunningLab::of("not-ses")?;
    let report = Run::of(lab.diagnose().args(["--output", "json"]))?.report()?;
    let probe = report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["id"] == "smtp.probe")
        .unwrap()
        .clone();
    let lines = probe["value"]["transcript"]["lines"].as_array().unwrap().clone();
    let sent = |line: &serde_json::Value| {
        line["speaker"] == "client" && line["text"].as_str().unwrap().starts_with("AUTH")
    };
    assert!(lines.len() > 3, "the server was reached: {probe:#}");
    assert!(!lines.iter().any(sent), "{lines:#?}");
    Ok(())
}

#[test]
fn the_search_would_find_a_secret() -> Result<()> {
    let lab = RunningLab::of("wrong-region-password")?;
    let canaries = lab.canaries();
    assert!(canaries.len() >= 2, "the password and at least one secret key");
    let planted = format!("… {} …", BASE64_STANDARD.encode(&canaries[0]));
    assert!(disguises(&canaries[0]).iter().any(|form| planted.contains(form)));
    Ok(())
}
