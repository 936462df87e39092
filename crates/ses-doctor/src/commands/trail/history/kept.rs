//! What AWS told of one question in one region, in two files: the events as they came, and how far they go. A search
//! that was stopped at any point goes on from there.

use super::span::{Covered, Span};
use crate::error::CliError;
use crate::private_file;
use serde::{Deserialize, Serialize};
use ses_doctor_aws::LookupBy;
use sha2::{Digest, Sha256};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The events that are held of one question in one region.
#[derive(Debug)]
pub(super) struct Kept {
    events: PathBuf,
    told: PathBuf,
    /// Locked as long as this lives.
    file: File,
    state: State,
}

/// What is written beside the events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// In words, for whoever looks into the folder.
    asked: String,
    /// The bytes of events that count; what follows was being written when the program ended.
    length: u64,
    covered: Covered,
}

impl Kept {
    /// Opens, or begins, what is held in `folder`. Errors when another process works on it, or its files are damaged.
    pub(super) fn open(folder: &Path, by: Option<&(LookupBy, String)>) -> Result<Self, CliError> {
        let asked = by.map_or_else(
            || "everything".to_owned(),
            |(by, value)| format!("{}={value}", by.as_str()),
        );
        let name = name(&asked);
        let (events, told) = (
            folder.join(format!("{name}.jsonl")),
            folder.join(format!("{name}.json")),
        );
        let unwritten = |path: &Path, source| CliError::Write {
            path: path.to_owned(),
            source,
        };
        make_folder(folder).map_err(|source| unwritten(folder, source))?;
        let mut file = open(&events).map_err(|source| unwritten(&events, source))?;
        lock(&file, &events)?;
        let state = read(&told)?.unwrap_or_else(|| State {
            asked,
            length: 0,
            covered: Covered::default(),
        });
        file.set_len(state.length)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(|source| unwritten(&events, source))?;
        Ok(Self {
            events,
            told,
            file,
            state,
        })
    }

    /// What of this stretch is not held, newest first.
    pub(super) fn gaps(&self, within: Span) -> Vec<Span> {
        self.state.covered.gaps(within)
    }

    /// Holds a page. `read` is the stretch that has been read with it.
    pub(super) fn add(&mut self, records: &[String], read: Span) -> Result<(), CliError> {
        let mut lines = Vec::new();
        for record in records {
            // Between members a line break means nothing, and within text JSON has none.
            let line = record.split(['\n', '\r']).collect::<String>();
            lines.extend_from_slice(line.as_bytes());
            lines.push(b'\n');
        }
        self.file.write_all(&lines).map_err(|source| CliError::Write {
            path: self.events.clone(),
            source,
        })?;
        self.state.length += lines.len() as u64;
        self.state.covered.add(read);
        let state = serde_json::to_vec(&self.state).map_err(std::io::Error::from)?;
        private_file::write(&self.told, &state)
    }

    /// The file with the events.
    pub(super) fn events(&self) -> &Path {
        &self.events
    }
}

/// A child that another thread has just begun still holds every open file: the lock must not wait for it.
impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// A name that any file system takes, whatever was asked.
fn name(asked: &str) -> String {
    let digest = Sha256::digest(asked.as_bytes());
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn lock(file: &File, path: &Path) -> Result<(), CliError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(CliError::Refused {
            what: format!("another process works on {}", path.display()),
            help: "wait until it has come to its end, or give another --cache".to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(CliError::Write {
            path: path.to_owned(),
            source,
        }),
    }
}

fn read(path: &Path) -> Result<Option<State>, CliError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::read(path, error)),
    };
    let state = serde_json::from_slice(&text).map_err(|error| CliError::Refused {
        what: format!("{} is damaged: {error}", path.display()),
        help: "delete the folder of --cache: everything in it can be asked for again".to_owned(),
    })?;
    Ok(Some(state))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(kept: &Kept) -> String {
        std::fs::read_to_string(kept.events()).unwrap()
    }

    #[test]
    fn what_is_held_is_not_asked_for_again_and_a_torn_line_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let by = (LookupBy::AccessKey, "AKIA/../x".to_owned());
        let all = Span { from: 0, to: 9 };
        let mut kept = Kept::open(folder.path(), Some(&by)).unwrap();
        kept.add(&["{\"a\":\n1}".to_owned()], Span { from: 5, to: 9 })
            .unwrap();
        kept.file.write_all(b"{\"torn").unwrap();
        drop(kept);
        let kept = Kept::open(folder.path(), Some(&by)).unwrap();
        assert_eq!(
            (kept.gaps(all), lines(&kept)),
            (vec![Span { from: 0, to: 4 }], "{\"a\":1}\n".to_owned())
        );
        let other = Kept::open(folder.path(), None).unwrap();
        assert_eq!(other.gaps(all), [all]);
    }

    #[test]
    fn a_second_process_is_refused_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::open(folder.path(), None).unwrap();
        let refused = Kept::open(folder.path(), None).unwrap_err();
        assert!(refused.to_string().contains("another process"), "{refused}");
        let told = kept.told.clone();
        drop(kept);
        std::fs::write(told, "{").unwrap();
        assert!(
            Kept::open(folder.path(), None)
                .unwrap_err()
                .to_string()
                .contains("damaged")
        );
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("cache");
        let mut kept = Kept::open(&inner, None).unwrap();
        kept.add(&[], Span { from: 0, to: 1 }).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&inner), mode(kept.events()), mode(&kept.told)),
            (0o700, 0o600, 0o600)
        );
    }
}
