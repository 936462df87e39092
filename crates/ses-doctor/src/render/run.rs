//! Runs for people: rehearsed, refused, come to their end.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use ses_doctor_core::action::Action;
use ses_doctor_core::plan::{Drafted, Plan, Refusal};
use ses_doctor_core::report::run_v1::{RotationReport, RunOutcome, RunReport, StepReport, StepStanding};
use ses_doctor_core::verification::Verified;
use similar::TextDiff;
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();

fn coloured(colour: AnsiColor) -> Style {
    Style::new().bold().fg_color(Some(colour.into()))
}

/// A rehearsal that found nothing against the plan.
pub(crate) fn ready(out: &mut dyn Write, drafted: &Drafted, report: &RunReport) -> io::Result<()> {
    super::plan::plan(out, drafted, None)?;
    let left = report
        .steps
        .iter()
        .filter(|step| step.state == StepStanding::ToDo)
        .count();
    writeln!(out)?;
    for (step, reach) in report
        .steps
        .iter()
        .flat_map(|step| step.reach.iter().map(move |reach| (step.step, reach)))
    {
        writeln!(out, "Reaches now, step {step}: {reach}")?;
    }
    match (report.steps.len(), left) {
        (0, _) => writeln!(out, "Rehearsed: there is nothing to do."),
        (_, 0) => writeln!(out, "Rehearsed: everything is already done."),
        (all, left) => {
            let style = coloured(AnsiColor::Green);
            writeln!(
                out,
                "{style}Rehearsed:{style:#} {left} of {all} steps to do; everything is as the plan expects it. Nothing was \
                 changed: give --apply to carry it out."
            )
        }
    }
}

/// A plan that cannot be applied, with the difference.
pub(crate) fn refused(
    out: &mut dyn Write,
    plan: &Plan,
    report: &RunReport,
    refusal: &Refusal,
) -> io::Result<()> {
    let style = coloured(AnsiColor::Red);
    writeln!(out, "{style}refused:{style:#} {BOLD}nothing was changed{BOLD:#}")?;
    for drift in &refusal.drift {
        writeln!(
            out,
            "\nStep {}: {} changed since the plan was made (- planned, + found):",
            drift.step, drift.resource
        )?;
        let lines = |text: String| {
            if text.is_empty() {
                "(not there)\n".to_owned()
            } else {
                text + "\n"
            }
        };
        let (planned, found) = (lines(drift.planned.lines()), lines(drift.found.lines()));
        let diff = TextDiff::from_lines(&planned, &found);
        write!(out, "{}", diff.unified_diff().context_radius(3))?;
    }
    for (step, why) in &refusal.unread {
        writeln!(out, "\nStep {step} could not be read: {why}")?;
    }
    for (step, lost) in &refusal.without_consent {
        let action = step
            .checked_sub(1)
            .and_then(|at| plan.steps.get(at))
            .map(|step| &step.action);
        let consent = action
            .and_then(Action::consent)
            .unwrap_or_else(|| step.to_string());
        let resource = action.map(Action::resource).unwrap_or_default();
        writeln!(
            out,
            "\nStep {step}, {resource}, is one-way: {lost}. Consent with --allow-one-way {consent}"
        )?;
    }
    if let (false, Some(undone)) = (refusal.drift.is_empty(), &plan.undoes) {
        writeln!(
            out,
            "\nSomebody changed it after the run {undone}: what it was before stands in the run's plan ({BOLD}ses-doctor runs show \
             {undone}{BOLD:#}) and its snapshot, for whoever decides which is to stay."
        )?;
    } else if !refusal.drift.is_empty() {
        writeln!(
            out,
            "\nMake a new plan of the plan {}'s findings with `ses-doctor plan`.",
            short(&report.plan)
        )?;
    }
    Ok(())
}

/// A run by its journal.
pub(crate) fn ended(out: &mut dyn Write, report: &RunReport) -> io::Result<()> {
    let (style, word) = headline(report);
    let run = report.run.as_deref().unwrap_or_default();
    writeln!(
        out,
        "{style}{word}:{style:#} {BOLD}run {run}{BOLD:#}, plan {}",
        short(&report.plan)
    )?;
    if let Some(undoes) = &report.undoes {
        writeln!(out, "  undoes the run {undoes}")?;
    }
    if let Some(plan) = &report.rehearses {
        writeln!(out, "  rehearses the plan {}", short(plan))?;
    }
    if let Some(automatic) = report.automatic {
        writeln!(out, "  automatic: {}", automatic.words())?;
    }
    if report.outcome == RunOutcome::NothingToDo {
        writeln!(out, "  the plan has no step: nothing was changed")?;
    }
    for step in &report.steps {
        one_step(out, step)?;
    }
    for note in &report.notes {
        writeln!(out, "  {}", note.words())?;
    }
    if let Some(verification) = &report.verification {
        let word = match verification.state {
            Verified::Verified => "verified",
            Verified::CausesLeft => "verified, with causes left",
            Verified::Failed => "the verification failed",
            Verified::NotVerified => "not verified",
        };
        writeln!(out, "{BOLD}{word}{BOLD:#}: {}", verification.why)?;
    }
    if let Some(undone) = &report.undone_by {
        match (&undone.run, &undone.why, undone.complete) {
            (Some(run), _, true) => writeln!(out, "undone by the run {run}: everything is as it was")?,
            (None, _, true) => writeln!(out, "nothing had been changed")?,
            (_, why, false) => writeln!(
                out,
                "{BOLD}it could not be undone{BOLD:#}: {}",
                why.as_deref().unwrap_or("see the run that tried")
            )?,
        }
    }
    advice(out, report, run)
}

