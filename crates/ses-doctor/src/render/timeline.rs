//! What changed before it broke: the change at fault first, then the rest, newest first.

use super::text::{paragraph, section, sentence};
use anstyle::Style;
use jiff::Timestamp;
use ses_doctor_core::report::timeline_v1::{AtFault, Entry, Meaning, Reason, Timeline};
use ses_doctor_core::timeline::span;
use std::io::{self, Write};

const DIM: Style = Style::new().dimmed();
/// More is for `-v`.
const MOST: usize = 6;
const AGE: usize = 14;

/// Writes the timeline; nothing where it holds nothing that is worth reading.
pub(super) fn timeline(out: &mut dyn Write, timeline: &Timeline, verbose: bool) -> io::Result<()> {
    let changed = timeline.entries.iter().any(|entry| entry.change.is_some());
    let dated = timeline.failed.as_ref();
    let logged = dated.is_some_and(|failed| failed.evidence == "client.log");
    // That a cause is of the client's side needs no timeline.
    let mut unexplained = timeline.unexplained.iter();
    let missed = unexplained.any(|none| none.reason != Reason::NotRecorded);
    if !changed && !logged && !missed && !verbose {
        return Ok(());
    }
    section(out, "What changed before it broke")?;
    blame(out, timeline)?;
    let now = timeline.now.as_deref().and_then(|now| now.parse().ok());
    let shown = shown(timeline, verbose);
    for entry in &shown {
        one(out, entry, now)?;
    }
    let rest = timeline.entries.len() - shown.len();
    if rest > 0 {
        writeln!(out, "  and {rest} more (-v shows all)")?;
    }
    if verbose {
        for limit in &timeline.limits {
            paragraph(out, "  ! ", &sentence(limit))?;
        }
        let lookups = timeline.lookups;
        writeln!(out, "  {DIM}Look-ups made in CloudTrail: {lookups}.{DIM:#}")?;
    } else if let Some(zone) = timeline.limits.iter().find(|limit| limit.contains("--log-zone")) {
        paragraph(out, "  ! ", &sentence(zone))?;
    }
    Ok(())
}

/// The change at fault with its reasons, for each change once; else why none is named.
fn blame(out: &mut dyn Write, timeline: &Timeline) -> io::Result<()> {
    let mut named: Vec<&str> = Vec::new();
    for fault in &timeline.at_fault {
        let entry = timeline.entries.iter().find(|entry| entry.id == fault.entry);
        let Some(entry) = entry.filter(|_| !named.contains(&fault.entry.as_str())) else {
            continue;
        };
        named.push(&fault.entry);
        paragraph(out, "  ", &accused(fault, entry))?;
        paragraph(out, "  ", &sentence(&fault.why.join("; ")))?;
    }
    if let (true, Some(none)) = (named.is_empty(), timeline.unexplained.first()) {
        paragraph(out, "  ", &sentence(&none.words))?;
    }
    Ok(())
}

fn accused(fault: &AtFault, entry: &Entry) -> String {
    let by = entry
        .change
        .as_ref()
        .map_or_else(String::new, |change| format!(" by {}", change.by.name));
    let percent = fault.confidence * 100.0;
    format!("Most likely at fault ({percent:.0} %): {}{by}.", entry.what)
}

/// Those at fault first, then the newest, up to the limit.
fn shown(timeline: &Timeline, verbose: bool) -> Vec<&Entry> {
    let newest = || timeline.entries.iter().rev();
    let at_fault = newest().filter(|entry| entry.mark == Meaning::AtFault);
    let rest = newest().filter(|entry| entry.mark != Meaning::AtFault);
    let most = if verbose { usize::MAX } else { MOST };
    at_fault.chain(rest).take(most).collect()
}

fn one(out: &mut dyn Write, entry: &Entry, now: Option<Timestamp>) -> io::Result<()> {
    let at: Option<Timestamp> = entry.at.parse().ok();
    let age = at.zip(now).map_or_else(String::new, |(at, now)| match at <= now {
        true => format!("{} ago", span(now, at)),
        false => format!("in {}", span(at, now)),
    });
    let mark = match entry.mark {
        Meaning::AtFault => '▶',
        Meaning::TooLate | Meaning::Refused | Meaning::None => ' ',
    };
    let seconds = at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let seconds = seconds.unwrap_or_else(|| entry.at.clone());
    paragraph(out, &format!("{mark} {seconds}  {age:AGE$}  "), &line(entry))
}

fn line(entry: &Entry) -> String {
    let note = match entry.mark {
        Meaning::TooLate => " (too late to be why)",
        Meaning::Refused => " (refused, changed nothing)",
        Meaning::AtFault | Meaning::None => "",
    };
    let Some(change) = &entry.change else {
        return format!("{}{note}", entry.what);
    };
    let program = change.from.program.as_deref();
    let program = program.filter(|program| *program != change.by.name);
    let program = program.map_or_else(String::new, |program| format!(" ({program})"));
    let address = change.from.address.as_deref();
    let address = address.map_or_else(String::new, |from| format!(" from {from}"));
    format!("{}, by {}{program}{address}{note}", entry.what, change.by.name)
}
