//! Runs what the fuzz targets of plans and journals run, over their seeds and over changed ones.

#![expect(clippy::disallowed_methods, reason = "the seeds are files of this repository")]

#[path = "../../../fuzz/plan_entries.rs"]
mod entries;

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

#[test]
fn every_target_has_seeds_and_takes_them() {
    let (plans, journals) = (seeds("plan"), seeds("journal"));
    assert!(!plans.is_empty() && !journals.is_empty());
    for plan in &plans {
        let text = std::str::from_utf8(plan).unwrap();
        assert!(
            ses_doctor_core::plan::Drafted::from_json(text).is_ok(),
            "a seed is no plan"
        );
        entries::plan(plan);
    }
    journals.iter().for_each(|journal| entries::journal(journal));
}

proptest! {
    #[test]
    fn no_change_of_a_seed_makes_them_panic(at in any::<Index>(), byte in any::<u8>(), cut in any::<Index>()) {
        for (target, entry) in [("plan", entries::plan as fn(&[u8])), ("journal", entries::journal)] {
            for mut seed in seeds(target) {
                let place = at.index(seed.len());
                seed[place] = byte;
                entry(&seed);
                seed.truncate(cut.index(seed.len()));
                entry(&seed);
            }
        }
    }
}
