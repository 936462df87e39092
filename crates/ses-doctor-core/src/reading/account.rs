//! What decides once the login works: the account's standing and the identities of sender and recipient.

use super::way::account_decides;
use crate::evidence::Evidence;
use crate::need::Need;
use crate::observed::Observed;
use ses_smtp::catalogue::Meaning;

/// The state of the account was asked for and could not be read.
pub(crate) fn account_unread(evidence: &Evidence) -> bool {
    account_decides(evidence) && evidence.ses_account.unavailable().is_some()
}

/// The identities that SES found unverified, sorted by the part that they play in the message.
#[derive(Debug)]
pub(crate) struct Blamed {
    /// The evidence that holds the reply.
    pub(crate) basis: Need,
    /// As SES named them.
    pub(crate) named: String,
    /// The sender, or its domain, is among them.
    pub(crate) sender: bool,
    /// The recipient is among them, and is not the sender too.
    pub(crate) recipient: bool,
    /// The first that is neither, or that nobody told which it is.
    pub(crate) unclear: Option<String>,
}

/// Sorts the identities of a `554 … not verified`, the probe's before the client's.
pub(crate) fn blamed(evidence: &Evidence) -> Option<Blamed> {
    let refusal = super::ses_said(evidence, |meaning| matches!(meaning, Meaning::NotVerified { .. }))?;
    let Some(Meaning::NotVerified { identities, .. }) = refusal.meaning else {
        return None;
    };
    // The client's login in the sender's place says nothing of the sender.
    if identities.iter().any(|named| !named.contains(['@', '.'])) {
        return None;
    }
    let symptom = evidence.symptom.known();
    let from = symptom.and_then(|symptom| symptom.from.as_deref()).map(bare);
    let to = symptom.and_then(|symptom| symptom.to.as_deref()).map(bare);
    let of_header = || {
        identities
            .iter()
            .filter(|named| stands_in_from_header(named))
            .map(|named| bare(named))
    };
    let of_sender = |identity: &String| match &from {
        Some(from) => covers(identity, from),
        // Nobody told the sender: SES names header fields as they are written, and recipients as bare addresses; and it
        // checks nobody else than senders and recipients.
        None => of_header().any(|named| named == *identity) || to.as_ref().is_some_and(|to| to != identity),
    };
    let of_recipient = |identity: &String| to.as_ref() == Some(identity) && !of_sender(identity);
    let all: Vec<String> = identities.iter().map(|identity| bare(identity)).collect();
    let unclear = all
        .iter()
        .find(|identity| !of_sender(identity) && !of_recipient(identity))
        .cloned();
    Some(Blamed {
        basis: refusal.basis,
        named: if all.is_empty() {
            "an address that it does not name".into()
        } else {
            identities.join(", ")
        },
        sender: all.iter().any(of_sender),
        recipient: all.iter().any(of_recipient),
        unclear: unclear.or_else(|| all.is_empty().then(String::new)),
    })
}

/// `Name <user@example.com>` to the address alone, in lower case.
pub(crate) fn bare(address: &str) -> String {
    as_written(address).to_lowercase()
}

/// `Name <User@example.com>` to the address alone, in the case that it is written in.
pub(crate) fn as_written(address: &str) -> &str {
    let inner = address
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(inner, _)| inner);
    inner.unwrap_or(address).trim()
}

/// `Name <user@example.com>`, a whole domain, or the address of a program: no recipient of the envelope.
fn stands_in_from_header(named: &str) -> bool {
    const PROGRAMS: [&str; 16] = [
        "noreply",
        "no-reply",
        "no_reply",
        "donotreply",
        "do-not-reply",
        "mailer-daemon",
        "postmaster",
        "wordpress",
        "www-data",
        "root",
        "alertmanager",
        "notifications",
        "bounce",
        "bounces",
        "nobody",
        "mailer",
    ];
    let address = bare(named);
    let local = address.split(['@', '+']).next().unwrap_or_default();
    named.contains('<') || (!address.contains('@') && address.contains('.')) || PROGRAMS.contains(&local)
}

/// An identity covers an address if it is that address, its domain or a parent domain.
pub(crate) fn covers(identity: &str, address: &str) -> bool {
    let domain = address.rsplit_once('@').map(|(_, domain)| domain);
    identity == address
        || domain.is_some_and(|domain| {
            domain == identity
                || domain
                    .strip_suffix(identity)
                    .is_some_and(|rest| rest.ends_with('.'))
        })
}

/// The sender's identity is known to be missing or unverified here.
pub(crate) fn sender_is_unverified(evidence: &Evidence) -> bool {
    let told = evidence
        .symptom
        .known()
        .is_some_and(|symptom| symptom.from.is_some());
    let identity = &evidence.sender_identity;
    told && (identity.is_missing()
        || identity
            .known()
            .is_some_and(|identity| !identity.verified_for_sending))
}

/// What the other regions say of the sender.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    /// Verified in these.
    VerifiedIn(Vec<String>),
    /// All answered, and it is verified in none.
    Nowhere,
    /// Nobody asked, or some did not answer.
    NotTold,
}

/// Reads the sender's identities in the other regions.
pub(crate) fn elsewhere(evidence: &Evidence) -> Elsewhere {
    let places = match &evidence.sender_identity_elsewhere.observed {
        Observed::Known(places) => places,
        Observed::Missing => return Elsewhere::Nowhere,
        Observed::Denied { .. } | Observed::Failed { .. } | Observed::NotAsked => return Elsewhere::NotTold,
    };
    let verified = places
        .iter()
        .filter(|place| matches!(&place.identity, Ok(Some(there)) if there.verified_for_sending));
    let verified: Vec<String> = verified.map(|place| place.region.clone()).collect();
    match verified.is_empty() {
        false => Elsewhere::VerifiedIn(verified),
        true if places.iter().all(|place| place.identity.is_ok()) => Elsewhere::Nowhere,
        true => Elsewhere::NotTold,
    }
}
