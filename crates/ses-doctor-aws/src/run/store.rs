//! Where runs are kept: a folder each, with its plan, its snapshot and its journal, for their owner only.

use super::journal_file::JournalFile;
use jiff::Timestamp;
use serde_json::Value;
use ses_doctor_core::automatic::Automatic;
use ses_doctor_core::journal::{self, Entry, JournalError, Progress, RunId};
use ses_doctor_core::plan::{Checked, Drafted, Format, PlanError, Target};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Runs that may begin in one second.
const TURNS: u32 = 1000;

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file cannot be read or written.
    #[error("{what}: {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Another process is at work on the same target.
    #[error("another run is at work on {0}")]
    Locked(String),
    /// A run on the same target was stopped, and neither resumed nor undone.
    #[error("the run {0} on the same account and region was stopped before its end")]
    Unfinished(RunId),
    /// There is no such run.
    #[error("there is no run {0}")]
    NoSuchRun(RunId),
    /// Its journal cannot be understood.
    #[error("the run {run}: {source}")]
    Journal {
        /// The run.
        run: RunId,
        /// What is wrong.
        source: JournalError,
    },
    /// Its plan cannot be understood.
    #[error("the run {run}: {source}")]
    Plan {
        /// The run.
        run: RunId,
        /// What is wrong.
        source: PlanError,
    },
}

impl StoreError {
    pub(super) fn io(what: &'static str, path: &Path) -> impl Fn(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            what,
            path: path.clone(),
            source,
        }
    }
}

/// How files of the store are opened: nobody else may read them.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The names in a folder are on the disk when this returns. (Windows keeps them without.)
pub(super) fn settle(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

fn write(path: &Path, value: &Value) -> Result<(), StoreError> {
    let write = || -> io::Result<()> {
        let mut file = private().create_new(true).write(true).open(path)?;
        serde_json::to_writer_pretty(&mut file, value)?;
        file.write_all(b"\n")?;
        file.sync_all()
    };
    write().map_err(StoreError::io("write", path))
}

/// A run of the list, or why it cannot be understood.
pub type Listed = (RunId, Result<Kept, StoreError>);

/// The store.
#[derive(Debug, Clone)]
pub struct RunStore {
    runs: PathBuf,
    locks: PathBuf,
}

/// Held as long as a run works on a target. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct TargetLock(File);

/// A child that another thread has just begun still holds every open file: the lock must not wait for it.
impl Drop for TargetLock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Why a run begins.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beginning<'a> {
    /// The run that it undoes.
    pub undoes: Option<&'a RunId>,
    /// By what it is known that no person is at it.
    pub automatic: Option<Automatic>,
}

/// A run as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its plan.
    pub plan: Drafted,
    /// What its journal tells.
    pub progress: Progress,
    /// Its folder.
    pub folder: PathBuf,
}

