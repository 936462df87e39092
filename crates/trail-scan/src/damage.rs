//! What could not be read, and what to do about it.

use std::fmt;
use std::io;

use crate::cursor::Malformed;
use crate::decompress::WindowTooLarge;
use crate::event::Unreadable;

/// A file, or a part of one, that could not be read.
#[derive(Debug)]
pub struct Damage {
    /// The file, or `-` for standard input.
    pub name: String,
    /// What is wrong with it.
    pub fault: Fault,
    /// Records from before the damage that were given already, though nothing of the file counts. Only when records are
    /// given as they are found.
    pub given: u64,
    /// Its place among the files.
    pub(crate) file: u64,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It could not be opened or read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// What packs it is damaged.
    #[error("it cannot be unpacked: {0}")]
    Packed(io::Error),
    /// It is not a list of records.
    #[error("it is no whole CloudTrail file: {0}")]
    Content(Content),
    /// Single records of it cannot be read; the others count.
    #[error("{0}")]
    Records(Unread),
}

/// Why something does not count, in the words that decide what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Whoever scans may not read it. What it holds nobody knows.
    Denied,
    /// It could not be had, for another reason: it is gone, the connection broke, the disk fails.
    Unreadable,
    /// It was had, and is damaged.
    Damaged,
    /// Single records of it are damaged; the others count.
    Records,
}

/// Why something that is not on this machine could not be had, as the inside of an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct Unfetched {
    /// Whether it was denied.
    pub denied: bool,
    /// The reason.
    pub why: String,
    /// What to do.
    pub help: &'static str,
}

impl Unfetched {
    /// What is inside, if it is one.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<Unfetched> for io::Error {
    fn from(unfetched: Unfetched) -> Self {
        Self::other(unfetched)
    }
}

/// How a text fails to be a list of records.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Content(#[from] Malformed);

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Content(malformed.into())
    }
}

impl Fault {
    /// What of the file does not count, and why.
    pub fn loss(&self) -> Loss {
        match self {
            Self::Unreadable(error) if is_denied(error) => Loss::Denied,
            Self::Unreadable(_) => Loss::Unreadable,
            Self::Packed(error) if is_window(error) => Loss::Unreadable,
            Self::Packed(_) | Self::Content(_) => Loss::Damaged,
            Self::Records(_) => Loss::Records,
        }
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        if let Self::Unreadable(error) = self
            && let Some(unfetched) = Unfetched::of(error)
        {
            return unfetched.help;
        }
        match self {
            Self::Unreadable(error) if error.kind() == io::ErrorKind::NotFound => {
                "it was there a moment ago: look where it has gone, and scan it there"
            }
            Self::Unreadable(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                "make it readable for this user, and scan it by itself"
            }
            Self::Unreadable(_) => "see the reason, and scan it by itself",
            Self::Packed(error) if is_window(error) => {
                "unpack it by `zstd -dc --long=31 FILE`, and give what comes to `ses-doctor trail scan -`"
            }
            Self::Packed(_) => {
                "get it again from where it came; `aws cloudtrail validate-logs` tells whether the one in S3 is sound"
            }
            Self::Content(Content(Malformed::NoEvents)) => {
                "scan the files that CloudTrail delivers, or events one a line"
            }
            Self::Content(_) => {
                "get it again from where it came, or leave it out; text before the place may be read by other means"
            }
            Self::Records(_) => {
                "look at the place; a line of a file that is being written may be whole by now"
            }
        }
    }
}

fn is_window(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<WindowTooLarge>())
}

fn is_denied(error: &io::Error) -> bool {
    match Unfetched::of(error) {
        Some(unfetched) => unfetched.denied,
        None => error.kind() == io::ErrorKind::PermissionDenied,
    }
}

/// Records that cannot be read.
#[derive(Debug)]
pub struct Unread {
    count: u64,
    first: u64,
    why: Option<Unreadable>,
}

impl Unread {
    pub(crate) fn record(at: u64, why: Unreadable) -> Self {
        Self {
            count: 1,
            first: at,
            why: Some(why),
        }
    }

    /// So many lines, of which the first begins at `at`.
    pub(crate) fn line(count: u64, at: u64) -> Self {
        Self {
            count,
            first: at,
            why: None,
        }
    }

    pub(crate) fn and(self, more: u64) -> Self {
        Self {
            count: self.count.saturating_add(more),
            ..self
        }
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => write!(f, "the record at byte {} cannot be read", self.first)?,
            count => write!(
                f,
                "{count} records cannot be read, the first of them at byte {}",
                self.first
            )?,
        }
        match &self.why {
            Some(why) => write!(f, ": {why}"),
            None => write!(f, ": it is no whole JSON object"),
        }
    }
}
