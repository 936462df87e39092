//! Every scenario alone, at every level.

use crate::answer::{self, Worth};
use crate::level::Level;
use crate::program::{Report, diagnose};
use futures::future::join_all;
use ses_lab::World;
use std::collections::BTreeMap;

/// What came of the single scenarios.
#[derive(Debug)]
pub(crate) struct Singles {
    /// By scenario: the worth at each level.
    pub(crate) worth: BTreeMap<String, BTreeMap<Level, Worth>>,
    misses: Vec<String>,
}

impl Singles {
    pub(crate) fn misses(&self) -> impl Iterator<Item = String> {
        self.misses.iter().cloned()
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.worth.len() == ses_lab::scenarios().len()
    }

    pub(crate) fn runs(&self) -> usize {
        self.worth.values().map(BTreeMap::len).sum()
    }
}

/// Runs them all.
pub(crate) async fn run() -> Singles {
    let mut runs = Vec::new();
    let only = std::env::var_os("SES_DOCTOR_SCENARIOS").and_then(|text| text.into_string().ok());
    let wanted = |name: &str| only.as_ref().is_none_or(|part| name.contains(part.as_str()));
    for (name, text) in ses_lab::scenarios().iter().filter(|(name, _)| wanted(name)) {
        let world = World::parse(name, text).expect("a scenario is a world");
        for level in Level::all().into_iter().filter(|level| level.is_open_to(&world)) {
            let world = world.clone();
            runs.push(async move {
                let report = diagnose(&world, level).await;
                (*name, world, level, report)
            });
        }
    }
    let mut singles = Singles {
        worth: BTreeMap::new(),
        misses: Vec::new(),
    };
    for (name, world, level, report) in join_all(runs).await {
        let place = format!("{name}, {}", level.name());
        match report {
            Ok(report) => singles.record(name, &world, level, &report, &place),
            Err(error) => singles.misses.push(format!("{place}: {error:#}")),
        }
    }
    singles
}

impl Singles {
    fn record(&mut self, name: &str, world: &World, level: Level, report: &Report, place: &str) {
        let of_scenario = self.worth.entry(name.to_owned()).or_default();
        of_scenario.insert(level, Worth::of(world, level, report));
        let first: Vec<String> = world.causes.first().cloned().into_iter().collect();
        let mut complaints = answer::complaints(world, level, report, &first);
        if level == Level::Aws {
            complaints.extend(answer::superfluous(world, report));
        }
        self.misses.extend(
            complaints
                .into_iter()
                .map(|complaint| format!("{place}: {complaint}")),
        );
    }
}
