//! Options of `plan`, `apply`, `rollback` and `runs`.

use super::{AwsArgs, CredentialArgs, DiagnoseArgs, EndpointArgs, OutputFormat, Tls};
use crate::attendance::AttendanceArgs;
use clap::{Args, Subcommand, ValueEnum};
use std::net::IpAddr;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct PlanArgs {
    #[command(subcommand)]
    pub(crate) command: Option<PlanCommand>,
    #[command(flatten)]
    pub(crate) diagnose: DiagnoseArgs,
    /// Write the plan to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Print the plan as code in place of a diff: commands, resources with import blocks, or a template
    #[arg(
        long = "as",
        value_name = "LANGUAGE",
        value_enum,
        help_heading = "Output",
        conflicts_with = "output"
    )]
    pub(crate) language: Option<CodeLanguage>,
    /// Address that the client sends from, as AWS sees it: for a condition on aws:SourceIp
    #[arg(long, value_name = "IP", help_heading = "Fix")]
    pub(crate) source_ip: Option<IpAddr>,
    /// The client as a security group sees it: an address range, or the id of its own group
    #[arg(long, value_name = "CIDR|sg-ID", help_heading = "Fix", value_parser = client_source)]
    pub(crate) client_source: Option<String>,
}

/// A language for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodeLanguage {
    /// Commands of the AWS CLI, and the way back.
    Cli,
    /// Resources of Terraform, as they are after the plan.
    Terraform,
    /// A template of CloudFormation, as things are after the plan.
    #[value(name = "cloudformation")]
    CloudFormation,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Show a plan that was saved, offline: as a diff, or as code
    Show(PlanShowArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PlanShowArgs {
    /// The plan, a file that `plan --out` wrote
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    /// Show it as code in place of a diff
    #[arg(
        long = "as",
        value_name = "LANGUAGE",
        value_enum,
        help_heading = "Output",
        conflicts_with = "output"
    )]
    pub(crate) language: Option<CodeLanguage>,
    /// Form of the plan
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

/// An address range in CIDR notation, or the id of a security group. Not everybody.
fn client_source(text: &str) -> Result<String, String> {
    let wrong = || "give an address range such as 10.1.0.0/16, or the id of a security group".to_owned();
    if let Some(id) = text.strip_prefix("sg-") {
        let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return plain.then(|| text.to_owned()).ok_or_else(wrong);
    }
    let (address, length) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let length: u8 = length.parse().map_err(|_| wrong())?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    match length {
        0 => Err("everybody is never let in; give the client's own range".to_owned()),
        _ if length > longest => Err(wrong()),
        _ => Ok(text.to_owned()),
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes here: 0 applied and verified (or: it could be applied), 1 applied, and a cause is left that the plan \
                  does not cure, 3 applied, and not verified, 4 refused: nothing was changed, 5 failed and rolled back, 6 \
                  failed and not rolled back."
)]
pub(crate) struct ApplyArgs {
    /// The plan, a file that `plan --out` wrote
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    /// Really apply it; without this, everything is read again and checked, and nothing is changed
    #[arg(long)]
    pub(crate) apply: bool,
    /// Try the plan in this account, which ses-doctor.toml labels otherwise than production: the same steps on the things of the
    /// same names there, with that account's credentials. Carried out there, it opens the way to production
    #[arg(long, value_name = "ACCOUNT", help_heading = "Guards")]
    pub(crate) rehearse_in: Option<String>,
    #[command(flatten)]
    pub(crate) guards: GuardArgs,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Count the remediation in CloudWatch: metric Remediations of the namespace SesDoctor, dimensions Outcome, By and Cause
    #[arg(long, help_heading = "Notices")]
    pub(crate) metric: bool,
    /// Commit the snapshot to this git repository before the first change
    #[arg(long, value_name = "FOLDER", help_heading = "State")]
    pub(crate) snapshot_repo: Option<PathBuf>,
    /// Consent to a one-way step, by its number in the plan, or as delete-key:KEY_ID or delete-version:POLICY:VERSION. Repeatable
    #[arg(long, value_name = "STEP", help_heading = "Guards")]
    pub(crate) allow_one_way: Vec<String>,
    /// Of a rotation: stay until the old key is quiet; without this, the run ends there and `runs resume` goes on
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
    #[command(flatten)]
    pub(crate) aws: ConnectArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

/// Guards that a person sets aside.
#[derive(Debug, Args)]
pub(crate) struct GuardArgs {
    /// Change an account that ses-doctor.toml labels as production without a rehearsal in another
    #[arg(long, help_heading = "Guards")]
    pub(crate) production: bool,
    /// Change something outside of the maintenance windows, for this reason
    #[arg(long, value_name = "REASON", help_heading = "Guards", value_parser = reason)]
    pub(crate) override_window: Option<String>,
    /// Fix a cause again that was fixed by automatic runs too often lately, for this reason
    #[arg(long, value_name = "REASON", help_heading = "Guards", value_parser = reason)]
    pub(crate) override_breaker: Option<String>,
    #[command(flatten)]
    pub(crate) attendance: AttendanceArgs,
}

/// Words that somebody can read later.
fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why, in a few words".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// What the team has settled.
#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// File with account labels, maintenance windows, notices and more [default: ses-doctor.toml in this folder, if it is there]
    #[arg(
        long,
        value_name = "FILE",
        env = "SES_DOCTOR_SETTINGS",
        help_heading = "Guards"
    )]
    pub(crate) settings: Option<PathBuf>,
}

