//! The report for people: the verdict first, then the proof, then what to do; what was looked at comes last.

use super::timeline::timeline;
use super::{dialogue, exhibit};
use anstyle::{AnsiColor, Style};
use ses_doctor_core::report::v1::{Finding, Report, Unknown};
use ses_doctor_core::{Access, Certainty, Evidence, Need, Outcome};
use std::io::{self, Write};

const WIDTH: usize = 100;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Writes the report. `verbose` adds the dialogue, what was ruled out and all evidence.
pub(crate) fn report(
    out: &mut dyn Write,
    report: &Report,
    evidence: &Evidence,
    verbose: bool,
) -> io::Result<()> {
    headline(out, report)?;
    for (index, finding) in report.findings.iter().enumerate() {
        one_finding(out, finding, index > 0)?;
    }
    if let Some(experiment) = &report.experiment {
        super::experiment::experiment(out, experiment, verbose)?;
    }
    if report.outcome == Outcome::Healthy {
        health_limits(out, evidence)?;
    }
    undecided(out, report)?;
    missing_permissions(out, report)?;
    if report.outcome != Outcome::Healthy || verbose {
        timeline(out, &report.timeline, verbose)?;
    }
    looked_at(out, report, evidence)?;
    if verbose {
        ruled_out(out, report)?;
        if let Some(probe) = evidence.probe.known() {
            section(out, "Dialogue")?;
            dialogue(out, &probe.transcript)?;
        }
    }
    footer(out, report)
}

fn headline(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let (mark, colour) = match report.outcome {
        Outcome::Healthy => ("healthy:", AnsiColor::Green),
        Outcome::CauseFound => ("cause found:", AnsiColor::Red),
        Outcome::Inconclusive => ("inconclusive:", AnsiColor::Yellow),
    };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    writeln!(out, "{style}{mark}{style:#} {BOLD}{}{BOLD:#}", report.headline)?;
    if report.interrupted {
        writeln!(out, "Stopped early: this is what was known by then.")?;
    }
    Ok(())
}

fn one_finding(out: &mut dyn Write, finding: &Finding, also: bool) -> io::Result<()> {
    if also {
        let also = if finding.ahead {
            "Next, once that is mended"
        } else {
            "Also"
        };
        writeln!(out, "\n{BOLD}{also}: {}{BOLD:#}", finding.title)?;
    }
    let certainty = match finding.verdict {
        Certainty::Confirmed => "confirmed".to_owned(),
        Certainty::Likely => format!("likely, {:.0} %", finding.confidence * 100.0),
        Certainty::Possible => format!("possible, {:.0} %", finding.confidence * 100.0),
    };
    writeln!(out, "  {DIM}{} · {certainty}{DIM:#}", finding.cause)?;
    section(out, "Proof")?;
    paragraph(
        out,
        "  ",
        &format!("{} [{}]", sentence(&finding.why), finding.because.join(", ")),
    )?;
    section(out, "What to do")?;
    paragraph(out, "  ", &sentence(&finding.remedy.summary))?;
    for (number, step) in finding.remedy.steps.iter().enumerate() {
        paragraph(out, &format!("  {}. ", number + 1), &sentence(&step.text))?;
        if let Some(command) = &step.command {
            writeln!(out, "     {BOLD}$ {command}{BOLD:#}")?;
        }
    }
    Ok(())
}

/// A login that works proves the pair and nothing else.
fn health_limits(out: &mut dyn Write, evidence: &Evidence) -> io::Result<()> {
    let sent = evidence
        .probe
        .known()
        .and_then(|probe| probe.end_of_data.as_ref())
        .is_some_and(|reply| reply.code == 250);
    let text = if sent {
        "SES took a message: the pair, the permission, the sender's verification and the quota are all in order."
    } else {
        "This proves the user name and the password. SES checks permission, verification and quota only when a message is \
         sent: --send --from ADDRESS proves those too, with one message to the mailbox simulator."
    };
    writeln!(out)?;
    paragraph(out, "  ", text)
}

fn undecided(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    if report.unknown.is_empty() || report.outcome == Outcome::Healthy {
        return Ok(());
    }
    section(out, "Could not be told")?;
    for unknown in &report.unknown {
        paragraph(out, "  • ", &format!("{}: {}", unknown.cause, unknown.why))?;
    }
    section(out, "What would settle it")?;
    for (id, how) in settling(&report.unknown) {
        paragraph(out, "  • ", &format!("{how} [{id}]"))?;
    }
    Ok(())
}

