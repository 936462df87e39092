//! Skipping what cannot matter: most of a log is passed over at the speed of memory.
//!
//! Three searches run over the bytes: for reply codes, and twice for pieces of the words that failures are told in. Each
//! set is small enough for the vector search of `aho-corasick`, with beginnings that share few nibbles; one large set
//! would be five times slower than the three together.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input};
use std::sync::OnceLock;

/// Codes that mail servers give: of failures, and of a login or a message that was accepted.
const CODES: [&str; 13] = [
    "535", "530", "554", "454", "421", "451", "501", "552", "553", "534", "550", "250", "235",
];

const WORDS: [&str; 16] = [
    "rror", "ailed", "ailur", "xcept", "efuse", "imed ", "imeou", "nvali", "enied", "eject", "nable",
    "annot", "uthent", "redent", "STARTT", "RROR",
];

const MORE_WORDS: [&str; 16] = [
    "IMEDOUT",
    "NREFUS",
    "NOTFOUND",
    " route t",
    "nreacha",
    "not know",
    "such host",
    "name not",
    "addrinfo",
    "EAI_A",
    "ould not",
    "lost con",
    "wrapperm",
    "nencrypt",
    "=Sent (Ok",
    "handsh",
];

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Digits that may be the code of a reply.
    Code,
    /// A piece of a word.
    Word,
}

/// The searches, in the order in which equal places count.
const KINDS: [Kind; 3] = [Kind::Code, Kind::Word, Kind::Word];

enum Finder {
    Packed(Searcher),
    Automaton(AhoCorasick),
    Nothing,
}

impl Finder {
    fn new(needles: &[&str]) -> Self {
        let packed = Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .builder()
            .extend(needles)
            .build();
        if let Some(searcher) = packed {
            return Self::Packed(searcher);
        }
        // Without vector instructions.
        AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(needles)
            .map_or(Self::Nothing, Self::Automaton)
    }

    fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let span = from.min(bytes.len())..bytes.len();
        match self {
            Self::Packed(searcher) => searcher.find_in(bytes, span.into()).map(|found| found.start()),
            Self::Automaton(automaton) => automaton
                .find(Input::new(bytes).span(span))
                .map(|found| found.start()),
            Self::Nothing => None,
        }
    }
}

fn finders() -> &'static [Finder; 3] {
    static FINDERS: OnceLock<[Finder; 3]> = OnceLock::new();
    FINDERS.get_or_init(|| [Finder::new(&CODES), Finder::new(&WORDS), Finder::new(&MORE_WORDS)])
}

/// The places worth a look, in order.
#[derive(Debug)]
pub(crate) struct Hits<'a> {
    bytes: &'a [u8],
    /// Where each search stands; [`NOWHERE`] when it has come to the end.
    next: [usize; 3],
}

const NOWHERE: usize = usize::MAX;

impl<'a> Hits<'a> {
    pub(crate) fn new(bytes: &'a [u8], from: usize) -> Self {
        let next = finders()
            .each_ref()
            .map(|finder| finder.find(bytes, from).unwrap_or(NOWHERE));
        Self { bytes, next }
    }

    /// The next place at or after `from`.
    pub(crate) fn next_from(&mut self, from: usize) -> Option<(usize, Kind)> {
        let mut nearest = (NOWHERE, Kind::Word);
        for ((next, finder), kind) in self.next.iter_mut().zip(finders()).zip(KINDS) {
            if *next < from {
                *next = finder.find(self.bytes, from).unwrap_or(NOWHERE);
            }
            if *next < nearest.0 {
                nearest = (*next, kind);
            }
        }
        (nearest.0 != NOWHERE).then_some(nearest)
    }
}

/// The three digits stand alone, as a reply code does.
pub(crate) fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(at + 3);
    let glued_before =
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/'));
    let glued_after = after.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/'));
    // `[535]` is a process id, `:535` a fraction of a time or a port.
    let bracketed = before == Some(&b'[') && after == Some(&b']');
    !glued_before && !glued_after && !bracketed
}

/// The code is of something that worked.
pub(crate) fn is_success(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some(b"250" | b"235"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_come_in_order_and_only_once() {
        let text = b"a 535 b\nSASL authentication failed\n";
        let mut hits = Hits::new(text, 0);
        assert_eq!(hits.next_from(0), Some((2, Kind::Code)));
        assert_eq!(hits.next_from(3), Some((14, Kind::Word)));
        assert_eq!(hits.next_from(15).map(|(at, _)| at), Some(29));
        assert_eq!(hits.next_from(30), None);
    }

    #[test]
    fn codes_stand_alone() {
        assert!(stands_alone(b" 535 ", 1) && stands_alone(b"535", 0) && stands_alone(b"(535,", 1));
        assert!(!stands_alone(b"a535 ", 1) && !stands_alone(b"[535]:", 1) && !stands_alone(b"5350", 0));
    }
}
