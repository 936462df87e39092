//! `trail scan`: searches archives on disk, or a stream.

use crate::args::ScanArgs;
use crate::commands::Console;
use crate::commands::trail::filter::filter;
use crate::commands::trail::sources::{paths, sources};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::progress::Scanning;
use crate::render::trail::{Rows, damage, summary};
use jiff::Timestamp;
use std::io::{self, Write};
use trail_scan::{Damage, Match, Order, ScanError, Settings, Summary, Watcher, scan};

/// Runs the command.
pub(crate) fn run(args: &ScanArgs, console: &Console<'_>) -> Result<Exit, CliError> {
    let filter = filter(&args.filter, Timestamp::now())?;
    let paths = paths(&args.paths)?;
    // Straight to standard output: whatever a record holds is given byte for byte.
    let mut scanning = Scan {
        rows: Rows::new(args.output, io::stdout().lock()),
        progress: Scanning::new(console.quiet, &paths, &filter),
    };
    let scanned = scan(sources(paths, &filter), &filter, settings(args), &mut scanning);
    let Scan { rows, progress } = scanning;
    progress.clear();
    let summary = match scanned {
        Ok(summary) => summary,
        // Whoever reads has enough.
        Err(ScanError::Give(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Success),
        Err(ScanError::Give(error)) => return Err(error.into()),
        Err(ScanError::Keep(source)) => {
            let path = std::env::temp_dir();
            return Err(CliError::Write { path, source });
        }
    };
    rows.end()?;
    if !console.quiet {
        anstream::eprintln!("{}", self::summary(&summary));
    }
    outcome(&summary)
}

fn settings(args: &ScanArgs) -> Settings {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let memory = usize::try_from(args.memory).unwrap_or(usize::MAX);
    Settings {
        threads: args.threads.map_or_else(processors, usize::from),
        memory: memory.saturating_mul(1024 * 1024),
        order: if args.as_found {
            Order::AsFound
        } else {
            Order::NewestFirst
        },
    }
}

fn outcome(summary: &Summary) -> Result<Exit, CliError> {
    if summary.damaged > 0 || summary.unread > 0 {
        return Ok(Exit::Inconclusive);
    }
    if summary.files == 0 && summary.left_out == 0 {
        return Err(CliError::Refused {
            what: "there is no CloudTrail file to read".to_owned(),
            help: "in a folder, files are read that end in .json, .jsonl or .ndjson, with .gz or .zst behind it or not; name others themselves".to_owned(),
        });
    }
    Ok(Exit::Success)
}

struct Scan<W: Write> {
    rows: Rows<W>,
    progress: Scanning,
}

impl<W: Write> Watcher for Scan<W> {
    fn found(&mut self, found: &Match) -> io::Result<()> {
        self.rows.give(found)
    }

    fn damaged(&mut self, found: &Damage) {
        self.progress.above(&damage(found));
    }

    fn progress(&mut self, summary: &Summary) -> io::Result<()> {
        self.progress.show(summary);
        self.rows.flush()
    }
}
