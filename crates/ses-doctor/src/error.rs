//! Errors at the edge: what was wrong, where, and what to do about it.

use crate::exit::Exit;
use miette::{Diagnostic, NamedSource, SourceSpan};
use ses_doctor_aws::StoreError;
use ses_doctor_core::journal::RunId;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Everything that ends a command early. Bad evidence never does: it is reported as unavailable.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum CliError {
    /// Options that cannot be meant.
    #[error("{what}")]
    Usage {
        /// What is wrong.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
        /// What to do.
        #[help]
        help: String,
    },
    /// A file that cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A secret that is not there.
    #[error("{what}")]
    Secret {
        /// What is missing.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// A file that is not what it is said to be, shown with a pointer.
    #[error("{what}")]
    Content {
        /// What is wrong.
        what: String,
        /// The file's text.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where.
        #[label("here")]
        at: Option<SourceSpan>,
        /// What to do.
        #[help]
        help: String,
    },
    /// A plan or a run that is refused. Nothing was changed.
    #[error("{what}")]
    Refused {
        /// What is in the way.
        what: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// The runs that are kept cannot be used.
    #[error("{source}")]
    Runs {
        /// Why not.
        source: StoreError,
        /// What to do.
        #[help]
        help: String,
    },
    /// A run that was begun cannot go on: its journal cannot be written or read.
    #[error("the run {run} was stopped: {why}")]
    Stopped {
        /// The run.
        run: RunId,
        /// By what.
        why: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// A run came to its end, and standard output did not take what there is to tell.
    #[error("the run {run} came to its end, and it could not be told to standard output: {source}")]
    #[diagnostic(help("see how it ended with `ses-doctor runs show {run}`"))]
    Untold {
        /// The run.
        run: RunId,
        /// How it ended: that is what the process ends with, too.
        exit: Exit,
        /// Why it could not be told.
        source: io::Error,
    },
    /// The lab cannot be started.
    #[error("cannot start the lab: {0}")]
    Lab(String),
    /// Standard output is gone or full.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

impl CliError {
    /// A usage error.
    pub(crate) fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage {
            what: what.into(),
            help: help.into(),
        }
    }

    /// A file that cannot be read, with the remedy that fits the reason.
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        let remedies = [
            (io::ErrorKind::NotFound, "check the path"),
            (
                io::ErrorKind::PermissionDenied,
                "make the file readable for this user",
            ),
            (
                io::ErrorKind::IsADirectory,
                "this is a directory; name the file in it",
            ),
            (io::ErrorKind::FileTooLarge, "is it the right file?"),
            (
                io::ErrorKind::InvalidData,
                "the file is not UTF-8 text; is it the right one?",
            ),
        ];
        let fits = remedies.iter().find(|(kind, _)| *kind == source.kind());
        let help = fits.map_or("see the reason above", |(_, help)| help).to_owned();
        Self::Read {
            path: path.to_owned(),
            source,
            help,
        }
    }

    fn of_runs(source: StoreError) -> Self {
        let help = match &source {
            StoreError::Locked(_) => {
                "wait until it has come to its end; one run at a time works on an account and region"
                    .to_owned()
            }
            StoreError::Unfinished(run) => {
                format!(
                    "go on with `ses-doctor runs resume {run}`, or undo it with `ses-doctor rollback {run} --apply`"
                )
            }
            StoreError::NoSuchRun(_) => {
                "`ses-doctor runs list` shows the runs; --state-dir tells where they are kept".to_owned()
            }
            StoreError::Io { .. } | StoreError::Journal { .. } | StoreError::Plan { .. } => {
                "see the reason above; --state-dir tells where runs are kept".to_owned()
            }
        };
        Self::Runs { source, help }
    }

    /// The same, if it came in the midst of a run: then it is not said that nothing was changed.
    pub(crate) fn amid(self, run: &RunId) -> Self {
        let Self::Runs { source, .. } = self else {
            return self;
        };
        Self::Stopped {
            run: run.clone(),
            why: source.to_string(),
            help: format!(
                "once that is mended, go on with `ses-doctor runs resume {run}`, or undo it with `ses-doctor rollback {run} --apply`"
            ),
        }
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } => Exit::Usage,
            Self::Stopped { .. } => Exit::NotRolledBack,
            Self::Untold { exit, .. } => *exit,
            Self::Read { .. }
            | Self::Write { .. }
            | Self::Secret { .. }
            | Self::Content { .. }
            | Self::Refused { .. }
            | Self::Runs { .. }
            | Self::Lab(_)
            | Self::Output(_) => Exit::CouldNotRun,
        }
    }
}

impl From<StoreError> for CliError {
    fn from(source: StoreError) -> Self {
        Self::of_runs(source)
    }
}

/// A pointer to a line and a column (both from 1), as parsers give them.
pub(crate) fn span_of_position(text: &str, line: usize, column: usize) -> Option<SourceSpan> {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.checked_sub(1)?)
        .map(str::len)
        .sum();
    let offset = start
        .checked_add(column.saturating_sub(1))?
        .min(text.len().saturating_sub(1));
    Some(SourceSpan::new(offset.into(), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_become_offsets() {
        assert_eq!(
            span_of_position("ab\ncd\n", 2, 2),
            Some(SourceSpan::new(4.into(), 1))
        );
        assert_eq!(span_of_position("", 1, 1), Some(SourceSpan::new(0.into(), 1)));
        assert_eq!(span_of_position("ab", 0, 1), None);
    }
}
