//! One trial: under which circumstances, how far it went, and how it ended.

use super::factor::Factor;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::probe::{Failure, Mechanism, TlsMode};
use ses_smtp::reply::{Phase, Reply};
use std::net::IpAddr;

/// The circumstances of a trial, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The region of the host, where it has one.
    pub region: Option<String>,
    /// The host name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How TLS begins.
    pub tls: TlsMode,
    /// How a login is made; without a login it does not matter.
    pub mechanism: Mechanism,
    /// The one address to dial; `None`: whichever of the host's answers first.
    pub address: Option<IpAddr>,
    /// Connections that are open at the same time.
    pub connections: u8,
    /// Silence on the connection before it is used again; 0: a fresh connection, used at once.
    pub pause_ms: u32,
}

/// How far a trial goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Up to EHLO under TLS: no password is sent, and nothing counts against the account.
    Connection,
    /// AUTH.
    Login,
}

/// Why a trial is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It was made before the experiment: the probe.
    Given,
    /// The first look at one level of a factor.
    Screening,
    /// A fresh trial that tests what the first look showed.
    Confirmation,
    /// The client's own circumstances once more: does the fault come and go?
    Repetition,
    /// One of a series of a length fixed beforehand, for a fault that comes and goes.
    Comparison,
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialOutcome {
    /// It went as far as it was meant to.
    Works,
    /// A refusing reply.
    Refused {
        /// To what.
        phase: Phase,
        /// The reply.
        reply: Reply,
    },
    /// It broke off without one.
    Failed(Failure),
}

/// One trial that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Why.
    pub purpose: Purpose,
    /// The factor that it looks at; `None` for the client's own circumstances.
    pub factor: Option<Factor>,
    /// How far.
    pub reach: Reach,
    /// Under which circumstances.
    pub setup: Setup,
    /// How it ended.
    pub outcome: TrialOutcome,
    /// The address that took the connection.
    pub peer: Option<IpAddr>,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// Why an experiment ended before its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// SES asked for less again and again, after growing pauses.
    Throttled,
    /// A login that was taken before is refused every time now. That SES locks anybody out is not documented; nobody
    /// should find out by trying.
    LockedOut,
    /// By the person.
    Interrupted,
    /// The overall deadline passed.
    Deadline,
}

impl TrialOutcome {
    /// Whether it went well.
    pub fn works(&self) -> bool {
        *self == Self::Works
    }

    /// The refusing reply.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Refused { reply, .. } => Some(reply),
            Self::Works | Self::Failed(_) => None,
        }
    }

    /// The failure without a reply.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Works | Self::Refused { .. } => None,
        }
    }

    /// SES asks for less, or for later: AWS's advice is growing pauses (developer guide, "Amazon SES SMTP issues").
    pub fn asks_for_less(&self) -> bool {
        let meaning = self.reply().and_then(catalogue::recognise);
        let busy = [
            Meaning::TooManyConnections,
            Meaning::TemporaryAuthFailure,
            Meaning::TemporaryServiceFailure,
            Meaning::RateExceeded,
        ];
        meaning.is_some_and(|meaning| busy.contains(&meaning))
    }

    /// The pair was refused.
    pub(super) fn refuses_pair(&self) -> bool {
        self.reply().is_some_and(|reply| reply.code == 535)
    }

    /// The end in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Works => "works".to_owned(),
            Self::Refused { reply, .. } => reply.to_string(),
            Self::Failed(failure) => failure.detail.clone(),
        }
    }
}

impl Stop {
    /// In words, as the end of "stopped: …".
    pub fn words(self) -> &'static str {
        match self {
            Self::Throttled => "SES asked for less again and again, after growing pauses too",
            Self::LockedOut => {
                "a login that had worked was refused every time by then, and more might lock it out"
            }
            Self::Interrupted => "by the person",
            Self::Deadline => "the overall deadline passed (raise it with --deadline)",
        }
    }
}
