//! Reads records piece by piece, in bounded memory: for files too large to be read at once, pipes, and what is damaged.

use std::io::{self, Read};

use crate::cursor::{Broken, Cursor, LARGEST_RECORD, Malformed};

/// Bytes asked for at a time.
const PIECE: usize = 256 * 1024;

/// More than a record that is too large and a piece: nothing but a bomb has so much of it that is no record.
const MOST_BETWEEN: u64 = 4 * LARGEST_RECORD as u64;

/// Why reading ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    /// The reader failed, or what it unpacks is damaged.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// The text is not a list of records.
    #[error("{0}")]
    Malformed(#[from] Malformed),
}

/// A text of which a piece is held at a time.
pub(crate) struct Pieces<R> {
    reader: R,
    text: Vec<u8>,
    cursor: Cursor,
    read: u64,
    /// Where the last record ended.
    last: u64,
}

impl<R: Read> Pieces<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            text: Vec::new(),
            cursor: Cursor::new(),
            read: 0,
            last: 0,
        }
    }

    /// Bytes of text so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.read
    }

    /// Lines that were passed over so far.
    pub(crate) fn broken(&self) -> Broken {
        self.cursor.broken()
    }

    /// Takes one more piece, and calls `on` with every record that is whole now and its offset. False at the end.
    pub(crate) fn next(&mut self, on: &mut dyn FnMut(u64, &[u8])) -> Result<bool, StreamError> {
        let dropped = self.read - self.text.len() as u64;
        let read = self.fill()?;
        self.read += read as u64;
        let (text, last) = (&self.text, &mut self.last);
        self.cursor.advance(text, read > 0, &mut |range| {
            if let Some(record) = text.get(range.clone()) {
                on(dropped + range.start as u64, record);
            }
            *last = dropped + range.end as u64;
        })?;
        if self.read - self.last > MOST_BETWEEN {
            return Err(Malformed::TooLarge(self.last).into());
        }
        let done = self.cursor.drop_done(text);
        if text.len() - done > LARGEST_RECORD {
            self.cursor.give_up()?;
        }
        self.text.drain(..done);
        Ok(read > 0)
    }

    /// Appends what the reader gives at once, so that records of a pipe are seen as they come.
    fn fill(&mut self) -> io::Result<usize> {
        let held = self.text.len();
        self.text.resize(held + PIECE, 0);
        let read = loop {
            let room = self.text.get_mut(held..).unwrap_or_default();
            match self.reader.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let kept = *read.as_ref().unwrap_or(&0);
        self.text.truncate(held + kept);
        read
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<(u64, String)>, StreamError> {
        let mut found = Vec::new();
        let mut pieces = Pieces::new(text);
        while pieces.next(&mut |at, record| found.push((at, String::from_utf8_lossy(record).into_owned())))? {
        }
        assert_eq!(pieces.bytes(), text.len() as u64);
        Ok(found)
    }

    #[test]
    fn records_are_cut_whatever_the_pieces() {
        let one = format!(r#"{{"eventName":"{}"}}"#, "x".repeat(100_000));
        let whole = format!("{{\"Records\":[{}]}}", vec![one.clone(); 40].join(","));
        let found = read(whole.as_bytes()).unwrap();
        assert_eq!(found.len(), 40);
        for (at, record) in &found {
            assert!(
                whole
                    .get(usize::try_from(*at).unwrap()..)
                    .unwrap()
                    .starts_with(record)
            );
        }
        let lines = format!("{one}\n").repeat(30);
        assert_eq!(read(lines.as_bytes()).unwrap().len(), 30);
    }

    #[test]
    fn an_endless_record_is_given_up() {
        let text = format!(
            r#"{{"Records":[{{"a":"{}"}}]}}"#,
            "x".repeat(LARGEST_RECORD + PIECE)
        );
        let endless = Malformed::TooLarge(12);
        assert!(matches!(read(text.as_bytes()), Err(StreamError::Malformed(why)) if why == endless));
        assert!(read(&vec![b' '; 3 * LARGEST_RECORD]).unwrap().is_empty());
        assert!(read(&vec![b' '; 5 * LARGEST_RECORD]).is_err());
    }

    #[test]
    fn an_endless_line_costs_itself_only() {
        let one = r#"{"eventName":"One"}"#;
        let text = format!("{one}\n{{\"a\":\"{}\n{one}\n", "x".repeat(LARGEST_RECORD + PIECE));
        assert_eq!(read(text.as_bytes()).unwrap().len(), 2);
    }

    #[test]
    fn what_is_cut_off_is_an_error_with_its_place() {
        let text = format!(r#"{{"Records":[{{"a":1}},{{"b":"{}"#, "x".repeat(PIECE));
        assert_eq!(
            read(text.as_bytes()).unwrap_err().to_string(),
            "it ends inside what begins at byte 20"
        );
        assert!(read(br#"{"Records":[{"a":1}"#).is_err());
        assert_eq!(read(b"").unwrap(), []);
        assert_eq!(read(b"  \n").unwrap(), []);
    }
}
