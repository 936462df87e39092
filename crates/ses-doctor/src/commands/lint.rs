//! `lint`: what is wrong with the configuration of a mail client, where, and what mends it.

use super::Console;
use crate::args::{LintArgs, LintFormat};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render;
use jiff::Timestamp;
use ses_doctor_core::lint::{Finding, Mended, lint, mend};
use ses_doctor_core::report::lint::{
    Change, File, Finding as Published, Outcome, Report, SCHEMA, Unreadable,
};

pub(crate) mod files;
pub(crate) mod write;

use files::{Read, read};

/// Runs the command.
pub(crate) fn run(args: &LintArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    if args.fix && args.files.iter().any(|path| path.as_os_str() == files::STDIN) {
        let help = "give the file's name, or see with --diff what would change";
        return Err(CliError::usage("--fix cannot write to standard input", help));
    }
    let read = read(&args.files);
    let judgement = lint(&read.documents);
    let mended = (args.fix || args.diff).then(|| {
        mend(&read.documents, &judgement.findings, &|file| {
            read.is_verbatim(file)
        })
    });
    let (changes, failed) = changes(args, &read, mended.as_ref());
    let report = Report {
        schema: SCHEMA.to_owned(),
        outcome: outcome(&judgement.findings, judgement.has_ses),
        findings: published(&judgement.findings, &read, mended.as_ref().filter(|_| args.fix)),
        files: read.documents.iter().map(File::new).collect(),
        unreadable: read
            .unreadable
            .iter()
            .map(|(file, message)| Unreadable {
                file: file.clone(),
                message: message.clone(),
            })
            .chain(failed)
            .collect(),
        changes,
    };
    match args.output {
        LintFormat::Json => render::json(console.out, &report)?,
        LintFormat::Sarif => render::json(console.out, &render::sarif::log(&report))?,
        LintFormat::Text => render::lint::report(console.out, &report, &read.documents)?,
    }
    if !console.quiet {
        talk(&report, &read);
    }
    let left = mended
        .filter(|_| args.fix)
        .map_or(judgement.findings, |mended| mended.left);
    Ok(exit(&report, &left))
}

fn outcome(findings: &[Finding], has_ses: bool) -> Outcome {
    let faults = findings.iter().any(is_fault);
    match (faults, has_ses) {
        (true, _) => Outcome::CauseFound,
        (false, true) => Outcome::Clean,
        (false, false) => Outcome::NoSesSettings,
    }
}

/// That settings are another provider's is an answer, and no fault of theirs.
fn is_fault(finding: &Finding) -> bool {
    finding.cause != "not-ses"
}

fn exit(report: &Report, left: &[Finding]) -> Exit {
    if !report.unreadable.is_empty() {
        Exit::CouldNotRun
    } else if left.iter().any(is_fault) {
        Exit::CauseFound
    } else {
        Exit::Success
    }
}

fn published(findings: &[Finding], read: &Read, mended: Option<&Mended>) -> Vec<Published> {
    let is_fixed = |at: usize| mended.is_some_and(|mended| mended.applied.get(at).copied().unwrap_or(false));
    findings
        .iter()
        .enumerate()
        .map(|(at, finding)| Published::new(finding, &read.documents, is_fixed(at)))
        .collect()
}

/// Writes the mended files, or only shows them; a file that cannot be written is said and the others are still done.
fn changes(args: &LintArgs, read: &Read, mended: Option<&Mended>) -> (Vec<Change>, Vec<Unreadable>) {
    let (mut changes, mut failed) = (Vec::new(), Vec::new());
    let texts = mended.map(|mended| mended.texts.as_slice()).unwrap_or_default();
    for ((document, source), text) in read.documents.iter().zip(&read.sources).zip(texts) {
        let Some(text) = text else { continue };
        let diff = write::diff(document, text);
        let file = document.reading.name.clone();
        if !args.fix {
            changes.push(Change {
                file,
                backup: None,
                diff,
            });
            continue;
        }
        match write::replace(source, text, Timestamp::now()) {
            Ok(backup) => changes.push(Change {
                file,
                backup: Some(backup.display().to_string()),
                diff,
            }),
            Err(error) => failed.push(Unreadable {
                file,
                message: format!("not changed: {error}"),
            }),
        }
    }
    (changes, failed)
}

/// What is no finding goes to standard error.
fn talk(report: &Report, read: &Read) {
    for unreadable in &report.unreadable {
        anstream::eprintln!("cannot read {}: {}", unreadable.file, unreadable.message);
    }
    for (document, note) in read.documents.iter().zip(&read.notes) {
        let name = &document.reading.name;
        if let Some(note) = note {
            anstream::eprintln!("{name}: {note}");
        }
        for problem in &document.reading.problems {
            let position = document.position(problem.at);
            anstream::eprintln!(
                "{name}:{}:{}: {}; the rest is read as far as it goes",
                position.line,
                position.column,
                problem.what
            );
        }
    }
    if report.outcome == Outcome::NoSesSettings && !read.documents.is_empty() {
        anstream::eprintln!("no SES SMTP settings found");
    }
}
