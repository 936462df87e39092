//! `trail scan`: searches archives on disk and in S3, or a stream.

use crate::args::{ScanArgs, ScanFormat};
use crate::commands::Console;
use crate::commands::trail::filter::filter;
use crate::commands::trail::sources::{buckets, places, sources};
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::progress::Scanning;
use crate::render::trail::{Losses, Rows, Sink, listings, not_read, summary};
use crate::trail_s3::Remote;
use jiff::Timestamp;
use ses_doctor_aws::Aws;
use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;
use trail_scan::{Damage, Match, Order, ScanError, Settings, Summary, Watcher, scan};

/// A page of a listing, or an object, with all that has to be asked again.
const DEADLINE: Duration = Duration::from_secs(120);

/// Runs the command.
pub(crate) async fn run(args: &ScanArgs, console: &Console<'_>) -> Result<Exit, CliError> {
    let filter = filter(&args.filter, Timestamp::now())?;
    let places = places(&args.paths)?;
    let remote = match buckets(&places) {
        0 => None,
        buckets => Some(remote(args, buckets).await?),
    };
    let tally = remote.as_ref().map(|remote| remote.tally().clone());
    let failed = |error| Sink::failed(error, args.output_file.as_deref());
    if args.not_read.is_some() && args.not_read == args.output_file {
        return Err(CliError::usage(
            "--not-read and --output-file name the same file",
            "give each its own",
        ));
    }
    let not_read_file = args
        .not_read
        .as_deref()
        .map(|file| Sink::open(ScanFormat::Json, Some(file)))
        .transpose()?;
    // Straight to where it is written: whatever a record holds is given byte for byte.
    let mut scanning = Scan {
        rows: Rows::new(args.output, Sink::open(args.output, args.output_file.as_deref())?)
            .map_err(failed)?,
        progress: Scanning::new(console.quiet, &places, &filter, tally.clone()),
        losses: Losses::new(console.verbose > 0, not_read_file),
    };
    let scanned = scan(
        sources(places, &filter, remote),
        &filter,
        settings(args),
        &mut scanning,
    );
    let Scan {
        rows,
        progress,
        losses,
    } = scanning;
    if let Some(rest) = losses.rest("-v names every one, --not-read FILE writes them to a file") {
        progress.above(&rest);
    }
    progress.clear();
    let summary = match scanned {
        Ok(summary) => summary,
        // Whoever reads has enough.
        Err(ScanError::Give(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Success),
        Err(ScanError::Give(error)) => return Err(failed(error)),
        Err(ScanError::Keep(source)) => {
            let path = std::env::temp_dir();
            return Err(CliError::Write { path, source });
        }
    };
    rows.end().map_err(failed)?;
    losses
        .end(&summary)
        .map_err(|error| Sink::failed(error, args.not_read.as_deref()))?;
    if !console.quiet {
        anstream::eprintln!("{}", self::summary(&summary));
        tally
            .iter()
            .for_each(|tally| anstream::eprintln!("{}", listings(tally)));
    }
    let passed = tally.map_or(0, |tally| tally.passed.load(Ordering::Relaxed));
    outcome(&summary, passed)
}

/// The way to S3; an error where there are no credentials to go it with.
async fn remote(args: &ScanArgs, buckets: u64) -> Result<Remote, CliError> {
    let aws = Aws::connect(&ses_doctor_aws::Settings {
        region: None,
        profile: args.profile.clone(),
        endpoint_url: args.endpoint_url.clone(),
        deadline: DEADLINE,
        session_wait: Duration::ZERO,
    })
    .await;
    if let Some(why) = aws.unavailable().await {
        return Err(CliError::Refused {
            what: format!("S3 cannot be read: {why}"),
            help: "give credentials that are allowed s3:ListBucket and s3:GetObject: `ses-doctor permissions scan`"
                .to_owned(),
        });
    }
    let remote = Remote::new(aws, settings(args).memory);
    remote.expect(buckets);
    Ok(remote)
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
        check: args.check,
    }
}

/// `passed` counts the folders that needed no look.
fn outcome(summary: &Summary, passed: u64) -> Result<Exit, CliError> {
    let refused = |what: String, help: &str| {
        let help = help.to_owned();
        Err(CliError::Refused { what, help })
    };
    let none_read = summary.files == 0 && summary.left_out == 0;
    if none_read && summary.lost() > 0 && summary.damaged == 0 {
        return refused(
            format!("nothing could be read: {}", not_read(summary).join("; ")),
            "the reasons are above, each with what to do",
        );
    }
    if !summary.is_whole() {
        return Ok(Exit::Inconclusive);
    }
    if none_read && passed == 0 {
        return refused(
            "there is no CloudTrail file to read".to_owned(),
            "in a folder, files are read that end in .json, .jsonl or .ndjson, with .gz or .zst behind it or not; name others themselves",
        );
    }
    Ok(Exit::Success)
}

struct Scan {
    rows: Rows,
    progress: Scanning,
    losses: Losses,
}

impl Watcher for Scan {
    fn found(&mut self, found: &Match) -> io::Result<()> {
        self.rows.give(found)
    }

    fn damaged(&mut self, found: &Damage) {
        if let Some(told) = self.losses.met(found) {
            self.progress.above(&told);
        }
    }

    fn progress(&mut self, summary: &Summary) -> io::Result<()> {
        self.progress.show(summary);
        self.rows.flush()
    }
}
