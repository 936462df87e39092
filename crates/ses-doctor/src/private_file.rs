//! Files for their owner only, written beside their place and renamed into it, so that a half-written one is never seen. What is there
//! and no file (`/dev/null`, `/dev/stdout`, a pipe) is written to, and stays what it is.

use crate::error::CliError;
use crate::file_in_place::settle;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Writes the file; its mode is 0600.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), CliError> {
    let write = || -> std::io::Result<()> {
        if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            return OpenOptions::new().write(true).open(path)?.write_all(content);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        settle(folder)
    };
    write().map_err(|source| CliError::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};

    #[test]
    fn a_file_is_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        write(&path, b"{}").unwrap();
        write(&path, b"[]").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"[]");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_pipe_is_written_to_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let reader = {
            let path = path.clone();
            std::thread::spawn(move || {
                let mut text = String::new();
                fs::File::open(path).unwrap().read_to_string(&mut text).unwrap();
                text
            })
        };
        write(&path, b"{}").unwrap();
        assert_eq!(reader.join().unwrap(), "{}");
        assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
        assert!(write(folder.path(), b"{}").is_err());
    }
}
