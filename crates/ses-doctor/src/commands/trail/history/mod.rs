//! `trail history`: searches CloudTrail's own history. What AWS tells is put into files, and `trail scan`'s search goes
//! over those: so the same filter gives the same rows, in bounded memory.

mod kept;
mod question;
mod region;
mod regions;
mod span;

use crate::args::HistoryArgs;
use crate::commands::Console;
use crate::commands::trail::filter::filter;
use crate::commands::trail::rows;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::progress::Progress;
use crate::render::trail::{Sink, history};
use futures::future::join_all;
use jiff::Timestamp;
use region::Asked;
pub(super) use region::told;
pub(crate) use region::{End, History};
use ses_doctor_aws::{Aws, Settings, oldest_lookup};
use span::Span;
use std::path::{Path, PathBuf};
use std::time::Duration;
use trail_scan::Filter;

/// One page, with its turn and what has to be asked again.
const DEADLINE: Duration = Duration::from_secs(60);

/// Runs the command.
pub(crate) async fn run(args: &HistoryArgs, console: &Console<'_>) -> Result<Exit, CliError> {
    let now = Timestamp::now();
    let filter = filter(&args.filter, now)?;
    let asked = asked(args, &filter, now)?;
    let sink = Sink::open(args.output, args.output_file.as_deref())?;
    let aws = Aws::connect(&Settings {
        region: None,
        profile: args.profile.clone(),
        endpoint_url: args.endpoint_url.clone(),
        deadline: DEADLINE,
        session_wait: Duration::ZERO,
    })
    .await;
    let regions = regions::regions(args, aws.region())?;
    let place = Place::of(args, &aws, &regions).await?;
    let progress = Progress::new(console.quiet);
    if !console.quiet && asked.questions.contains(&None) {
        progress.say(history::ALL_EVENTS);
    }
    let each = regions.iter().map(|region| {
        let folder = place.folder().join(region);
        let (aws, asked, progress) = (&aws, &asked, &progress);
        async move { region::read(aws, region, &folder, asked, progress).await }
    });
    let histories: Vec<History> = join_all(each).await.into_iter().collect::<Result<_, _>>()?;
    progress.clear();
    if let Some(refused) = nothing_read(&histories) {
        return Err(refused);
    }
    let files: Vec<PathBuf> = histories
        .iter()
        .flat_map(|history| history.files.clone())
        .collect();
    let given = rows::give(&files, &filter, args.output, sink)?;
    for history in histories.iter().filter(|_| !console.quiet) {
        anstream::eprintln!("{}", history::region(history));
    }
    if !console.quiet {
        anstream::eprintln!("{}", history::found(given.events, asked.within.from));
    }
    let whole = histories
        .iter()
        .all(|history| history.end == End::Complete && history.without_text == 0);
    Ok(if whole && given.unread == 0 {
        Exit::Success
    } else {
        Exit::Inconclusive
    })
}

fn asked(args: &HistoryArgs, filter: &Filter, now: Timestamp) -> Result<Asked, CliError> {
    let oldest = oldest_lookup(now);
    let from = filter.since.map_or(oldest, Timestamp::as_second).max(oldest);
    let to = filter.until.map_or(now, |until| until.min(now)).as_second();
    if from > to {
        return Err(CliError::usage(
            "CloudTrail's history holds nothing of that time: it tells of the last 90 days",
            "search the archive with `ses-doctor trail scan` or `trail athena`",
        ));
    }
    Ok(Asked {
        questions: question::questions(filter),
        within: Span { from, to },
        now: now.as_second(),
        most_requests: args.most_requests,
    })
}

/// When no region told anything, there is nothing to give and the reason is the answer.
fn nothing_read(histories: &[History]) -> Option<CliError> {
    let why = |history: &History| match &history.end {
        End::Silent(why) if history.requests == 0 => Some(why.clone()),
        End::Silent(_) | End::Complete | End::Cut(_) => None,
    };
    let reasons: Option<Vec<String>> = histories.iter().map(why).collect();
    let first = reasons?.into_iter().next()?;
    Some(CliError::Refused {
        what: format!("no history could be read: {first}"),
        help:
            "it takes credentials that are allowed cloudtrail:LookupEvents: `ses-doctor permissions history`"
                .to_owned(),
    })
}

/// Where the events are put.
enum Place {
    Kept(PathBuf),
    /// Deleted at the end.
    Passing(tempfile::TempDir),
}

impl Place {
    /// A cache is divided by account, so that nobody is given another account's events.
    async fn of(args: &HistoryArgs, aws: &Aws, regions: &[String]) -> Result<Self, CliError> {
        let Some(cache) = &args.cache else {
            let folder = tempfile::tempdir().map_err(|source| CliError::Write {
                path: std::env::temp_dir(),
                source,
            })?;
            return Ok(Self::Passing(folder));
        };
        let home = regions.first().map(String::as_str).unwrap_or_default();
        let refused = |why: String| CliError::Refused {
            what: format!("it is not known whose events these are: {why}"),
            help: "leave --cache out, or give credentials that may call sts:GetCallerIdentity".to_owned(),
        };
        match region::told(aws.caller(home).await) {
            Ok(caller) => Ok(Self::Kept(cache.join(caller.account))),
            Err(why) => Err(refused(why)),
        }
    }

    fn folder(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Passing(folder) => folder.path(),
        }
    }
}
