//! The words by which failures, clients and providers are known, found in one pass.

mod clients;
mod providers;
mod signs;

use crate::client::Client;
use crate::event::{Side, Worked};
use crate::sign::Sign;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::OnceLock;

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A fault in the client's words.
    Sign(Sign),
    /// The client.
    Client(Client),
    /// Another provider.
    Stranger(&'static str),
    /// Which conversation it is.
    Side(Side),
    /// Something worked.
    Worked(Worked),
    /// The text is about submitting mail.
    Smtp,
    /// The text is about mail at all.
    Mail,
    /// What looks like a failure is none, or none of sending mail.
    Noise,
}

/// A phrase in lower case, and what it says.
type Phrase = (&'static str, Mark);

const TABLES: [&[Phrase]; 3] = [signs::SIGNS, clients::CLIENTS, providers::PROVIDERS];

struct Table {
    automaton: Option<AhoCorasick>,
    marks: Vec<Phrase>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let marks: Vec<Phrase> = TABLES.concat();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(marks.iter().map(|(phrase, _)| phrase))
            .ok();
        Table { automaton, marks }
    })
}

/// Every mark in a text that is in lower case, in the order of the text.
pub(crate) fn marks(lower: &str) -> Vec<Mark> {
    let table = table();
    let Some(automaton) = &table.automaton else {
        return Vec::new();
    };
    let hits = automaton.find_overlapping_iter(lower);
    hits.filter_map(|hit| {
        let (_, mark) = table.marks.get(hit.pattern().as_usize())?;
        Some(*mark)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn phrases_are_in_lower_case_and_say_one_thing() {
        assert!(table().automaton.is_some());
        let mut seen = BTreeSet::new();
        for (phrase, mark) in TABLES.concat() {
            assert_eq!(phrase, phrase.to_ascii_lowercase());
            assert!(phrase.len() >= 3, "{phrase}");
            assert!(
                seen.insert((phrase, format!("{mark:?}"))),
                "{phrase} stands twice"
            );
        }
    }

    #[test]
    fn overlapping_phrases_are_all_found() {
        let found = marks("smtp error: could not authenticate.");
        assert!(found.contains(&Mark::Sign(Sign::LoginFailed)));
        assert!(found.contains(&Mark::Client(Client::PhpMailer)));
    }
}
