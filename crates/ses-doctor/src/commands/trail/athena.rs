//! `trail athena`: the same filter over an archive in S3 that no single machine should read. The table is made, and the
//! query run, by Athena.

use super::filter::filter;
use super::query::{self, Step};
use super::sql::{Schema, Table, select};
use crate::args::AthenaArgs;
use crate::commands::Console;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::progress::Progress;
use crate::render::trail::query as told;
use crate::trail_s3::{Estimate, Place, estimate};
use jiff::Timestamp;
use ses_doctor_aws::{Aws, Engine};
use trail_scan::Filter;

/// Runs the command.
pub(crate) async fn run(args: &AthenaArgs, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let filter = filter(&args.query.filter, Timestamp::now())?;
    let table = table(args)?;
    let sql = select(&filter, Schema::Files, &table.quoted(), table.pruning(&filter))?;
    let engine = Engine::Athena {
        workgroup: args.workgroup.clone(),
        database: table.database.clone(),
        output: args.results.clone(),
    };
    let steps = [
        Step::of("make the table, if it is not there", table.definition()),
        Step::of("search it", sql),
    ];
    if !args.query.apply {
        query::print(&steps, console)?;
        if args.estimate {
            let aws = query::connect(&args.query).await;
            estimated(&aws, &table, &filter, args, console).await?;
        } else {
            query::say(console, told::REHEARSAL_OF_ATHENA);
        }
        return Ok(Exit::Success);
    }
    let aws = query::connect(&args.query).await;
    let estimate = estimated(&aws, &table, &filter, args, console).await?;
    if args.query.max_bytes.is_some_and(|most| estimate.bytes > most) {
        let what = format!(
            "the files have {} bytes, more than --max-bytes; nothing was run",
            estimate.bytes
        );
        return Err(query::refused(what, told::LIMIT));
    }
    query::run(&aws, &engine, &steps, &filter, &args.query, console).await
}

/// Lists what the query will read, and tells it.
async fn estimated(
    aws: &Aws,
    table: &Table,
    filter: &Filter,
    args: &AthenaArgs,
    console: &Console<'_>,
) -> Result<Estimate, CliError> {
    let folders = table.folders().map(|folder| Place::read(&folder));
    let places: Vec<Place> = folders.flatten().collect::<Result<_, _>>()?;
    let progress = Progress::new(console.quiet);
    let estimate = estimate(aws, &places, filter, |objects| progress.listing(objects)).await;
    progress.clear();
    query::say(console, &told::before(&estimate, args.query.price));
    Ok(estimate)
}

/// Each part is held to the characters that AWS allows, none of which means anything in SQL.
fn table(args: &AthenaArgs) -> Result<Table, CliError> {
    let bad = |what: &str, help: &str| Err(CliError::usage(format!("`{what}` cannot be"), help));
    let trail = args.trail.trim_end_matches('/').trim_end_matches("/AWSLogs");
    let place = trail.strip_prefix("s3://").unwrap_or_default();
    let in_place = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/!()=+@".contains(&byte);
    if place.is_empty() || !place.bytes().all(in_place) {
        return bad(
            &args.trail,
            "say where the trail delivers: s3://BUCKET or s3://BUCKET/PREFIX",
        );
    }
    let is_word = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if let Some(name) = [&args.database, &args.table]
        .into_iter()
        .find(|name| !is_word(name))
    {
        return bad(
            name,
            "names of databases and tables here have small letters, digits and underscores",
        );
    }
    let is_account =
        |account: &&String| account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit());
    if let Some(account) = args.account.iter().find(|account| !is_account(account)) {
        return bad(account, "an account id has twelve digits");
    }
    let organization = match &args.organization {
        None => String::new(),
        Some(id)
            if id.starts_with("o-")
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
        {
            format!("{id}/")
        }
        Some(id) => return bad(id, "the id of an organization begins with `o-`"),
    };
    let mut accounts = args.account.clone();
    accounts.sort();
    accounts.dedup();
    let named = args
        .query
        .filter
        .region
        .iter()
        .filter(|name| name.pieces().len() == 1);
    let regions: Vec<String> = named.flat_map(|name| name.pieces().to_vec()).collect();
    Ok(Table {
        database: args.database.clone(),
        name: args.table.clone(),
        root: format!("s3://{place}/AWSLogs/{organization}"),
        accounts,
        regions: regions
            .into_iter()
            .filter(|region| ses_smtp::endpoint::region_exists_shape(region))
            .collect(),
    })
}
