//! A byte search that finds every record that a filter can match, so that the others need not be parsed.
//!
//! A value stands in JSON as it is written, unless a writer escapes it. Whatever in it a writer may escape is left out of
//! the search; letters and digits can only be escaped as `\u00XX`, so that records with such an escape count as found.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::memchr;
use memchr::memmem::{Finder, FinderBuilder};

use crate::filter::{Filter, Name, SourceIp};

/// The search for a filter.
#[derive(Debug)]
pub(crate) struct Needle {
    /// Every wanted record holds one of each; the first are searched for.
    literals: Vec<Literals>,
    escape: Finder<'static>,
    /// The length of the longest literal.
    longest: usize,
    is_of_text: bool,
}

/// Of one, there is a faster search than of several.
#[derive(Debug)]
enum Literals {
    One(Finder<'static>),
    Several(Searcher),
}

/// What an ASCII letter or digit may hide behind.
const ESCAPED: &[u8] = br"\u00";

/// Backslashes come in swarms, in the policies that a record tells of: none is looked at singly for so many bytes.
const SWARM: usize = 1024;

/// Bytes that are searched for one thing, then for the other.
const PART: usize = 32 * 1024;

/// Shorter text stands in too many records.
const SHORTEST: usize = 4;

/// More alternatives than the search takes at speed.
const MOST: usize = 60;

impl Needle {
    /// The search for the rarest kind that the filter asks for. Without one, every record has to be parsed.
    pub(crate) fn new(filter: &Filter) -> Self {
        let kinds = kinds(filter);
        let lengths = kinds.iter().flatten().flatten().map(Vec::len);
        let (places, literals): (Vec<usize>, Vec<Literals>) = kinds
            .iter()
            .enumerate()
            .filter_map(|(place, kind)| Some((place, Literals::of(kind.as_ref()?)?)))
            .unzip();
        Self {
            literals,
            escape: Finder::new(ESCAPED),
            longest: lengths.fold(ESCAPED.len(), usize::max),
            is_of_text: places.first() == Some(&TEXTS),
        }
    }

    /// The search that rules no record out.
    pub(crate) fn of_all() -> Self {
        Self::new(&Filter::default())
    }

    /// False: every record has to be parsed.
    pub(crate) fn is_of_use(&self) -> bool {
        !self.literals.is_empty()
    }

    /// It may stand anywhere in a record, not only in the members that are its own.
    pub(crate) fn is_of_text(&self) -> bool {
        self.is_of_text
    }

    /// Whether `record` may be wanted.
    pub(crate) fn may_be_in(&self, record: &[u8]) -> bool {
        self.literals
            .iter()
            .all(|literals| literals.find(record).is_some())
            || self.escape(record).is_some()
    }

    /// The places in `text` that wanted records may hold.
    pub(crate) fn hits<'n>(&'n self, text: &'n [u8]) -> Hits<'n> {
        Hits { needle: self, text }
    }

    /// The first escape. One byte is searched for nearly twice as fast as several.
    fn escape(&self, text: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            at += memchr(b'\\', text.get(at..)?)?;
            let end = text.len().min(at + SWARM + ESCAPED.len() - 1);
            if let Some(length) = self.escape.find(text.get(at..end)?) {
                return Some(at + length);
            }
            at += SWARM;
        }
    }
}

impl Literals {
    fn of(literals: &[Vec<u8>]) -> Option<Self> {
        match literals {
            [one] => Some(Self::One(finder(one))),
            several if several.len() <= MOST => {
                let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
                builder.extend(several.iter().map(Vec::as_slice));
                builder.build().map(Self::Several)
            }
            _ => None,
        }
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::One(finder) => finder.find(text),
            Self::Several(searcher) => searcher.find(text).map(|found| found.start()),
        }
    }
}

fn finder(literal: &[u8]) -> Finder<'static> {
    // Of what begins every service's name in quotes and ends it in `.amazonaws.com`, the quote is what tells most.
    match literal.ends_with(b".amazonaws.com\"") {
        true => Finder::new(literal).into_owned(),
        false => FinderBuilder::new()
            .build_forward_with_ranker(Ranks, literal)
            .into_owned(),
    }
}

