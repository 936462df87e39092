//! What may be typed after `trail`.

use super::{AthenaArgs, HistoryArgs, LakeArgs};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use trail_scan::{Name, SourceIp};

#[derive(Debug, Subcommand)]
pub(crate) enum TrailCommand {
    /// Search CloudTrail archives: files of any size, at the speed of unpacking them
    Scan(Box<ScanArgs>),
    /// Search CloudTrail's own history of the last 90 days, two requests a second for each region
    History(Box<HistoryArgs>),
    /// Search an archive in S3 by Athena: prints the table and the query; with --apply, runs them
    Athena(Box<AthenaArgs>),
    /// Search an event data store of CloudTrail Lake: prints the query; with --apply, runs it
    Lake(Box<LakeArgs>),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Filters of one kind are alternatives; kinds combine. In a value, * stands for any text.\n\n\
    s3://BUCKET/PREFIX is an object or all that is below it, s3://BUCKET/BEGINNING* all that begins so. Where keys have \
    CloudTrail's layout, regions and days that the filter rules out are not even listed. Nothing is written.\n\n\
    Exit codes here: 0 everything was read; 3 something was not: access was denied, it could not be had, or it is damaged, each \
    counted apart at the end, and the first ten of each named on standard error; 4 there is nothing to read, or access was denied \
    to all of it, or none of it could be had."
)]
pub(crate) struct ScanArgs {
    /// Files, folders and patterns; gzip, Zstandard and plain, as CloudTrail delivers them or as JSON lines; s3://BUCKET/PREFIX
    /// for what is in S3, `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) filter: TrailFilterArgs,
    /// Give records as they are found, not newest first
    #[arg(long, help_heading = "Output")]
    pub(crate) as_found: bool,
    /// Parse every record, so that damage is told also in those that cannot match
    ///
    /// Takes several times as long. Without it, a file has to have a sound checksum where it is packed, and a sound beginning and
    /// end.
    #[arg(long)]
    pub(crate) check: bool,
    /// Form of what is printed; json gives the records unchanged, one a line
    #[arg(long, short, value_enum, default_value_t = ScanFormat::Text, help_heading = "Output")]
    pub(crate) output: ScanFormat,
    /// Write to this file, which is there once it is whole, not to standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output_file: Option<PathBuf>,
    /// Write what could not be read, and why, to this file: JSON, one object a line, the counts last
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) not_read: Option<PathBuf>,
    /// Threads that read [default: one for each processor]
    #[arg(long, value_name = "N", help_heading = "Limits", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Memory in MB; what is found beyond it waits in a temporary file
    #[arg(long, value_name = "MB", default_value_t = 256, help_heading = "Limits",
          value_parser = clap::value_parser!(u32).range(64..=65536))]
    pub(crate) memory: u32,
    /// AWS profile to read S3 with
    #[arg(long, help_heading = "AWS")]
    pub(crate) profile: Option<String>,
    /// Endpoint for all AWS APIs; the SDK's own AWS_ENDPOINT_URL works too
    #[arg(long, value_name = "URL", help_heading = "AWS")]
    pub(crate) endpoint_url: Option<String>,
}

/// Which events are wanted.
#[derive(Debug, Args)]
pub(crate) struct TrailFilterArgs {
    /// Access key that signed the request
    #[arg(long, value_name = "KEY_ID", value_parser = name, help_heading = "Filters")]
    pub(crate) access_key: Vec<Name>,
    /// IAM user, by name or ARN
    #[arg(long, value_name = "USER", value_parser = name, help_heading = "Filters")]
    pub(crate) user: Vec<Name>,
    /// Role that was assumed, by name or ARN
    #[arg(long, value_name = "ROLE", value_parser = name, help_heading = "Filters")]
    pub(crate) role: Vec<Name>,
    /// API, e.g. UpdateAccessKey
    #[arg(long, value_name = "NAME", value_parser = name, help_heading = "Filters", visible_alias = "event-name")]
    pub(crate) action: Vec<Name>,
    /// Service, e.g. ses or ses.amazonaws.com
    #[arg(long, value_name = "SERVICE", value_parser = source, help_heading = "Filters")]
    pub(crate) event_source: Vec<Name>,
    /// What the service answered, e.g. AccessDenied
    #[arg(long, value_name = "CODE", value_parser = name, help_heading = "Filters")]
    pub(crate) error_code: Vec<Name>,
    /// Address or network that the request came from, e.g. 203.0.113.0/24
    #[arg(long, value_name = "ADDRESS", value_parser = SourceIp::new, help_heading = "Filters")]
    pub(crate) source_ip: Vec<SourceIp>,
    /// Region
    #[arg(long, value_name = "REGION", value_parser = name, help_heading = "Filters")]
    pub(crate) region: Vec<Name>,
    /// Request id or event id
    #[arg(long, value_name = "ID", value_parser = name, help_heading = "Filters")]
    pub(crate) request_id: Vec<Name>,
    /// Text anywhere in the event
    #[arg(long, value_name = "TEXT", help_heading = "Filters", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) text: Vec<String>,
    /// Not before this time: 2026-03-04T05:06:07Z, 2026-03-04, or a span back from now such as 2h or 7d
    #[arg(
        long,
        value_name = "TIME",
        help_heading = "Filters",
        allow_hyphen_values = true
    )]
    pub(crate) since: Option<String>,
    /// Before this time
    #[arg(
        long,
        value_name = "TIME",
        help_heading = "Filters",
        allow_hyphen_values = true
    )]
    pub(crate) until: Option<String>,
}

/// The form of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanFormat {
    /// A table for people.
    Text,
    /// The records, unchanged, one a line; line breaks within a record are left out.
    Json,
    /// A file as CloudTrail writes it, `{"Records":[…]}`: each record byte for byte, line breaks too.
    Records,
    /// The members that the table has, for spreadsheets.
    Csv,
    /// The same in columns with types, and the whole record in one more, for databases.
    Parquet,
}

fn name(text: &str) -> Result<Name, &'static str> {
    match text {
        "" => Err("a filter with no text"),
        text => Ok(Name::new(text)),
    }
}

fn source(text: &str) -> Result<Name, &'static str> {
    match text {
        "" => Err("a filter with no text"),
        text => Ok(Name::source(text)),
    }
}
