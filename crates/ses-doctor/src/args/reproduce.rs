//! What may be typed after `reproduce`.

use super::OutputFormat;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// A call of SES API v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApiCall {
    /// SendEmail with a raw message: what SMTP does, by the API.
    SendEmail,
    /// GetAccount: reads, and changes nothing. An SMTP user is usually refused it, which proves the key all the same.
    GetAccount,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Nothing is sent without --send. Exit codes here: 0 not sent, or SES took it; 1 the answer points to a cause; 3 no answer of AWS."
)]
pub(crate) struct ReproduceArgs {
    /// The call
    #[arg(long, value_enum, default_value_t = ApiCall::SendEmail)]
    pub(crate) call: ApiCall,
    /// Send it; send-email goes to the mailbox simulator unless --to is given
    #[arg(long)]
    pub(crate) send: bool,
    /// Region of the endpoint [default: AWS_REGION]
    #[arg(long, help_heading = "Endpoint")]
    pub(crate) region: Option<String>,
    /// Endpoint of SES API v2, e.g. of the lab; the SDK's own AWS_ENDPOINT_URL_SESV2 and AWS_ENDPOINT_URL work too
    #[arg(long, value_name = "URL", help_heading = "Endpoint")]
    pub(crate) endpoint_url: Option<String>,
    /// PEM file with the certificate authorities to trust, instead of the system's
    #[arg(long, value_name = "FILE", help_heading = "Endpoint")]
    pub(crate) tls_ca: Option<PathBuf>,
    /// Access key id: the user name of SMTP
    #[arg(long, value_name = "KEY", help_heading = "Key", conflicts_with = "profile")]
    pub(crate) username: Option<String>,
    /// File with the secret access key of that key (not the SMTP password, which cannot sign)
    #[arg(long, value_name = "FILE", help_heading = "Key", requires = "username")]
    pub(crate) secret_key_file: Option<PathBuf>,
    /// Environment variable with the secret access key
    #[arg(
        long,
        value_name = "VAR",
        help_heading = "Key",
        requires = "username",
        conflicts_with = "secret_key_file"
    )]
    pub(crate) secret_key_env: Option<String>,
    /// Read the secret access key from standard input
    #[arg(long, help_heading = "Key", requires = "username", conflicts_with_all = ["secret_key_file", "secret_key_env"])]
    pub(crate) secret_key_stdin: bool,
    /// AWS profile that holds the key
    #[arg(long, help_heading = "Key")]
    pub(crate) profile: Option<String>,
    /// Not usable here: an SMTP password cannot sign an API call
    #[arg(long, value_name = "FILE", help_heading = "Key", hide = true)]
    pub(crate) password_file: Option<PathBuf>,
    /// Not usable here: an SMTP password cannot sign an API call
    #[arg(long, value_name = "VAR", help_heading = "Key", hide = true)]
    pub(crate) password_env: Option<String>,
    /// Not usable here: an SMTP password cannot sign an API call
    #[arg(long, help_heading = "Key", hide = true)]
    pub(crate) password_stdin: bool,
    /// Address to send from
    #[arg(
        long,
        value_name = "ADDRESS",
        help_heading = "Message",
        required_if_eq("call", "send-email")
    )]
    pub(crate) from: Option<String>,
    /// Address to send to [default: the mailbox simulator]
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) to: Option<String>,
    /// Configuration set to name
    #[arg(long, value_name = "NAME", help_heading = "Message")]
    pub(crate) configuration_set: Option<String>,
    /// Also save it to this file, for its owner only: as JSON if the name ends in .json, else as text
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Form of what is printed
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}
