//! What further logins and connections told, beside the probe itself ([`ses_smtp::probe::ProbeFacts`]).

use serde::{Deserialize, Serialize};
use ses_smtp::credential::Damage;
use ses_smtp::probe::{Failure, Target};
use ses_smtp::reply::Reply;

/// The end of one login attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginOutcome {
    /// `235`.
    Accepted,
    /// A refusing reply to AUTH.
    Refused(Reply),
    /// AUTH was never answered.
    NotReached(Failure),
}

/// The login in one other region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionLogin {
    /// The region.
    pub region: String,
    /// How it ended.
    pub outcome: LoginOutcome,
}

/// The login with a mended pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairLogin {
    /// What was mended.
    pub damage: Vec<Damage>,
    /// User name and password were put in each other's place.
    pub swapped: bool,
    /// How it ended.
    pub outcome: LoginOutcome,
}

/// One other port of the same host: whether a greeting came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortCheck {
    /// Where it went.
    pub target: Target,
    /// A greeting came (after the TLS handshake on wrapper ports).
    pub reachable: bool,
    /// Why not.
    pub failure: Option<Failure>,
}
