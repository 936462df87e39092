//! A refused permission, as far as the text of the refusal tells.

use super::wire::ses_said;
use crate::evidence::Evidence;
use crate::need::Need;
use ses_smtp::catalogue::Meaning;

/// Which layer of IAM refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// No identity-based policy allows it, by SES's own word.
    Identity,
    /// Another layer, by SES's own word: an explicit deny, a boundary, a policy of the organisation.
    Other,
    /// The text does not say; over SMTP it never has, in any sample seen.
    Untold,
}

/// What was refused to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) basis: Need,
    /// ARN of the principal.
    pub(crate) user: String,
    /// Such as `ses:SendRawEmail`.
    pub(crate) action: String,
    /// ARN of the identity, the configuration set, or in the sandbox the recipient.
    pub(crate) resource: String,
    pub(crate) layer: Layer,
}

/// The refused permission that the probe or the client's log shows.
pub(crate) fn denial(evidence: &Evidence) -> Option<Denial> {
    let refusal = ses_said(evidence, |meaning| matches!(meaning, Meaning::AccessDenied { .. }))?;
    let Some(Meaning::AccessDenied {
        user_arn,
        action,
        resource,
        reason,
    }) = refusal.meaning
    else {
        return None;
    };
    Some(Denial {
        basis: refusal.basis,
        user: user_arn,
        action,
        resource,
        layer: layer(reason.as_deref()),
    })
}

fn layer(reason: Option<&str>) -> Layer {
    match reason {
        Some(reason) if reason.contains("no identity-based policy allows") => Layer::Identity,
        Some(reason) if reason.contains("explicit deny") || reason.contains("because no ") => Layer::Other,
        Some(_) | None => Layer::Untold,
    }
}
