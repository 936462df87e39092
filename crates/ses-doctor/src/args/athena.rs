//! What may be typed after `trail athena` and `trail lake`.

use super::{ScanFormat, TrailFilterArgs};
use clap::Args;
use std::path::PathBuf;

/// Where a table is unless it is said, here and for `permissions athena`.
pub(crate) const DATABASE: &str = "default";
pub(crate) const TABLE: &str = "ses_doctor_trail";
/// The workgroup that every account has.
pub(crate) const WORKGROUP: &str = "primary";

/// What both engines take.
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub(crate) filter: TrailFilterArgs,
    /// Run it. Without this, the statements are printed and nothing is called
    #[arg(long)]
    pub(crate) apply: bool,
    /// Region where the query runs [default: AWS_REGION, else the profile's]
    #[arg(long, value_name = "REGION", help_heading = "AWS")]
    pub(crate) query_region: Option<String>,
    /// Stop the query when AWS tells that it has scanned more than this many bytes. It tells late: a limit that AWS itself
    /// keeps is that of an Athena workgroup. `athena` does not begin where the files alone are larger
    #[arg(long, value_name = "BYTES", help_heading = "Limits")]
    pub(crate) max_bytes: Option<u64>,
    /// US dollars for each 10^12 bytes that are scanned
    #[arg(long, value_name = "USD", default_value_t = 5.0, help_heading = "Limits")]
    pub(crate) price: f64,
    /// Wait this many seconds for the query, then stop it
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, help_heading = "Limits", value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) deadline: u64,
    /// Form of what is printed; json gives one object a line with the members that the filter judges, or with --text the event
    #[arg(long, short, value_enum, default_value_t = ScanFormat::Text, help_heading = "Output")]
    pub(crate) output: ScanFormat,
    /// Write to this file, which is there once it is whole, not to standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output_file: Option<PathBuf>,
    /// AWS profile to call AWS with
    #[arg(long, help_heading = "AWS")]
    pub(crate) profile: Option<String>,
    /// Endpoint for all AWS APIs; the SDK's own AWS_ENDPOINT_URL works too
    #[arg(long, value_name = "URL", help_heading = "AWS")]
    pub(crate) endpoint_url: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --apply this prints the statement that makes the table and the one that searches it. With --apply both \
    are run by Athena, and the events are printed.\n\n\
    Exit codes here: 0 printed, or run to its end; 3 events could not be read; 4 AWS refused, or the query failed or was stopped."
)]
pub(crate) struct AthenaArgs {
    /// Where the trail delivers, up to AWSLogs: s3://BUCKET or s3://BUCKET/PREFIX
    #[arg(value_name = "S3_URI")]
    pub(crate) trail: String,
    /// Account of which there are events, twelve digits. Repeatable
    #[arg(long, required = true, value_name = "ID", help_heading = "Table")]
    pub(crate) account: Vec<String>,
    /// Organization whose trail it is
    #[arg(long, value_name = "o-ID", help_heading = "Table")]
    pub(crate) organization: Option<String>,
    /// Database of the table
    #[arg(long, value_name = "NAME", default_value = DATABASE, help_heading = "Table")]
    pub(crate) database: String,
    /// Name of the table; it is made if it is not there
    #[arg(long, value_name = "NAME", default_value = TABLE, help_heading = "Table")]
    pub(crate) table: String,
    /// The table is there: do not make it, which takes a permission to write
    #[arg(long, help_heading = "Table")]
    pub(crate) existing_table: bool,
    /// List what the query would read, and tell its size and price. With --apply this is always done first
    #[arg(long, help_heading = "Limits")]
    pub(crate) estimate: bool,
    /// Workgroup that runs and limits the query
    #[arg(long, value_name = "NAME", default_value = WORKGROUP, help_heading = "AWS")]
    pub(crate) workgroup: String,
    /// Where Athena puts results, s3://…; not needed where the workgroup tells
    #[arg(long, value_name = "S3_URI", help_heading = "AWS")]
    pub(crate) results: Option<String>,
    #[command(flatten)]
    pub(crate) query: QueryArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "AWS has closed CloudTrail Lake to new customers on 31 May 2026 (CloudTrail User Guide, document history); who has \
    an event data store can go on using it.\n\n\
    Exit codes here: 0 printed, or run to its end; 3 events could not be read; 4 AWS refused, or the query failed or was stopped."
)]
pub(crate) struct LakeArgs {
    /// Event data store, by id or ARN
    #[arg(value_name = "STORE")]
    pub(crate) store: String,
    /// Refused, with the reason
    #[arg(long, hide = true)]
    pub(crate) estimate: bool,
    #[command(flatten)]
    pub(crate) query: QueryArgs,
}
