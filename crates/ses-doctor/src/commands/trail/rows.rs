//! The search over what AWS told. An event may have been told more than once; it is given once.

use crate::args::ScanFormat;
use crate::error::CliError;
use crate::render::trail::{Rows, Sink, damage};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use trail_scan::{Damage, Event, Filter, Match, Order, ScanError, Settings, Source, Summary, Watcher, scan};

/// What was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Given {
    /// Events.
    pub(super) events: u64,
    /// Events that could not be read.
    pub(super) unread: u64,
}

const MEMORY: usize = 256 * 1024 * 1024;

/// Gives what matches in the files, newest first.
pub(super) fn give(
    files: &[PathBuf],
    filter: &Filter,
    format: ScanFormat,
    sink: Sink,
) -> Result<Given, CliError> {
    let file = sink.path().map(Path::to_owned);
    let failed = |error| Sink::failed(error, file.as_deref());
    let mut rows = Once {
        rows: Rows::new(format, sink).map_err(failed)?,
        seen: HashSet::new(),
        given: Given::default(),
    };
    let sources: Vec<Source> = files.iter().cloned().map(Source::File).collect();
    let settings = Settings {
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        memory: MEMORY,
        order: Order::NewestFirst,
        check: false,
    };
    let scanned = scan(sources.into_iter(), filter, settings, &mut rows);
    let Once { rows, given, .. } = rows;
    match scanned {
        Ok(summary) => {
            rows.end().map_err(failed)?;
            Ok(Given {
                unread: summary.unread + summary.lost(),
                ..given
            })
        }
        // Whoever reads has enough.
        Err(ScanError::Give(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(given),
        Err(ScanError::Give(error)) => Err(failed(error)),
        Err(ScanError::Keep(source)) => Err(CliError::Write {
            path: std::env::temp_dir(),
            source,
        }),
    }
}

struct Once {
    rows: Rows,
    seen: HashSet<String>,
    given: Given,
}

impl Watcher for Once {
    fn found(&mut self, found: &Match) -> io::Result<()> {
        let event = Event::parse(&found.record).ok();
        let id = event.as_ref().and_then(|event| event.event_id.as_deref());
        if id.is_some_and(|id| !self.seen.insert(id.to_owned())) {
            return Ok(());
        }
        self.given.events += 1;
        self.rows.give(found)
    }

    fn damaged(&mut self, found: &Damage) {
        anstream::eprintln!("{}", damage(found));
    }

    fn progress(&mut self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}
