//! Reading a client's log: a file or standard input, plain or compressed, to its end or as far as it goes.

use crate::error::CliError;
use crate::render::progress::Reading;
use client_log::{Log, Scanner};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// A log that was read.
#[derive(Debug)]
pub(crate) struct LogFile {
    /// Its name for people; `-` for standard input.
    pub(crate) name: String,
    /// What was found in it.
    pub(crate) log: Log,
    /// Why its end was not reached.
    pub(crate) incomplete: Option<String>,
}

/// Enough to know the compression.
const MAGIC: usize = 6;

impl LogFile {
    /// Reads a file, or standard input when the path is `-`.
    pub(crate) fn read(path: &Path, quiet: bool) -> Result<Self, CliError> {
        if path == Path::new("-") {
            return Self::from_stdin(quiet);
        }
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|source| CliError::read(path, source))?;
        if metadata.is_dir() {
            return Err(CliError::read(path, io::ErrorKind::IsADirectory.into()));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Self::from_reader(path, file, size, quiet)
    }

    /// Reads standard input.
    pub(crate) fn from_stdin(quiet: bool) -> Result<Self, CliError> {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            return Err(CliError::usage(
                "nothing to explain",
                "name a log file, pipe one in, or paste the error with --text 'ERROR'",
            ));
        }
        Self::from_reader(Path::new("-"), stdin.lock(), None, quiet)
    }

    /// A text that was pasted.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut scanner = Scanner::new();
        scanner.push(text.as_bytes());
        Self {
            name: "text".to_owned(),
            log: scanner.finish(),
            incomplete: None,
        }
    }

    fn from_reader(path: &Path, mut reader: impl Read, size: Option<u64>, quiet: bool) -> Result<Self, CliError> {
        let mut head = Vec::with_capacity(MAGIC);
        let begun = reader.by_ref().take(MAGIC as u64).read_to_end(&mut head);
        begun.map_err(|source| CliError::read(path, source))?;
        let compression = Compression::of(&head);
        let whole = io::Cursor::new(head).chain(reader);
        let mut scanner = Scanner::new();
        let end = match compression {
            Compression::None => scan(&mut scanner, whole, &Reading::new(quiet, size)),
            Compression::Gzip => scan(&mut scanner, MultiGzDecoder::new(whole), &Reading::new(quiet, None)),
            Compression::Other(name) => return Err(CliError::read(path, compressed_with(name))),
        };
        Ok(Self {
            name: path.display().to_string(),
            log: scanner.finish(),
            incomplete: end.err().map(|error| reason(&error, compression)),
        })
    }
}

fn scan(scanner: &mut Scanner, mut reader: impl Read, progress: &Reading) -> io::Result<()> {
    scanner.read(&mut reader, |bytes| progress.at(bytes))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
    Other(&'static str),
}

impl Compression {
    /// By the first bytes.
    fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Other("zstd"),
            [0xfd, b'7', b'z', b'X', b'Z', ..] => Self::Other("xz"),
            [b'B', b'Z', b'h', ..] => Self::Other("bzip2"),
            _ => Self::None,
        }
    }
}

fn compressed_with(name: &str) -> io::Error {
    io::Error::other(format!(
        "it is compressed with {name}; pipe it in: {name} -dc FILE | ses-doctor explain"
    ))
}

fn reason(error: &io::Error, compression: Compression) -> String {
    match (compression, error.kind()) {
        (Compression::Gzip, io::ErrorKind::UnexpectedEof) => {
            "the gzip file ends in the middle: it was cut off, or is still being written".to_owned()
        }
        (Compression::Gzip, io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
            format!("the gzip file is damaged from here on ({error})")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write;

    const LINE: &str = "535 Authentication Credentials Invalid\n";

    fn packed() -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        (0..2000).for_each(|number| write!(encoder, "{number} {LINE}").unwrap());
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<LogFile, CliError> {
        LogFile::from_reader(Path::new("mail.log.gz"), bytes, None, true)
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_read_as_far_as_it_goes() {
        let whole = read(&packed()).unwrap();
        assert_eq!((whole.log.lines, whole.incomplete), (2000, None));
        let bytes = packed();
        let cut = read(&bytes[..bytes.len() / 2]).unwrap();
        assert!(cut.log.lines > 10 && cut.log.lines < 2000 && !cut.log.groups.is_empty());
        assert!(cut.incomplete.unwrap().contains("ends in the middle"));
    }

    #[test]
    fn other_compressions_say_how_to_read_them() {
        let error = read(b"\xfd7zXZ\0 ...").unwrap_err().to_string();
        assert!(error.contains("xz -dc"), "{error}");
    }
}