/// The bytes of CloudTrail's records, the most frequent first. memchr's own ranks are of other text, in which a quote is rare.
const FREQUENT: &[u8] = br#""ea:trsn-o,ic0d218u7m3.lp64A59Ivfw/ bS}{yTgCD_hEPRHMNOLVGZKxUkBzqFXJYWQ"#;

/// How frequent a byte is: the search looks out for the two rarest of a literal.
struct Ranks;

impl HeuristicFrequencyRank for Ranks {
    fn rank(&self, byte: u8) -> u8 {
        let place = FREQUENT.iter().position(|frequent| *frequent == byte);
        place
            .and_then(|place| u8::try_from(place).ok())
            .map_or(0, |place| u8::MAX - place)
    }
}

/// Goes from hit to hit.
#[derive(Debug)]
pub(crate) struct Hits<'n> {
    needle: &'n Needle,
    text: &'n [u8],
}

impl Hits<'_> {
    /// The first place from `from` on. Both searches go through a part of the text while it is in the processor's cache;
    /// parts overlap, so that none ends within a hit.
    pub(crate) fn next(&self, from: usize) -> Option<usize> {
        let literals = self.needle.literals.first()?;
        let mut at = from;
        while at < self.text.len() {
            let end = self.text.len().min(at + PART + self.needle.longest);
            let part = self.text.get(at..end)?;
            let literal = literals.find(part);
            let before = literal.map_or(part.len(), |literal| literal + ESCAPED.len() - 1);
            let before = part.get(..before).unwrap_or(part);
            if let Some(length) = self.needle.escape(before).or(literal) {
                return Some(at + length);
            }
            at += PART;
        }
        None
    }
}

/// Where texts stand among the kinds.
const TEXTS: usize = 2;

/// The literals of each kind of which every wanted record holds one, the rarest kind first; `None` when the kind is not
/// asked for, or cannot be searched for. Texts stand at [`TEXTS`].
fn kinds(filter: &Filter) -> [Option<Vec<Vec<u8>>>; 9] {
    let addresses = filter.source_ips.iter().map(|ip| match ip {
        SourceIp::Network(network) if network.prefix_len() == network.max_prefix_len() => {
            // An IPv6 address has more than one spelling.
            network
                .addr()
                .is_ipv4()
                .then(|| Name::new(&network.addr().to_string()))
        }
        SourceIp::Network(_) => None,
        SourceIp::Service(name) => Some(name.clone()),
    });
    let addresses: Option<Vec<Name>> = addresses.collect();
    [
        of_names(&filter.request_ids),
        of_names(&filter.access_keys),
        of_texts(&filter.texts),
        of_names(&filter.users),
        of_names(&filter.roles),
        addresses.as_deref().and_then(of_names),
        of_names(&filter.error_codes),
        of_names(&filter.actions),
        of_names(&filter.sources),
    ]
}

fn of_names(names: &[Name]) -> Option<Vec<Vec<u8>>> {
    if names.is_empty() {
        return None;
    }
    names.iter().map(of_name).collect()
}

fn of_name(name: &Name) -> Option<Vec<u8>> {
    if let [whole] = name.pieces()
        && !whole.is_empty()
        && whole.bytes().all(is_plain)
    {
        return Some(format!("\"{whole}\"").into_bytes());
    }
    let pieces = name.pieces().iter().filter_map(|piece| plain_part(piece));
    pieces.max_by_key(Vec::len)
}

fn of_texts(texts: &[String]) -> Option<Vec<Vec<u8>>> {
    if texts.is_empty() {
        return None;
    }
    texts.iter().map(|text| plain_part(text)).collect()
}

