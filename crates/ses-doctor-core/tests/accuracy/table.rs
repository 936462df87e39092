//! The table by cause and by client.

use super::{Expected, Score};
use ses_doctor_core::explain::Explained;
use std::collections::BTreeMap;

#[derive(Debug, Default, Clone, Copy)]
struct Row {
    all: usize,
    right: usize,
    decidable: usize,
    first: usize,
    wrong: usize,
}

impl Row {
    fn add(&mut self, expected: &Expected, score: Score) {
        let right = score == Score::Right;
        self.all += 1;
        self.right += usize::from(right);
        self.decidable += usize::from(expected.decidable);
        self.first += usize::from(expected.decidable && right);
        self.wrong += usize::from(score == Score::ConfidentlyWrong);
    }
}

/// Rows and misses.
#[derive(Debug)]
pub(crate) struct Table {
    title: String,
    causes: BTreeMap<String, Row>,
    clients: BTreeMap<String, Row>,
    whole: Row,
    misses: Vec<String>,
}

impl Table {
    pub(crate) fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            causes: BTreeMap::new(),
            clients: BTreeMap::new(),
            whole: Row::default(),
            misses: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, expected: &Expected, score: Score, causes: &[Explained]) {
        self.causes
            .entry(expected.cause.clone())
            .or_default()
            .add(expected, score);
        self.clients
            .entry(expected.client.clone())
            .or_default()
            .add(expected, score);
        self.whole.add(expected, score);
        if score != Score::Right {
            let named: Vec<String> = causes
                .iter()
                .take(3)
                .map(|it| format!("{} ({:?})", it.cause, it.verdict))
                .collect();
            self.misses.push(format!(
                "{:?}: {} [{}] is {}, explain says {}",
                score,
                expected.name,
                expected.client,
                expected.cause,
                named.join(", ")
            ));
        }
    }

    pub(crate) fn print(&self) {
        println!("\naccuracy: {}", self.title);
        println!(
            "  {:<38} {:>7} {:>9} {:>14}",
            "by cause", "right", "of these", "text decides"
        );
        self.causes.iter().for_each(|(name, row)| print_row(name, row));
        println!(
            "  {:<38} {:>7} {:>9} {:>14}",
            "by client", "right", "of these", "text decides"
        );
        self.clients.iter().for_each(|(name, row)| print_row(name, row));
        print_row("all", &self.whole);
        println!("  confidently wrong: {}", self.whole.wrong);
        self.misses.iter().for_each(|miss| println!("  {miss}"));
    }

    /// What falls short of the figures.
    pub(crate) fn complaints(&self, at_least: usize, share: f64) -> Vec<String> {
        let Row {
            all,
            decidable,
            first,
            wrong,
            ..
        } = self.whole;
        let mut complaints = Vec::new();
        if all < at_least {
            complaints.push(format!("{}: {all} samples, {at_least} are wanted", self.title));
        }
        if wrong > 0 {
            complaints.push(format!("{}: {wrong} confidently wrong", self.title));
        }
        if ratio(first, decidable) < share {
            complaints.push(format!(
                "{}: {first} of {decidable} first where the text decides",
                self.title
            ));
        }
        complaints
    }
}

fn print_row(name: &str, row: &Row) {
    println!(
        "  {name:<38} {:>7} {:>9} {:>7} of {:>3}",
        row.right, row.all, row.first, row.decidable
    );
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred samples")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}
