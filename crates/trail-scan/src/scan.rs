//! All files, on all cores.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::damage::{Damage, Fault, Loss};
use crate::file::Worker;
use crate::filter::Filter;
use crate::memory::{Budget, Slots};
use crate::search::{Outcome, Search, Taker};
use crate::sort::{Match, Sorted};
use crate::walk::Walked;

/// How a scan is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Threads that read.
    pub threads: usize,
    /// Bytes that all of it may take together.
    pub memory: usize,
    /// In which order records are given.
    pub order: Order,
    /// Whether every record is read to its end, so that damage is told also where nothing wanted can be.
    pub check: bool,
}

/// In which order records are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The newest first, when all files are read.
    NewestFirst,
    /// As they are found.
    AsFound,
}

/// What one who reads piece by piece may need: a window of Zstandard, and a record that is too large.
const SLOT: usize = 10 * 1024 * 1024;

/// Matches wait for one another up to this size, before they are handed over.
const BATCH: usize = 256 * 1024;

/// How often whoever follows hears of progress.
const BEAT: Duration = Duration::from_millis(100);

/// The bytes of an object, with whatever has to be held as long as they are.
pub type Fetched = Box<dyn AsRef<[u8]> + Send>;

/// Fetches the bytes of an object.
pub type Fetch = Box<dyn FnOnce() -> io::Result<Fetched> + Send>;

/// What is scanned.
pub enum Source {
    /// A file.
    File(PathBuf),
    /// A stream, with its name.
    Stream(String, Box<dyn Read + Send>),
    /// What has to be fetched whole, with its name. The thread that searches it waits for it when its turn comes.
    Object(String, Fetch),
    /// A file that cannot hold what is wanted, by its name.
    LeftOut,
    /// What cannot be entered.
    Barred(String, io::Error),
}

impl From<Walked> for Source {
    fn from(walked: Walked) -> Self {
        match walked {
            Walked::File(path) => Self::File(path),
            Walked::LeftOut => Self::LeftOut,
            Walked::Barred(path, error) => Self::Barred(path.display().to_string(), error),
        }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Stream(name, _) => f.debug_tuple("Stream").field(name).finish(),
            Self::Object(name, _) => f.debug_tuple("Object").field(name).finish(),
            Self::LeftOut => f.write_str("LeftOut"),
            Self::Barred(name, error) => f.debug_tuple("Barred").field(name).field(error).finish(),
        }
    }
}

/// What a scan came upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Files that were read to their end.
    pub files: u64,
    /// Files that were left out, because their names tell that they cannot hold what is wanted.
    pub left_out: u64,
    /// Bytes that were read.
    pub packed: u64,
    /// Bytes of text in them.
    pub bytes: u64,
    /// Records that were wanted.
    pub matches: u64,
    /// Files and folders that may not be read.
    pub denied: u64,
    /// Files and folders that could not be had for another reason.
    pub unreadable: u64,
    /// Files that are damaged, so that nothing of them counts.
    pub damaged: u64,
    /// Records that may have been wanted and cannot be read.
    pub unread: u64,
}

impl Summary {
    /// Files and folders of which nothing counts.
    pub fn lost(&self) -> u64 {
        self.denied + self.unreadable + self.damaged
    }

    /// Whether everything was read.
    pub fn is_whole(&self) -> bool {
        self.lost() == 0 && self.unread == 0
    }

    /// Of a loss that is not of single records.
    fn lost_for(&mut self, loss: Loss) -> Option<&mut u64> {
        match loss {
            Loss::Denied => Some(&mut self.denied),
            Loss::Unreadable => Some(&mut self.unreadable),
            Loss::Damaged => Some(&mut self.damaged),
            Loss::Records => None,
        }
    }
}

/// Whoever follows a scan.
pub trait Watcher {
    /// A record, in the order that was asked for. An error ends the scan.
    fn found(&mut self, found: &Match) -> io::Result<()>;
    /// Something could not be read.
    fn damaged(&mut self, damage: &Damage);
    /// So far. An error ends the scan.
    fn progress(&mut self, summary: &Summary) -> io::Result<()>;
}

