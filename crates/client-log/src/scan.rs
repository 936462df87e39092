//! From bytes to groups, in one pass and bounded memory.

use crate::event::Event;
use crate::fingerprint::fingerprint;
use crate::group::{Groups, Log, Spot, sample};
use crate::prefilter::{Hits, Kind, is_success, stands_alone};
use crate::recognise::{Context, recognise_in};
use crate::record::{MOST_LINES, continues, is_head};
use crate::text::{Encoding, Utf16};
use memchr::memmem::{self, Finder};
use memchr::{memchr, memchr_iter, memrchr};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::LazyLock;

/// How much is read at once.
const PIECE: usize = 512 * 1024;
/// A record is not looked for beyond this.
const REACH: usize = 16 * 1024;
/// Of a longer line only what stands around the words that matter is read.
const LONGEST_LINE: usize = 8 * 1024;
/// A text as small as this may have been pasted: it is read as one when nothing in it stands out.
const PASTED: usize = 16 * 1024;
/// Hosts that deliveries are counted for without reading them.
const MOST_HOSTS: usize = 1000;
/// Fingerprints that are remembered.
const MOST_KNOWN: usize = 32 * 1024;

/// Takes the bytes of a log, piece by piece.
#[derive(Debug, Default)]
pub struct Scanner {
    /// What is still needed: something behind the place that has been reached, and all that lies before it.
    kept: Vec<u8>,
    /// Up to here `kept` has been searched.
    reached: usize,
    /// Up to here its lines have been counted.
    counted: usize,
    /// Lines before `counted`.
    lines: u64,
    bytes: u64,
    utf16: Option<Utf16>,
    /// The encoding has been told.
    begun: bool,
    /// The text is so short that somebody may have pasted it.
    pasted: bool,
    groups: Groups,
    /// What a fingerprint turned out to be: a group, or nothing.
    known: HashMap<u64, Option<usize>>,
    /// Groups of successes by the host's name.
    sent: HashMap<Vec<u8>, Option<usize>>,
    opening: String,
    mentions_mail: bool,
}

