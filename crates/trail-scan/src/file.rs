//! One file: opened, and read at once where there is room for it.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use crate::damage::Fault;
use crate::memory::{Budget, Buffer};
use crate::search::{Outcome, Search, Taker};

/// One thread's buffer and search.
pub(crate) struct Worker<'s> {
    packed: Buffer<'s>,
    search: Search<'s>,
}

impl<'s> Worker<'s> {
    pub(crate) fn new(search: Search<'s>, budget: &'s Budget) -> Self {
        Self {
            packed: Buffer::new(budget),
            search,
        }
    }

    /// Searches the file at `path`; `index` orders its matches among those of other files.
    pub(crate) fn file(&mut self, path: &Path, index: u64, taker: &mut dyn Taker) -> Outcome {
        let mut file = File::open(path).map_err(Fault::Unreadable)?;
        let size = file.metadata().map_err(Fault::Unreadable)?;
        let size = usize::try_from(size.len()).ok().filter(|_| size.is_file());
        // One more byte tells whether the file has grown meanwhile.
        let room = size.and_then(|size| self.packed.room(size.checked_add(1)?));
        let Some(room) = room else {
            return self.search.pieces(file, index, taker);
        };
        let read = fill(&mut file, room).map_err(Fault::Unreadable)?;
        let has_grown = read == room.len();
        let packed = self.packed.room(read).filter(|_| !has_grown);
        let outcome = packed.and_then(|packed| self.search.whole(packed, index, taker));
        self.packed.settle();
        match outcome {
            Some(outcome) => outcome,
            None => {
                // From its beginning, as much as there is by now.
                file.rewind().map_err(Fault::Unreadable)?;
                self.search.pieces(file, index, taker)
            }
        }
    }
    /// Searches an object that was fetched.
    pub(crate) fn object(&mut self, packed: &[u8], index: u64, taker: &mut dyn Taker) -> Outcome {
        match self.search.whole(packed, index, taker) {
            Some(outcome) => outcome,
            None => self.search.pieces(packed, index, taker),
        }
    }

    /// Searches a stream.
    pub(crate) fn stream(&mut self, reader: impl Read, index: u64, taker: &mut dyn Taker) -> Outcome {
        self.search.pieces(reader, index, taker)
    }
}

/// Fills `into` as far as the stream goes.
pub(crate) fn fill(reader: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = into.get_mut(filled..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
