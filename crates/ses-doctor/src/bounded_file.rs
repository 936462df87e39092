//! Files that are read whole, and no more of them than makes sense: what never ends (`/dev/zero`, a pipe) would take the memory of the
//! whole machine.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More than any plan, evidence, policy or setting.
const LIMIT: u64 = 64 * 1024 * 1024;

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    at_most(File::open(path)?, LIMIT)
}

/// The text of a file.
pub(crate) fn read_to_string(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
}

/// Everything that is to be read, if it is not more than `limit` bytes.
pub(crate) fn at_most(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    match u64::try_from(read).is_ok_and(|read| read <= limit) {
        true => Ok(bytes),
        false => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("more than {} MiB", limit / (1024 * 1024)),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_not_read_to_its_end() {
        let error = at_most(io::repeat(b'x'), 1024 * 1024).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (io::ErrorKind::FileTooLarge, "more than 1 MiB".to_owned())
        );
        assert_eq!(at_most(io::repeat(b'x').take(4), 4).unwrap(), b"xxxx");
    }

    #[test]
    fn what_is_no_text_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        std::fs::write(&path, b"\xff").unwrap();
        let error = read_to_string(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        std::fs::write(&path, "text").unwrap();
        assert_eq!(read_to_string(&path).unwrap(), "text");
    }
}
