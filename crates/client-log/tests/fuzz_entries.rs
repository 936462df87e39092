//! Runs what the fuzz target runs, over its seeds, over changed seeds and over random bytes.

#[path = "../../../fuzz/log_entries.rs"]
mod entries;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;

type Target = fn(&[u8]);

/// Each target by the name of its seeds.
const TARGETS: [(&str, Target); 2] = [
    ("client_log", entries::client_log),
    ("log_moment", entries::log_moment),
];

#[expect(clippy::disallowed_methods, reason = "the seeds are files of this repository")]
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read(file.path()).ok()).collect()
}

#[test]
fn there_are_seeds_and_they_are_taken() {
    for (target, run) in TARGETS {
        let seeds = seeds(target);
        assert!(seeds.len() >= 3);
        seeds.iter().for_each(|seed| run(seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_and_random_bytes_are_taken(
        changes in vec((any::<Index>(), any::<u8>()), 1..6),
        random in vec(any::<u8>(), 0..200),
    ) {
        for (target, run) in TARGETS {
            run(&random);
            for mut seed in seeds(target) {
                for (at, byte) in &changes {
                    let at = at.index(seed.len());
                    seed.insert(at, *byte);
                }
                run(&seed);
            }
        }
    }
}
