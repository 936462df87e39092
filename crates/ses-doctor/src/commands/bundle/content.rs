//! What goes into the archive. Evidence and report hold no secret; configuration files, logs and secrets stay out.

use super::archive::File;
use crate::commands::diagnose::Answered;
use crate::env;
use crate::error::CliError;
use crate::render;
use anstream::StripStream;
use jiff::Timestamp;
use ses_doctor_core::bundle::{Bundle, FORMAT};
use ses_doctor_core::report::reproduction::Reproduction;
use std::io::{self, Write};

const LEFT_OUT: &str = "\
Left out on purpose: the password, secret keys and session tokens (the evidence holds their shapes only), the client's
configuration files and logs (only what was found in them), and everything of this computer but what environment.txt says.
Addresses, host names, ARNs, key ids, policies and the names in them are in it: see that whoever gets it may know them.
";

/// All files, the README first.
pub(super) fn files(answered: &Answered, reproduction: Option<&Reproduction>) -> Result<Vec<File>, CliError> {
    let mut files = report(answered)?;
    files.push(evidence(answered)?);
    files.extend(transcript(answered)?);
    files.extend(timeline(answered)?);
    files.extend(config(answered)?);
    if let Some(reproduction) = reproduction {
        let about = "one call to the SES API with the SMTP user's key, signature and all, without the secret";
        files.push(text("reproduction.txt", about, |out| {
            render::reproduction::text(out, reproduction)
        })?);
        files.push(json("reproduction.json", "the same for programs", reproduction)?);
    }
    files.push(environment(answered));
    let readme = readme(answered, &files);
    files.insert(0, readme);
    Ok(files)
}

fn report(answered: &Answered) -> Result<Vec<File>, CliError> {
    let shown = text(
        "report.txt",
        "the diagnosis for people, with all evidence and the dialogue",
        |out| render::text::report(out, &answered.report, &answered.evidence, true),
    )?;
    Ok(vec![
        shown,
        json(
            "report.json",
            "the diagnosis for programs (ses-doctor/report/v1)",
            &answered.report,
        )?,
    ])
}

/// As `--evidence-out` writes it, at the time of the first observation, so that the same evidence gives the same file.
fn evidence(answered: &Answered) -> io::Result<File> {
    let bundle = Bundle {
        ses_doctor_evidence: FORMAT,
        written_by: format!("ses-doctor {}", env!("CARGO_PKG_VERSION")),
        written_at: answered
            .evidence
            .symptom
            .observed_at
            .unwrap_or(Timestamp::UNIX_EPOCH),
        evidence: answered.evidence.clone(),
    };
    let about =
        "all evidence; `ses-doctor diagnose --evidence evidence.json` diagnoses again from it, offline";
    json("evidence.json", about, &bundle)
}

fn transcript(answered: &Answered) -> io::Result<Option<File>> {
    let Some(probe) = answered.evidence.probe.known() else {
        return Ok(None);
    };
    text(
        "transcript.txt",
        "the SMTP dialogue, with credentials replaced",
        |out| render::dialogue(out, &probe.transcript),
    )
    .map(Some)
}

fn timeline(answered: &Answered) -> io::Result<Option<File>> {
    if answered.report.timeline.entries.is_empty() {
        return Ok(None);
    }
    json(
        "timeline.json",
        "what changed before it broke, by whom and from where",
        &answered.report.timeline,
    )
    .map(Some)
}

fn config(answered: &Answered) -> io::Result<Option<File>> {
    let Some(faults) = answered.evidence.client_config.known() else {
        return Ok(None);
    };
    json(
        "config-findings.json",
        "what is wrong in the client's configuration files",
        faults,
    )
    .map(Some)
}

fn environment(answered: &Answered) -> File {
    let mut lines = vec![
        format!("ses-doctor {}", env!("CARGO_PKG_VERSION")),
        format!("system: {} {}", std::env::consts::OS, std::env::consts::ARCH),
    ];
    if let Some(region) = answered.evidence.region() {
        lines.push(format!("region: {region}"));
    }
    for name in env::WORTH_KNOWING {
        if env::first_set(&[name]).is_some() {
            lines.push(format!("{name} is set"));
        }
    }
    File {
        name: "environment.txt",
        about: "versions, and which variables are set (never their values)",
        content: format!("{}\n", lines.join("\n")).into_bytes(),
    }
}

fn readme(answered: &Answered, files: &[File]) -> File {
    let mut text = format!("ses-doctor: {}\n\n", answered.report.headline);
    for File { name, about, .. } in files {
        text.push_str(&format!("{name:<22} {about}\n"));
    }
    text.push('\n');
    text.push_str(LEFT_OUT);
    let missing: Vec<&str> = answered
        .report
        .evidence
        .iter()
        .filter(|e| e.unavailable.is_some())
        .map(|e| e.id.as_str())
        .collect();
    if !missing.is_empty() {
        text.push_str(&format!(
            "\nCould not be had, each with the reason in report.txt: {}\n",
            missing.join(", ")
        ));
    }
    File {
        name: "README.txt",
        about: "",
        content: text.into_bytes(),
    }
}

/// Without colours.
fn text(
    name: &'static str,
    about: &'static str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<File> {
    let mut plain = StripStream::new(Vec::new());
    write(&mut plain)?;
    Ok(File {
        name,
        about,
        content: plain.into_inner(),
    })
}

fn json(name: &'static str, about: &'static str, value: &impl serde::Serialize) -> io::Result<File> {
    let mut content = Vec::new();
    render::json(&mut content, value)?;
    Ok(File { name, about, content })
}
