//! Goes from record to record through a text that may come in pieces.
//!
//! AWS writes one line, `{"Records":[{"eventVersion":…},{…}]}`; other tools write arrays, and JSON lines. Several such
//! documents may follow one another, as `zcat` gives them.

use std::ops::Range;

use memchr::{memchr, memmem};

use crate::event::Event;
use crate::json::{end_of_value, skip_between, skip_space};

/// Why a file is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// The text ends inside a record.
    #[error("it ends inside what begins at byte {0}")]
    CutOff(u64),
    /// What should be a record is none.
    #[error("there is no JSON object at byte {0}, where a record should begin")]
    NoRecord(u64),
    /// The array of records is not closed.
    #[error("its list of records is not closed")]
    Unclosed,
    /// The text is JSON of another kind.
    #[error("it is JSON, but holds neither a list of `Records` nor events one a line")]
    NoEvents,
    /// A record goes on and on.
    #[error("what begins at byte {0} is larger than 4 MiB, which no event is")]
    TooLarge(u64),
    /// More lines are broken than whole files have.
    #[error("more than 100 of its lines are broken, the last at byte {0}")]
    Broken(u64),
}

/// A record larger than this is none of CloudTrail's, whose events have 256 KB at most. (CloudTrail User Guide, "quotas".)
pub(crate) const LARGEST_RECORD: usize = 4 * 1024 * 1024;

/// Of a file with more broken lines, nothing can be believed; and each may cost a look at the whole of the text that is held.
const MOST_BROKEN: u64 = 100;

/// Lines of a JSON lines file that are no records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Broken {
    pub(crate) count: u64,
    /// Offset of the first.
    pub(crate) first: Option<u64>,
}

/// Where the cursor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before a document, or a record that stands by itself.
    Between,
    /// In a list of records; whether an object is around it.
    List { wrapped: bool },
    /// After the list, in the object around it.
    Tail,
    /// In a broken line; the next one that begins as a record does is waited for.
    Broken,
}

/// Goes from record to record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor {
    at: usize,
    /// Bytes before the text.
    dropped: u64,
    place: Place,
    has_events: bool,
    broken: Broken,
}

enum Step {
    Record(Range<usize>),
    Moved,
    End,
}

impl Cursor {
    /// Before the first record.
    pub(crate) fn new() -> Self {
        Self {
            at: 0,
            dropped: 0,
            place: Place::Between,
            has_events: false,
            broken: Broken::default(),
        }
    }

    /// Calls `on` with every record from here to the end of the text; when `more` is to come, as far as they are whole.
    pub(crate) fn advance(
        &mut self,
        text: &[u8],
        more: bool,
        on: &mut dyn FnMut(Range<usize>),
    ) -> Result<(), Malformed> {
        loop {
            match self.step(text, more) {
                Ok(Step::Record(record)) => on(record),
                Ok(Step::Moved) => {}
                Ok(Step::End) => break,
                Err(Malformed::CutOff(_)) if more => return Ok(()),
                Err(cut @ Malformed::CutOff(_)) => self.pass_broken(cut)?,
                Err(malformed) => return Err(malformed),
            }
        }
        match self.place {
            Place::List { .. } if !more => Err(Malformed::Unclosed),
            Place::Tail if !more => Err(Malformed::CutOff(self.offset(self.at))),
            Place::Between | Place::List { .. } | Place::Tail | Place::Broken => Ok(()),
        }
    }

    /// Lines that were passed over.
    pub(crate) fn broken(&self) -> Broken {
        self.broken
    }

    /// Gives the number of bytes that are done with; the caller drops them from the text.
    pub(crate) fn drop_done(&mut self, text: &[u8]) -> usize {
        let done = self.at.min(text.len());
        self.dropped += done as u64;
        self.at -= done;
        done
    }

    /// What begins here is too large to be a record.
    pub(crate) fn give_up(&mut self) -> Result<(), Malformed> {
        self.pass_broken(Malformed::TooLarge(self.offset(self.at)))
    }

    fn offset(&self, at: usize) -> u64 {
        self.dropped + at as u64
    }

