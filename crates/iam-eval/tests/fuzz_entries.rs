//! Runs what the fuzz targets run, over their seeds, over changed seeds and over random bytes.

#[path = "../../../fuzz/iam_entries.rs"]
mod entries;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;
use std::path::Path;

type Entry = (&'static str, fn(&[u8]));

const ENTRIES: [Entry; 4] = [
    ("policy_document", entries::policy_document),
    ("arn", entries::arn),
    ("condition", entries::condition),
    ("simulation", entries::simulation),
];

#[expect(clippy::disallowed_methods, reason = "the seeds are files of this repository")]
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read(file.path()).ok()).collect()
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
    for (name, entry) in ENTRIES {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "no seeds for {name}");
        seeds.iter().for_each(|seed| entry(seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_and_random_bytes_are_taken(
        changes in vec((any::<Index>(), any::<u8>(), any::<u8>()), 1..6),
        random in vec(any::<u8>(), 0..200),
    ) {
        for (name, entry) in ENTRIES {
            entry(&random);
            seeds(name).into_iter().for_each(|seed| entry(&change(seed, &changes)));
        }
    }
}
