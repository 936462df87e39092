//! A file of a plan in the place of another one: at once or not at all, on the disk, with the mode and the owner of the old one.
//! What a process that was killed leaves beside it has a name by which the next one knows it, and takes it away: it may hold a
//! secret. What a process is still at work on is locked.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Replaces the file; the old bytes are kept in `copy`, which may be there from an earlier time if it holds the same.
pub(crate) fn replace_keeping(path: &Path, old: &[u8], new: &[u8], copy: &Path) -> io::Result<()> {
    replace_watched(path, (old, new), copy, &|| {})
}

/// Replaces the file, of which the caller has kept the old bytes.
pub(crate) fn replace(path: &Path, old: &[u8], new: &[u8]) -> io::Result<()> {
    exchange(path, (old, new), &fs::metadata(path)?, &|| {})
}

/// Makes the file, where there must be none.
pub(crate) fn make(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fresh(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    settle(folder_of(path))
}

/// An empty file beside the place, that is gone when it is dropped, and locked until then.
pub(crate) fn fresh(path: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new()
        .prefix(&mark(path))
        .tempfile_in(folder_of(path))?;
    file.as_file().lock()?;
    Ok(file)
}

/// Takes away what processes that were killed left beside the file; gives how many there were.
pub(crate) fn sweep(path: &Path) -> io::Result<usize> {
    let (folder, mark) = (folder_of(path), mark(path));
    let mut gone = 0;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let is_ours = entry.file_name().to_string_lossy().starts_with(&mark);
        if is_ours && entry.file_type()?.is_file() && is_nobodys(&entry.path())? {
            fs::remove_file(entry.path())?;
            gone += 1;
        }
    }
    if gone > 0 {
        settle(folder)?;
    }
    Ok(gone)
}

/// The system lets go of a lock when its process ends, however it ends.
fn is_nobodys(path: &Path) -> io::Result<bool> {
    match File::open(path)?.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// How the names begin of what is not yet in its place.
fn mark(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.ses-doctor-")
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// `step` is called between any two steps at which a process may be killed.
fn replace_watched(path: &Path, (old, new): (&[u8], &[u8]), copy: &Path, step: &dyn Fn()) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    step();
    if !fs::read(copy).is_ok_and(|kept| kept == old) {
        written(path, old, &metadata, step)?.persist(copy)?;
        step();
        // The copy is there for good before what it is a copy of goes.
        settle(folder_of(path))?;
        step();
    }
    exchange(path, (old, new), &metadata, step)
}

fn exchange(
    path: &Path,
    (old, new): (&[u8], &[u8]),
    metadata: &fs::Metadata,
    step: &dyn Fn(),
) -> io::Result<()> {
    let fresh = written(path, new, metadata, step)?;
    // The last moment at which somebody else's change can be seen.
    if fs::read(path)? != old {
        return Err(io::Error::other(
            "the file was changed by somebody else meanwhile",
        ));
    }
    step();
    fresh.persist(path)?;
    step();
    settle(folder_of(path))?;
    step();
    Ok(())
}

/// A file of these bytes beside another one, on the disk, with its mode and owner. Nobody else may read it before it has both.
fn written(path: &Path, bytes: &[u8], metadata: &fs::Metadata, step: &dyn Fn()) -> io::Result<NamedTempFile> {
    let mut file = fresh(path)?;
    step();
    file.write_all(bytes)?;
    step();
    keep_owner(file.as_file(), metadata)?;
    step();
    file.as_file().set_permissions(metadata.permissions())?;
    step();
    file.as_file().sync_all()?;
    step();
    Ok(file)
}

/// The names in a folder are on the disk when this returns. (Windows keeps them without.)
pub(crate) fn settle(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// Gives a file the owner of another one.
#[cfg(unix)]
pub(crate) fn keep_owner(file: &File, metadata: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (metadata.uid(), metadata.gid()) {
        return Ok(());
    }
    fchown(file, Some(metadata.uid()), Some(metadata.gid()))
}

/// Gives a file the owner of another one.
#[cfg(not(unix))]
pub(crate) fn keep_owner(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
