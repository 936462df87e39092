//! An experiment for people: what differs, how sure that is, and the trials in a table.

use super::text::{paragraph, section, sentence};
use ses_doctor_core::experiment::{self, Conclusion, Reach};
use ses_doctor_core::report::experiment_v1::{Experiment, Trial};
use std::io::{self, Write};

/// The evidence in a line.
pub(super) fn line(experiment: &experiment::Experiment) -> String {
    let shown = match &experiment.conclusion {
        Conclusion::Flips(flip) => format!("{} decides", flip.factor.words()),
        Conclusion::Suggests { flip, .. } => format!("{} differs at a first look", flip.factor.words()),
        Conclusion::NoDifference { .. } => "no difference".to_owned(),
        Conclusion::Intermittent { .. } => "it comes and goes".to_owned(),
        Conclusion::Nothing { .. } => "nothing was tried".to_owned(),
    };
    format!("{shown}; {}", spent(experiment.logins, experiment.connections))
}

/// The section. `verbose` lists every trial.
pub(super) fn experiment(out: &mut dyn Write, of: &Experiment, verbose: bool) -> io::Result<()> {
    section(out, "Experiment")?;
    paragraph(out, "  ", &sentence(&of.difference))?;
    if let Some(cause) = &of.proven {
        let text = format!("{cause} is proven without it, so no login was spent.");
        paragraph(out, "  ", &text)?;
    }
    if let Some(stop) = of.stopped {
        paragraph(out, "  ", &format!("Stopped early: {}.", stop.words()))?;
    }
    let rows = if verbose {
        every(&of.trials)
    } else {
        by_level(&of.trials)
    };
    table(out, &rows)?;
    let probe = of
        .trials
        .iter()
        .any(|trial| trial.purpose == experiment::Purpose::Given);
    let first = if probe {
        "; the probe before it counts as the first look"
    } else {
        ""
    };
    paragraph(
        out,
        "  ",
        &format!("Spent: {}{first}.", spent(of.logins, of.connections)),
    )
}

fn spent(logins: u32, connections: u32) -> String {
    let number = |count: u32, noun: &str| match count {
        1 => format!("1 {noun}"),
        many => format!("{many} {noun}s"),
    };
    format!(
        "{}, {}",
        number(logins, "login"),
        number(connections, "connection")
    )
}

/// What was varied, how far, how it ended.
type Row = [String; 4];

fn every(trials: &[Trial]) -> Vec<Row> {
    let row = |trial: &Trial| {
        let address = trial.address.clone().unwrap_or_default();
        [
            trial.level.clone(),
            reach(trial.reach).to_owned(),
            address,
            trial.outcome.clone(),
        ]
    };
    trials.iter().map(row).collect()
}

fn by_level(trials: &[Trial]) -> Vec<Row> {
    let mut groups: Vec<(&Trial, usize, usize, &str)> = Vec::new();
    for trial in trials {
        let same = |first: &&Trial| first.level == trial.level && first.reach == trial.reach;
        let at = groups
            .iter()
            .position(|(first, ..)| same(first))
            .unwrap_or_else(|| {
                groups.push((trial, 0, 0, ""));
                groups.len() - 1
            });
        if let Some((_, worked, tried, how)) = groups.get_mut(at) {
            *tried += 1;
            *worked += usize::from(trial.works);
            *how = if trial.works { *how } else { &trial.outcome };
        }
    }
    let row = |(first, worked, tried, how): &(&Trial, usize, usize, &str)| {
        let count = format!("{worked} of {tried} worked");
        [
            first.level.clone(),
            reach(first.reach).to_owned(),
            count,
            (*how).to_owned(),
        ]
    };
    groups.iter().map(row).collect()
}

fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Connection => "connection",
        Reach::Login => "login",
    }
}

fn table(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let (first, second, third) = (width(0), width(1), width(2));
    for [level, reach, count, how] in rows {
        let lead = format!("    {level:first$}  {reach:second$}  {count:third$}");
        if how.is_empty() {
            writeln!(out, "{}", lead.trim_end())?;
        } else {
            paragraph(out, &format!("{lead}  "), how)?;
        }
    }
    Ok(())
}
