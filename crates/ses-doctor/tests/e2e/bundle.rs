//! The archive: whole, the same every time, and without a secret in any of its bytes.

use crate::program::{Run, RunningLab, for_every_scenario, ses_doctor};
use crate::secrets::disguises;
use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

fn unpacked(path: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(path)?));
    let mut files = BTreeMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        let name = name.strip_prefix("ses-doctor-bundle/").context("the folder")?;
        files.insert(name.to_owned(), content);
    }
    Ok(files)
}

#[test]
fn a_bundle_holds_everything_and_no_secret() {
    let complaints = for_every_scenario(|name| {
        let lab = RunningLab::of(name)?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("case.tar.gz");
        let mut command = ses_doctor();
        command.envs(lab.lab().environment());
        command.args(["bundle", "--no-wait", "--out"]).arg(&path);
        Run::of(command.args(lab.lab().diagnose_arguments()))?;
        let files = unpacked(&path)?;
        let mut complaints = Vec::new();
        for wanted in [
            "README.txt",
            "report.txt",
            "report.json",
            "evidence.json",
            "environment.txt",
        ] {
            if files.get(wanted).is_none_or(Vec::is_empty) {
                complaints.push(format!("{wanted} is missing"));
            }
        }
        let canaries = lab.canaries();
        let forms: Vec<String> = canaries.iter().flat_map(|canary| disguises(canary)).collect();
        for (file, content) in &files {
            let holds = |form: &String| {
                content
                    .windows(form.len())
                    .any(|window| window == form.as_bytes())
            };
            if forms.iter().any(holds) {
                complaints.push(format!("a secret is in {file}"));
            }
        }
        Ok(complaints)
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn saved_evidence_gives_the_same_bytes_every_time() -> Result<()> {
    let lab = RunningLab::of("key-inactive")?;
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let evidence = at("evidence.json");
    Run::of(lab.diagnose().arg("--evidence-out").arg(&evidence))?;
    for name in ["one", "two"] {
        let mut command = ses_doctor();
        command
            .args(["bundle", "--evidence"])
            .arg(&evidence)
            .arg("--out")
            .arg(at(name));
        let run = Run::of(&mut command)?;
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stdout.contains("cause found:"), "the report is printed too");
    }
    assert_eq!(std::fs::read(at("one"))?, std::fs::read(at("two"))?);
    let files = unpacked(&at("one"))?;
    let readme = String::from_utf8(files["README.txt"].clone())?;
    for name in files.keys().filter(|name| *name != "README.txt") {
        assert!(readme.contains(name.as_str()), "{name}: {readme}");
    }
    let held = ["transcript.txt", "timeline.json"]
        .iter()
        .all(|name| files.contains_key(*name));
    assert!(held, "{:?}", files.keys());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(at("one"))?.permissions().mode() & 0o777, 0o600);
    }
    let mut again = ses_doctor();
    again
        .args(["diagnose", "--output", "json", "--evidence"])
        .arg(&evidence);
    let packed: serde_json::Value = serde_json::from_slice(&files["report.json"])?;
    assert_eq!(packed, Run::of(&mut again)?.report()?);
    Ok(())
}

#[test]
fn a_reproduction_is_put_in_only_if_it_is_one() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let (case, evidence, out) = (at("case.json"), at("evidence.json"), at("bundle.tar.gz"));
    let mut command = ses_doctor();
    command.envs(lab.lab().environment());
    command
        .args(["reproduce", "--from", "a@example.com", "--out"])
        .arg(&case);
    Run::of(&mut command)?;
    Run::of(lab.diagnose().arg("--evidence-out").arg(&evidence))?;
    let bundle = |reproduction: &Path| {
        let mut command = ses_doctor();
        command
            .args(["bundle", "--evidence"])
            .arg(&evidence)
            .arg("--out")
            .arg(&out);
        Run::of(command.arg("--reproduction").arg(reproduction))
    };
    assert_eq!(bundle(&case)?.code, 0);
    let files = unpacked(&out)?;
    assert!(files.contains_key("reproduction.txt") && files.contains_key("reproduction.json"));
    std::fs::remove_file(&out)?;
    assert_eq!(bundle(&evidence)?.code, 4, "evidence is no reproduction");
    assert!(!out.exists());
    Ok(())
}
