//! Permissions for people: the documents first, then each call with what it tells and what its absence costs.

use super::text::{paragraph, sentence};
use anstyle::Style;
use ses_doctor_core::report::permissions::{Action, Permissions};
use std::io::{self, Write};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Writes them.
pub(crate) fn list(out: &mut dyn Write, permissions: &Permissions) -> io::Result<()> {
    for policy in &permissions.policies {
        writeln!(out, "{BOLD}Policy {}{BOLD:#}", policy.name)?;
        paragraph(out, "  ", &sentence(&format!("for {}", policy.attach_to)))?;
        super::json(out, &policy.document)?;
        writeln!(out)?;
    }
    stars(out, permissions)?;
    left_broad(out, permissions)?;
    let (needed, aside): (Vec<&Action>, Vec<&Action>) = permissions
        .actions
        .iter()
        .partition(|action| action.left_out_because.is_none());
    writeln!(out, "{BOLD}The calls, and what their absence costs{BOLD:#}")?;
    for action in needed {
        one(out, action)?;
    }
    if !aside.is_empty() {
        writeln!(out, "\n{BOLD}Also called, where it is allowed{BOLD:#}")?;
    }
    for action in aside {
        let why = action.left_out_because.as_deref().unwrap_or_default();
        paragraph(
            out,
            "  ",
            &format!("{}, {}: {}", action.action, action.calls, action.tells),
        )?;
        paragraph(out, "      ", &format!("no part of the policy: {why}"))?;
    }
    Ok(())
}

/// Each reason with its actions.
fn stars(out: &mut dyn Write, permissions: &Permissions) -> io::Result<()> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for action in &permissions.actions {
        let Some(why) = action.star_because.as_deref() else {
            continue;
        };
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(&action.action),
            None => reasons.push((why, vec![&action.action])),
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "{BOLD}Why `*`{BOLD:#}")?;
    for (why, names) in reasons {
        paragraph(out, "  ", &format!("{}: {why}", names.join(", ")))?;
    }
    writeln!(out)
}

fn left_broad(out: &mut dyn Write, permissions: &Permissions) -> io::Result<()> {
    if permissions.left_broad.is_empty() {
        return Ok(());
    }
    writeln!(out, "{BOLD}Left broad{BOLD:#}")?;
    for one in &permissions.left_broad {
        paragraph(out, "  ", &format!("{}: {} narrows it", one.granted, one.option))?;
    }
    writeln!(out)
}

fn one(out: &mut dyn Write, action: &Action) -> io::Result<()> {
    writeln!(
        out,
        "  {BOLD}{}{BOLD:#} {DIM}{}{DIM:#}",
        action.action, action.calls
    )?;
    paragraph(out, "      tells ", &action.tells)?;
    let costs = &action.costs;
    let without = match costs.causes.is_empty() {
        true => "no cause by itself".to_owned(),
        false => costs.causes.join(", "),
    };
    if costs.evidence.is_empty() {
        return Ok(());
    }
    paragraph(out, "      without it, may stay unknown: ", &without)?;
    if !costs.then_also_evidence.is_empty() {
        let then = format!(
            "{} ({} more causes)",
            costs.then_also_evidence.join(", "),
            costs.then_also_causes.len()
        );
        paragraph(out, "      its answer also leads to ", &then)?;
    }
    Ok(())
}
