//! What a person may type. These types end at the commands: what comes out of them is resolved there.

mod athena;
mod bundle;
mod compare;
mod experiment;
mod history;
mod minimize;
mod permissions;
mod plan;
mod policy;
mod reproduce;
mod rotate;
mod simulate;
mod stored;
mod trail;

pub(crate) use athena::{AthenaArgs, DATABASE, LakeArgs, QueryArgs, TABLE, WORKGROUP};
pub(crate) use bundle::BundleArgs;
pub(crate) use compare::CompareArgs;
pub(crate) use experiment::ExperimentArgs;
pub(crate) use history::HistoryArgs;
pub(crate) use minimize::MinimizeArgs;
pub(crate) use permissions::{PermissionTask, PermissionsArgs, PermissionsFormat, QueryPermissionsArgs};
pub(crate) use plan::{
    AgainArgs, ApplyArgs, CodeLanguage, ConnectArgs, FollowArgs, GuardArgs, PlanArgs, PlanCommand,
    PlanShowArgs, RollbackArgs, RunsCommand, RunsListArgs, RunsResumeArgs, RunsShowArgs, SettingsArgs,
    StateArgs,
};
pub(crate) use policy::{PolicyCommand, PolicyExplainArgs, SenderArgs};
pub(crate) use reproduce::{ApiCall, ReproduceArgs};
pub(crate) use rotate::{RotateArgs, StoreArg};
pub(crate) use simulate::{Expected, SimulateArgs};
pub(crate) use stored::StoredArgs;
pub(crate) use trail::{ScanArgs, ScanFormat, TrailCommand, TrailFilterArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Find why Amazon SES refuses your SMTP login, with proof.
#[derive(Debug, Parser)]
#[command(name = "ses-doctor", version, propagate_version = true, max_term_width = 100,
          after_help = crate::exit::help())]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) talk: Talk,
}

