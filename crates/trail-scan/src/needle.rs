//! A byte search that finds every record that a filter can match, so that the others need not be parsed.
//!
//! A value stands in JSON as it is written, unless a writer escapes it. Whatever in it a writer may escape is left out of
//! the search; letters and digits can only be escaped as `\u00XX`, so that records with such an escape count as found.

use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::memmem::Finder;

use crate::filter::{Filter, Name, SourceIp};

/// The search for a filter.
#[derive(Debug)]
pub(crate) struct Needle {
    literals: Option<Literals>,
    escape: Finder<'static>,
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

/// Shorter text stands in too many records.
const SHORTEST: usize = 4;

/// More alternatives than the search takes at speed.
const MOST: usize = 60;

impl Needle {
    /// The search for the rarest kind that the filter asks for. Without one, every record has to be parsed.
    pub(crate) fn new(filter: &Filter) -> Self {
        let kind = kinds(filter).into_iter().flatten().next();
        let is_of_text = kind.is_some() && kind == of_texts(&filter.texts);
        Self {
            literals: kind.as_deref().and_then(Literals::of),
            escape: Finder::new(ESCAPED),
            is_of_text,
        }
    }

    /// False: every record has to be parsed.
    pub(crate) fn is_of_use(&self) -> bool {
        self.literals.is_some()
    }

    /// It may stand anywhere in a record, not only in the members that are its own.
    pub(crate) fn is_of_text(&self) -> bool {
        self.is_of_text
    }

    /// Whether `record` may be wanted.
    pub(crate) fn may_be_in(&self, record: &[u8]) -> bool {
        !self.is_of_use() || self.hits(record).next(0).is_some()
    }

    /// The places in `text` that wanted records may hold.
    pub(crate) fn hits<'n>(&'n self, text: &'n [u8]) -> Hits<'n> {
        Hits {
            needle: self,
            text,
            literal: Place::NotSought,
            escape: Place::NotSought,
        }
    }
}

impl Literals {
    fn of(literals: &[Vec<u8>]) -> Option<Self> {
        match literals {
            [one] => Some(Self::One(Finder::new(one).into_owned())),
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

/// Goes from hit to hit.
#[derive(Debug)]
pub(crate) struct Hits<'n> {
    needle: &'n Needle,
    text: &'n [u8],
    literal: Place,
    escape: Place,
}

/// Where the next hit of one search is.
#[derive(Debug, Clone, Copy)]
enum Place {
    NotSought,
    At(usize),
    Nowhere,
}

impl Place {
    fn next(&mut self, from: usize, find: impl Fn(usize) -> Option<usize>) -> Option<usize> {
        let is_past = match self {
            Self::NotSought => true,
            Self::At(at) => *at < from,
            Self::Nowhere => false,
        };
        if is_past {
            *self = find(from).map_or(Self::Nowhere, |length| Self::At(from + length));
        }
        match self {
            Self::At(at) => Some(*at),
            Self::NotSought | Self::Nowhere => None,
        }
    }
}

impl Hits<'_> {
    /// The first place from `from` on, which never goes back.
    pub(crate) fn next(&mut self, from: usize) -> Option<usize> {
        let Self { needle, text, .. } = *self;
        let literals = needle.literals.as_ref()?;
        let literal = self.literal.next(from, |from| literals.find(text.get(from..)?));
        let escape = self
            .escape
            .next(from, |from| needle.escape.find(text.get(from..)?));
        literal.into_iter().chain(escape).min()
    }
}

/// The literals of each kind of which every wanted record holds one, the rarest kind first; `None` when the kind is not
/// asked for, or cannot be searched for.
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
        assert!(!Needle::new(&Filter::default()).is_of_use());
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
        let mut hits = needle.hits(both);
        assert_eq!(
            [0, 1, 8, 9, 23, 31].map(|from| hits.next(from)),
            [Some(0), Some(7), Some(22), Some(22), Some(29), None]
        );
    }
}
