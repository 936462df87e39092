//! Runs what the fuzz targets run, over their seeds, over changed seeds and over random bytes.

#[path = "../../../fuzz/trail_entries.rs"]
mod entries;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;

type Entry = fn(&[u8]);

const TARGETS: [(&str, Entry); 2] = [
    ("trail_file", entries::trail_file),
    ("trail_key", entries::trail_key),
];

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
        assert!(seeds.len() >= 5, "{target}");
        seeds.iter().for_each(|seed| run(seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_and_random_bytes_are_taken(
        changes in vec((any::<Index>(), any::<u8>(), any::<bool>()), 1..6),
        random in vec(any::<u8>(), 0..200),
    ) {
        for (target, run) in TARGETS {
            run(&random);
            for mut seed in seeds(target) {
                for (at, byte, replaced) in &changes {
                    let at = at.index(seed.len());
                    if *replaced {
                        seed.remove(at);
                    }
                    seed.insert(at, *byte);
                }
                run(&seed);
            }
        }
    }
}