fn headline(report: &RunReport) -> (Style, &'static str) {
    match report.outcome {
        RunOutcome::Applied => (coloured(AnsiColor::Green), "applied"),
        RunOutcome::NothingToDo => (coloured(AnsiColor::Yellow), "nothing to do"),
        RunOutcome::RolledBack => (coloured(AnsiColor::Yellow), "rolled back"),
        RunOutcome::NotRolledBack => (coloured(AnsiColor::Red), "failed, and not rolled back"),
        RunOutcome::Unfinished => (coloured(AnsiColor::Yellow), "unfinished"),
        RunOutcome::Waiting => (coloured(AnsiColor::Yellow), "waiting"),
        RunOutcome::Abandoned => (coloured(AnsiColor::Yellow), "stopped, and undone"),
        RunOutcome::Ready => (coloured(AnsiColor::Green), "ready"),
        RunOutcome::Refused => (coloured(AnsiColor::Red), "refused"),
    }
}

fn one_step(out: &mut dyn Write, step: &StepReport) -> io::Result<()> {
    let why = step
        .why
        .as_ref()
        .map(|why| format!(" ({why})"))
        .unwrap_or_default();
    writeln!(
        out,
        "  {}. {}: {}{why}",
        step.step,
        word(step.state),
        step.resource
    )
}

fn word(state: StepStanding) -> &'static str {
    match state {
        StepStanding::ToDo => "to do",
        StepStanding::AlreadyDone => "already done",
        StepStanding::Done => "done",
        StepStanding::NotDone => "not done",
        StepStanding::Unknown => "not known",
        StepStanding::NotYet => "not yet",
        StepStanding::NotBegun => "not begun",
        StepStanding::Drifted => "changed meanwhile",
        StepStanding::Unreadable => "not readable",
        StepStanding::NeedsConsent => "needs consent",
    }
}

fn advice(out: &mut dyn Write, report: &RunReport, run: &str) -> io::Result<()> {
    if let Some(rotation) = &report.rotation {
        rotated(out, report, rotation, run)?;
    }
    match report.outcome {
        RunOutcome::Waiting => writeln!(
            out,
            "Go on later with {BOLD}ses-doctor runs resume {run}{BOLD:#} (with --wait it stays until then), or undo it with \
             {BOLD}ses-doctor rollback {run} --apply{BOLD:#}"
        ),
        RunOutcome::Applied if report.undoes.is_none() && !is_undone(report) => {
            writeln!(
                out,
                "Undo it with: {BOLD}ses-doctor rollback {run} --apply{BOLD:#}"
            )
        }
        RunOutcome::Unfinished => writeln!(
            out,
            "Go on with {BOLD}ses-doctor runs resume {run}{BOLD:#}, or undo it with {BOLD}ses-doctor rollback {run} --apply{BOLD:#}"
        ),
        RunOutcome::NotRolledBack => writeln!(
            out,
            "See what differs with {BOLD}ses-doctor rollback {run}{BOLD:#}, then add --apply"
        ),
        RunOutcome::Applied
        | RunOutcome::NothingToDo
        | RunOutcome::RolledBack
        | RunOutcome::Abandoned
        | RunOutcome::Ready
        | RunOutcome::Refused => Ok(()),
    }
}

/// The keys, and what is left to others.
fn rotated(out: &mut dyn Write, report: &RunReport, rotation: &RotationReport, run: &str) -> io::Result<()> {
    if let Some(new) = &rotation.new_key {
        writeln!(
            out,
            "  user {}: {BOLD}{new}{BOLD:#} in place of {}",
            rotation.user, rotation.old_key
        )?;
    }
    for lost in &rotation.lost_keys {
        writeln!(
            out,
            "  {lost} was made on the way and deleted again: its secret was lost with the answer, and nobody has it"
        )?;
    }
    if !matches!(report.outcome, RunOutcome::Applied | RunOutcome::Waiting) || is_undone(report) {
        return Ok(());
    }
    for left in &rotation.afterwards {
        writeln!(out, "  {BOLD}left to you{BOLD:#}: {left}")?;
    }
    if report.outcome == RunOutcome::Applied {
        writeln!(
            out,
            "  When nobody misses the old key any more, delete it: {BOLD}ses-doctor rotate --finish {run} --allow-one-way \
             delete-key:{} --apply{BOLD:#}",
            rotation.old_key
        )?;
    }
    Ok(())
}

fn is_undone(report: &RunReport) -> bool {
    report.undone_by.as_ref().is_some_and(|undone| undone.complete)
}

/// All runs, newest first.
pub(crate) fn list(out: &mut dyn Write, runs: &[(Timestamp, RunReport)]) -> io::Result<()> {
    if runs.is_empty() {
        return writeln!(out, "No run was made yet.");
    }
    for (began, report) in runs {
        let (style, word) = headline(report);
        let undoes = report
            .undoes
            .as_ref()
            .map(|run| format!(", undoes {run}"))
            .unwrap_or_default();
        let undone = if is_undone(report) { ", undone later" } else { "" };
        writeln!(
            out,
            "{}  {}  {style}{word}{style:#}  account {}, region {}, steps: {}{undoes}{undone}",
            report.run.as_deref().unwrap_or_default(),
            began.strftime("%Y-%m-%d %H:%M:%SZ"),
            report.account.as_deref().unwrap_or("-"),
            report.region,
            report.steps.len()
        )?;
    }
    Ok(())
}

fn short(plan: &str) -> &str {
    plan.get(..12).unwrap_or(plan)
}
