//! Reading a client's log: a file or standard input, plain or compressed, to its end or as far as it goes.

use crate::error::CliError;
use crate::render::progress::Reading;
use client_log::{Log, Scanner};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// A smaller file is read before a second thread has begun.
const WORTH_PARTS: u64 = 32 * 1024 * 1024;
const MOST_PARTS: u64 = 8;
/// A border is looked for within this.
const LONGEST_LINE: u64 = 1024 * 1024;

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
        match size {
            Some(size) if size >= WORTH_PARTS => Self::in_parts(path, file, size, quiet),
            Some(_) | None => Self::from_reader(path, file, size, quiet),
        }
    }

    /// A large plain file is read in as many parts as there are processors, each from a line's beginning.
    fn in_parts(path: &Path, mut file: File, size: u64, quiet: bool) -> Result<Self, CliError> {
        let cannot = |source| CliError::read(path, source);
        let mut head = [0; 512];
        file.read_exact(&mut head).map_err(cannot)?;
        file.rewind().map_err(cannot)?;
        if Compression::of(&head) != Compression::None || head.contains(&0) {
            return Self::from_reader(path, file, Some(size), quiet);
        }
        let borders = borders(&mut file, size).map_err(cannot)?;
        let progress = &Reading::new(quiet, Some(size));
        let read = &AtomicU64::new(0);
        let parts: Vec<io::Result<Log>> = std::thread::scope(|scope| {
            let threads: Vec<_> = borders
                .iter()
                .zip(borders.iter().skip(1))
                .map(|(from, to)| scope.spawn(move || part(path, *from, *to, read, progress)))
                .collect();
            threads
                .into_iter()
                .map(|thread| {
                    thread
                        .join()
                        .unwrap_or_else(|_| Err(io::Error::other("a reader ended early")))
                })
                .collect()
        });
        let mut log = Log::default();
        let mut incomplete = None;
        for part in parts {
            match part {
                Ok(part) => log.append(part),
                Err(error) => incomplete = Some(error.to_string()),
            }
        }
        Ok(Self {
            name: path.display().to_string(),
            log,
            incomplete,
        })
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

    fn from_reader(
        path: &Path,
        mut reader: impl Read,
        size: Option<u64>,
        quiet: bool,
    ) -> Result<Self, CliError> {
        let mut head = Vec::with_capacity(MAGIC);
        let begun = reader.by_ref().take(MAGIC as u64).read_to_end(&mut head);
        begun.map_err(|source| CliError::read(path, source))?;
        let compression = Compression::of(&head);
        let whole = io::Cursor::new(head).chain(reader);
        let mut scanner = Scanner::new();
        let end = match compression {
            Compression::None => scan(&mut scanner, whole, &Reading::new(quiet, size)),
            Compression::Gzip => scan(
                &mut scanner,
                MultiGzDecoder::new(whole),
                &Reading::new(quiet, None),
            ),
            Compression::Other(name) => return Err(CliError::read(path, compressed_with(name))),
        };
        Ok(Self {
            name: path.display().to_string(),
            log: scanner.finish(),
            incomplete: end.err().map(|error| reason(&error, compression)),
        })
    }
}

/// Where the parts of a file begin and end: at the beginnings of lines.
fn borders(file: &mut File, size: u64) -> io::Result<Vec<u64>> {
    let parts = std::thread::available_parallelism()
        .map_or(1, |number| number.get() as u64)
        .min(MOST_PARTS);
    let mut borders = vec![0];
    for number in 1..parts {
        file.seek(io::SeekFrom::Start(size / parts * number))?;
        let mut rest = Vec::new();
        file.by_ref().take(LONGEST_LINE).read_to_end(&mut rest)?;
        if let Some(newline) = rest.iter().position(|byte| *byte == b'\n') {
            borders.push(size / parts * number + newline as u64 + 1);
        }
    }
    borders.push(size);
    Ok(borders)
}

fn part(path: &Path, from: u64, to: u64, read: &AtomicU64, progress: &Reading) -> io::Result<Log> {
    let mut file = File::open(path)?;
    file.seek(io::SeekFrom::Start(from))?;
    let mut scanner = Scanner::new();
    let mut before = 0;
    scanner.read(&mut file.take(to - from), |bytes| {
        let all = read.fetch_add(bytes - before, Ordering::Relaxed);
        before = bytes;
        progress.at(all);
    })?;
    Ok(scanner.finish())
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
