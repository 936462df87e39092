//! Runs what the fuzz target of the comparison runs, over its seeds, over changed seeds and over random bytes.

#[path = "../../../fuzz/compare_entries.rs"]
mod entries;

use entries::policy_compare;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fs;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "the seeds are files of this repository")]
fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/policy_compare");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read(file.path()).ok()).collect()
}

#[test]
fn there_are_seeds_and_they_are_taken() {
    assert!(!seeds().is_empty());
    seeds().iter().for_each(|seed| policy_compare(seed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Most changes of a byte make no JSON; those of a letter or a sign within a text mostly do.
    #[test]
    fn changed_seeds_and_random_bytes_are_taken(
        changes in vec((any::<Index>(), select(b"*?:$ax/".to_vec())), 1..5),
        random in vec(any::<u8>(), 0..100),
    ) {
        policy_compare(&random);
        for mut seed in seeds() {
            for (at, byte) in &changes {
                let at = at.index(seed.len());
                if seed[at].is_ascii_alphanumeric() || b"*:/".contains(&seed[at]) {
                    seed[at] = *byte;
                }
            }
            policy_compare(&seed);
        }
    }
}