/// How the program talks, on every command.
#[derive(Debug, Args)]
pub(crate) struct Talk {
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, help_heading = "Output")]
    pub(crate) color: Color,
    /// Say nothing on standard error but errors
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Say more: -v shows the dialogue and all evidence, -vv logs what is being done
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(crate) verbose: u8,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The form of what is printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people.
    Text,
    /// For programs; the schema is published.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find the cause of a refused SMTP login
    Diagnose(Box<DiagnoseArgs>),
    /// Plan what would put it right: a file to review. Changes nothing
    Plan(Box<PlanArgs>),
    /// Rehearse a plan; with --apply, carry it out, verify it, and undo it if it did not help
    Apply(Box<ApplyArgs>),
    /// Undo a run
    Rollback(Box<RollbackArgs>),
    /// Replace the SMTP user's access key without downtime: make, prove, store, and switch off the old one once it is quiet
    Rotate(Box<RotateArgs>),
    /// See what was applied on this computer, and go on with what was stopped
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Try one SMTP endpoint and show the dialogue
    Probe(Box<ProbeArgs>),
    /// Explain the failures in a log or a pasted error: causes, reasons, and what to check next
    Explain(ExplainArgs),
    /// Check configuration files of mail clients, and mend what is mechanical
    Lint(LintArgs),
    /// Derive the SMTP password of a region, or tell which region a password belongs to
    Password(PasswordArgs),
    /// Serve a broken world on loopback: SES SMTP and the AWS APIs around it
    Lab(LabArgs),
    /// See a whole diagnosis without an AWS account
    Demo(DemoArgs),
    /// Decide requests by IAM policies as AWS does, offline
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Diagnose, and put report, evidence and transcript, redacted, into one archive for whoever is to help
    Bundle(Box<BundleArgs>),
    /// Make the same call by the SES API with the SMTP user's key, signature and all, ready to be sent to AWS Support
    Reproduce(Box<ReproduceArgs>),
    /// The least AWS policies that this program needs, every call it makes, and what each one's absence costs
    Permissions(Box<PermissionsArgs>),
    /// Search CloudTrail
    #[command(subcommand)]
    Trail(TrailCommand),
    /// List the causes that this program knows, or explain one
    Causes(CausesArgs),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DiagnoseArgs {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
    #[command(flatten)]
    pub(crate) stored: StoredArgs,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
    /// The line that the mail client logged, e.g. '535 Authentication Credentials Invalid'
    #[arg(long, value_name = "TEXT", help_heading = "Symptom")]
    pub(crate) error: Option<String>,
    /// Log of the mail client: its most telling failure is the symptom, and tells host, port, sender and recipient
    #[arg(long, value_name = "FILE", help_heading = "Symptom", conflicts_with_all = ["error", "evidence"])]
    pub(crate) log: Option<PathBuf>,
    /// Time zone of the clock that wrote the log, e.g. Europe/Berlin or +02:00, where its times bear none; this computer's
    /// if absent
    #[arg(long, value_name = "ZONE", help_heading = "Symptom")]
    pub(crate) log_zone: Option<String>,
    /// Configuration file of the mail client: host, port, TLS, user name, password and sender are taken from it where no
    /// option gives them, and its faults count as evidence. Repeatable
    #[arg(long, value_name = "FILE", help_heading = "Symptom")]
    pub(crate) config: Vec<PathBuf>,
    /// CloudTrail's files, folders, patterns or s3://BUCKET/PREFIX: what was done to the key and with it, beyond the 90 days that AWS looks up, and
    /// in data events. Repeatable
    #[arg(
        long,
        value_name = "PATH",
        help_heading = "Symptom",
        conflicts_with = "evidence"
    )]
    pub(crate) trail: Vec<PathBuf>,
    /// File with the secret access key of the SMTP user's key: lets the password be checked for every region offline
    #[arg(long, value_name = "FILE", help_heading = "Credentials")]
    pub(crate) secret_key_file: Option<PathBuf>,
    /// Do not try the login in other regions after a 535; --experiment then varies the region within its own limits
    #[arg(long, help_heading = "Limits")]
    pub(crate) no_region_sweep: bool,
    /// Do not try passwords in which found damage is mended
    #[arg(long, help_heading = "Limits")]
    pub(crate) no_repairs: bool,
    #[command(flatten)]
    pub(crate) experiment: ExperimentArgs,
    /// Touch no network: judge settings, credentials and text only
    #[arg(long, help_heading = "Limits")]
    pub(crate) offline: bool,
    /// Take the first refusal at its word: do not wait for a new session or a new access key to be known everywhere
    #[arg(long, help_heading = "Limits")]
    pub(crate) no_wait: bool,
    /// End after this many seconds with what is known by then
    #[arg(long, value_name = "SECONDS", default_value_t = 120, help_heading = "Limits",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) deadline: u64,
    /// Save the evidence, redacted, to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) evidence_out: Option<PathBuf>,
    /// Diagnose again from evidence saved with --evidence-out; touches no network
    #[arg(long, value_name = "FILE", help_heading = "Symptom", conflicts_with_all = ["evidence_out"])]
    pub(crate) evidence: Option<PathBuf>,
    /// Form of the report
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes here: 0 nothing failed, 1 a cause was found, 3 the text does not decide or is not of SES SMTP."
)]
pub(crate) struct ExplainArgs {
    /// Logs of mail clients, of any size, also compressed with gzip; - or nothing for standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A pasted error in place of files, e.g. '535 Authentication Credentials Invalid'
    #[arg(long, value_name = "TEXT", conflicts_with = "files")]
    pub(crate) text: Option<String>,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

/// Where the SMTP endpoint is and how it is reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct EndpointArgs {
    /// Region that you mean to send from [default: the one in --host, else AWS_REGION]
    #[arg(long, help_heading = "Endpoint")]
    pub(crate) region: Option<String>,
    /// Host that the mail client connects to [default: the region's SES host]
    #[arg(long, help_heading = "Endpoint")]
    pub(crate) host: Option<String>,
    /// Port that the mail client connects to [default: 587]
    #[arg(long, help_heading = "Endpoint", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// How the client begins TLS
    #[arg(long, value_enum, default_value_t = Tls::Auto, help_heading = "Endpoint")]
    pub(crate) tls: Tls,
    /// Where a region's SMTP endpoint is reached instead: proxy, tunnel, VPC endpoint, lab. Repeatable
    #[arg(
        long,
        value_name = "REGION[:PORT]=HOST:PORT",
        env = "SES_DOCTOR_SMTP_ENDPOINTS",
        value_delimiter = ',',
        help_heading = "Endpoint"
    )]
    pub(crate) smtp_endpoint: Vec<String>,
    /// PEM file with the certificate authorities to trust for SMTP, instead of the system's
    #[arg(
        long,
        value_name = "FILE",
        env = "SES_DOCTOR_TLS_CA",
        help_heading = "Endpoint"
    )]
    pub(crate) tls_ca: Option<PathBuf>,
    /// DNS server to ask instead of the system's resolver
    #[arg(
        long,
        value_name = "IP:PORT",
        env = "SES_DOCTOR_DNS_SERVER",
        help_heading = "Endpoint"
    )]
    pub(crate) dns_server: Option<SocketAddr>,
}

/// How TLS is begun, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tls {
    /// By the port, else by what the server does first.
    Auto,
    /// Plaintext first, then STARTTLS.
    Starttls,
    /// TLS from the first byte.
    Wrapper,
    /// None, as a client that forgot it. Credentials are never sent this way.
    Plain,
}

/// The pair to log in with. A password is never an argument.
#[derive(Debug, Args)]
pub(crate) struct CredentialArgs {
    /// SMTP user name, as the client has it
    #[arg(long, help_heading = "Credentials")]
    pub(crate) username: Option<String>,
    /// Read the SMTP password from standard input; one line feed at its end is not part of it
    #[arg(long, help_heading = "Credentials", conflicts_with_all = ["password_file", "password_env"])]
    pub(crate) password_stdin: bool,
    /// Read the SMTP password from a file, byte for byte: a line feed at its end counts, as it does for a client
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Credentials",
        conflicts_with = "password_env"
    )]
    pub(crate) password_file: Option<PathBuf>,
    /// Read the SMTP password from this environment variable
    #[arg(long, value_name = "VAR", help_heading = "Credentials")]
    pub(crate) password_env: Option<String>,
}