impl Scanner {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes some bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if self.begun {
            self.append(bytes);
        } else {
            self.kept.extend_from_slice(bytes);
            if self.kept.len() >= 512 {
                self.begin();
            }
        }
        if self.begun && self.kept.len() >= PIECE {
            self.search(false);
        }
    }

    /// Takes all bytes of a reader; `progress` hears how many have been read so far.
    ///
    /// # Errors
    ///
    /// The reader's. What was read before counts, and [`Scanner::finish`] may still be called.
    pub fn read(&mut self, reader: &mut impl Read, mut progress: impl FnMut(u64)) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        loop {
            let length = match reader.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.push(piece.get(..length).unwrap_or_default());
            progress(self.bytes);
        }
    }

    /// What the log says.
    pub fn finish(mut self) -> Log {
        if !self.begun {
            self.begin();
        }
        self.pasted = self.reached == 0 && self.lines == 0 && self.kept.len() <= PASTED;
        self.search(true);
        if self.pasted && self.groups.is_empty() {
            self.read_as_one();
        }
        self.count_lines(self.kept.len());
        let unended = self.kept.last().is_some_and(|byte| *byte != b'\n');
        Log {
            left_out: self.groups.left_out,
            groups: self.groups.finish(),
            bytes: self.bytes,
            lines: self.lines + u64::from(unended),
            opening: self.opening,
            mentions_mail: self.mentions_mail,
        }
    }

    fn begin(&mut self) {
        self.begun = true;
        self.utf16 = match Encoding::of(&self.kept) {
            Encoding::AsciiLike => None,
            Encoding::Utf16Le => Some(Utf16::new(false)),
            Encoding::Utf16Be => Some(Utf16::new(true)),
        };
        if self.utf16.is_some() {
            let bytes = std::mem::take(&mut self.kept);
            self.append(&bytes);
        }
        let text = self.kept.get(..self.kept.len().min(PASTED)).unwrap_or_default();
        let lower = text.to_ascii_lowercase();
        self.mentions_mail = ["mail", "smtp", "ses"]
            .iter()
            .any(|word| memmem::find(&lower, word.as_bytes()).is_some());
        let opening = text
            .split(|byte| *byte == b'\n')
            .find(|line| !line.trim_ascii().is_empty());
        self.opening = opening
            .map(|line| sample(line.get(..line.len().min(400)).unwrap_or_default()))
            .unwrap_or_default();
    }

    fn append(&mut self, bytes: &[u8]) {
        match &mut self.utf16 {
            Some(decoder) => self.kept.extend_from_slice(decoder.decode(bytes).as_bytes()),
            None => self.kept.extend_from_slice(bytes),
        }
    }

    /// Searches what is kept, up to where a record might still be incomplete.
    fn search(&mut self, at_end: bool) {
        let kept = std::mem::take(&mut self.kept);
        let end = if at_end {
            kept.len()
        } else {
            kept.len().saturating_sub(REACH)
        };
        let mut hits = Hits::new(kept.get(..end).unwrap_or_default(), self.reached);
        let mut from = self.reached;
        while let Some((at, kind)) = hits.next_from(from) {
            from = match kind {
                Kind::Code if !stands_alone(&kept, at) => at + 1,
                Kind::Code if is_success(&kept, at) => self.success_at(&kept, at),
                Kind::Code | Kind::Word => self.record_at(&kept, at),
            };
        }
        self.reached = from.max(end);
        self.kept = kept;
        if !at_end {
            self.forget();
        }
    }

    /// Lets go of what lies too far behind to belong to a record yet to come.
    fn forget(&mut self) {
        let keep = self.reached.saturating_sub(REACH);
        self.count_lines_to(keep);
        self.kept.drain(..keep);
        self.reached -= keep;
        self.counted = self.counted.saturating_sub(keep);
    }

    fn count_lines_to(&mut self, to: usize) {
        if to > self.counted {
            self.count_lines(to);
        }
    }

    fn count_lines(&mut self, to: usize) {
        let between = self.kept.get(self.counted..to).unwrap_or_default();
        self.lines += memchr_iter(b'\n', between).count() as u64;
        self.counted = self.counted.max(to);
    }

    /// The number of the line at a place of the text that is being searched.
    fn line_at(&mut self, kept: &[u8], at: usize) -> u64 {
        match kept.get(self.counted..at) {
            Some(between) => {
                self.lines += memchr_iter(b'\n', between).count() as u64;
                self.counted = at;
                self.lines + 1
            }
            None => {
                let behind = kept.get(at..self.counted).unwrap_or_default();
                (self.lines + 1).saturating_sub(memchr_iter(b'\n', behind).count() as u64)
            }
        }
    }

    /// Reads the record around a place; where to go on.
    fn record_at(&mut self, kept: &[u8], at: usize) -> usize {
        let line = line_around(kept, at);
        let record = record_around(kept, line.clone());
        let bytes = kept.get(record.clone()).unwrap_or_default();
        let on = record.end.max(line.end).max(at + 1);
        let print = fingerprint(bytes);
        let known = self.known.get(&print).copied();
        if known == Some(None) {
            return on;
        }
        let spot = Spot {
            line: self.line_at(kept, record.start),
            record: bytes,
        };
        match known {
            Some(Some(index)) => self.groups.again(index, spot),
            Some(None) => {}
            None => self.read_record(kept, &record, print, spot),
        }
        on
    }

    /// Reads a record that says something new.
    fn read_record(&mut self, kept: &[u8], record: &Range<usize>, print: u64, spot: Spot<'_>) {
        let text = String::from_utf8_lossy(spot.record);
        let mut event = recognise_in(&text, self.context());
        // What depends on its neighbours is read anew each time.
        let mut lasts = true;
        if event.as_ref().is_some_and(Event::depends_on_sender)
            && let Some(sender) = sender_line(kept, record, &text)
        {
            event = recognise_in(&format!("{sender}\n{text}"), self.context());
            lasts = false;
        }
        let group = event.and_then(|event| self.groups.add(event, spot));
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        if lasts {
            self.known.insert(print, group);
        }
    }

    fn context(&self) -> Context {
        if self.pasted { Context::Given } else { Context::Log }
    }

    /// Counts a delivery that Postfix logs by its host; only the first of each host is read. Any other success is read as
    /// any record is.
    fn success_at(&mut self, kept: &[u8], at: usize) -> usize {
        static RELAY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("relay="));
        let delivered = kept
            .get(..at)
            .is_some_and(|before| before.ends_with(b"status=sent ("));
        if !delivered {
            // `250` is the answer to every command: only with an id, or at the end of a login, it says that something worked.
            let told = kept
                .get(at..)
                .is_some_and(|rest| rest.starts_with(b"235 ") || rest.starts_with(b"250 Ok "));
            let status = kept
                .get(..at)
                .is_some_and(|before| before.ends_with(b"smtpstatus="));
            return if told || status {
                self.record_at(kept, at)
            } else {
                at + 3
            };
        }
        let line = line_around(kept, at);
        let bytes = kept.get(line.clone()).unwrap_or_default();
        let host = RELAY.find(bytes).map_or(&[] as &[u8], |at| {
            let rest = bytes.get(at..).unwrap_or_default();
            let end = memchr(b'[', rest).or_else(|| memchr(b',', rest)).unwrap_or(0);
            rest.get(..end).unwrap_or_default()
        });
        match self.sent.get(host).copied() {
            Some(Some(index)) => {
                let spot = Spot {
                    line: self.line_at(kept, line.start),
                    record: bytes,
                };
                self.groups.again(index, spot);
                line.end.max(at + 1)
            }
            Some(None) => line.end.max(at + 1),
            None => self.first_delivery(kept, at, bytes, host),
        }
    }

    fn first_delivery(&mut self, kept: &[u8], at: usize, line: &[u8], host: &[u8]) -> usize {
        let on = self.record_at(kept, at);
        let group = match recognise_in(&String::from_utf8_lossy(line), self.context()) {
            Some(event @ Event::Worked(_)) => self.groups.index_of(&event),
            Some(Event::Failed(_)) | None => None,
        };
        if self.sent.len() < MOST_HOSTS && !host.is_empty() {
            self.sent.insert(host.to_vec(), group);
        }
        on
    }

    /// A short text in which no single record stands out.
    fn read_as_one(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        let text = String::from_utf8_lossy(&kept);
        if let Some(event) = recognise_in(&text, Context::Given) {
            let spot = Spot {
                line: 1,
                record: &kept,
            };
            self.groups.add(event, spot);
        }
        self.kept = kept;
    }
}