    fn step(&mut self, text: &[u8], more: bool) -> Result<Step, Malformed> {
        if self.place == Place::Broken {
            return Ok(self.next_line(text));
        }
        let is_begin = self.place == Place::Between && self.offset(self.at) == 0;
        let start = if is_begin { after_mark(text) } else { self.at };
        self.at = skip_between(text, start);
        match (self.place, text.get(self.at)) {
            (_, None) => Ok(Step::End),
            (Place::Broken, Some(_)) => Ok(self.next_line(text)),
            (Place::Between, Some(b'[')) => Ok(self.enter(self.at + 1, Place::List { wrapped: false })),
            (Place::Between, Some(b'{')) => self.document(text, more),
            (Place::Between, Some(_)) => {
                let none = Malformed::NoRecord(self.offset(self.at));
                self.pass_broken(none).map(|()| Step::Moved)
            }
            (Place::List { .. }, Some(b'{')) => {
                let end = end_of_value(text, self.at).ok_or(Malformed::CutOff(self.offset(self.at)))?;
                Ok(self.record(end))
            }
            (Place::List { wrapped }, Some(b']')) => {
                let place = if wrapped { Place::Tail } else { Place::Between };
                Ok(self.enter(self.at + 1, place))
            }
            (Place::List { .. }, Some(_)) => Err(Malformed::NoRecord(self.offset(self.at))),
            (Place::Tail, Some(b'}')) => Ok(self.enter(self.at + 1, Place::Between)),
            (Place::Tail, Some(b':')) => Ok(self.enter(self.at + 1, Place::Tail)),
            (Place::Tail, Some(_)) => {
                // A name that stands there twice is no reason to lose what the second one holds.
                match records_member(text, self.at) {
                    Prefix::Whole(at) => return Ok(self.enter(at, Place::List { wrapped: true })),
                    Prefix::CutOff if more => return Err(Malformed::CutOff(self.offset(self.at))),
                    Prefix::CutOff | Prefix::Other => {}
                }
                let end = end_of_value(text, self.at).ok_or(Malformed::CutOff(self.offset(self.at)))?;
                Ok(self.enter(end, Place::Tail))
            }
        }
    }

    fn enter(&mut self, at: usize, place: Place) -> Step {
        self.at = at;
        self.place = place;
        self.has_events |= place == Place::Tail || matches!(place, Place::List { .. });
        Step::Moved
    }

    fn record(&mut self, end: usize) -> Step {
        let record = self.at..end;
        self.at = end;
        Step::Record(record)
    }

    /// An object at the top: a list of records, or a record by itself.
    fn document(&mut self, text: &[u8], more: bool) -> Result<Step, Malformed> {
        match list_of_records(text, self.at) {
            Prefix::Whole(at) => return Ok(self.enter(at, Place::List { wrapped: true })),
            Prefix::CutOff if more => return Err(Malformed::CutOff(self.offset(self.at))),
            Prefix::CutOff | Prefix::Other => {}
        }
        let rest = text.get(self.at..).unwrap_or_default();
        let line = memchr(b'\n', rest).map_or(text.len(), |end| self.at + end);
        let within = text.get(..line).and_then(|line| end_of_value(line, self.at));
        let end = match within {
            Some(end) => end,
            // A line break within text is no JSON, so that either the object is spread over lines, or the line is broken.
            None => {
                let end = end_of_value(text, self.at).ok_or(Malformed::CutOff(self.offset(self.at)))?;
                let object = text.get(self.at..end).unwrap_or_default();
                if serde_json::from_slice::<serde::de::IgnoredAny>(object).is_err() {
                    let none = Malformed::NoRecord(self.offset(self.at));
                    return self.pass_broken(none).map(|()| Step::Moved);
                }
                end
            }
        };
        if !self.has_events && !is_event(text.get(self.at..end).unwrap_or_default()) {
            return Err(Malformed::NoEvents);
        }
        self.has_events = true;
        Ok(self.record(end))
    }

    /// Goes on with the next line that may be a record. A file that has shown no event yet is none of ours.
    fn pass_broken(&mut self, why: Malformed) -> Result<(), Malformed> {
        if self.place != Place::Between || !self.has_events {
            return Err(why);
        }
        self.broken.count += 1;
        self.broken.first.get_or_insert(self.offset(self.at));
        if self.broken.count > MOST_BROKEN {
            return Err(Malformed::Broken(self.offset(self.at)));
        }
        self.place = Place::Broken;
        Ok(())
    }

