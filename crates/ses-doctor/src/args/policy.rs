//! What may be typed after `policy`.

use super::{AwsArgs, CompareArgs, MinimizeArgs, OutputFormat, SimulateArgs};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Read the policies of an SMTP user and show what each layer says to a message, with the statement at fault
    Explain(Box<PolicyExplainArgs>),
    /// Decide requests by policies that come with them or are read in an account, and show which statement decides
    Simulate(Box<SimulateArgs>),
    /// Prove that a new policy grants nothing beyond an old one, or beyond what a user has, or show what it grants
    Compare(Box<CompareArgs>),
    /// Propose the least policy for a refused call, or name the layer that no allow cures
    Minimize(Box<MinimizeArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct PolicyExplainArgs {
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    /// Address that the client sends from
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) from: Option<String>,
    /// Address that the client sends to
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) to: Option<String>,
    /// Configuration set that the client names
    #[arg(long, value_name = "NAME", help_heading = "Message")]
    pub(crate) configuration_set: Option<String>,
    /// The refusal: the line that the mail client logged
    #[arg(long, value_name = "TEXT", help_heading = "Symptom")]
    pub(crate) error: Option<String>,
    /// The refusal: a CloudTrail event
    #[arg(long, value_name = "FILE", help_heading = "Symptom", conflicts_with = "error")]
    pub(crate) event: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

/// Whose policies are read in an account, or were read before.
#[derive(Debug, Args)]
pub(crate) struct SenderArgs {
    /// ARN of the IAM user behind the SMTP user name: its policies are read [default: the one in the refusal]
    #[arg(long, value_name = "ARN", value_parser = user_arn, help_heading = "Account")]
    pub(crate) principal: Option<String>,
    /// Region that the message is sent from [default: the one in the refusal, else AWS_REGION]
    #[arg(long, help_heading = "Account")]
    pub(crate) region: Option<String>,
    /// Evidence that `diagnose --evidence-out` saved; touches no network
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Account",
        conflicts_with = "principal"
    )]
    pub(crate) evidence: Option<PathBuf>,
}

fn user_arn(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, user]
            if account.len() == 12 && user.strip_prefix("user/").is_some_and(|name| !name.is_empty()) =>
        {
            Ok(text.to_owned())
        }
        _ => Err("not the ARN of an IAM user: write it as arn:aws:iam::111122223333:user/NAME".to_owned()),
    }
}
