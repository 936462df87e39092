//! Matches, newest first, in bounded memory: what does not fit is sorted into temporary files, which are merged at the end.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use crate::scan::ScanError;

/// A record that was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// When: seconds since 1970; the least number when the record does not tell.
    pub seconds: i64,
    file: u64,
    offset: u64,
    /// The record, byte for byte as it stands in the file.
    pub record: Box<[u8]>,
}

impl Match {
    pub(crate) fn new(seconds: i64, file: u64, offset: u64, record: &[u8]) -> Self {
        Self {
            seconds,
            file,
            offset,
            record: record.into(),
        }
    }

    /// Newest first; of one second, in the order of files and within them.
    fn place(&self) -> (std::cmp::Reverse<i64>, u64, u64) {
        (std::cmp::Reverse(self.seconds), self.file, self.offset)
    }

    /// Bytes that it takes in memory, with what the allocator and a growing list may take besides.
    pub(crate) fn size(&self) -> usize {
        self.record.len() + 3 * size_of::<Self>()
    }
}

/// Collects matches and gives them back newest first.
#[derive(Debug)]
pub(crate) struct Sorted {
    held: Vec<Match>,
    size: usize,
    limit: usize,
    runs: Vec<File>,
    withdrawn: HashSet<u64>,
}

/// More runs than this are merged into one, so that few files are open at once.
const MOST_RUNS: usize = 64;

impl Sorted {
    /// Holds up to `limit` bytes in memory.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            held: Vec::new(),
            size: 0,
            limit,
            runs: Vec::new(),
            withdrawn: HashSet::new(),
        }
    }

    /// Nothing of that file counts.
    pub(crate) fn withdraw(&mut self, file: u64) {
        self.withdrawn.insert(file);
    }

    /// Adds a match. Errors when the temporary file cannot be written.
    pub(crate) fn push(&mut self, found: Match) -> io::Result<()> {
        self.size += found.size();
        self.held.push(found);
        if self.size > self.limit {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable_by_key(Match::place);
        let mut run = BufWriter::new(tempfile::tempfile()?);
        for found in self.held.drain(..) {
            write(&mut run, &found)?;
        }
        self.size = 0;
        self.runs.push(rewound(run)?);
        if self.runs.len() < MOST_RUNS {
            return Ok(());
        }
        let mut merged = BufWriter::new(tempfile::tempfile()?);
        merge(std::mem::take(&mut self.runs), Vec::new(), &mut |found| {
            write(&mut merged, found)
        })?;
        self.runs.push(rewound(merged)?);
        Ok(())
    }

    /// Calls `give` with every match, newest first, until it errs.
    pub(crate) fn finish(mut self, give: &mut dyn FnMut(&Match) -> io::Result<()>) -> Result<(), ScanError> {
        self.held.sort_unstable_by_key(Match::place);
        let mut given = Ok(());
        let kept = merge(self.runs, self.held, &mut |found| {
            if self.withdrawn.contains(&found.file) {
                return Ok(());
            }
            given = give(found);
            // Reading ends there; the reason is told below.
            given
                .is_ok()
                .then_some(())
                .ok_or_else(|| io::ErrorKind::Other.into())
        });
        given.map_err(ScanError::Give)?;
        kept.map_err(ScanError::Keep)
    }
}

fn rewound(run: BufWriter<File>) -> io::Result<File> {
    let mut file = run.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

enum Run {
    Held(std::vec::IntoIter<Match>),
    Written(BufReader<File>),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Match>> {
        match self {
            Self::Held(matches) => Ok(matches.next()),
            Self::Written(file) => read(file),
        }
    }
}

struct Head {
    found: Match,
    run: usize,
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.found.place() == other.found.place()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    /// The heap gives its largest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.found.place().cmp(&self.found.place())
    }
}

fn merge(
    runs: Vec<File>,
    held: Vec<Match>,
    give: &mut dyn FnMut(&Match) -> io::Result<()>,
) -> io::Result<()> {
    let written = runs.into_iter().map(|file| Run::Written(BufReader::new(file)));
    let mut runs: Vec<Run> = written.chain([Run::Held(held.into_iter())]).collect();
    let mut heads = BinaryHeap::new();
    for (run, source) in runs.iter_mut().enumerate() {
        heads.extend(source.next()?.map(|found| Head { found, run }));
    }
    while let Some(Head { found, run }) = heads.pop() {
        give(&found)?;
        if let Some(source) = runs.get_mut(run) {
            heads.extend(source.next()?.map(|found| Head { found, run }));
        }
    }
    Ok(())
}

fn write(run: &mut impl Write, found: &Match) -> io::Result<()> {
    run.write_all(&found.seconds.to_le_bytes())?;
    run.write_all(&found.file.to_le_bytes())?;
    run.write_all(&found.offset.to_le_bytes())?;
    run.write_all(&(found.record.len() as u64).to_le_bytes())?;
    run.write_all(&found.record)
}

fn read(run: &mut BufReader<File>) -> io::Result<Option<Match>> {
    if io::BufRead::fill_buf(run)?.is_empty() {
        return Ok(None);
    }
    let mut number = || {
        let mut bytes = [0; 8];
        run.read_exact(&mut bytes).map(|()| bytes)
    };
    let (seconds, file, offset, length) = (number()?, number()?, number()?, number()?);
    let mut record = Vec::new();
    let length = u64::from_le_bytes(length);
    run.by_ref().take(length).read_to_end(&mut record)?;
    Ok(Some(Match {
        seconds: i64::from_le_bytes(seconds),
        file: u64::from_le_bytes(file),
        offset: u64::from_le_bytes(offset),
        record: record.into_boxed_slice(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(matches: &[(i64, u64)], limit: usize) -> Vec<(i64, u64, Vec<u8>)> {
        let mut sorted = Sorted::new(limit);
        for (seconds, offset) in matches {
            let record = format!("{{\"at\":{seconds}}}");
            sorted
                .push(Match::new(*seconds, 1, *offset, record.as_bytes()))
                .unwrap();
        }
        let mut given = Vec::new();
        sorted
            .finish(&mut |found| {
                given.push((found.seconds, found.offset, found.record.to_vec()));
                Ok(())
            })
            .unwrap();
        given
    }

    #[test]
    fn what_is_withdrawn_is_not_given() {
        let mut sorted = Sorted::new(0);
        for file in [1, 2, 1] {
            sorted.push(Match::new(5, file, 0, b"{}")).unwrap();
        }
        sorted.withdraw(1);
        let mut given = Vec::new();
        sorted
            .finish(&mut |found| {
                given.push(found.file);
                Ok(())
            })
            .unwrap();
        assert_eq!(given, [2]);
    }

    proptest! {
        #[test]
        fn files_in_between_change_nothing(matches in prop::collection::vec((-5i64..5, 0u64..100), 0..200)) {
            let mut expected = sorted(&matches, usize::MAX);
            prop_assert_eq!(&sorted(&matches, 300), &expected);
            prop_assert_eq!(&sorted(&matches, 0), &expected);
            let given: Vec<i64> = expected.iter().map(|(seconds, ..)| *seconds).collect();
            expected.sort_by_key(|(seconds, ..)| std::cmp::Reverse(*seconds));
            prop_assert_eq!(given, expected.iter().map(|(seconds, ..)| *seconds).collect::<Vec<_>>());
        }
    }
}
