//! What may be typed after `policy compare`.

use super::OutputFormat;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// What is granted now: a policy document, a list of them, an answer of the AWS CLI, or a folder of such files
    pub(crate) old: PathBuf,
    /// What is to be granted instead, in the same forms
    pub(crate) new: PathBuf,
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
    /// AWS profile to ask Access Analyzer with
    #[arg(long, requires = "access_analyzer", help_heading = "AWS")]
    pub(crate) profile: Option<String>,
    /// Endpoint of Access Analyzer, instead of AWS's own
    #[arg(long, value_name = "URL", requires = "access_analyzer", help_heading = "AWS")]
    pub(crate) endpoint_url: Option<String>,
    /// Region to ask Access Analyzer in
    #[arg(long, requires = "access_analyzer", help_heading = "AWS")]
    pub(crate) region: Option<String>,
    /// Form of the answer
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}
