//! Findings of `lint` for people: the place, the line with a pointer, the reason, the repair.

use crate::redaction;
use anstyle::{AnsiColor, Style};
use ses_doctor_core::Certainty;
use ses_doctor_core::lint::Document;
use ses_doctor_core::report::lint::{Finding, Report};
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Longer lines are shown in part.
const WIDTH: usize = 120;

/// Writes all findings, then the changes.
pub(crate) fn report(out: &mut dyn Write, report: &Report, documents: &[Document]) -> io::Result<()> {
    for (index, finding) in report.findings.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        one(out, finding, documents)?;
    }
    for change in &report.changes {
        writeln!(out, "\n{}", change.diff.trim_end())?;
        if let Some(backup) = &change.backup {
            writeln!(out, "{DIM}{} is mended; before: {backup}{DIM:#}", change.file)?;
        }
    }
    Ok(())
}

fn one(out: &mut dyn Write, finding: &Finding, documents: &[Document]) -> io::Result<()> {
    let (word, colour) = match finding.verdict {
        Certainty::Confirmed => ("confirmed", AnsiColor::Red),
        Certainty::Likely => ("likely", AnsiColor::Yellow),
        Certainty::Possible => ("possible", AnsiColor::Cyan),
    };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    let (file, line, column) = (&finding.file, finding.line, finding.column);
    writeln!(
        out,
        "{BOLD}{file}:{line}:{column}{BOLD:#}: {style}{}{style:#} {DIM}({word}){DIM:#}",
        finding.cause
    )?;
    let document = documents
        .iter()
        .find(|document| document.reading.name == finding.file);
    if let Some(document) = document {
        excerpt(out, finding, document)?;
    }
    writeln!(out, "  {}", sentence(&finding.message))?;
    match (&finding.fix, finding.fixed, finding.fixable) {
        (Some(fix), true, _) => writeln!(out, "  {BOLD}fixed:{BOLD:#} {fix}"),
        (Some(fix), false, true) => writeln!(out, "  {BOLD}fix:{BOLD:#} {fix} {DIM}(--fix does it){DIM:#}"),
        (Some(fix), false, false) => writeln!(out, "  {BOLD}fix:{BOLD:#} {fix}"),
        (None, _, _) => Ok(()),
    }
}

/// The line with everything masked that may be a secret, and a pointer under what is meant.
fn excerpt(out: &mut dyn Write, finding: &Finding, document: &Document) -> io::Result<()> {
    let masked = document.reading.masked(&document.text);
    let line = masked
        .lines()
        .nth(finding.line.saturating_sub(1))
        .unwrap_or_default();
    let start = finding.column.saturating_sub(1);
    let same_line = finding.end_line == finding.line;
    let length = if same_line {
        finding.end_column.saturating_sub(finding.column)
    } else {
        line.chars().count().saturating_sub(start)
    };
    // A pointer far to the right is brought into the picture.
    let skip = start.saturating_sub(WIDTH / 2);
    let shown: String = line
        .chars()
        .skip(skip)
        .take(WIDTH)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let shown = redaction::redact(&shown, None);
    let number = finding.line.to_string();
    let pointer = "^".repeat(length.clamp(1, WIDTH - (start - skip).min(WIDTH - 1)));
    writeln!(out, "  {DIM}{number} |{DIM:#} {shown}")?;
    writeln!(
        out,
        "  {DIM}{} |{DIM:#} {}{BOLD}{pointer}{BOLD:#}",
        " ".repeat(number.len()),
        " ".repeat(start - skip)
    )
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    // File and parameter names keep their case.
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_name = first.contains(['_', '.', '/', ':', '=']) || first.chars().any(char::is_uppercase);
    let begun: String = match characters.next() {
        Some(c) if !is_name => c.to_uppercase().chain(characters).collect(),
        Some(_) | None => text.to_owned(),
    };
    if begun.ends_with(['.', '?']) {
        begun
    } else {
        format!("{begun}.")
    }
}