/// The line around a place, or the part of it that is read when it is too long. A word at a cut is left out, as it may be
/// half a secret, whose shape would not be known.
fn line_around(kept: &[u8], at: usize) -> Range<usize> {
    let before = kept.get(..at).unwrap_or_default();
    let start = memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let after = kept.get(at..).unwrap_or_default();
    let end = memchr(b'\n', after).map_or(kept.len(), |newline| at + newline);
    if end - start <= LONGEST_LINE {
        return start..end;
    }
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b';');
    let first = at.saturating_sub(LONGEST_LINE / 2);
    let from = if first <= start {
        start
    } else {
        let head = kept.get(first..at).unwrap_or_default();
        head.iter()
            .position(is_blank)
            .map_or(at, |blank| first + blank + 1)
    };
    let last = at + LONGEST_LINE / 2;
    let to = if last >= end {
        end
    } else {
        let tail = kept.get(at..last).unwrap_or_default();
        tail.iter().rposition(is_blank).map_or(last, |blank| at + blank)
    };
    from..to
}

/// The lines that belong together with this one.
fn record_around(kept: &[u8], line: Range<usize>) -> Range<usize> {
    if line.end - line.start >= LONGEST_LINE / 2 {
        return line;
    }
    let start = start_of_record(kept, &line);
    start..end_of_record(kept, start, line)
}

