//! Events as a file of CloudTrail's own form, which any of its readers takes.

use std::io::{self, Write};

/// A file under way. Without its end it is no whole JSON, so that a search that was stopped is not taken for one that was not.
pub(crate) struct RecordFile<W: Write> {
    out: W,
    has_begun: bool,
}

impl<W: Write> RecordFile<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            has_begun: false,
        }
    }

    /// One record, byte for byte. Between two stands a comma and nothing else, as CloudTrail writes them.
    pub(crate) fn record(&mut self, record: &[u8]) -> io::Result<()> {
        match self.has_begun {
            true => self.out.write_all(b",")?,
            false => self.begin()?,
        }
        self.out.write_all(record)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Nothing more comes. Where it was written to.
    pub(crate) fn end(mut self) -> io::Result<W> {
        if !self.has_begun {
            self.begin()?;
        }
        self.out.write_all(b"]}\n")?;
        Ok(self.out)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.has_begun = true;
        self.out.write_all(b"{\"Records\":[")
    }
}
