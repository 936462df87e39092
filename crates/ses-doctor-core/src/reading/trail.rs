//! What CloudTrail tells of the key.

use crate::evidence::{Evidence, TrailEvent};
use crate::need::Need;

/// The changes that were carried out, each with the evidence that holds it.
pub(crate) fn events(evidence: &Evidence) -> impl Iterator<Item = (Need, &TrailEvent)> {
    let of_key = evidence
        .key_events
        .known()
        .into_iter()
        .flatten()
        .map(|event| (Need::KeyEvents, event));
    let of_user = evidence
        .user_events
        .known()
        .into_iter()
        .flatten()
        .map(|event| (Need::UserEvents, event));
    of_key.chain(of_user).filter(|(_, event)| event.succeeded())
}

/// The event acted upon this very key, not only upon its user.
pub(crate) fn is_on_key(event: &TrailEvent, key: &str) -> bool {
    event.access_key_id.as_deref() == Some(key) || event.resources.iter().any(|resource| resource == key)
}

/// The newest change of this key that satisfies `is`.
pub(crate) fn change_of_key<'a>(
    evidence: &'a Evidence,
    key: &str,
    is: impl Fn(&TrailEvent) -> bool,
) -> Option<(Need, &'a TrailEvent)> {
    events(evidence)
        .filter(|(_, event)| is_on_key(event, key) && is(event))
        .max_by_key(|(_, event)| event.at)
}

/// "AWS user did X at T from IP", for a proof.
pub(crate) fn who_and_when(event: &TrailEvent) -> String {
    let actor = event.actor.as_deref().unwrap_or("somebody");
    let from = event
        .source_ip
        .as_deref()
        .map_or_else(String::new, |ip| format!(" from {ip}"));
    format!("{actor} called {} at {}{from}", event.name, event.at)
}
