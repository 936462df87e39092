//! Putting a mended file in the place of the old one: at once or not at all, and the old one kept.

use super::files::Source;
use crate::file_in_place::{self, keep_owner};
use client_config::Reading;
use jiff::Timestamp;
use ses_doctor_core::lint::Document;
use similar::TextDiff;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces the file; gives the path of the backup. A symbolic link stays one: its target is replaced. What was left beside it when such
/// a process was killed, and may hold a password, is taken away first.
pub(super) fn replace(source: &Source, text: &str, now: Timestamp) -> io::Result<PathBuf> {
    let named = source
        .path
        .as_deref()
        .ok_or_else(|| io::Error::other("standard input cannot be changed"))?;
    let path = fs::canonicalize(named)?;
    file_in_place::sweep(&path)?;
    let backup = back_up(&path, &source.bytes, &fs::metadata(&path)?, now)?;
    if let Err(error) = file_in_place::replace(&path, &source.bytes, text.as_bytes()) {
        fs::remove_file(&backup)?;
        return Err(error);
    }
    Ok(backup)
}

/// A copy beside the file, never over another one.
fn back_up(path: &Path, bytes: &[u8], metadata: &fs::Metadata, now: Timestamp) -> io::Result<PathBuf> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for attempt in 0..100 {
        let mut name = path.as_os_str().to_owned();
        name.push(if attempt == 0 {
            format!(".bak-{stamp}")
        } else {
            format!(".bak-{stamp}-{attempt}")
        });
        let backup = PathBuf::from(name);
        match OpenOptions::new().write(true).create_new(true).open(&backup) {
            Ok(mut file) => {
                file.set_permissions(metadata.permissions())?;
                keep_owner(&file, metadata)?;
                file.write_all(bytes)?;
                file.sync_all()?;
                return Ok(backup);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many backups of this second"))
}

/// A unified diff without lines around the changes, secrets masked on both sides.
pub(crate) fn diff(document: &Document, text: &str) -> String {
    let name = &document.reading.name;
    let renewed: Reading = client_config::read(name, text);
    let (before, after) = (document.reading.masked(&document.text), renewed.masked(text));
    let marked = mark_hidden_changes(document, text, &before, &after);
    TextDiff::from_lines(&before, &marked)
        .unified_diff()
        .context_radius(0)
        .header(name, name)
        .to_string()
}

/// Lines that differ only in what is masked would look alike: they get a remark.
fn mark_hidden_changes(document: &Document, text: &str, before: &str, after: &str) -> String {
    let old: Vec<&str> = document.text.lines().collect();
    let (old_masked, new_masked): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let mut out = String::with_capacity(after.len());
    for (line, (real, masked)) in text.split_inclusive('\n').zip(&new_masked).enumerate() {
        let end = if real.ends_with('\n') { "\n" } else { "" };
        let looks_alike = old_masked.get(line) == Some(masked)
            && old
                .get(line)
                .is_some_and(|old| *old != real.trim_end_matches('\n'));
        out.push_str(masked);
        out.push_str(if looks_alike { "   <secret mended>" } else { "" });
        out.push_str(end);
    }
    out
}
