//! Runs what the fuzz targets of kept values and of AWS Health's answers run, over their seeds, over changed seeds and over random text.

#[path = "../../../fuzz/health_entries.rs"]
mod health;
#[path = "../../../fuzz/value_entries.rs"]
mod values;

use health::health_events;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::Path;
use values::kept_value;

type Target = fn(&[u8]);

/// Each target by the name of its seeds.
const TARGETS: [(&str, Target); 2] = [("kept_value", kept_value), ("health_events", health_events)];

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
fn the_seeds_are_taken() {
    for (target, run) in TARGETS {
        let seeds = seeds(target);
        assert!(seeds.len() >= 5, "{target}");
        seeds.iter().for_each(|seed| run(seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_are_taken(seed in any::<Index>(), changes in vec((any::<Index>(), any::<u8>(), any::<u8>()), 0..8)) {
        for (target, run) in TARGETS {
            let seeds = seeds(target);
            run(&change(seeds[seed.index(seeds.len())].clone(), &changes));
        }
    }

    #[test]
    fn objects_of_many_members_are_taken(
        named in 0_u8..3,
        members in vec(("(username|user|password|SMTP_PASS|relay|x)", "( |\\\\n|a|\\\\u0041|é|\\\\\\\\|AKIAIOSFODNN7EXAMPLE){0,3}", "[ \n\t]{0,2}"), 0..6),
    ) {
        let members: Vec<String> = members
            .iter()
            .map(|(name, value, space)| format!("{space}\"{name}\"{space}:{space}\"{value}\"{space}"))
            .collect();
        let mut data = vec![named];
        data.extend_from_slice(format!("{{{}}}\n", members.join(",")).as_bytes());
        kept_value(&data);
    }
}
