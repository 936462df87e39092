//! The person with the trouble, and the person who helps.

use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;

use super::secret::Submitted;

/// What the person with the trouble has in the configuration of their mail client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The region they believe to use.
    pub region: String,
    /// The host name; `email-smtp.REGION.amazonaws.com` if absent.
    pub host: Option<String>,
    /// The port as the client knows it (the lab listens on another one).
    #[serde(default = "submission")]
    pub port: u16,
    /// How the client starts TLS.
    #[serde(default)]
    pub tls: TlsMode,
    /// The SMTP user name.
    pub username: Submitted,
    /// The SMTP password.
    pub password: Submitted,
    /// The envelope and header sender.
    pub from: Option<String>,
    /// The recipient.
    pub to: Option<String>,
    /// The configuration set the client names in `X-SES-CONFIGURATION-SET`.
    pub configuration_set: Option<String>,
    /// The tenant the client names in `X-SES-TENANT`.
    pub tenant: Option<String>,
    /// The secret of Secrets Manager that the client is to have its pair from: `diagnose` gets it with `--password-secret`.
    pub secret: Option<String>,
    /// The parameter of Systems Manager, likewise, with `--password-parameter`.
    pub parameter: Option<String>,
    /// `diagnose` gets user name and password as the client has them; otherwise only where they are stored (a user name that
    /// is not stored with the password is given all the same).
    #[serde(default = "yes")]
    pub own_pair: bool,
    /// The public address that the client's traffic leaves from, which policies see as `aws:SourceIp`.
    #[serde(default = "documentation_address")]
    pub source_ip: IpAddr,
    /// The line that the client logged.
    pub error: Option<String>,
    /// Which certification authorities the client trusts.
    #[serde(default)]
    pub trust: Trust,
    /// The trouble shows only when circumstances are varied: the diagnosis is asked for with `--experiment`.
    #[serde(default)]
    pub experiment: bool,
    /// The client's configuration files.
    #[serde(default)]
    pub file: Vec<ConfigFile>,
}

/// A configuration file of the client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its text. `@USERNAME@` and `@PASSWORD@` stand for what the client submits.
    pub text: String,
}

impl Client {
    /// The host name the client connects to.
    pub fn host_name(&self) -> String {
        self.host
            .clone()
            .unwrap_or_else(|| format!("email-smtp.{}.amazonaws.com", self.region))
    }
}

/// Of TEST-NET-1 (RFC 5737).
fn documentation_address() -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10))
}

fn yes() -> bool {
    true
}

fn submission() -> u16 {
    587
}

/// How a client starts TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TlsMode {
    /// Plain at first, then `STARTTLS`.
    Starttls,
    /// TLS from the first byte.
    Wrapper,
    /// By the port number.
    #[default]
    Auto,
    /// No TLS at all.
    Plain,
}

impl TlsMode {
    /// The word for it in a world file and on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Starttls => "starttls",
            Self::Wrapper => "wrapper",
            Self::Auto => "auto",
            Self::Plain => "plain",
        }
    }
}

/// Which certification authorities the client's machine knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Trust {
    /// The one that signs the lab's SES certificates.
    #[default]
    Current,
    /// An old bundle without it.
    Outdated,
}

/// The AWS credentials of the person who diagnoses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// The access key; it must be in the world.
    pub key: String,
    /// The credentials are temporary ones, and this is their session token.
    pub session_token: Option<super::secret::Secret>,
    /// The API answers `ExpiredToken` to every call.
    #[serde(default)]
    pub expired: bool,
    /// For so many seconds after the start of the lab, AWS does not know the session, or gives it no permission.
    #[serde(default)]
    pub propagation_seconds: f64,
    /// What it answers meanwhile.
    #[serde(default)]
    pub propagation_error: PropagationError,
    /// The JSON texts of policies that say what the person may do; without them everything is allowed.
    pub policies: Option<Vec<String>>,
    /// The person also has the secret access key behind the SMTP password.
    #[serde(default)]
    pub secret_key_at_hand: bool,
}

/// How AWS refuses a session that is too new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PropagationError {
    /// As a key that it does not know.
    #[default]
    UnknownKey,
    /// As if it had no permission.
    Denied,
}
