//! Runs statements where AWS runs them, and gives the events that come back.

use super::rows;
use super::sql::MEMBERS;
use crate::args::QueryArgs;
use crate::commands::Console;
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::progress::Progress;
use crate::render::trail::{Sink, query as told};
use serde_json::{Map, Value};
use ses_doctor_aws::{Aws, Engine, Phase, QueryState, Settings};
use ses_doctor_core::Observed;
use std::io::{self, Write as _};
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::time::{Instant, sleep};
use trail_scan::Filter;

const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A statement, and what it is for.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) purpose: &'static str,
    pub(super) sql: String,
}

impl Step {
    pub(super) fn of(purpose: &'static str, sql: String) -> Self {
        Self { purpose, sql }
    }
}

/// Prints the statements.
pub(super) fn print(steps: &[Step], console: &mut Console<'_>) -> Result<(), CliError> {
    for step in steps {
        writeln!(console.out, "-- {}\n{};\n", step.purpose, step.sql)?;
    }
    Ok(())
}

/// Says something beside the data.
pub(super) fn say(console: &Console<'_>, text: &str) {
    if !console.quiet {
        anstream::eprintln!("{text}");
    }
}

/// The way to AWS.
pub(super) async fn connect(args: &QueryArgs) -> Aws {
    Aws::connect(&Settings {
        region: args.query_region.clone(),
        profile: args.profile.clone(),
        endpoint_url: args.endpoint_url.clone(),
        deadline: Duration::from_secs(30),
        session_wait: Duration::ZERO,
    })
    .await
}

/// Runs the statements, and gives the rows of the last.
pub(super) async fn run(
    aws: &Aws,
    engine: &Engine,
    steps: &[Step],
    filter: &Filter,
    args: &QueryArgs,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let sink = Sink::open(args.output, args.output_file.as_deref())?;
    let region = args.query_region.clone().or_else(|| env::first_of(&env::REGION));
    let region = region
        .or_else(|| aws.region().map(str::to_owned))
        .ok_or_else(|| CliError::usage("it is not known in which region to run it", "give --query-region"))?;
    let runner = Runner {
        aws,
        engine,
        region: &region,
        args,
        progress: Progress::new(console.quiet),
    };
    let mut last = None;
    for step in steps {
        last = Some(runner.step(step).await?);
    }
    let Some((id, state)) = last else {
        return Ok(Exit::Success);
    };
    let records = runner.records(&id).await?;
    runner.progress.clear();
    // The filter is asked once more, and orders and forms are those of a scan.
    let given = rows::give(&[records.file.path().to_owned()], filter, args.output, sink)?;
    if !console.quiet {
        anstream::eprintln!("{}", told::done(given.events, state.scanned, args.price));
    }
    if records.without_json > 0 {
        anstream::eprintln!("{}", told::without_json(records.without_json));
    }
    Ok(if given.unread == 0 && records.without_json == 0 {
        Exit::Success
    } else {
        Exit::Inconclusive
    })
}

/// Rows as CloudTrail writes events, for this user alone until they are given.
#[derive(Debug)]
struct Records {
    /// One a line.
    file: NamedTempFile,
    /// Events that were to be read whole, and of which there is no JSON.
    without_json: u64,
}

struct Runner<'a> {
    aws: &'a Aws,
    engine: &'a Engine,
    region: &'a str,
    args: &'a QueryArgs,
    progress: Progress,
}

