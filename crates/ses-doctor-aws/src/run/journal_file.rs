//! The journal on disk: one record a line, flushed to the disk before anybody goes on.

use super::store::{StoreError, private};
use jiff::Timestamp;
use ses_doctor_core::journal::{Entry, Record};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A journal that is being written.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
    path: PathBuf,
}

impl JournalFile {
    /// A new one; its first record comes next.
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        let file = private().create_new(true).append(true).open(path);
        Ok(Self {
            file: file.map_err(StoreError::io("create the journal", path))?,
            path: path.to_owned(),
        })
    }

    /// One that was left behind. A last line without its end is cut off: it was being written when the process was stopped.
    pub(super) fn reopen(path: &Path) -> Result<Self, StoreError> {
        let io = StoreError::io("open the journal", path);
        let open = || -> std::io::Result<File> {
            let mut file = private().read(true).append(true).open(path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let whole = bytes
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            if whole < bytes.len() {
                file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
                file.sync_all()?;
            }
            file.seek(std::io::SeekFrom::End(0))?;
            Ok(file)
        };
        Ok(Self {
            file: open().map_err(io)?,
            path: path.to_owned(),
        })
    }

    /// Writes a record. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, entry: Entry) -> Result<(), StoreError> {
        let record = Record {
            at: Timestamp::now(),
            entry,
        };
        let mut write = || -> std::io::Result<()> {
            let mut line = serde_json::to_vec(&record)?;
            line.push(b'\n');
            self.file.write_all(&line)?;
            self.file.sync_data()
        };
        write().map_err(StoreError::io("write the journal", &self.path))
    }
}
