//! What may be typed after `policy simulate`.

use super::{AwsArgs, OutputFormat, SenderArgs};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(override_usage = "ses-doctor policy simulate [OPTIONS] <FILE>...\n       \
                      ses-doctor policy simulate [OPTIONS] --principal <ARN> --from <ADDRESS>\n       \
                      ses-doctor policy simulate [OPTIONS] --principal <ARN> --action <ACTION> [--resource <ARN>]\n       \
                      ses-doctor policy simulate [OPTIONS] --evidence <FILE>")]
pub(crate) struct SimulateArgs {
    /// Files with one request and its policies, or with one in every line; `-` reads lines from standard input and answers
    /// each at once
    #[arg(
        value_name = "FILE",
        required_unless_present_any = ["principal", "evidence"],
        conflicts_with_all = ["principal", "evidence"]
    )]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Exit with 1 if a request is decided otherwise
    #[arg(long, value_enum)]
    pub(crate) expect: Option<Expected>,
    /// Form of the decisions; JSON is one line a request
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,
}

/// What the user of an account asks for.
#[derive(Debug, Args)]
pub(crate) struct RequestArgs {
    /// Address that the client sends from: without --action and --resource, what SES asks IAM for the message is decided
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["files", "evidence"], help_heading = "Message")]
    pub(crate) from: Option<String>,
    /// Address that the client sends to
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["files", "evidence"], help_heading = "Message")]
    pub(crate) to: Option<String>,
    /// Configuration set that the client names
    #[arg(long, value_name = "NAME", conflicts_with_all = ["files", "evidence"], help_heading = "Message")]
    pub(crate) configuration_set: Option<String>,
    /// Action, e.g. ses:GetAccount. Repeatable [default: ses:SendRawEmail]
    #[arg(
        long,
        value_name = "ACTION",
        conflicts_with = "files",
        help_heading = "Request"
    )]
    pub(crate) action: Vec<String>,
    /// Resource that each action is asked for on. Repeatable [default: with --from those of the message, else *]
    #[arg(long, value_name = "ARN", conflicts_with = "files", help_heading = "Request")]
    pub(crate) resource: Vec<String>,
    /// Account of the resources, where their ARN does not say [default: that of the user]
    #[arg(long, value_name = "ID", conflicts_with = "files", help_heading = "Request")]
    pub(crate) resource_account: Option<String>,
    /// Condition key of the request; keys that a policy asks for and nobody tells are unknown. Repeatable; several values of
    /// one key as several options
    #[arg(
        long,
        value_name = "KEY=VALUE",
        conflicts_with = "files",
        help_heading = "Request"
    )]
    pub(crate) context: Vec<String>,
}

/// The decision that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expected {
    /// Every layer allows.
    Allowed,
    /// Denied, explicitly or not.
    Denied,
    /// A statement denies.
    ExplicitDeny,
    /// A layer does not allow.
    ImplicitDeny,
    /// It depends on unknown context keys, or on policies that could not be read.
    Undetermined,
}
