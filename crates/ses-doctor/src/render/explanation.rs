//! What a log says, for people: each failure with its cause, the reason, and what to check next.

use super::text::{paragraph, sentence};
use anstyle::{AnsiColor, Style};
use ses_doctor_core::causes::by_id;
use ses_doctor_core::explain::v1::{Cause, Explanations, Outcome, Reduced, Report, Source};
use ses_doctor_core::explain::{HEALTHY, NOT_SES, Sureness, UNKNOWN};
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Candidates that are shown; `-v` shows all.
const MOST_CANDIDATES: usize = 5;
/// Groups that are shown; `-v` shows all.
const MOST_GROUPS: usize = 8;
const SAMPLE_LINES: usize = 6;
const SAMPLE_WIDTH: usize = 400;

/// Writes the report. `verbose` shows every group and every candidate.
pub(crate) fn report(out: &mut dyn Write, report: &Report, verbose: bool) -> io::Result<()> {
    headline(out, report)?;
    let shown = if verbose { report.groups.len() } else { MOST_GROUPS };
    let several = report.sources.len() > 1;
    for group in report.groups.iter().take(shown) {
        one_group(out, group, several, verbose)?;
    }
    let hidden = report.groups.len().saturating_sub(shown);
    if hidden > 0 {
        writeln!(
            out,
            "\n{DIM}{hidden} more kinds of records; -v shows them.{DIM:#}"
        )?;
    }
    if report.left_out > 0 {
        writeln!(
            out,
            "\n{DIM}{} records of still other kinds were left out.{DIM:#}",
            report.left_out
        )?;
    }
    footer(out, &report.sources)
}

fn headline(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let first = report.groups.first().and_then(|group| group.causes.first());
    let (mark, colour) = match report.outcome {
        Outcome::CauseFound => ("cause found:", AnsiColor::Red),
        Outcome::Unknown => ("unknown:", AnsiColor::Yellow),
        Outcome::NotSes => ("not SES:", AnsiColor::Yellow),
        Outcome::Healthy => ("healthy:", AnsiColor::Green),
    };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    let said = first.map(title).unwrap_or_default();
    writeln!(out, "{style}{mark}{style:#} {BOLD}{said}{BOLD:#}")
}

fn title(cause: &Cause) -> String {
    match cause.cause.as_str() {
        UNKNOWN | HEALTHY => upper_first(&cause.why),
        NOT_SES => "This is not of Amazon SES SMTP".to_owned(),
        id => by_id(id).map_or_else(|| id.to_owned(), |known| known.title.to_owned()),
    }
}

fn upper_first(text: &str) -> String {
    sentence(text).trim_end_matches('.').to_owned()
}

fn one_group(out: &mut dyn Write, group: &Explanations, several: bool, verbose: bool) -> io::Result<()> {
    writeln!(out, "\n{BOLD}{}{BOLD:#}{}", summary(group), place(group, several))?;
    for line in group.sample.lines().take(SAMPLE_LINES) {
        let cut: String = line.chars().take(SAMPLE_WIDTH).collect();
        let more = if cut.len() < line.len() { " …" } else { "" };
        writeln!(out, "  {DIM}| {cut}{more}{DIM:#}")?;
    }
    let proven = group
        .causes
        .iter()
        .take_while(|cause| cause.verdict >= Sureness::Likely || cause.cause == UNKNOWN);
    for cause in proven {
        one_cause(out, cause)?;
    }
    candidates(out, group, verbose)
}

/// `Postfix to email-smtp.us-east-1.amazonaws.com:587: 535 Authentication Credentials Invalid`.
fn summary(group: &Explanations) -> String {
    let Some(failure) = &group.failure else {
        return match group.count {
            0 => "Nothing of mail was found".to_owned(),
            _ => "It worked".to_owned(),
        };
    };
    let who = failure.client.clone().unwrap_or_else(|| "The client".to_owned());
    let host = failure.host.as_ref().map(|host| match failure.port {
        Some(port) => format!(" to {host}:{port}"),
        None => format!(" to {host}"),
    });
    format!("{who}{}: {}", host.unwrap_or_default(), what(failure))
}

fn what(failure: &Reduced) -> String {
    let text: String = failure
        .text
        .iter()
        .flat_map(|text| text.chars())
        .take(120)
        .collect();
    match failure.code {
        Some(code) => format!("{code} {text}").trim_end().to_owned(),
        None => failure
            .signs
            .first()
            .map_or_else(|| "a failure".to_owned(), |sign| sign.replace('-', " ")),
    }
}

fn place(group: &Explanations, several: bool) -> String {
    if group.count == 0 {
        return String::new();
    }
    let count = match group.count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    let lines = if group.first_line == group.last_line {
        format!("line {}", group.first_line)
    } else {
        format!("lines {} to {}", group.first_line, group.last_line)
    };
    let times = match (&group.first_time, &group.last_time) {
        (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
        (Some(first), _) => format!(", {first}"),
        (None, _) => String::new(),
    };
    let source = if several {
        format!(" of {}", group.source)
    } else {
        String::new()
    };
    format!("  ({count}, {lines}{source}{times})")
}

fn one_cause(out: &mut dyn Write, cause: &Cause) -> io::Result<()> {
    let verdict = match cause.verdict {
        Sureness::Confirmed => "confirmed",
        Sureness::Likely => "likely",
        Sureness::Possible => "possible",
        Sureness::Unknown => "the text does not decide",
    };
    writeln!(out, "  {BOLD}{}{BOLD:#} {DIM}· {verdict}{DIM:#}", cause.cause)?;
    paragraph(out, "    ", &sentence(&cause.why))?;
    paragraph(out, "    Next: ", &sentence(&cause.next_check))
}

fn candidates(out: &mut dyn Write, group: &Explanations, verbose: bool) -> io::Result<()> {
    let possible: Vec<&Cause> = group
        .causes
        .iter()
        .filter(|cause| cause.verdict == Sureness::Possible)
        .collect();
    if possible.is_empty() {
        return Ok(());
    }
    let shown = if verbose { possible.len() } else { MOST_CANDIDATES };
    writeln!(out, "  Candidates, the most frequent first:")?;
    for cause in possible.iter().take(shown) {
        paragraph(out, &format!("    {}: ", cause.cause), &cause.next_check)?;
    }
    match possible.len().saturating_sub(shown) {
        0 => Ok(()),
        hidden => writeln!(out, "    {DIM}and {hidden} more; -v shows them{DIM:#}"),
    }
}

fn footer(out: &mut dyn Write, sources: &[Source]) -> io::Result<()> {
    writeln!(out)?;
    for source in sources {
        writeln!(
            out,
            "{DIM}{}: {} lines, {} bytes.{DIM:#}",
            source.name, source.lines, source.bytes
        )?;
        if let Some(why) = &source.incomplete {
            writeln!(out, "  Not read to the end: {why}. What was read counts.")?;
        }
    }
    writeln!(
        out,
        "{DIM}Seen by: text only. Nothing was asked, nothing was changed.{DIM:#}"
    )
}
