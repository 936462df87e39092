//! The resources of SES that a message uses: its configuration set, and the tenant that it is sent for.

use crate::evidence::Evidence;
use crate::need::Need;

/// The configuration set that the client names, else the default one of the sender's identity, and whence it is known.
pub(crate) fn configuration_set(evidence: &Evidence) -> Option<(&str, Need)> {
    let by_client = evidence.symptom.known()?.configuration_set.as_deref();
    let by_client = by_client
        .filter(|name| !name.is_empty())
        .map(|name| (name, Need::Symptom));
    let by_identity = || {
        let identity = evidence.sender_identity.known()?;
        Some((identity.configuration_set.as_deref()?, Need::SenderIdentity))
    };
    by_client.or_else(by_identity)
}

/// The client names no configuration set, and whether the sender's identity has a default one could not be read.
pub(crate) fn default_set_unread(evidence: &Evidence) -> bool {
    configuration_set(evidence).is_none() && evidence.sender_identity.unavailable().is_some()
}

/// The tenant that the client names.
pub(crate) fn tenant(evidence: &Evidence) -> Option<&str> {
    let name = evidence.symptom.known()?.tenant.as_deref();
    name.filter(|name| !name.is_empty())
}