/// How AWS is read.
#[derive(Debug, Args)]
pub(crate) struct AwsArgs {
    /// AWS profile to read AWS with
    #[arg(long, help_heading = "AWS")]
    pub(crate) profile: Option<String>,
    /// Endpoint for all AWS APIs, e.g. of the lab; the SDK's own AWS_ENDPOINT_URL works too
    #[arg(long, value_name = "URL", help_heading = "AWS")]
    pub(crate) endpoint_url: Option<String>,
    /// Do not read AWS
    #[arg(long, help_heading = "AWS")]
    pub(crate) no_aws: bool,
}

/// The message that the client sends.
#[derive(Debug, Clone, Args)]
pub(crate) struct MailArgs {
    /// Address that the client sends from
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) from: Option<String>,
    /// Address that the client sends to
    #[arg(long, value_name = "ADDRESS", help_heading = "Message")]
    pub(crate) to: Option<String>,
    /// Configuration set that the client names
    #[arg(long, value_name = "NAME", help_heading = "Message")]
    pub(crate) configuration_set: Option<String>,
    /// Tenant that the client names in the header X-SES-TENANT
    #[arg(long, value_name = "NAME", help_heading = "Message")]
    pub(crate) tenant: Option<String>,
    /// Send one message (to the mailbox simulator unless --to is given): proves permission, verification and quota
    #[arg(long, requires = "from", help_heading = "Message")]
    pub(crate) send: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
    #[command(flatten)]
    pub(crate) stored: StoredArgs,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text, help_heading = "Output")]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Configuration files; `-` for standard input. Files that are read together are also checked against each other
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Mend what is mechanical; the file before is kept as FILE.bak-TIME
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with = "fix")]
    pub(crate) diff: bool,
    /// Form of what is printed
    #[arg(long, short, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) output: LintFormat,
}

/// The form of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people.
    Text,
    /// For programs; the schema is published.
    Json,
    /// For code review: SARIF 2.1.0.
    Sarif,
}

#[derive(Debug, Args)]
pub(crate) struct PasswordArgs {
    /// Region of the password [default: AWS_REGION]
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Passwords for all regions with an SMTP endpoint
    #[arg(long, conflicts_with = "region")]
    pub(crate) all_regions: bool,
    /// Tell which region an SMTP password belongs to, instead of printing one
    #[arg(long)]
    pub(crate) check: bool,
    /// File with the secret access key; without it, it is asked for on the terminal
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_key_file: Option<PathBuf>,
    /// Environment variable with the secret access key
    #[arg(long, value_name = "VAR", conflicts_with = "secret_key_file")]
    pub(crate) secret_key_env: Option<String>,
    /// Read the secret access key from standard input
    #[arg(long, conflicts_with_all = ["secret_key_file", "secret_key_env"])]
    pub(crate) secret_key_stdin: bool,
    /// With --check: file with the SMTP password
    #[arg(long, value_name = "FILE", requires = "check")]
    pub(crate) password_file: Option<PathBuf>,
    /// With --check: environment variable with the SMTP password
    #[arg(
        long,
        value_name = "VAR",
        requires = "check",
        conflicts_with = "password_file"
    )]
    pub(crate) password_env: Option<String>,
    /// With --check: read the SMTP password from standard input
    #[arg(long, requires = "check", conflicts_with_all = ["password_file", "password_env", "secret_key_stdin"])]
    pub(crate) password_stdin: bool,
    /// Form of the result
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Args)]
pub(crate) struct LabArgs {
    /// Scenario that comes with the program; see --list. Repeatable: all of them are wrong at once
    #[arg(long, value_name = "NAME", required_unless_present_any = ["list", "world"])]
    pub(crate) scenario: Vec<String>,
    /// World file of your own
    #[arg(long, value_name = "FILE", conflicts_with = "scenario")]
    pub(crate) world: Option<PathBuf>,
    /// List the scenarios
    #[arg(long, conflicts_with_all = ["scenario", "world"])]
    pub(crate) list: bool,
    /// Milliseconds added to every API call and SMTP reply
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency_ms: u64,
    /// Form of what is printed
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Scenario to diagnose; see `ses-doctor lab --list`. Repeatable: all of them are wrong at once
    #[arg(long, value_name = "NAME", default_value = "wrong-region-password")]
    pub(crate) scenario: Vec<String>,
    /// Form of the report
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,
}

#[derive(Debug, Args)]
pub(crate) struct CausesArgs {
    /// Cause to explain
    pub(crate) id: Option<String>,
    /// Form of what is printed
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output: OutputFormat,
}
