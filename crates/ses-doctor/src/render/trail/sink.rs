//! Where events are written to: standard output, or a file that is there only once it is whole.

use crate::args::ScanFormat;
use crate::error::CliError;
use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Where events are written to.
#[derive(Debug)]
pub(crate) enum Sink {
    /// Standard output.
    Output(Stdout),
    /// A file of another name in the same folder, until it is whole.
    File(NamedTempFile, PathBuf),
    /// What is no plain file, such as a pipe with a name.
    Special(std::fs::File, PathBuf),
}

impl Sink {
    /// Opens it. Bytes that are no text do not go to a terminal.
    pub(crate) fn open(format: ScanFormat, file: Option<&Path>) -> Result<Self, CliError> {
        let Some(path) = file else {
            let output = io::stdout();
            return match format == ScanFormat::Parquet && output.is_terminal() {
                true => Err(CliError::usage(
                    "Parquet is no text, and standard output is a terminal",
                    "give --output-file FILE, or lead standard output into a file",
                )),
                false => Ok(Self::Output(output)),
            };
        };
        let failed = |source| CliError::Write {
            path: path.to_owned(),
            source,
        };
        match path.metadata() {
            Ok(there) if !there.is_file() => {
                let special = OpenOptions::new().write(true).open(path);
                special
                    .map(|special| Self::Special(special, path.to_owned()))
                    .map_err(failed)
            }
            _ => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let new = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
                Ok(Self::File(new.map_err(failed)?, path.to_owned()))
            }
        }
    }

    /// What an error in writing means, for whoever named `file`.
    pub(crate) fn failed(error: io::Error, file: Option<&Path>) -> CliError {
        match file {
            Some(path) => CliError::Write {
                path: path.to_owned(),
                source: error,
            },
            None => CliError::Output(error),
        }
    }

    /// The file that was named.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(_, path) | Self::Special(_, path) => Some(path),
            Self::Output(_) => None,
        }
    }

    /// All was written.
    pub(crate) fn end(mut self) -> io::Result<()> {
        self.flush()?;
        match self {
            Self::Output(_) | Self::Special(..) => Ok(()),
            Self::File(file, path) => {
                file.as_file().sync_all()?;
                file.persist(path)?;
                Ok(())
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Output(output) => output.write(bytes),
            Self::File(file, _) => file.write(bytes),
            Self::Special(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Output(output) => output.flush(),
            Self::File(file, _) => file.flush(),
            Self::Special(file, _) => file.flush(),
        }
    }
}