impl RunStore {
    /// Opens the store, or makes it.
    ///
    /// # Errors
    /// When its folders cannot be made.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let store = Self {
            runs: root.join("runs"),
            locks: root.join("locks"),
        };
        fs::create_dir_all(root).map_err(StoreError::io("create the folder", root))?;
        for folder in [&store.runs, &store.locks] {
            match private_folder(folder) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(StoreError::io("create the folder", folder)(error)),
            }
        }
        settle(root).map_err(StoreError::io("open the folder", root))?;
        Ok(store)
    }

    /// Takes the lock of a target: one account and region.
    ///
    /// # Errors
    /// When another process has it.
    pub fn lock(&self, target: &Target) -> Result<TargetLock, StoreError> {
        let account = target.account.as_deref().unwrap_or("local");
        let plain = |letter: char| {
            if letter.is_ascii_alphanumeric() || letter == '-' {
                letter
            } else {
                '_'
            }
        };
        let name: String = format!("{account}.{}", target.region)
            .chars()
            .map(|letter| if letter == '.' { letter } else { plain(letter) })
            .collect();
        let path = self.locks.join(format!("{name}.lock"));
        let io = StoreError::io("open the lock", &path);
        let file = private().create(true).append(true).open(&path).map_err(&io)?;
        match file.try_lock() {
            Ok(()) => Ok(TargetLock(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(format!(
                "account {account}, region {}",
                target.region
            ))),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// Begins a run: its folder, plan, snapshot and first record are on the disk when this returns. The caller holds the
    /// target's lock.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn begin(
        &self,
        checked: &Checked,
        undoes: Option<&RunId>,
        snapshot: &Value,
    ) -> Result<(RunId, JournalFile), StoreError> {
        let beginning = Beginning {
            undoes,
            automatic: None,
        };
        self.begin_as(checked, beginning, snapshot)
    }

    /// The same, with more told of why the run begins.
    ///
    /// # Errors
    /// When its files cannot be written.
    pub fn begin_as(
        &self,
        checked: &Checked,
        beginning: Beginning<'_>,
        snapshot: &Value,
    ) -> Result<(RunId, JournalFile), StoreError> {
        let (run, folder) = self.fresh_folder(checked)?;
        let begun = self.write_beginning(&run, &folder, (checked, beginning, snapshot));
        if begun.is_err() {
            // It is the disk that is full, as a rule. What stays here is passed over: no run began.
            let _as_far_as_it_goes = fs::remove_dir_all(&folder);
        }
        Ok((run, begun?))
    }

    fn write_beginning(
        &self,
        run: &RunId,
        folder: &Path,
        (checked, beginning, snapshot): (&Checked, Beginning<'_>, &Value),
    ) -> Result<JournalFile, StoreError> {
        write(&folder.join("plan.json"), &checked.drafted().to_json())?;
        write(&folder.join("snapshot.json"), snapshot)?;
        let mut journal = JournalFile::create(&folder.join("journal.jsonl"))?;
        journal.append(Entry::Began {
            format: Format::CURRENT,
            run: run.clone(),
            plan: checked.id().clone(),
            target: checked.plan().target.clone(),
            undoes: beginning.undoes.cloned(),
            automatic: beginning.automatic,
        })?;
        settle(folder).map_err(StoreError::io("open the folder", folder))?;
        settle(&self.runs).map_err(StoreError::io("open the folder", &self.runs))?;
        Ok(journal)
    }

    fn fresh_folder(&self, checked: &Checked) -> Result<(RunId, PathBuf), StoreError> {
        let now = Timestamp::now();
        for turn in 0..TURNS {
            let run = RunId::new(now, checked.id(), turn);
            let folder = self.runs.join(run.as_str());
            match private_folder(&folder) {
                Ok(()) => return Ok((run, folder)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(StoreError::io("create the folder", &folder)(error)),
            }
        }
        let error = io::Error::other("too many runs of this plan in one second");
        Err(StoreError::io("create a folder in", &self.runs)(error))
    }

    /// A run as it is kept.
    ///
    /// # Errors
    /// When there is none, or what is kept of it cannot be understood.
    pub fn load(&self, run: &RunId) -> Result<Kept, StoreError> {
        let folder = self.runs.join(run.as_str());
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => StoreError::NoSuchRun(run.clone()),
                _ => StoreError::io("read", &path)(error),
            })
        };
        let wrong = |source| StoreError::Journal {
            run: run.clone(),
            source,
        };
        // The journal first: where it has no beginning, no run began, whatever else was written by then.
        let records = journal::read(&read("journal.jsonl")?).map_err(wrong)?;
        if records.is_empty() {
            return Err(wrong(JournalError::NoBeginning));
        }
        let plan = Drafted::from_json(&read("plan.json")?).map_err(|source| StoreError::Plan {
            run: run.clone(),
            source,
        })?;
        let progress = journal::progress(&records, plan.plan().steps.len()).map_err(wrong)?;
        Ok(Kept {
            plan,
            progress,
            folder,
        })
    }

    /// The journal of a run that goes on.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn reopen(&self, run: &RunId) -> Result<JournalFile, StoreError> {
        JournalFile::reopen(&self.runs.join(run.as_str()).join("journal.jsonl"))
    }

    /// Every run that began, oldest first. A folder in which no run began (the process was stopped before) is passed over;
    /// one that cannot be understood is there with the reason.
    ///
    /// # Errors
    /// When the folder of runs cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let io = StoreError::io("read the folder", &self.runs);
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.runs).map_err(&io)? {
            let name = entry.map_err(&io)?.file_name();
            ids.extend(
                name.to_str()
                    .and_then(|name| RunId::try_from(name.to_owned()).ok()),
            );
        }
        ids.sort_unstable();
        let began = |kept: &Result<Kept, StoreError>| {
            !matches!(
                kept,
                Err(StoreError::NoSuchRun(_)
                    | StoreError::Journal {
                        source: JournalError::NoBeginning,
                        ..
                    })
            )
        };
        let runs = ids.into_iter().map(|id| {
            let kept = self.load(&id);
            (id, kept)
        });
        Ok(runs.filter(|(_, kept)| began(kept)).collect())
    }

    /// Refuses a target on which a run was stopped before its end. One that waits has nothing half done, and is in nobody's
    /// way.
    ///
    /// # Errors
    /// When there is one, or runs cannot be read.
    pub fn refuse_unfinished(&self, target: &Target) -> Result<(), StoreError> {
        for (run, kept) in self.list()? {
            let kept = kept?;
            let stopped = kept.progress.end.is_none() && kept.progress.waits_for().is_none();
            if stopped && kept.progress.target == *target {
                return Err(StoreError::Unfinished(run));
            }
        }
        Ok(())
    }
}
