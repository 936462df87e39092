//! The pages with the figures: a test's output. `SES_DOCTOR_BLESS=1` writes them anew.

use crate::answer::Worth;
use crate::level::{Level, SEEDS};
use crate::pairs::Pairs;
use crate::singles::Singles;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The page of single scenarios.
pub(crate) fn of_singles(singles: &Singles) -> String {
    let mut page = String::from(
        "# Accuracy: every scenario\n\n\
         Made from runs of the program; `crates/ses-doctor/tests/accuracy` keeps it true, and fails at a wrong answer.\n\
         `docs/concepts/how-accuracy-is-measured.md` tells what the columns and words mean.\n\n\
         - **right**: every true cause is named as confirmed or likely, the first of them first; or healthy, and it is\n\
         - **part**: a true cause is named so, and not all of them\n\
         - **open**: a true cause is named as possible, or among those that could not be told\n\
         - **–**: nothing is said of the true cause, and nothing wrong\n\
         - **wrong**: another cause is named as confirmed or likely, or something broken is called healthy\n\n",
    );
    page.push_str("| scenario | text only | SMTP only | half of AWS | AWS |\n|---|---|---|---|---|\n");
    for (name, worth) in &singles.worth {
        let at = |level: Level| worth.get(&level).map_or("not run", |worth| worth.mark());
        let halves: Vec<&str> = SEEDS.map(|seed| at(Level::Half(seed))).to_vec();
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {} | {} |",
            at(Level::Text),
            at(Level::Smtp),
            halves.join(", "),
            at(Level::Aws)
        );
    }
    let total = |level: Level| {
        let mut counts: BTreeMap<Worth, usize> = BTreeMap::new();
        for worth in singles.worth.values().filter_map(|by_level| by_level.get(&level)) {
            *counts.entry(*worth).or_default() += 1;
        }
        shown(&counts)
    };
    page.push_str("\n| access | answers |\n|---|---|\n");
    for level in [Level::Text, Level::Smtp]
        .into_iter()
        .chain(SEEDS.map(Level::Half))
        .chain([Level::Aws])
    {
        let _ = writeln!(page, "| {} | {} |", level.name(), total(level));
    }
    let _ = writeln!(
        page,
        "\nWith AWS APIs that throttle, fail, dawdle and lag behind, from {} seeds: no wrong answer in {} runs.",
        SEEDS.len(),
        singles.worth.len() * SEEDS.len()
    );
    page
}

fn shown(counts: &BTreeMap<Worth, usize>) -> String {
    let each = counts
        .iter()
        .map(|(worth, count)| format!("{count} {}", worth.word()));
    each.collect::<Vec<_>>().join(", ")
}

/// The page of pairs.
pub(crate) fn of_pairs(pairs: &Pairs) -> String {
    let all = pairs.compatible + pairs.reasons.values().map(Vec::len).sum::<usize>();
    let mut page = format!(
        "# Accuracy: pairs of scenarios\n\n\
         Made by `make accuracy-all`, which runs every pair; `make test` runs another eighth of them each day, with full access.\n\n\
         {all} pairs; {} of them make a world, and were run. With full access every cause of a pair is named, if only as\n\
         possible, unless the world itself denies reads; with less, and with AWS APIs that misbehave, nothing wrong is said with\n\
         confidence. The words are those of `accuracy.md`.\n\n\
         | access | answers |\n|---|---|\n",
        pairs.compatible
    );
    for (level, counts) in &pairs.worth {
        let _ = writeln!(
            page,
            "| {} | {} |",
            level.trim_start_matches(|c: char| c.is_ascii_digit()).trim(),
            shown(counts)
        );
    }
    page.push_str("\nMisses:\n\n");
    if pairs.complaints().is_empty() {
        page.push_str("none.\n");
    }
    for miss in pairs.complaints() {
        let _ = writeln!(page, "- {miss}");
    }
    page
}

/// The page of pairs that make no world: it needs no run.
pub(crate) fn of_incompatible(pairs: &Pairs) -> String {
    let mut page = format!(
        "# Pairs of scenarios that make no world\n\n\
         Made from the lab; `crates/ses-doctor/tests/accuracy` keeps it true. `docs/concepts/how-accuracy-is-measured.md` tells the \
         rules.\n\n{} pairs make a world. These do not:\n",
        pairs.compatible
    );
    for (reason, names) in &pairs.reasons {
        let _ = write!(page, "\n**{reason}** ({}): {}\n", names.len(), names.join("; "));
    }
    page
}

/// Holds a page to what it was made from.
pub(crate) fn keep(name: &str, content: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference")
        .join(name);
    if std::env::var_os("SES_DOCTOR_BLESS").is_some() {
        std::fs::write(&path, content).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == content,
        "docs/reference/{name} is stale; run: SES_DOCTOR_BLESS=1 cargo test --test accuracy"
    );
}
