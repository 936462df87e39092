//! Which factors are worth varying, and in which order, given where the trouble shows.

use crate::evidence::Evidence;
use crate::experiment::factor::Factor;
use crate::experiment::trial::{Reach, TrialOutcome};
use client_log::Sign;
use ses_smtp::catalogue::Meaning;
use ses_smtp::probe::{FailureKind, ProbeFacts, TlsMode};
use ses_smtp::reply::Phase;

/// Shorter than the ten seconds after which SES closes by itself; a device on the way may forget a connection sooner.
const SHORT_PAUSE_MS: u32 = 4_000;
/// Longer than those (observed, not documented).
const LONG_PAUSE_MS: u32 = 12_000;

/// Where the trouble shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no address to dial.
    Unresolved,
    /// Before the login, also from here.
    Connection(TlsDoubt),
    /// At the login, also from here.
    Login,
    /// Not from here, or not this time.
    Elsewhere,
}

/// Whether the TLS mode itself is suspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TlsDoubt {
    /// The end of the probe points there.
    Suspect,
    /// Nothing points there.
    Unsuspected,
}

impl Trouble {
    pub(super) fn of(evidence: &Evidence, probe: &ProbeFacts) -> Self {
        if evidence.login_accepted() {
            return Self::Elsewhere;
        }
        let phase = match TrialOutcome::from(probe) {
            TrialOutcome::Works => return Self::Elsewhere,
            TrialOutcome::Refused { phase, .. } => phase,
            TrialOutcome::Failed(failure) => failure.phase,
        };
        let kind = probe.failure.as_ref().map(|failure| failure.kind);
        let mode = [
            FailureKind::PlaintextInsteadOfTls,
            FailureKind::TlsInsteadOfPlaintext,
        ];
        let of_mode = probe.target.tls == TlsMode::Plain || kind.is_some_and(|kind| mode.contains(&kind));
        if phase == Phase::Resolve {
            Self::Unresolved
        } else if phase == Phase::Auth && probe.target.tls != TlsMode::Plain {
            Self::Login
        } else if of_mode {
            Self::Connection(TlsDoubt::Suspect)
        } else {
            Self::Connection(TlsDoubt::Unsuspected)
        }
    }

    /// Most likely first.
    pub(super) fn factors(self, evidence: &Evidence) -> Vec<Factor> {
        use Factor::{Address, Concurrency, Mechanism, Port, Region, Session, TlsMode};
        match self {
            Self::Unresolved => Vec::new(),
            Self::Connection(TlsDoubt::Suspect) => vec![TlsMode, Address, Port],
            Self::Connection(TlsDoubt::Unsuspected) => vec![Address, Port, TlsMode],
            Self::Login if evidence.credentials_refused().is_some() => vec![Region, Mechanism],
            Self::Login => vec![Address, Mechanism],
            Self::Elsewhere => match suspect(evidence) {
                Some(Concurrency) => vec![Concurrency, Address, Session, Mechanism],
                Some(Session) => vec![Session, Address, Concurrency, Mechanism],
                Some(Mechanism) => vec![Address, Mechanism, Concurrency],
                _ => vec![Address, Concurrency, Mechanism],
            },
        }
    }

    /// How far the client's own circumstances are tried again.
    pub(super) fn repeat(self, logins: bool) -> Option<Reach> {
        match self {
            Self::Unresolved => None,
            Self::Connection(_) => Some(Reach::Connection),
            Self::Login | Self::Elsewhere if logins => Some(Reach::Login),
            Self::Login | Self::Elsewhere => Some(Reach::Connection),
        }
    }
}

/// What the client's log points to.
fn suspect(evidence: &Evidence) -> Option<Factor> {
    let meaning = evidence.reported_refusal().and_then(|refusal| refusal.meaning);
    let signs = evidence
        .reported()
        .map(|reported| reported.signs.as_slice())
        .unwrap_or_default();
    let told = |sign: Sign| signs.contains(&sign);
    match meaning {
        Some(Meaning::TooManyConnections) => Some(Factor::Concurrency),
        Some(Meaning::IdleTimeout) => Some(Factor::Session),
        _ if told(Sign::ConnectionLost) => Some(Factor::Session),
        Some(Meaning::CredentialsInvalid | Meaning::TemporaryAuthFailure) => Some(Factor::Mechanism),
        _ if told(Sign::MechanismRefused) => Some(Factor::Mechanism),
        _ => None,
    }
}

/// The pauses worth the wait. SES itself closes after about ten seconds, so the long one is asked only where the client
/// complains of that.
pub(super) fn pauses(evidence: &Evidence) -> &'static [u32] {
    let meaning = evidence.reported_refusal().and_then(|refusal| refusal.meaning);
    if meaning == Some(Meaning::IdleTimeout) {
        &[SHORT_PAUSE_MS, LONG_PAUSE_MS]
    } else {
        &[SHORT_PAUSE_MS]
    }
}
