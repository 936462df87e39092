//! Events of CloudTrail: as they stand, as a table, as a spreadsheet, for a database; and what is told beside them.

mod csv;
pub(crate) mod history;
mod losses;
mod parquet;
pub(crate) mod query;
mod record_file;
mod sink;
mod table;

pub(crate) use losses::{Losses, not_read};
pub(crate) use sink::Sink;

use crate::args::ScanFormat;
use crate::trail_s3::Tally;
use csv::Spreadsheet;
use miette::{Diagnostic, MietteDiagnostic, Report, Severity};
use parquet::Columns;
use record_file::RecordFile;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use table::Table;
use trail_scan::{Damage, Event, Loss, Match, Summary};

/// Where records go, in the form that was asked for.
pub(crate) enum Rows {
    Json(BufWriter<Sink>),
    Records(RecordFile<BufWriter<Sink>>),
    Csv(Box<Spreadsheet<Sink>>),
    Text(Table<BufWriter<Sink>>),
    Parquet(Box<Columns<Sink>>),
}

impl Rows {
    pub(crate) fn new(format: ScanFormat, out: Sink) -> io::Result<Self> {
        Ok(match format {
            ScanFormat::Json => Self::Json(buffered(out)),
            ScanFormat::Records => Self::Records(RecordFile::new(buffered(out))),
            ScanFormat::Csv => Self::Csv(Box::new(Spreadsheet::new(out))),
            ScanFormat::Text => Self::Text(Table::new(buffered(out))),
            ScanFormat::Parquet => Self::Parquet(Box::new(Columns::new(out)?)),
        })
    }

    /// One record.
    pub(crate) fn give(&mut self, found: &Match) -> io::Result<()> {
        match self {
            Self::Json(out) => json_line(out, &found.record),
            Self::Records(file) => file.record(&found.record),
            Self::Csv(rows) => rows.row(&event(found)?),
            Self::Text(table) => table.row(&event(found)?),
            Self::Parquet(columns) => columns.row(&event(found)?, &found.record),
        }
    }

    /// What was given is to be seen now, where the form has it that a part can be.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Json(out) => out.flush(),
            Self::Records(file) => file.flush(),
            Self::Csv(rows) => rows.flush(),
            Self::Text(table) => table.flush(),
            Self::Parquet(_) => Ok(()),
        }
    }

    /// Nothing more comes.
    pub(crate) fn end(self) -> io::Result<()> {
        let whole = |out: BufWriter<Sink>| out.into_inner().map_err(io::IntoInnerError::into_error);
        let sink = match self {
            Self::Json(out) => whole(out)?,
            Self::Records(file) => whole(file.end()?)?,
            Self::Csv(rows) => rows.end()?,
            Self::Text(table) => whole(table.end())?,
            Self::Parquet(columns) => columns.end()?,
        };
        sink.end()
    }
}

/// Standard output passes on what it is given, so that a record would be a call or two of the system.
fn buffered(out: Sink) -> BufWriter<Sink> {
    BufWriter::with_capacity(128 * 1024, out)
}

/// What matched a filter was parsed, so that this does not fail.
fn event(found: &Match) -> io::Result<Event<'_>> {
    Event::parse(&found.record).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The record as it stands. One that a writer spread over lines is put on one: between its members, a line break means
/// nothing, and within text JSON has none.
fn json_line(out: &mut impl Write, record: &[u8]) -> io::Result<()> {
    let mut rest = record;
    while let Some((line, after)) =
        memchr::memchr2(b'\n', b'\r', rest).and_then(|at| rest.split_at_checked(at))
    {
        out.write_all(line)?;
        rest = after.get(1..).unwrap_or_default();
    }
    out.write_all(rest)?;
    out.write_all(b"\n")
}

/// What could not be read, where, and what to do.
pub(crate) fn damage(damage: &Damage) -> String {
    let name = match damage.name.as_str() {
        "-" => "standard input".to_owned(),
        name => within_line(name),
    };
    let mut what = format!("{name}: {}", damage.fault);
    if damage.fault.loss() != Loss::Records {
        what += "; skipped";
    }
    if damage.given > 0 {
        what += &format!(
            ", but for {} that was found before",
            plural(damage.given, "event")
        );
    }
    warning(what, damage.fault.help())
}

fn warning(what: String, help: &str) -> String {
    let told = MietteDiagnostic::new(what)
        .with_severity(Severity::Warning)
        .with_help(help);
    let told: Box<dyn Diagnostic + Send + Sync> = Box::new(told);
    format!("{:?}", Report::new_boxed(told))
        .trim_matches('\n')
        .to_owned()
}

/// One line about a whole scan.
pub(crate) fn summary(summary: &Summary) -> String {
    let mut line = format!(
        "{} in {} ({})",
        plural(summary.matches, "event"),
        plural(summary.files, "file"),
        indicatif::HumanBytes(summary.bytes)
    );
    if summary.left_out > 0 {
        line += &format!(
            "; {} not read, whose name rules it out by region or time",
            plural(summary.left_out, "file")
        );
    }
    for lost in not_read(summary) {
        line += "; ";
        line += &lost;
    }
    line
}

/// One line about what was listed in S3.
pub(crate) fn listings(tally: &Tally) -> String {
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let mut line = format!(
        "S3: {}, {} of {} to read",
        plural(count(&tally.requests), "listing"),
        plural(count(&tally.objects), "object"),
        indicatif::HumanBytes(count(&tally.bytes))
    );
    match count(&tally.passed) {
        0 => {}
        1 => line += "; 1 folder not entered, that region, day or service rules out",
        passed => {
            line += &format!("; {passed} folders not entered, that region, day or service rules out");
        }
    }
    line
}

/// Text from outside in a line of ours: nothing in it ends the line, or turns it round.
pub(crate) fn within_line(text: &str) -> String {
    let plain = |c| match c {
        '\n' | '\t' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            '\u{FFFD}'
        }
        c => c,
    };
    client_log::visible(text).chars().map(plain).collect()
}

fn plural(count: u64, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}
