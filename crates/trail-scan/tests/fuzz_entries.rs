//! Runs what the fuzz target runs, over its seeds, over changed seeds and over random bytes.

#[path = "../../../fuzz/trail_entries.rs"]
mod entries;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/trail_file");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read(file.path()).ok()).collect()
}

#[test]
fn there_are_seeds_and_they_are_taken() {
    let seeds = seeds();
    assert!(seeds.len() >= 5);
    seeds.iter().for_each(|seed| entries::trail_file(seed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_and_random_bytes_are_taken(
        changes in vec((any::<Index>(), any::<u8>(), any::<bool>()), 1..6),
        random in vec(any::<u8>(), 0..200),
    ) {
        entries::trail_file(&random);
        for mut seed in seeds() {
            for (at, byte, replaced) in &changes {
                let at = at.index(seed.len());
                if *replaced {
                    seed.remove(at);
                }
                seed.insert(at, *byte);
            }
            entries::trail_file(&seed);
        }
    }
}
