//! Pairs of scenarios.

#![expect(clippy::print_stderr, reason = "a long run tells how far it is")]

use crate::answer::{self, Worth};
use crate::level::Level;
use crate::program::{Report, diagnose};
use futures::stream::{self, StreamExt as _};
use ses_lab::{Incompatible, World};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

/// What came of the pairs.
#[derive(Debug)]
pub(crate) struct Pairs {
    /// All were run, with every access.
    whole: bool,
    /// How many make a world.
    pub(crate) compatible: usize,
    /// How many answers were worth what, by access.
    pub(crate) worth: BTreeMap<String, BTreeMap<Worth, usize>>,
    /// Why pairs make no world, and which.
    pub(crate) reasons: BTreeMap<String, Vec<String>>,
    misses: Vec<String>,
}

/// One of so many pairs is run every day, others each day; in CI always the same.
const SAMPLE: usize = 8;

/// So many are under way; how many run is the program's business.
const AT_ONCE: usize = 32;

impl Pairs {
    pub(crate) fn complaints(&self) -> &[String] {
        &self.misses
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(crate) fn runs(&self) -> usize {
        self.worth.values().flat_map(BTreeMap::values).sum()
    }
}

/// Runs a sample, or all.
pub(crate) async fn run() -> Pairs {
    let all = std::env::var_os("SES_DOCTOR_ACCURACY").is_some_and(|what| what == "all");
    let only = std::env::var_os("SES_DOCTOR_PAIRS").and_then(|text| text.into_string().ok());
    let mut pairs = Pairs {
        whole: all && only.is_none(),
        compatible: 0,
        worth: BTreeMap::new(),
        reasons: BTreeMap::new(),
        misses: Vec::new(),
    };
    let every = tokio::task::spawn_blocking(ses_lab::pairs)
        .await
        .expect("it does not panic");
    let mut chosen = Vec::new();
    for pair in every.expect("the scenarios are worlds") {
        let name = format!("{} + {}", pair.one, pair.other);
        match pair.world {
            Ok(world) => {
                pairs.compatible += 1;
                let wanted = match &only {
                    Some(part) => part.split(',').any(|part| name.contains(part)),
                    None => all || is_drawn(&name),
                };
                if wanted {
                    chosen.push(Chosen {
                        name,
                        world,
                        first: pair.first,
                    });
                }
            }
            Err(why) => {
                pairs.reasons.entry(reason(&why)).or_default().push(name);
            }
        }
    }
    let runs = chosen.iter().flat_map(|pair| {
        let levels: Vec<Level> = if all {
            levels_of(&pair.name)
        } else {
            vec![Level::Aws]
        };
        let open = levels.into_iter().filter(|level| level.is_open_to(&pair.world));
        open.map(move |level| (pair, level))
    });
    let runs = runs.map(|(pair, level)| async move { (pair, level, diagnose(&pair.world, level).await) });
    let total = chosen.len() * if all { levels_of("").len() } else { 1 };
    let mut answers = stream::iter(runs).buffer_unordered(AT_ONCE).enumerate();
    while let Some((done, (pair, level, report))) = answers.next().await {
        if done > 0 && done.is_multiple_of(500) {
            eprintln!(
                "{done} of at most {total} runs of pairs, {} misses",
                pairs.misses.len()
            );
        }
        match report {
            Ok(report) => pairs.record(pair, level, &report),
            Err(error) => pairs
                .misses
                .push(format!("{}, {}: {error:#}", pair.name, level.name())),
        }
    }
    drop(answers);
    pairs.misses.sort();
    pairs
}

/// A pair that is run.
struct Chosen {
    name: String,
    world: World,
    first: Vec<String>,
}

impl Pairs {
    fn record(&mut self, pair: &Chosen, level: Level, report: &Report) {
        let worth = Worth::of(&pair.world, level, report);
        *self
            .worth
            .entry(level.kind().to_owned())
            .or_default()
            .entry(worth)
            .or_default() += 1;
        let complaints = answer::complaints(&pair.world, level, report, &pair.first);
        let told = complaints.into_iter().map(|complaint| {
            let found = report
                .found
                .iter()
                .map(|found| format!("{} {}", found.verdict, found.cause));
            let found: Vec<String> = found.collect();
            format!(
                "{}, {}: {complaint} [{}: {}]",
                pair.name,
                level.name(),
                report.outcome,
                found.join(", ")
            )
        });
        for miss in told {
            eprintln!("{miss}");
            self.misses.push(miss);
        }
    }
}

fn reason(why: &Incompatible) -> String {
    match why {
        Incompatible::Hidden { why, .. } => format!("one cannot be seen: {why}"),
        Incompatible::Undone { why } => format!("one undoes the other: {why}"),
        Incompatible::Conflict { place } => format!("both change `{place}`"),
        Incompatible::Contradiction { why } => format!("together they contradict AWS: {why}"),
        _ => why.to_string(),
    }
}

/// Every kind of access; which half of AWS is denied, and which faults strike, is drawn by the pair's name.
fn levels_of(name: &str) -> Vec<Level> {
    let seed = u64::from(digest(name)[0]);
    vec![
        Level::Text,
        Level::Smtp,
        Level::Half(seed),
        Level::Aws,
        Level::Faults(seed),
    ]
}

/// One pair in [`SAMPLE`], by its name and the day; where `CI=true` the same ones at every run, so that a change is judged by
/// what it changes.
fn is_drawn(name: &str) -> bool {
    let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    let today = SystemTime::now().duration_since(UNIX_EPOCH);
    let day = match today {
        Ok(since) if !in_ci => since.as_secs() / 86_400,
        Ok(_) | Err(_) => 0,
    };
    usize::from(digest(&format!("{day} {name}"))[0]) % SAMPLE == 0
}

fn digest(words: &str) -> [u8; 32] {
    Sha256::digest(words.as_bytes()).into()
}
