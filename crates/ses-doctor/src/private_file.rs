//! Files for their owner only, written beside their place and renamed into it, so that a half-written one is never seen.

use crate::error::CliError;
use crate::file_in_place::settle;
use std::io::Write;
use std::path::Path;

/// Writes the file; its mode is 0600.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), CliError> {
    let write = || -> std::io::Result<()> {
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