impl Runner<'_> {
    /// Runs one statement to its end.
    async fn step(&self, step: &Step) -> Result<(String, QueryState), CliError> {
        let id = known(self.aws.start_query(self.engine, self.region, &step.sql).await)?;
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let state = known(self.aws.query_state(self.engine, self.region, &id).await)?;
            match state.phase {
                Phase::Done => return Ok((id, state)),
                Phase::Failed => {
                    let why = state.reason.unwrap_or_else(|| "no reason given".to_owned());
                    return Err(refused(
                        format!("the query to {} failed: {why}", step.purpose),
                        told::FAILED,
                    ));
                }
                Phase::UnderWay => {}
            }
            self.progress.query(step.purpose, state.scanned);
            if let Some(limit) = self.limit(&state, begun) {
                let stopped = self.aws.stop_query(self.engine, self.region, &id).await;
                let end = if matches!(stopped, Observed::Known(())) {
                    "it was stopped"
                } else {
                    "IT COULD NOT BE STOPPED"
                };
                return Err(refused(format!("the query {id} {limit}; {end}"), told::LIMIT));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn limit(&self, state: &QueryState, begun: Instant) -> Option<String> {
        let scanned = state
            .scanned
            .filter(|scanned| self.args.max_bytes.is_some_and(|most| *scanned > most));
        if let Some(scanned) = scanned {
            return Some(format!("has scanned {scanned} bytes, more than --max-bytes"));
        }
        let late = begun.elapsed() > Duration::from_secs(self.args.deadline);
        late.then(|| "has not come to its end within --deadline".to_owned())
    }

    /// The rows, whole or as records with the members that were selected.
    async fn records(&self, id: &str) -> Result<Records, CliError> {
        let mut records = Records {
            file: tempfile::Builder::new()
                .suffix(".jsonl")
                .tempfile()
                .map_err(unwritten)?,
            without_json: 0,
        };
        let mut next: Option<String> = None;
        loop {
            let page = self
                .aws
                .query_page(self.engine, self.region, id, next.as_deref())
                .await;
            let page = known(page)?;
            let mut lines = String::new();
            for row in &page.rows {
                match record(row, self.engine) {
                    Some(record) => {
                        lines += &record;
                        lines.push('\n');
                    }
                    None => records.without_json += 1,
                }
            }
            records.file.write_all(lines.as_bytes()).map_err(unwritten)?;
            next = page.next;
            if next.is_none() {
                return Ok(records);
            }
        }
    }
}

fn unwritten(source: io::Error) -> CliError {
    CliError::Write {
        path: std::env::temp_dir(),
        source,
    }
}

/// A row in the form of the event that it is of, in one line; nothing where the event was to be there whole, and is not.
fn record(row: &[Option<String>], engine: &Engine) -> Option<String> {
    let Some(whole) = row.get(MEMBERS.len()) else {
        return Some(members(row, engine).to_string());
    };
    let whole = whole.as_deref()?;
    let event: Map<String, Value> = serde_json::from_str(whole).ok()?;
    Some(match whole.contains(['\n', '\r']) {
        true => Value::Object(event).to_string(),
        false => whole.to_owned(),
    })
}

fn members(row: &[Option<String>], engine: &Engine) -> Value {
    let mut record = Value::Object(Map::new());
    for (member, value) in MEMBERS.iter().zip(row) {
        let is_null = *engine == Engine::Lake && value.as_deref() == Some("");
        if let Some(value) = value.as_ref().filter(|_| !is_null) {
            put(&mut record, member, value);
        }
    }
    record
}

fn put(record: &mut Value, member: &str, value: &str) {
    let mut place = record;
    for name in member.trim_start_matches('/').split('/') {
        let Some(fields) = place.as_object_mut() else {
            return;
        };
        place = fields.entry(name).or_insert_with(|| Value::Object(Map::new()));
    }
    *place = Value::String(value.to_owned());
}

fn known<T>(observed: Observed<T>) -> Result<T, CliError> {
    super::history::told(observed).map_err(|why| refused(why, told::PERMISSIONS))
}

pub(super) fn refused(what: String, help: &str) -> CliError {
    CliError::Refused {
        what,
        help: help.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_becomes_the_event_that_it_is_of() {
        let mut row: Vec<Option<String>> = vec![None; MEMBERS.len()];
        row[0] = Some("2026-03-04T05:06:07Z".to_owned());
        row[4] = Some(String::new());
        row[10] = Some("a\"b".to_owned());
        row[12] = Some("arn".to_owned());
        let identity = json!({"userName": "a\"b", "sessionContext": {"sessionIssuer": {"arn": "arn"}}});
        let lake = json!({"eventTime": "2026-03-04T05:06:07Z", "userIdentity": identity});
        let record = |row: &[Option<String>]| record(row, &Engine::Lake);
        assert_eq!(record(&row), Some(lake.to_string()));
        for (whole, expected) in [
            ("{\"a\": 1}", Some("{\"a\": 1}")),
            ("{\n\"a\": 1}", Some("{\"a\":1}")),
            ("", None),
            ("[1]", None),
            ("{", None),
        ] {
            let row = [row.clone(), vec![Some(whole.to_owned())]].concat();
            assert_eq!(record(&row).as_deref(), expected, "{whole}");
        }
        assert_eq!(record(&[row, vec![None]].concat()), None);
    }
}
