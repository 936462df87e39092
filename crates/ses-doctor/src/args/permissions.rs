//! What may be typed after `permissions`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What the permissions are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionTask {
    /// Find the cause: reads only.
    Diagnose,
    /// The second opinion of `policy compare --access-analyzer`.
    Compare,
    /// Apply a plan (--plan), verify and undo it; without a plan, any fix. It writes.
    Apply,
    /// Replace an access key without downtime. It writes.
    Rotate,
    /// `trail history`.
    History,
    /// `trail scan` of files in S3.
    Scan,
    /// `trail athena`, also with `--estimate`. It makes the table and writes results.
    Athena,
    /// `trail lake`.
    Lake,
}

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsFormat {
    /// For people.
    Text,
    /// For programs; the schema is published.
    Json,
    /// The policy document alone, as `aws iam create-policy --policy-document` takes it.
    Policy,
}

/// The same names as after `trail athena` and `trail lake`.
#[derive(Debug, Args)]
pub(crate) struct QueryPermissionsArgs {
    /// With `athena`: where it puts results, s3://… [default: the buckets that Athena names itself]
    #[arg(long, value_name = "S3_URI", help_heading = "Narrow it down")]
    pub(crate) results: Option<String>,
    /// With `athena`: the workgroup [default: primary]
    #[arg(long, value_name = "NAME", help_heading = "Narrow it down")]
    pub(crate) workgroup: Option<String>,
    /// With `athena`: the database of the table [default: default]
    #[arg(long, value_name = "NAME", help_heading = "Narrow it down")]
    pub(crate) database: Option<String>,
    /// With `athena`: the table [default: ses_doctor_trail]
    #[arg(long, value_name = "NAME", help_heading = "Narrow it down")]
    pub(crate) table: Option<String>,
    /// With `athena`: the table is there, and may not be made
    #[arg(long, help_heading = "Narrow it down")]
    pub(crate) existing_table: bool,
    /// With `lake`: the event data store, by id or ARN
    #[arg(long, value_name = "STORE", help_heading = "Narrow it down")]
    pub(crate) store: Option<String>,
    /// With `athena` and `scan`: KMS key that encrypts the trail's files. Repeatable
    #[arg(long, value_name = "ARN", help_heading = "Narrow it down")]
    pub(crate) trail_key: Vec<String>,
    /// With `athena`: KMS key that encrypts the results. Repeatable
    #[arg(long, value_name = "ARN", help_heading = "Narrow it down")]
    pub(crate) results_key: Vec<String>,
    /// With `lake`: KMS key that encrypts the event data store. Repeatable
    #[arg(long, value_name = "ARN", help_heading = "Narrow it down")]
    pub(crate) store_key: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PermissionsArgs {
    /// What the permissions are for
    #[arg(value_enum, default_value_t = PermissionTask::Diagnose)]
    pub(crate) task: PermissionTask,
    /// With `apply`: the plan, a file that `plan --out` wrote; it tells all that follows
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Narrow it down",
        conflicts_with_all = ["account", "user", "region", "from", "to", "configuration_set", "secret", "parameter", "bucket", "results", "workgroup", "database", "table", "existing_table", "store", "trail_key", "results_key", "store_key"]
    )]
    pub(crate) plan: Option<PathBuf>,
    /// Account of the SMTP user, or of the workgroup or event data store, twelve digits
    #[arg(long, value_name = "ID", help_heading = "Narrow it down")]
    pub(crate) account: Option<String>,
    /// SMTP user: its name, with its path if it has one, or its ARN, which names the account too
    #[arg(long, value_name = "NAME|ARN", help_heading = "Narrow it down")]
    pub(crate) user: Option<String>,
    /// Region of the SMTP endpoint, or where a query runs; it also tells the partition
    #[arg(long, help_heading = "Narrow it down")]
    pub(crate) region: Option<String>,
    /// Address that the client sends from
    #[arg(long, value_name = "ADDRESS", help_heading = "Narrow it down")]
    pub(crate) from: Option<String>,
    /// Address that the client sends to
    #[arg(long, value_name = "ADDRESS", help_heading = "Narrow it down")]
    pub(crate) to: Option<String>,
    /// Configuration set that the client names
    #[arg(long, value_name = "NAME", help_heading = "Narrow it down")]
    pub(crate) configuration_set: Option<String>,
    /// Secret that keeps the pair, by name or ARN; with `rotate`, it may be written. Repeatable
    #[arg(long, value_name = "NAME_OR_ARN", help_heading = "Narrow it down")]
    pub(crate) secret: Vec<String>,
    /// Parameter that keeps the password, likewise. Repeatable
    #[arg(long, value_name = "NAME_OR_ARN", help_heading = "Narrow it down")]
    pub(crate) parameter: Vec<String>,
    /// Where a trail delivers: a bucket, or a place as `trail scan` and `trail athena` take it, s3://BUCKET/PREFIX. Repeatable
    #[arg(long, value_name = "NAME|S3_URI", help_heading = "Narrow it down")]
    pub(crate) bucket: Vec<String>,
    #[command(flatten)]
    pub(crate) query: QueryPermissionsArgs,
    /// With --output policy: the document for the organization's management account or a delegated administrator
    #[arg(long, help_heading = "Output")]
    pub(crate) organization: bool,
    /// Form of what is printed
    #[arg(long, short, value_enum, visible_alias = "format", default_value_t = PermissionsFormat::Text, help_heading = "Output")]
    pub(crate) output: PermissionsFormat,
}