    /// To the next line that begins as a record does.
    fn next_line(&mut self, text: &[u8]) -> Step {
        let rest = text.get(self.at..).unwrap_or_default();
        if let Some(length) = memmem::find(rest, b"\n{") {
            self.at += length + 1;
            self.place = Place::Between;
            return Step::Moved;
        }
        // A line break at the very end is kept: the brace may be in the next piece.
        self.at += rest.len() - usize::from(rest.ends_with(b"\n"));
        Step::End
    }
}

/// Whether a lone object is an event, as one looks that can be read. One that cannot be read is told of by whoever reads it.
fn is_event(object: &[u8]) -> bool {
    Event::parse(object).map_or(true, |event| {
        event.event_time.as_deref().is_some() || event.event_name.as_deref().is_some()
    })
}

/// Whether a text begins in a certain way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// It does; the offset after it.
    Whole(usize),
    /// It does as far as it goes.
    CutOff,
    /// It does not.
    Other,
}

/// `{"Records":[`.
pub(crate) fn list_of_records(text: &[u8], start: usize) -> Prefix {
    tokens(text, start, &[b"{", b"\"Records\"", b":", b"["])
}

/// `"Records":[`.
fn records_member(text: &[u8], start: usize) -> Prefix {
    tokens(text, start, &[b"\"Records\"", b":", b"["])
}

/// Whether these follow one another from there on, but for space between them.
fn tokens(text: &[u8], start: usize, tokens: &[&[u8]]) -> Prefix {
    let mut at = start;
    for token in tokens {
        at = skip_space(text, at);
        let rest = text.get(at..).unwrap_or_default();
        match rest.get(..token.len()) {
            Some(found) if found == *token => at += token.len(),
            None if token.starts_with(rest) => return Prefix::CutOff,
            _ => return Prefix::Other,
        }
    }
    Prefix::Whole(skip_space(text, at))
}

/// After a byte order mark.
pub(crate) fn after_mark(text: &[u8]) -> usize {
    if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"eventName":"One","p":{"a":[1,"}"]}}"#;

    fn read(text: &str) -> Result<(Vec<&str>, Broken), Malformed> {
        let mut cursor = Cursor::new();
        let mut found = Vec::new();
        cursor.advance(text.as_bytes(), false, &mut |record| {
            found.extend(text.get(record))
        })?;
        Ok((found, cursor.broken()))
    }

    #[test]
    fn documents_may_follow_one_another() {
        for text in [
            format!(r#"{{"Records":[{ONE}]}}{{"Records":[{ONE}]}}"#),
            format!("{{\"Records\":[{ONE}],\"more\":{{\"a\":[]}}}}\n[{ONE}]"),
            format!("{ONE}\n{{\"Records\":[{ONE}]}}\n"),
            format!(r#"{{"Records":[{ONE}],"a":{{"Records":[{ONE}]}},"Records" : [{ONE}],"Records":1}}"#),
            format!("{{\n \"eventName\": \"Other\"\n}}\n{ONE}\n\n{ONE}"),
        ] {
            let (found, broken) = read(&text).unwrap();
            assert_eq!(found.iter().filter(|record| **record == ONE).count(), 2, "{text}");
            assert_eq!(broken.count, 0);
        }
    }

    #[test]
    fn a_broken_line_costs_itself_only() {
        for line in [
            r#"{"eventName":"One"#,
            r#"{"eventName":{"#,
            "notes",
            "{\"a\n\":1}",
            "}}}",
        ] {
            let text = format!("{ONE}\n{line}\n{ONE}\n");
            let (found, broken) = read(&text).unwrap();
            assert_eq!(found, [ONE, ONE], "{line}");
            let first = Some(ONE.len() as u64 + 1);
            assert_eq!(broken, Broken { count: 1, first }, "{line}");
        }
        let cut = format!("{ONE}\n{}", ONE.get(..9).unwrap());
        assert_eq!(read(&cut).unwrap().1.count, 1);
    }

    #[test]
    fn a_file_of_broken_lines_is_given_up() {
        let text = format!("{ONE}\n{}", "{\"a\":\n".repeat(101));
        assert!(matches!(read(&text), Err(Malformed::Broken(_))));
    }

    #[test]
    fn json_of_another_kind_is_told() {
        for text in [r#"{"Events":[{"CloudTrailEvent":"{}"}]}"#, "{}", "{\n\"a\":1}"] {
            assert_eq!(read(text), Err(Malformed::NoEvents), "{text}");
        }
        for text in ["nothing", "{\"Records\":[1]}", "<html>", "[{\"a\":1}", "{\"a\""] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
