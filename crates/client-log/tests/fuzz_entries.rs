//! Runs what the fuzz target runs, over its seeds, over changed seeds and over random bytes.

#[path = "../../../fuzz/log_entries.rs"]
mod entries;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "the seeds are files of this repository")]
fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/client_log");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read(file.path()).ok()).collect()
}

#[test]
fn there_are_seeds_and_they_are_taken() {
    let seeds = seeds();
    assert!(seeds.len() >= 3);
    seeds.iter().for_each(|seed| entries::client_log(seed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_and_random_bytes_are_taken(
        changes in vec((any::<Index>(), any::<u8>()), 1..6),
        random in vec(any::<u8>(), 0..200),
    ) {
        entries::client_log(&random);
        for mut seed in seeds() {
            for (at, byte) in &changes {
                let at = at.index(seed.len());
                seed.insert(at, *byte);
            }
            entries::client_log(&seed);
        }
    }
}
