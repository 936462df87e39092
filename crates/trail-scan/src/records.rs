//! The wanted records of a whole text: a byte search finds the places, and only what stands around them is cut out and
//! read, where the text is written as AWS writes it.

use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

use crate::cursor::{Broken, Cursor, Malformed, Prefix, after_mark, list_of_records};
use crate::json::{end_of_value, skip_space};
use crate::needle::Needle;

/// Events have at most 256 KB, and 1 MB where a trail is set so: what goes beyond is context that AWS adds at the end, behind
/// the caller's own parameters, which have 100 KB at most. (CloudTrail User Guide, "quotas" and "record contents".)
const LARGEST_EVENT: usize = 256 * 1024;

/// The time of a record at some offset, if it is wanted.
pub(crate) type Judge<'a> = dyn FnMut(&[u8], usize) -> Option<i64> + 'a;

/// Calls `give` with every record that `judge` says yes to. It is asked only about those that the needle may be in, and
/// about all of them when the needle is of no use.
pub(crate) fn wanted(
    text: &[u8],
    needle: &Needle,
    judge: &mut Judge<'_>,
    give: &mut dyn FnMut(i64, Range<usize>),
) -> Result<Broken, Malformed> {
    if needle.is_of_use() {
        let Some(first) = needle.hits(text).next(0) else {
            return whole(text);
        };
        if let Some(found) = around_hits(text, needle, first, judge) {
            found
                .into_iter()
                .for_each(|(seconds, record)| give(seconds, record));
            return whole(text);
        }
    }
    let mut cursor = Cursor::new();
    cursor.advance(text, false, &mut |range| {
        let record = text.get(range.clone()).unwrap_or_default();
        if needle.may_be_in(record)
            && let Some(seconds) = judge(record, range.start)
        {
            give(seconds, range);
        }
    })?;
    Ok(cursor.broken())
}

/// Cuts out the records around the hits of the needle; `None` when the text is not written so that this can be done beyond
/// any doubt.
fn around_hits(
    text: &[u8],
    needle: &Needle,
    first: usize,
    judge: &mut Judge<'_>,
) -> Option<Vec<(i64, Range<usize>)>> {
    let mut starts = Starts::of(text)?;
    let hits = needle.hits(text);
    let mut found = Vec::new();
    let mut hit = Some(first);
    while let Some(at) = hit {
        let start = starts.before(at)?;
        let end = end_of_value(text, start)?;
        if end <= at {
            // It is in a record that begins otherwise, or around one that begins as they all do.
            return None;
        }
        let record = text.get(start..end)?;
        let wanted = match needle.may_be_in(record) {
            true => judge(record, start),
            false => None,
        };
        // A member of the record around this one would have been a hit by itself; a text may stand in here only.
        if wanted.is_some() || needle.is_of_text() {
            starts.is_outermost(start).then_some(())?;
        }
        found.extend(wanted.map(|seconds| (seconds, start..end)));
        hit = hits.next(end);
    }
    Some(found)
}

/// A text of which not every record was cut out still has to be whole. Its last record tells, where it is written as most
/// files are; else all have to be gone through.
fn whole(text: &[u8]) -> Result<Broken, Malformed> {
    if ends_well(text).is_some() {
        return Ok(Broken::default());
    }
    let mut cursor = Cursor::new();
    cursor.advance(text, false, &mut |_| {})?;
    Ok(cursor.broken())
}

fn ends_well(text: &[u8]) -> Option<()> {
    let text = text.trim_ascii_end();
    let first = first_of_list(text)?;
    let last = last_opening(text, opening(text, first)?, text.len())?;
    let end = end_of_value(text, last)?;
    let close: &[u8] = if is_bare(text) { b"]" } else { b"]}" };
    (text.get(end..)? == close).then_some(())
}

/// Where the records of a text begin that is one list, written as AWS writes it: each record begins with the same bytes,
/// right after the one before it.
struct Starts<'t> {
    text: &'t [u8],
    opening: &'t [u8],
    /// A start of which it is known that no other record is around it.
    outermost: usize,
}

impl<'t> Starts<'t> {
    /// `None` when the text is not of that form.
    fn of(text: &'t [u8]) -> Option<Self> {
        let first = first_of_list(text)?;
        Some(Self {
            text,
            opening: opening(text, first)?,
            outermost: first,
        })
    }