/// Whether a line begins a record shows in its first characters.
fn begins_record(kept: &[u8], line: &Range<usize>) -> bool {
    let bytes = kept.get(line.clone()).unwrap_or_default();
    is_head(&String::from_utf8_lossy(bytes.get(..64).unwrap_or(bytes)))
}

/// The head of a line: whether it begins a record or goes on with one shows there.
fn text_of<'a>(kept: &'a [u8], line: &Range<usize>) -> Cow<'a, str> {
    let bytes = kept.get(line.clone()).unwrap_or_default();
    String::from_utf8_lossy(bytes.get(..bytes.len().min(400)).unwrap_or(bytes))
}

/// Back to the head of the record; without one, to where nothing hangs together any more.
fn start_of_record(kept: &[u8], line: &Range<usize>) -> usize {
    if begins_record(kept, line) {
        return line.start;
    }
    let own = text_of(kept, line);
    let mut start = line.start;
    let mut hangs_from = line.start;
    let mut hanging = true;
    let mut here = own;
    for _ in 0..MOST_LINES {
        let Some(previous) =
            line_before(kept, start).filter(|previous| line.start - previous.start < REACH / 2)
        else {
            break;
        };
        let text = text_of(kept, &previous);
        if text.trim().is_empty() {
            break;
        }
        hanging = hanging && continues(&here, &text);
        start = previous.start;
        if hanging {
            hangs_from = start;
        }
        if is_head(&text) {
            return start;
        }
        here = text;
    }
    hangs_from
}

fn line_before(kept: &[u8], start: usize) -> Option<Range<usize>> {
    let end = start.checked_sub(1)?;
    let begin = memrchr(b'\n', kept.get(..end)?).map_or(0, |newline| newline + 1);
    Some(begin..end)
}

/// Forward over what hangs on the record: up to the next head where records have heads, else by the look of the lines.
fn end_of_record(kept: &[u8], start: usize, line: Range<usize>) -> usize {
    let first = kept
        .get(start..)
        .and_then(|rest| memchr(b'\n', rest))
        .map_or(kept.len(), |newline| start + newline);
    let with_heads = begins_record(kept, &(start..first.min(line.end)));
    let mut end = line.end;
    let mut here = Cow::Borrowed("");
    for number in 0..MOST_LINES {
        let from = end + 1;
        let Some(rest) = kept.get(from..).filter(|rest| !rest.is_empty()) else {
            break;
        };
        let next = from..memchr(b'\n', rest).map_or(kept.len(), |newline| from + newline);
        if begins_record(kept, &next) || next.end - start > REACH / 2 {
            break;
        }
        if number == 0 {
            here = text_of(kept, &line);
        }
        let text = text_of(kept, &next);
        if text.trim().is_empty() || !(with_heads || continues(&text, &here)) {
            break;
        }
        end = next.end;
        here = text;
    }
    end
}

/// Postfix logs the sender of a message on a line of its own, before the record.
fn sender_line(kept: &[u8], record: &Range<usize>, text: &str) -> Option<String> {
    let id = queue_id(text)?;
    let from = record.start.saturating_sub(REACH);
    let behind = kept.get(from..record.start)?;
    let at = memmem::rfind(behind, format!("{id}: from=<").as_bytes())?;
    let rest = behind.get(at..)?;
    let end = memchr(b'\n', rest).unwrap_or(rest.len());
    Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
}

/// `postfix/smtp[2486]: 65B2B1DC7BA: to=<…>`.
fn queue_id(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("postfix/smtp[")?;
    let (_, rest) = rest.split_once("]: ")?;
    let (id, _) = rest.split_once(':')?;
    let shaped = (6..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    shaped.then_some(id)
}