/// The longest part that a writer of JSON escapes in no other way than `\u00XX`.
fn plain_part(text: &str) -> Option<Vec<u8>> {
    let parts = text.as_bytes().split(|byte| !is_plain(*byte));
    let longest = parts.max_by_key(|part| part.len())?;
    (longest.len() >= SHORTEST).then(|| longest.to_vec())
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" .:_@+=,-".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(filter: &Filter) -> Option<Vec<String>> {
        let literals = kinds(filter).into_iter().flatten().next()?;
        Some(
            literals
                .into_iter()
                .map(|literal| String::from_utf8(literal).unwrap())
                .collect(),
        )
    }

    #[test]
    fn the_rarest_kind_is_searched_for() {
        let filter = Filter {
            access_keys: vec![Name::new("AKIAIOSFODNN7EXAMPLE")],
            sources: vec![Name::source("ses")],
            ..Filter::default()
        };
        assert_eq!(literals(&filter).unwrap(), ["\"AKIAIOSFODNN7EXAMPLE\""]);
    }

    #[test]
    fn what_a_writer_may_escape_is_left_out() {
        let filter = Filter {
            users: vec![Name::new("arn:aws:iam::1:user/deep/mailer"), Name::new("mail*")],
            ..Filter::default()
        };
        assert_eq!(literals(&filter).unwrap(), ["arn:aws:iam::1:user", "mail"]);
    }

    #[test]
    fn a_kind_with_one_alternative_that_cannot_be_searched_for_is_no_use() {
        let filter = Filter {
            source_ips: vec![
                SourceIp::new("192.0.2.1").unwrap(),
                SourceIp::new("198.51.100.0/24").unwrap(),
            ],
            error_codes: vec![Name::new("AccessDenied")],
            ..Filter::default()
        };
        assert_eq!(literals(&filter).unwrap(), ["\"AccessDenied\""]);
        assert!(!Needle::of_all().is_of_use());
    }

    #[test]
    fn an_escape_counts_as_found() {
        let filter = Filter {
            error_codes: vec![Name::new("AccessDenied")],
            ..Filter::default()
        };
        let needle = Needle::new(&filter);
        let hit = |text: &[u8]| needle.hits(text).next(0);
        assert_eq!(hit(br#"{"errorCode":"\u0041ccessDenied"}"#), Some(14));
        assert_eq!(hit(br#"{"errorCode":"AccessDeniedException"}"#), None);
        let both = br#"\u0041 "AccessDenied" \u0041 "AccessDenied""#;
        let hits = needle.hits(both);
        assert_eq!(
            [0, 1, 8, 9, 23, 31].map(|from| hits.next(from)),
            [Some(0), Some(7), Some(22), Some(22), Some(29), None]
        );
    }
    #[test]
    fn an_escape_is_found_among_backslashes_that_are_none() {
        let needle = Needle::of_all();
        let swarm = br#"\"\n\\"#.repeat(SWARM);
        for length in SWARM - 4..SWARM + 4 {
            let text = [&swarm[..length], ESCAPED, &swarm].concat();
            assert_eq!(needle.escape(&text), Some(length));
        }
        assert_eq!((needle.escape(&swarm), needle.escape(b"\\")), (None, None));
    }

    #[test]
    fn what_is_wanted_holds_a_literal_of_every_kind() {
        let needle = Needle::new(&Filter {
            error_codes: vec![Name::new("AccessDenied*")],
            sources: vec![Name::source("ses"), Name::source("email")],
            ..Filter::default()
        });
        for (record, expected) in [
            (
                r#"{"eventSource":"ses.amazonaws.com","errorCode":"AccessDenied"}"#,
                true,
            ),
            (
                r#"{"eventSource":"sts.amazonaws.com","errorCode":"AccessDenied"}"#,
                false,
            ),
            (
                r#"{"eventSource":"s\u0065s.amazonaws.com","errorCode":"AccessDenied"}"#,
                true,
            ),
        ] {
            assert_eq!(needle.may_be_in(record.as_bytes()), expected, "{record}");
        }
        assert!(Needle::of_all().may_be_in(b"{}"));
    }
    #[test]
    fn a_hit_at_a_seam_is_found() {
        let needle = Needle::new(&Filter {
            texts: vec!["AccessDenied".to_owned()],
            ..Filter::default()
        });
        for at in [PART - 12, PART - 11, PART - 1, PART, 2 * PART - 3] {
            for literal in [&b"AccessDenied"[..], ESCAPED] {
                let text = [&vec![b'.'; at][..], literal, &vec![b'.'; PART]].concat();
                let hits = needle.hits(&text);
                assert_eq!(
                    [0, 1, at, at + 1].map(|from| hits.next(from)),
                    [Some(at), Some(at), Some(at), None]
                );
            }
        }
    }
}
