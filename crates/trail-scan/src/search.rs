//! The search of one thread: a packed text at once, or piece by piece.

use std::cell::Cell;
use std::io::{self, Read};

use libdeflater::Decompressor;

use crate::cursor::Broken;
use crate::damage::{Fault, Unread};
use crate::decompress::{Packing, gzip_whole};
use crate::event::Event;
use crate::file::fill;
use crate::filter::Filter;
use crate::memory::{Budget, Buffer, Slots};
use crate::needle::Needle;
use crate::records;
use crate::sort::Match;
use crate::stream::{Pieces, StreamError};

/// What is searched for, and with what.
pub(crate) struct Search<'s> {
    filter: &'s Filter,
    needle: Needle,
    inflate: Decompressor,
    text: Buffer<'s>,
    slots: &'s Slots,
}

/// Whoever takes what is found.
pub(crate) trait Taker {
    /// A wanted record.
    fn take(&mut self, found: Match);
    /// So many bytes were read, and unpacked to so many.
    fn read(&mut self, packed: u64, text: u64);
    /// A piece of a stream has ended. False when nobody wants more.
    fn piece(&mut self) -> bool;
}

/// What in a file could not be read, or why nothing of it counts.
pub(crate) type Outcome = Result<Option<Unread>, Fault>;

impl<'s> Search<'s> {
    /// With `check`, every record is parsed, not only those that a byte search does not rule out.
    pub(crate) fn new(filter: &'s Filter, check: bool, budget: &'s Budget, slots: &'s Slots) -> Self {
        Self {
            filter,
            needle: match check {
                true => Needle::of_all(),
                false => Needle::new(filter),
            },
            inflate: Decompressor::new(),
            text: Buffer::new(budget),
            slots,
        }
    }

    /// Searches what was read whole; `index` orders its matches among those of other files. `None` when it must be read
    /// piece by piece.
    pub(crate) fn whole(&mut self, packed: &[u8], index: u64, taker: &mut dyn Taker) -> Option<Outcome> {
        let text = match Packing::of(packed) {
            Packing::Plain => packed,
            Packing::Gzip => gzip_whole(&mut self.inflate, packed, &mut self.text)?,
            Packing::Zstd => return None,
        };
        let filter = self.filter;
        let mut unread = None;
        let judge = &mut |record: &[u8], at: usize| judge(filter, record, at as u64, &mut unread);
        let broken = records::wanted(text, &self.needle, judge, &mut |seconds, range| {
            let record = text.get(range.clone()).unwrap_or_default();
            taker.take(Match::new(seconds, index, range.start as u64, record));
        });
        taker.read(packed.len() as u64, text.len() as u64);
        self.text.settle();
        Some(outcome(broken.map_err(Fault::from), unread))
    }

    /// Searches a stream, record by record.
    pub(crate) fn pieces(&self, reader: impl Read, index: u64, taker: &mut dyn Taker) -> Outcome {
        let _slot = self.slots.enter();
        let (packed, failed) = (Cell::new(0), Cell::new(None));
        let mut reader = Counted {
            reader,
            count: &packed,
            failed: &failed,
        };
        let mut first = [0; 4];
        let length = fill(&mut reader, &mut first).map_err(|error| unread_stream(&failed, error))?;
        let first = first.get(..length).unwrap_or_default();
        let packing = Packing::of(first);
        let mut pieces = Pieces::new(packing.unpack(first.chain(reader)));
        let mut unread = None;
        loop {
            let before = pieces.bytes();
            let more = pieces.next(&mut |at, record| {
                if self.needle.may_be_in(record)
                    && let Some(seconds) = judge(self.filter, record, at, &mut unread)
                {
                    taker.take(Match::new(seconds, index, at, record));
                }
            });
            taker.read(packed.take(), pieces.bytes() - before);
            match more {
                Ok(true) if taker.piece() => {}
                Ok(_) => return outcome(Ok(pieces.broken()), unread),
                Err(StreamError::Malformed(malformed)) => return Err(malformed.into()),
                Err(StreamError::Read(error)) => return Err(unread_stream(&failed, error)),
            }
        }
    }
}

/// That no more can be had is no damage of what is packed, whatever comes of it in unpacking.
fn unread_stream(failed: &Cell<Option<io::Error>>, error: io::Error) -> Fault {
    match failed.take() {
        Some(failed) => Fault::Unreadable(failed),
        None => Fault::Packed(error),
    }
}

fn outcome(broken: Result<Broken, Fault>, unread: Option<Unread>) -> Outcome {
    let Broken { count, first } = broken?;
    Ok(match (unread, first) {
        (unread, None) => unread,
        (Some(unread), Some(_)) => Some(unread.and(count)),
        (None, Some(first)) => Some(Unread::line(count, first)),
    })
}

/// The time of a record that the filter wants.
fn judge(filter: &Filter, record: &[u8], at: u64, unread: &mut Option<Unread>) -> Option<i64> {
    match Event::parse(record) {
        Ok(event) => filter
            .matches(&event, record)
            .then(|| event.seconds().unwrap_or(i64::MIN)),
        Err(why) => {
            *unread = Some(match unread.take() {
                Some(unread) => unread.and(1),
                None => Unread::record(at, why),
            });
            None
        }
    }
}

/// Counts what is read, and keeps the error of whoever is read from.
struct Counted<'c, R> {
    reader: R,
    count: &'c Cell<u64>,
    failed: &'c Cell<Option<io::Error>>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.reader.read(into) {
            Ok(read) => {
                self.count.set(self.count.get() + read as u64);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failed.set(Some(error));
                Err(kind.into())
            }
        }
    }
}
