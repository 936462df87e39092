//! What may be typed after `policy compare`.

use super::{AwsArgs, OutputFormat, SenderArgs};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(override_usage = "ses-doctor policy compare [OPTIONS] <OLD> <NEW>\n       \
                            ses-doctor policy compare [OPTIONS] --principal <ARN> [--policy <NAME>] <NEW>\n       \
                            ses-doctor policy compare [OPTIONS] --evidence <FILE> [--policy <NAME>] <NEW>")]
pub(crate) struct CompareArgs {
    /// What is granted now: a policy document, a list of them, an answer of the AWS CLI, or a folder of such files. Left away
    /// with --principal and --evidence
    #[arg(value_name = "OLD")]
    pub(crate) first: PathBuf,
    /// What is to be granted instead, in the same forms; with --principal and --evidence, on top of what the user has
    #[arg(
        value_name = "NEW",
        required_unless_present_any = ["principal", "evidence"],
        conflicts_with_all = ["principal", "evidence"]
    )]
    pub(crate) second: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    /// Policy of the user that the new one replaces, by its name or ARN [default: none, the new one is added]
    #[arg(long, value_name = "NAME", help_heading = "Account")]
    pub(crate) policy: Option<String>,
    /// What may be granted on top of the old, in the same forms. Repeatable
    #[arg(long, value_name = "FILE", help_heading = "Intended")]
    pub(crate) intended: Vec<PathBuf>,
    /// Action that may be granted on top of the old, e.g. ses:SendRawEmail. Repeatable
    #[arg(long, value_name = "ACTION", requires = "on", help_heading = "Intended")]
    pub(crate) allow: Vec<String>,
    /// Resource that --allow is meant for. Repeatable
    #[arg(long, value_name = "ARN", requires = "allow", help_heading = "Intended")]
    pub(crate) on: Vec<String>,
    /// Ask IAM Access Analyzer too: ValidatePolicy is free, AWS bills CheckNoNewAccess and CheckAccessNotGranted by the call
    #[arg(long, help_heading = "AWS")]
    pub(crate) access_analyzer: bool,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    /// Form of the answer
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}