    /// Whether no other record holds the one at `start`: a caller's own parameters may look like a record. The one around
    /// it would begin less than the size of an event before, and from there on one record would not follow on the other.
    fn is_outermost(&mut self, start: usize) -> bool {
        let from = start.saturating_sub(LARGEST_EVENT).max(self.outermost);
        let Some(before) = self.text.get(from..start) else {
            return false;
        };
        let opening = memmem::Finder::new(self.opening);
        let mut at = opening.find(before).map_or(start, |length| from + length);
        if at != self.outermost && !self.text.get(..at).is_some_and(|before| before.ends_with(b"},")) {
            return false;
        }
        while at < start {
            match self.following(at, start, &opening) {
                Some(next) => at = next,
                None => return false,
            }
        }
        self.outermost = at;
        at == start
    }

    /// The start of the record that follows on the one at `at`, when one does.
    fn following(&self, at: usize, start: usize, opening: &memmem::Finder<'_>) -> Option<usize> {
        let rest = self.text.get(at + 1..start)?;
        let next = opening.find(rest).map_or(start, |length| at + 1 + length);
        let between = self.text.get(at..next)?;
        // What begins after a comma is in an array. When none began meanwhile, it is the one that the record before is in.
        if between.ends_with(b"},") && memchr(b'[', between).is_none() {
            return Some(next);
        }
        let end = end_of_value(self.text, at)?;
        let next = end + 1;
        (self.text.get(end) == Some(&b',')).then_some(())?;
        self.text.get(next..)?.starts_with(self.opening).then_some(next)
    }

    /// The start of the record that `at` would be in.
    fn before(&self, at: usize) -> Option<usize> {
        last_opening(self.text, self.opening, at.checked_add(1)?)
    }
}

/// The last place before `end` where a record begins. One byte is searched for many times faster, backwards, than several.
fn last_opening(text: &[u8], opening: &[u8], end: usize) -> Option<usize> {
    let mut end = end;
    loop {
        end = memrchr(b'{', text.get(..end)?)?;
        if text.get(end..)?.starts_with(opening) {
            return Some(end);
        }
    }
}

/// Whether the list has no object around it.
fn is_bare(text: &[u8]) -> bool {
    text.get(skip_space(text, after_mark(text))) == Some(&b'[')
}

/// The offset of the first record of a list.
fn first_of_list(text: &[u8]) -> Option<usize> {
    let start = skip_space(text, after_mark(text));
    if is_bare(text) {
        return Some(skip_space(text, start + 1));
    }
    match list_of_records(text, start) {
        Prefix::Whole(first) => Some(first),
        Prefix::CutOff | Prefix::Other => None,
    }
}

