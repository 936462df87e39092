//! What CloudTrail tells of the key.

use crate::evidence::{Evidence, TrailEvent, TrailHistory};
use crate::need::Need;
use crate::observed::Observation;

/// Everything that CloudTrail told, each event with the evidence that holds it.
pub(crate) fn histories(evidence: &Evidence) -> [(Need, &Observation<TrailHistory>); 8] {
    [
        (Need::KeyEvents, &evidence.key_events),
        (Need::UserEvents, &evidence.user_events),
        (Need::PolicyEvents, &evidence.policy_events),
        (Need::SesEvents, &evidence.ses_events),
        (Need::OrganizationEvents, &evidence.organization_events),
        (Need::VpcEvents, &evidence.vpc_events),
        (Need::SecretEvents, &evidence.secret_events),
        (Need::ArchivedEvents, &evidence.archived_events),
    ]
}

/// The changes of the key and its user that were carried out, each with the evidence that holds it.
pub(crate) fn events(evidence: &Evidence) -> impl Iterator<Item = (Need, &TrailEvent)> {
    let [of_key, of_user, .., of_files] = histories(evidence);
    let all = [of_key, of_user, of_files]
        .into_iter()
        .flat_map(|(need, history)| {
            let events = history.known().into_iter().flat_map(|history| &history.events);
            events.map(move |event| (need, event))
        });
    all.filter(|(_, event)| event.succeeded())
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
