//! Taking away a default configuration set that does not exist.

use super::{Fix, Wishes, request};
use crate::action::IdentityConfigurationSet;
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
