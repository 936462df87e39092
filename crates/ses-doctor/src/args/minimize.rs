//! What may be typed after `policy minimize`.

use super::{AwsArgs, OutputFormat, SenderArgs};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(override_usage = "ses-doctor policy minimize [OPTIONS] <FILE>\n       \
                      ses-doctor policy minimize [OPTIONS] --error <TEXT>\n       \
                      ses-doctor policy minimize [OPTIONS] --principal <ARN> --from <ADDRESS>\n       \
                      ses-doctor policy minimize [OPTIONS] --evidence <FILE>")]
pub(crate) struct MinimizeArgs {
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    /// The refused call: a request as `policy simulate` takes it, a CloudTrail event, or a text with the denial; `-` for
    /// standard input
    #[arg(value_name = "FILE", conflicts_with_all = ["error", "principal", "evidence"])]
    pub(crate) file: Option<PathBuf>,
    /// The denial as it was logged, e.g. "554 Access denied: User `…' is not authorized to perform …"
    #[arg(long, value_name = "TEXT", conflicts_with = "evidence")]
    pub(crate) error: Option<String>,
    /// The policies that take part, for a call that does not bring them: the policy fields of a request as `policy simulate`
    /// takes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["principal", "evidence"])]
    pub(crate) policies: Option<PathBuf>,
    /// Context of the call. Repeatable; several values of one key as several options
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,
    /// Put a condition on the allow, with the value that the call has, or with this one. Repeatable
    #[arg(long, value_name = "KEY[=VALUE]")]
    pub(crate) condition: Vec<String>,
    /// Address that the SMTP message is sent from: its identity is authorised
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) from: Option<String>,
    /// Identity that SES takes for --from [default: the refused one if it fits, else the domain]
    #[arg(long, value_name = "NAME", requires = "from", help_heading = "Message")]
    pub(crate) identity: Option<String>,
    /// Configuration set of the message, named or the identity's default: it is authorised too
    #[arg(long, value_name = "NAME", help_heading = "Message")]
    pub(crate) configuration_set: Option<String>,
    /// Recipient of the message; in the sandbox each is authorised too. Repeatable. Wants --sandbox where no account is read
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) to: Vec<String>,
    /// The account is in the sandbox of SES
    #[arg(long, requires = "to", help_heading = "Message")]
    pub(crate) sandbox: bool,
    /// Form of the answer
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}
