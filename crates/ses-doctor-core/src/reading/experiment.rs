//! What an experiment showed, as causes read it.

use crate::evidence::Evidence;
use crate::experiment::{Factor, Flip, TrialOutcome};
use ses_smtp::probe::{FailureKind, TlsMode};
use ses_smtp::reply::Phase;

/// One of these factors decides the outcome; with the proof in words.
pub(crate) fn flipped<'a>(evidence: &'a Evidence, factors: &[Factor]) -> Option<(&'a Flip, String)> {
    let flip = evidence.flip().filter(|flip| factors.contains(&flip.factor))?;
    let why = format!(
        "with {} {} of {} fresh trials failed ({}), with {} {} of {} worked",
        flip.failing().join(", "),
        flip.tally.fails_failed,
        flip.tally.fails_failed + flip.tally.fails_worked,
        flip.failure.words(),
        flip.working().join(", "),
        flip.tally.works_worked,
        flip.tally.works_failed + flip.tally.works_worked,
    );
    Some((flip, why))
}

/// How one address of the DNS answer fails while others work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadAddress {
    /// Nothing comes back from it.
    Silent,
    /// Nothing listens there, or something that is not SES.
    NotSes,
    /// Its certificate is not trusted.
    Untrusted,
}

/// One address, or one family of addresses, fails where the others work.
pub(crate) fn bad_address(evidence: &Evidence) -> Option<(BadAddress, String)> {
    let (flip, why) = flipped(evidence, &[Factor::Address, Factor::AddressFamily])?;
    let failure = flip.failure.failure()?;
    let kind = match (failure.phase, failure.kind) {
        (Phase::Connect, FailureKind::TimedOut | FailureKind::Unreachable)
        | (Phase::Greeting, FailureKind::TimedOut) => BadAddress::Silent,
        (Phase::Connect, FailureKind::Refused) | (_, FailureKind::NotSmtp | FailureKind::NotSes) => {
            BadAddress::NotSes
        }
        (_, FailureKind::Certificate) => BadAddress::Untrusted,
        _ => return None,
    };
    Some((kind, why))
}

/// The TLS mode decides; true when the client uses no TLS at all.
pub(crate) fn mode_flips(evidence: &Evidence) -> Option<(bool, String)> {
    let (flip, why) = flipped(evidence, &[Factor::TlsMode])?;
    let plain = flip.fails.iter().any(|setup| setup.tls == TlsMode::Plain);
    Some((plain, why))
}

/// The reply code with which the failing levels fail.
pub(crate) fn code(flip: &Flip) -> Option<u16> {
    match &flip.failure {
        TrialOutcome::Refused { reply, .. } => Some(reply.code),
        TrialOutcome::Works | TrialOutcome::Failed(_) => None,
    }
}
