//! A configuration set that stands in the way: paused, or the default of an identity and not there.

use super::{Fix, Wishes, request};
use crate::action::{ConfigurationSetSending, IdentityConfigurationSet};
use crate::diagnosis::Judged;
use crate::evidence::Evidence;
use crate::plan::{Risk, Step};

/// Only where the identity brings the set along; what the client names is the client's to correct.
pub(super) fn without_default(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    let symptom = evidence.symptom.known();
    let named = symptom.and_then(|symptom| symptom.configuration_set.as_deref());
    let identity = evidence.sender_identity.known();
    let default = identity.and_then(|identity| Some((identity, identity.configuration_set.clone()?)));
    let (None, Some((identity, set)), true) = (
        named.filter(|name| !name.is_empty()),
        default,
        evidence.configuration_set.is_missing(),
    ) else {
        return request::by_remedy(evidence, judged).into();
    };
    Step {
        causes: vec![judged.cause.id.to_owned()],
        action: IdentityConfigurationSet {
            identity: identity.name.clone(),
            before: Some(set.clone()),
            after: None,
            names_nothing: true,
        }
        .into(),
        why: format!(
            "the set {set} does not exist in {}, so that no message gets through with it",
            identity.region
        ),
        risk: Risk::Low,
        risk_why:
            "events of these messages are published nowhere, as they were not with a set that does not exist"
                .to_owned(),
        blast_radius: vec![format!(
            "everybody who sends from {} in {} without naming a set: their messages are refused now",
            identity.name, identity.region
        )],
        proof: vec!["SES answers that there is no such set".to_owned()],
    }
    .into()
}

/// Sending through a set that somebody, or AWS, has paused.
pub(super) fn resume(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    let Some(set) = evidence
        .configuration_set
        .known()
        .filter(|set| !set.sending_enabled)
    else {
        return request::by_remedy(evidence, judged).into();
    };
    Step {
        causes: vec![judged.cause.id.to_owned()],
        action: ConfigurationSetSending {
            name: set.name.clone(),
            before: false,
            after: true,
        }
        .into(),
        why: format!("switches sending through the set {} on again", set.name),
        risk: Risk::Medium,
        risk_why: "it was switched off by a person, or by an alarm on the set's bounces and complaints"
            .to_owned(),
        blast_radius: vec![format!("everybody whose messages use the set {}", set.name)],
        proof: vec!["SES says that sending through the set is off".to_owned()],
    }
    .into()
}