/// The first record's brace, first name and colon: `{"eventVersion":`.
fn opening(text: &[u8], first: usize) -> Option<&[u8]> {
    let rest = text.get(first..)?;
    let name = rest.strip_prefix(b"{\"")?;
    let length = name
        .iter()
        .take(64)
        .position(|byte| !byte.is_ascii_alphanumeric())?;
    name.get(length..)?.starts_with(b"\":").then_some(())?;
    rest.get(..length + 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{Filter, Name};
    use proptest::prelude::*;

    fn needle(name: &str) -> Needle {
        Needle::new(&Filter {
            actions: vec![Name::new(name)],
            ..Filter::default()
        })
    }

    fn found(text: &str, needle: &Needle) -> Result<Vec<String>, Malformed> {
        let mut judge = |record: &[u8], _| memmem::find(record, b"Wanted").map(|_| 0);
        let mut found = Vec::new();
        wanted(text.as_bytes(), needle, &mut judge, &mut |_, record| {
            found.extend(text.get(record).map(str::to_owned));
        })?;
        Ok(found)
    }

    const ONE: &str = r#"{"eventVersion":"1","eventName":"Wanted"}"#;
    const OTHER: &str =
        r#"{"eventVersion":"1","eventName":"Other","requestParameters":{"a":[{"b":1},{"c":"}]"}]}}"#;

    #[test]
    fn every_form_gives_its_records() {
        for text in [
            format!(r#"{{"Records":[{ONE},{OTHER},{ONE}]}}"#),
            format!(r#"{{ "Records" : [ {ONE} , {OTHER} ,\n {ONE} ] }}"#).replace("\\n", "\n"),
            format!("[{ONE},{OTHER},{ONE}]"),
            format!("{ONE}\n{OTHER}\n{ONE}\n"),
            format!("{ONE} {OTHER}\n\n{ONE}"),
            format!("\u{feff}{{\"Records\":[{ONE},{OTHER},{ONE}]}}\n"),
        ] {
            for needle in [needle("Wanted"), Needle::new(&Filter::default())] {
                assert_eq!(found(&text, &needle).unwrap(), [ONE, ONE], "{text}");
            }
        }
        assert_eq!(found(r#"{"Records":[]}"#, &needle("Wanted")), Ok(Vec::new()));
        assert_eq!(found("", &needle("Wanted")), Ok(Vec::new()));
    }

    #[test]
    fn a_record_inside_a_record_is_not_taken_for_one() {
        let forged = [
            format!(r#"{{"eventVersion":"1","requestParameters":{{"a":[{ONE},{ONE}]}}}}"#),
            format!(r#"{{"eventVersion":"1","requestParameters":{{"a":[{{"x":1}},{ONE},{ONE}]}}}}"#),
            format!(r#"{{"eventVersion":"1","requestParameters":{ONE}}}"#),
            format!(r#"{{"eventVersion":"1","p":[{{"x":1}},{OTHER},{OTHER}],"eventName":"Wanted"}}"#),
            format!(r#"{{"p":[{{"x":1}},{OTHER},{ONE}],"eventName":"Wanted"}}"#),
        ];
        for outer in forged {
            let text = format!(r#"{{"Records":[{OTHER},{outer},{OTHER}]}}"#);
            assert_eq!(found(&text, &needle("Wanted")).unwrap(), [outer]);
        }
    }

    #[test]
    fn the_way_back_may_lead_over_records_with_lists_and_braces_in_text() {
        let listed = r#"{"eventVersion":"1","eventName":"Other","p":{"a":[{"b":"]"},{"c":"},{[\""}]}}"#;
        let braced = r#"{"eventVersion":"1","eventName":"Other","p":{"a":"}]},{","b":{}}}"#;
        for before in [[listed, braced], [braced, listed]] {
            let text = format!(
                r#"{{"Records":[{},{ONE},{}]}}"#,
                before.join(","),
                before.join(",")
            );
            assert_eq!(found(&text, &needle("Wanted")).unwrap(), [ONE]);
            let mut starts = Starts::of(text.as_bytes()).unwrap();
            assert!(starts.is_outermost(text.find(ONE).unwrap()));
        }
    }

    #[test]
    fn a_record_inside_one_before_a_list_is_no_start() {
        let inner = [
            format!(r#"{{"eventVersion":"1","p":{ONE},"q":[1]}}"#),
            format!(r#"{{"eventVersion":"1","p":[{{"x":"["}},{ONE}]}}"#),
            format!(r#"{{"eventVersion":"1","p":[["]"],{{}},{ONE}]}}"#),
        ];
        for outer in inner {
            let text = format!(r#"{{"Records":[{OTHER},{outer},{ONE}]}}"#);
            let places: Vec<usize> = text.match_indices(ONE).map(|(at, _)| at).collect();
            let outermost = |at: &usize| Starts::of(text.as_bytes()).unwrap().is_outermost(*at);
            assert_eq!(
                places.iter().map(outermost).collect::<Vec<_>>(),
                [false, true],
                "{text}"
            );
        }
    }

    #[test]
    fn a_file_that_is_cut_off_is_malformed() {
        let whole = format!(r#"{{"Records":[{OTHER},{ONE}]}}"#);
        for length in 1..whole.len() {
            let cut = whole.get(..length).unwrap();
            assert!(found(cut, &needle("Wanted")).is_err(), "{cut}");
        }
        for text in ["nothing", "{\"Records\":[1]}", "<html>"] {
            assert!(found(text, &Needle::new(&Filter::default())).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_finds_what_the_long_way_finds(
            names in prop::collection::vec("Wanted|Other|[a-z\"\\\\{}\\[\\],é]{0,8}", 0..12),
            spaced in any::<bool>(),
        ) {
            let record = |name: &String| {
                let inner = serde_json::json!({"eventVersion": "1", "eventName": name});
                serde_json::json!({"eventVersion": "1", "eventName": name, "p": [{"x": 1}, inner]}).to_string()
            };
            let records: Vec<String> = names.iter().map(record).collect();
            let text = format!("{{\"Records\":[{}]}}", records.join(if spaced { ", " } else { "," }));
            prop_assert_eq!(found(&text, &needle("Wanted")), found(&text, &Needle::new(&Filter::default())));
        }

        #[test]
        fn any_bytes_are_survived(text in prop::collection::vec(any::<u8>(), 0..300)) {
            for needle in [needle("Wanted"), Needle::new(&Filter::default())] {
                let _ = wanted(&text, &needle, &mut |_, _| Some(0), &mut |_, record| assert!(record.end <= text.len()));
            }
        }
    }
}
