//! A plan for people: what would change as a diff, why, whom it reaches, and how it is undone.

use anstyle::{AnsiColor, Style};
use ses_doctor_core::action::Action;
use ses_doctor_core::plan::{Drafted, Plan, Request, Saw, Step};
use similar::{ChangeTag, TextDiff};
use std::io::{self, Write};
use std::path::Path;

const WIDTH: usize = 100;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
const GREEN: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));

/// Writes the plan; `file` is where it was written to.
pub(crate) fn plan(out: &mut dyn Write, drafted: &Drafted, file: Option<&Path>) -> io::Result<()> {
    let plan = drafted.plan();
    let account = plan.target.account.as_deref().unwrap_or("(not known)");
    writeln!(
        out,
        "{BOLD}plan {}{BOLD:#} for account {account}, region {}",
        drafted.id().short(),
        plan.target.region
    )?;
    if let Some(undoes) = &plan.undoes {
        writeln!(out, "It undoes the run {undoes}.")?;
    }
    match plan.is_rotation() || plan.only_deletes_keys() || plan.undoes.is_some() {
        true => {}
        false => saw(out, &plan.saw)?,
    }
    for (number, step) in (1..).zip(&plan.steps) {
        one_step(out, number, step, &plan.target.region)?;
    }
    for assumption in &plan.assumptions {
        paragraph(out, "\nTaken for granted: ", assumption)?;
    }
    for request in &plan.requests {
        one_request(out, request)?;
    }
    footer(out, plan, file)
}

fn saw(out: &mut dyn Write, saw: &[Saw]) -> io::Result<()> {
    if saw.is_empty() {
        return writeln!(out, "No cause was found that it could answer to.");
    }
    for saw in saw {
        let certainty = format!("{:?}", saw.certainty).to_lowercase();
        paragraph(out, &format!("  {} ({certainty}): ", saw.cause), &saw.why)?;
    }
    Ok(())
}

fn one_step(out: &mut dyn Write, number: usize, step: &Step, region: &str) -> io::Result<()> {
    let action = &step.action;
    let way_back = match action.one_way() {
        Some(_) => "one-way",
        None if action.is_gate() => "changes nothing",
        None => "can be undone",
    };
    writeln!(
        out,
        "\n{BOLD}Step {number}: {}{BOLD:#}  {DIM}{} · risk {} · {way_back}{DIM:#}",
        action.resource(),
        action.id(),
        step.risk.word()
    )?;
    diff(out, action)?;
    paragraph(out, "  Why      ", &step.why)?;
    paragraph(out, "  Risk     ", &step.risk_why)?;
    if let Some(lost) = action.one_way() {
        paragraph(
            out,
            "  One-way  ",
            &format!(
                "{lost}; it needs --allow-one-way {}",
                action.consent().unwrap_or_else(|| number.to_string())
            ),
        )?;
    }
    for reach in &step.blast_radius {
        paragraph(out, "  Reaches  ", reach)?;
    }
    for proof in &step.proof {
        let (first, rest) = proof.split_once('\n').unwrap_or((proof, ""));
        paragraph(out, "  Proof    ", first)?;
        for line in rest.lines() {
            writeln!(out, "    {line}")?;
        }
    }
    if !action.permissions().is_empty() {
        paragraph(out, "  Needs    ", &action.permissions().join(", "))?;
    }
    if let Some(command) = action.command_line(region).filter(|_| !action.is_gate()) {
        writeln!(out, "  By hand  {DIM}$ {command}{DIM:#}")?;
    }
    Ok(())
}

/// What changes, line by line.
fn diff(out: &mut dyn Write, action: &Action) -> io::Result<()> {
    let (before, after) = (action.before().lines(), action.after().lines());
    let diff = TextDiff::from_lines(&before, &after);
    for change in diff.iter_all_changes() {
        let line = change.value().trim_end_matches('\n');
        match change.tag() {
            ChangeTag::Delete => writeln!(out, "  {RED}- {line}{RED:#}")?,
            ChangeTag::Insert => writeln!(out, "  {GREEN}+ {line}{GREEN:#}")?,
            ChangeTag::Equal => writeln!(out, "    {line}")?,
        }
    }
    Ok(())
}

fn one_request(out: &mut dyn Write, request: &Request) -> io::Result<()> {
    writeln!(
        out,
        "\n{BOLD}Not ours to change: {}{BOLD:#}\n  To {}:",
        request.cause, request.to
    )?;
    for line in request.text.lines() {
        if line.trim().is_empty() {
            writeln!(out)?;
        } else {
            let depth = line.len() - line.trim_start().len();
            let hanging = if line.trim_start().starts_with("- ") { 2 } else { 0 };
            let first = " ".repeat(4 + depth);
            let rest = " ".repeat(4 + depth + hanging);
            // A command is kept in one line, to be copied.
            match depth >= 4 {
                true => writeln!(out, "    {line}")?,
                false => wrapped(out, &first, &rest, line.trim_start())?,
            }
        }
    }
    Ok(())
}

fn footer(out: &mut dyn Write, plan: &Plan, file: Option<&Path>) -> io::Result<()> {
    let Some(file) = file.filter(|_| !plan.steps.is_empty()) else {
        return Ok(());
    };
    let file = file.display();
    writeln!(out, "\nNothing was changed. The plan is in {file}; next:")?;
    writeln!(
        out,
        "  {BOLD}$ ses-doctor apply {file}{BOLD:#}            rehearse it"
    )?;
    writeln!(
        out,
        "  {BOLD}$ ses-doctor apply {file} --apply{BOLD:#}    carry it out"
    )?;
    writeln!(
        out,
        "  {BOLD}$ ses-doctor plan show {file} --as terraform{BOLD:#}    as code (also cli, cloudformation), so that it does not drift back"
    )
}

fn paragraph(out: &mut dyn Write, first: &str, text: &str) -> io::Result<()> {
    let indent = " ".repeat(first.trim_start_matches('\n').len().min(11));
    wrapped(out, first, &indent, text)
}

fn wrapped(out: &mut dyn Write, first: &str, rest: &str, text: &str) -> io::Result<()> {
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    writeln!(out, "{}", textwrap::fill(text, options))
}
