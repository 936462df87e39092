//! `trail lake`: the same filter over an event data store of CloudTrail Lake.

use super::filter::filter;
use super::query::{self, Step};
use super::sql::{Schema, select};
use crate::args::LakeArgs;
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::trail::query as told;
use jiff::Timestamp;
use ses_doctor_aws::Engine;

/// Runs the command.
pub(crate) async fn run(args: &LakeArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    if args.estimate {
        return Err(no_estimate());
    }
    let filter = filter(&args.query.filter, Timestamp::now())?;
    let sql = select(&filter, Schema::Store, store(&args.store)?, Vec::new())?;
    let steps = [Step::of("search the event data store", sql)];
    if !args.query.apply {
        query::print(&steps, console)?;
        query::say(console, told::REHEARSAL_OF_LAKE);
        return Ok(Exit::Success);
    }
    let aws = query::connect(&args.query).await;
    query::run(&aws, &Engine::Lake, &steps, &filter, &args.query, console).await
}

/// CloudWatch's metrics of a store are `TotalDataRetained` and `HourlyDataIngested` (CloudTrail User Guide, "Supported CloudWatch
/// metrics"); how they compare with what a query scans, which is packed in columns, is documented nowhere. What another query has scanned,
/// of another time and other columns, is no bound either.
fn no_estimate() -> CliError {
    CliError::usage(
        "what a query over an event data store will scan cannot be told before",
        "CloudTrail Lake has no dry run, and its metrics tell what is kept, not what a query reads: bound the time with --since and \
         --until, and have it stopped at --max-bytes",
    )
}

/// The id of a store, which stands in the statement as it is.
pub(crate) fn store(named: &str) -> Result<&str, CliError> {
    let id = named.rsplit_once('/').map_or(named, |(_, id)| id);
    let is_id = id.len() == 36
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_id.then_some(id).ok_or_else(|| no_store(named))
}

pub(crate) fn no_store(named: &str) -> CliError {
    CliError::usage(
        format!("`{named}` is no event data store"),
        "give its ARN, or the id at the end of it; `aws cloudtrail list-event-data-stores` lists them",
    )
}
