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
    let make =
        (!args.existing_table).then(|| Step::of("make the table, if it is not there", table.definition()));
    let steps: Vec<Step> = make.into_iter().chain([Step::of("search it", sql)]).collect();
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

/// Whether these can be the names of a database and a table.
pub(crate) fn check_names(names: &[&str]) -> Result<(), CliError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let wrong = names
        .iter()
        .find(|name| name.is_empty() || !name.bytes().all(fits));
    wrong.map_or(Ok(()), |name| {
        Err(cannot_be(
            name,
            "names of databases and tables here have small letters, digits and underscores",
        ))
    })
}

fn cannot_be(what: &str, help: &str) -> CliError {
    CliError::usage(format!("`{what}` cannot be"), help)
}

/// Each part is held to the characters that AWS allows, none of which means anything in SQL.
fn table(args: &AthenaArgs) -> Result<Table, CliError> {
    let bad = |what: &str, help: &str| Err(cannot_be(what, help));
    let trail = args.trail.trim_end_matches('/').trim_end_matches("/AWSLogs");
    let place = trail.strip_prefix("s3://").unwrap_or_default();
    let in_place = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/!()=+@".contains(&byte);
    if place.is_empty() || !place.bytes().all(in_place) {
        return bad(
            &args.trail,
            "say where the trail delivers: s3://BUCKET or s3://BUCKET/PREFIX",
        );
    }
    check_names(&[&args.database, &args.table])?;
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