/// How the symptom is tried again afterwards. The plan knows how it was tried; what is given here counts first.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
    #[command(flatten)]
    pub(crate) mail: AgainArgs,
    /// Try for so many seconds, as what was changed may take a while to be in force
    #[arg(long, value_name = "SECONDS", default_value_t = 60, help_heading = "Verification",
          value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub(crate) verify_for: u64,
    /// Leave what was done in place, even if a step or the verification fails
    #[arg(long, help_heading = "Verification")]
    pub(crate) no_rollback: bool,
}

/// The message of the verification, where it is another than the plan's.
#[derive(Debug, Clone, Args)]
pub(crate) struct AgainArgs {
    /// Address that the client sends from
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) from: Option<String>,
    /// Address that the client sends to
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) to: Option<String>,
    /// Configuration set that the client names
    #[arg(long, value_name = "NAME", help_heading = "Message")]
    pub(crate) configuration_set: Option<String>,
    /// Verify with a message, too (to the mailbox simulator where no recipient is known), as a plan made with --send does
    #[arg(long, help_heading = "Message")]
    pub(crate) send: bool,
}

impl FollowArgs {
    /// For what has no symptom to try.
    pub(crate) fn nothing() -> Self {
        Self {
            endpoint: EndpointArgs {
                region: None,
                host: None,
                port: None,
                tls: Tls::Auto,
                smtp_endpoint: Vec::new(),
                tls_ca: None,
                dns_server: None,
            },
            credentials: CredentialArgs {
                username: None,
                password_stdin: false,
                password_file: None,
                password_env: None,
            },
            mail: AgainArgs {
                from: None,
                to: None,
                configuration_set: None,
                send: false,
            },
            verify_for: 0,
            no_rollback: true,
        }
    }
}

/// Where runs are kept.
#[derive(Debug, Clone, Args)]
pub(crate) struct StateArgs {
    /// Folder in which runs are kept [default: the platform's state directory]
    #[arg(
        long,
        value_name = "FOLDER",
        env = "SES_DOCTOR_STATE_DIR",
        help_heading = "State"
    )]
    pub(crate) state_dir: Option<PathBuf>,
}

/// How AWS is reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConnectArgs {
    /// AWS profile to read and change AWS with
    #[arg(long, help_heading = "AWS")]
    pub(crate) profile: Option<String>,
    /// Endpoint for all AWS APIs, e.g. of the lab; the SDK's own AWS_ENDPOINT_URL works too
    #[arg(long, value_name = "URL", help_heading = "AWS")]
    pub(crate) endpoint_url: Option<String>,
}

impl ConnectArgs {
    /// The same for reading.
    pub(crate) fn reading(&self) -> AwsArgs {
        AwsArgs {
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            no_aws: false,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// The run to undo
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// Really undo it; without this, everything is read again and checked, and nothing is changed
    #[arg(long)]
    pub(crate) apply: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    #[command(flatten)]
    pub(crate) aws: ConnectArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List the runs, newest first
    List(RunsListArgs),
    /// Show a run: its plan, what was done, and what came of it
    Show(RunsShowArgs),
    /// Go on with a run that was stopped before its end
    Resume(Box<RunsResumeArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct RunsListArgs {
    #[command(flatten)]
    pub(crate) state: StateArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Args)]
pub(crate) struct RunsShowArgs {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Args)]
pub(crate) struct RunsResumeArgs {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// Of a rotation: stay until the old key is quiet
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
    #[command(flatten)]
    pub(crate) aws: ConnectArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_no_client() {
        for good in ["10.1.0.0/16", "203.0.113.7/32", "fd00::/8", "sg-0a1b"] {
            assert_eq!(client_source(good).as_deref(), Ok(good));
        }
        for bad in [
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0",
            "10.0.0.0/33",
            "sg-",
            "sg-a b",
            "web",
            "x/8",
        ] {
            assert!(client_source(bad).is_err(), "{bad}");
        }
    }
}