/// Why a scan could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// What was found could not be given.
    #[error("what was found cannot be given: {0}")]
    Give(io::Error),
    /// What was found does not fit into memory, nor into a temporary file.
    #[error("what was found cannot be kept in a temporary file: {0}")]
    Keep(io::Error),
}

enum Report {
    Found(Vec<Match>),
    Damaged(Damage),
}

/// Counts that the threads add to.
#[derive(Debug, Default)]
struct Counts {
    files: AtomicU64,
    left_out: AtomicU64,
    packed: AtomicU64,
    bytes: AtomicU64,
}

/// Searches all sources.
pub fn scan(
    sources: impl Iterator<Item = Source> + Send,
    filter: &Filter,
    settings: Settings,
    watcher: &mut dyn Watcher,
) -> Result<Summary, ScanError> {
    let threads = settings.threads.max(1);
    let sources = Mutex::new(sources.enumerate());
    let counts = Counts::default();
    let budget = Budget::new(settings.memory / 8 * 3);
    let slots = Slots::new((settings.memory / 4 / SLOT).max(2));
    let mut taking = Taking {
        watcher,
        counts: &counts,
        sorted: match settings.order {
            Order::NewestFirst => Some(Sorted::new(settings.memory / 8)),
            Order::AsFound => None,
        },
        summary: Summary::default(),
    };
    std::thread::scope(|scope| {
        let (send, reports) = sync_channel(threads);
        for _ in 0..threads {
            let work = Work {
                sources: &sources,
                counts: &counts,
                order: settings.order,
                send: send.clone(),
            };
            let (budget, slots) = (&budget, &slots);
            let search = Search::new(filter, settings.check, budget, slots);
            scope.spawn(move || work.run(&mut Worker::new(search, budget)));
        }
        drop(send);
        // The channel closes behind an error, and the threads end when they see it.
        taking.all(reports)
    })?;
    taking.finish()
}

/// Takes what the threads report.
struct Taking<'w> {
    watcher: &'w mut dyn Watcher,
    counts: &'w Counts,
    sorted: Option<Sorted>,
    summary: Summary,
}

impl Taking<'_> {
    fn all(&mut self, reports: Receiver<Report>) -> Result<(), ScanError> {
        loop {
            match reports.recv_timeout(BEAT) {
                Ok(Report::Found(found)) => self.found(found)?,
                Ok(Report::Damaged(damage)) => self.damaged(damage),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            let so_far = self.counted();
            self.watcher.progress(&so_far).map_err(ScanError::Give)?;
        }
    }

    fn found(&mut self, found: Vec<Match>) -> Result<(), ScanError> {
        self.summary.matches += found.len() as u64;
        found.into_iter().try_for_each(|found| match &mut self.sorted {
            Some(sorted) => sorted.push(found).map_err(ScanError::Keep),
            None => self.watcher.found(&found).map_err(ScanError::Give),
        })
    }

    fn damaged(&mut self, mut damage: Damage) {
        if let Fault::Records(unread) = &damage.fault {
            self.summary.unread += unread.count();
            damage.given = 0;
        } else if let Some(sorted) = &mut self.sorted {
            sorted.withdraw(damage.file);
            self.summary.matches = self.summary.matches.saturating_sub(damage.given);
            damage.given = 0;
        }
        if let Some(lost) = self.summary.lost_for(damage.fault.loss()) {
            *lost += 1;
        }
        self.watcher.damaged(&damage);
    }

    fn counted(&self) -> Summary {
        let now = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Summary {
            files: now(&self.counts.files),
            left_out: now(&self.counts.left_out),
            packed: now(&self.counts.packed),
            bytes: now(&self.counts.bytes),
            ..self.summary
        }
    }

    fn finish(mut self) -> Result<Summary, ScanError> {
        let summary = self.counted();
        if let Some(sorted) = self.sorted.take() {
            sorted.finish(&mut |found| self.watcher.found(found))?;
        }
        Ok(summary)
    }
}

