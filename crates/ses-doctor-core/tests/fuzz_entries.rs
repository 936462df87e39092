//! Runs what the fuzz targets of `lint` run, over their seeds, over changed seeds and over random bytes.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "the seeds are files of this repository, and a test may fail"
)]

#[path = "../../../fuzz/lint_entries.rs"]
mod entries;

use entries::{TARGETS, configuration};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read(file.path()).ok()).collect()
}

/// A seed with bytes set, removed and doubled.
fn change(mut bytes: Vec<u8>, changes: &[(Index, u8, u8)]) -> Vec<u8> {
    for (at, kind, byte) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match kind % 3 {
            0 => bytes.insert(at, *byte),
            1 => drop(bytes.remove(at)),
            _ => bytes.extend_from_within(at..),
        }
        bytes.truncate(4096);
    }
    bytes
}

#[test]
fn every_target_has_seeds_and_takes_them() {
    for (target, name) in TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "no seeds for {target}");
        seeds.iter().for_each(|seed| configuration(name, seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_are_taken(
        target in 0..TARGETS.len(),
        seed in any::<Index>(),
        changes in vec((any::<Index>(), any::<u8>(), any::<u8>()), 0..12),
    ) {
        let (target, name) = TARGETS[target];
        let seeds = seeds(target);
        configuration(name, &change(seeds[seed.index(seeds.len())].clone(), &changes));
    }

    #[test]
    fn random_bytes_are_taken(target in 0..TARGETS.len(), bytes in vec(any::<u8>(), 0..400)) {
        configuration(TARGETS[target].1, &bytes);
    }

    #[test]
    fn random_text_is_taken(target in 0..TARGETS.len(), text in "[a-z=:\\[\\]{}<>\"'/ %$\\\\\n@.é0-9-]{0,200}") {
        configuration(TARGETS[target].1, text.as_bytes());
    }
}