/// Which conclusion each refused permission cost, and the policy to ask for. Of a healthy login nothing was lost.
fn missing_permissions(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let missing = report.missing_permissions.as_ref();
    let Some(missing) = missing.filter(|_| report.outcome != Outcome::Healthy) else {
        return Ok(());
    };
    section(out, "What the missing permissions cost")?;
    for one in &missing.permissions {
        let mut costs = Vec::new();
        if !one.undecided.is_empty() {
            costs.push(format!("could not be decided: {}", one.undecided.join(", ")));
        }
        if !one.less_sure.is_empty() {
            costs.push(format!(
                "is less sure than it might be: {}",
                one.less_sure.join(", ")
            ));
        }
        if !one.not_judged.is_empty() {
            let number = one.not_judged.len();
            costs.push(format!(
                "{number} more causes, to which nothing else points, were not judged"
            ));
        }
        if costs.is_empty() {
            costs.push(format!(
                "no conclusion, only evidence: {}",
                one.evidence.join(", ")
            ));
        }
        paragraph(out, "  • ", &format!("{}: {}", one.permission, costs.join("; ")))?;
    }
    let Some(policy) = &missing.policy else {
        return Ok(());
    };
    writeln!(out, "  The policy to ask for:")?;
    let text = serde_json::to_string_pretty(policy).map_err(io::Error::from)?;
    for line in text.lines() {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

/// Each missing piece once, in the order of first mention.
fn settling(unknown: &[Unknown]) -> Vec<(&str, String)> {
    let mut seen: Vec<(&str, String)> = Vec::new();
    for missing in unknown.iter().flat_map(|u| &u.missing) {
        if !seen.iter().any(|(id, _)| *id == missing.evidence) {
            let how = match &missing.unavailable {
                Some(why) => format!("{} (now: {why})", missing.how),
                None => missing.how.clone(),
            };
            seen.push((&missing.evidence, how));
        }
    }
    seen
}

fn looked_at(out: &mut dyn Write, report: &Report, evidence: &Evidence) -> io::Result<()> {
    section(out, "Evidence")?;
    let width = report
        .evidence
        .iter()
        .map(|e| e.id.len())
        .max()
        .unwrap_or_default();
    for need in Need::ALL.iter().copied() {
        if let Some(line) = exhibit::line(need, evidence) {
            paragraph(out, &format!("  + {:width$}  ", need.id()), &line)?;
        }
    }
    for (why, ids) in unavailable(evidence) {
        paragraph(out, "  - ", &format!("{} unavailable: {why}", ids.join(", ")))?;
    }
    Ok(())
}

/// Each reason once, with all that it took away.
fn unavailable(evidence: &Evidence) -> Vec<(String, Vec<&'static str>)> {
    let mut reasons: Vec<(String, Vec<&'static str>)> = Vec::new();
    for need in Need::ALL.iter().copied() {
        let Some(why) = evidence.unavailable(need) else {
            continue;
        };
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, ids)) => ids.push(need.id()),
            None => reasons.push((why, vec![need.id()])),
        }
    }
    reasons
}

fn ruled_out(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    if report.ruled_out.is_empty() {
        return Ok(());
    }
    section(out, "Ruled out")?;
    for entry in &report.ruled_out {
        paragraph(
            out,
            "  • ",
            &format!("{}: {} [{}]", entry.cause, entry.why, entry.because.join(", ")),
        )?;
    }
    Ok(())
}

fn footer(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let access = match report.access {
        Access::TextOnly => "text only",
        Access::SmtpOnly => "text and SMTP",
        Access::AwsReadOnly => "text, SMTP and AWS reads",
        Access::AwsFull => "text, SMTP, AWS reads and writes",
    };
    let time = report.timing.as_ref().map_or_else(String::new, |t| {
        format!(
            " · {:.1} s (critical path {:.1} s)",
            seconds(t.elapsed_ms),
            seconds(t.critical_path_ms)
        )
    });
    writeln!(out, "\n{DIM}Seen by: {access}{time}. Nothing was changed.{DIM:#}")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of a diagnosis are far below 2^52"
)]
fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}

pub(super) fn section(out: &mut dyn Write, title: &str) -> io::Result<()> {
    writeln!(out, "\n{BOLD}{title}{BOLD:#}")
}

/// Capitalised, with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut characters = text.trim().chars();
    let first = characters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    let keeps_case = text
        .split_whitespace()
        .next()
        .is_some_and(|word| word.contains(['-', '.', '_', ':']));
    let head = if keeps_case {
        text.trim().to_owned()
    } else {
        format!("{first}{}", characters.as_str())
    };
    if head.ends_with(['.', '!', '?', ':']) {
        head
    } else {
        format!("{head}.")
    }
}

/// A text, broken into lines behind its lead.
pub(super) fn paragraph(out: &mut dyn Write, lead: &str, text: &str) -> io::Result<()> {
    let rest = " ".repeat(lead.chars().count());
    // Host names, ids and commands are not to be broken at their hyphens.
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(lead)
        .subsequent_indent(&rest)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for line in textwrap::wrap(text, options) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn sentences_keep_the_case_of_names() {
        assert_eq!(sentence("the key is old"), "The key is old.");
        assert_eq!(
            sentence("eu-west-1 refuses the pair"),
            "eu-west-1 refuses the pair."
        );
        assert_eq!(sentence(""), ".");
    }
}