/// One thread.
struct Work<'s, S> {
    sources: &'s Mutex<S>,
    counts: &'s Counts,
    order: Order,
    send: SyncSender<Report>,
}

impl<S: Iterator<Item = (usize, Source)>> Work<'_, S> {
    fn run(&self, worker: &mut Worker<'_>) {
        let mut batch = Batch::new(self);
        while batch.listened {
            // A thread that panicked while it took a source has ended the scan; what it left is no worse.
            let next = self.sources.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((index, source)) = next else { break };
            if !self.read(worker, index as u64, source, &mut batch) {
                return;
            }
        }
        batch.hand_over();
    }

    /// False when nobody listens any more.
    fn read(&self, worker: &mut Worker<'_>, file: u64, source: Source, batch: &mut Batch<'_, '_, S>) -> bool {
        let (name, outcome) = match source {
            Source::File(path) => {
                let outcome = worker.file(&path, file, batch);
                (path.display().to_string(), outcome)
            }
            Source::Stream(name, reader) => (name, worker.stream(reader, file, batch)),
            Source::Object(name, fetch) => {
                let fetched = fetch().map_err(Fault::Unreadable);
                let outcome = fetched.and_then(|packed| worker.object((*packed).as_ref(), file, batch));
                (name, outcome)
            }
            Source::Barred(name, error) => (name, Err(Fault::Unreadable(error))),
            Source::LeftOut => {
                self.counts.left_out.fetch_add(1, Ordering::Relaxed);
                return true;
            }
        };
        let given = batch.end_of_file(&outcome);
        let fault = match outcome {
            Ok(None) => return batch.listened,
            Ok(Some(unread)) => Fault::Records(unread),
            Err(fault) => fault,
        };
        let damage = Damage {
            name,
            fault,
            given,
            file,
        };
        batch.listened && self.send.send(Report::Damaged(damage)).is_ok()
    }
}

/// Matches on their way. Of small files, those of many go together: each handing over wakes whoever takes them.
struct Batch<'w, 's, S> {
    work: &'w Work<'s, S>,
    held: Vec<Match>,
    size: usize,
    /// How many of them are of files before this one.
    of_others: usize,
    /// How many of this file were handed over.
    given: u64,
    listened: bool,
}

impl<'w, 's, S> Batch<'w, 's, S> {
    fn new(work: &'w Work<'s, S>) -> Self {
        Self {
            work,
            held: Vec::new(),
            size: 0,
            of_others: 0,
            given: 0,
            listened: true,
        }
    }

    fn hand_over(&mut self) {
        if !self.held.is_empty() && self.listened {
            self.size = 0;
            self.given += (self.held.len() - self.of_others) as u64;
            self.of_others = 0;
            let found = Report::Found(std::mem::take(&mut self.held));
            self.listened = self.work.send.send(found).is_ok();
        }
    }

    /// How many of the file were handed over before it turned out that nothing of it counts, if so.
    fn end_of_file(&mut self, outcome: &Outcome) -> u64 {
        match outcome {
            Ok(_) => {
                self.work.counts.files.fetch_add(1, Ordering::Relaxed);
                // Whoever has them in order sees none before the end.
                if self.work.order == Order::AsFound {
                    self.hand_over();
                }
            }
            Err(_) => {
                let withdrawn = self.held.drain(self.of_others..);
                self.size -= withdrawn.map(|found| found.size()).sum::<usize>();
            }
        }
        self.of_others = self.held.len();
        std::mem::take(&mut self.given)
    }
}

impl<S> Taker for Batch<'_, '_, S> {
    fn take(&mut self, found: Match) {
        self.size += found.size();
        self.held.push(found);
        if self.size > BATCH {
            self.hand_over();
        }
    }

    fn read(&mut self, packed: u64, text: u64) {
        self.work.counts.packed.fetch_add(packed, Ordering::Relaxed);
        self.work.counts.bytes.fetch_add(text, Ordering::Relaxed);
    }

    fn piece(&mut self) -> bool {
        self.hand_over();
        self.listened
    }
}
