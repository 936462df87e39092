//! Activating a key again. Never one that is known to have leaked, and never one of which that could not be looked up.

use super::request;
use super::{Fix, Wishes};
use crate::action::AccessKeyStatus;
use crate::causes;
use crate::diagnosis::Judged;
use crate::evidence::{Evidence, KeyStatus};
use crate::plan::{Risk, Step};
use crate::reading;
use crate::verdict::Verdict;

pub(super) fn fix(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    step(evidence, judged).map_or_else(
        |why| request::because(evidence, judged, "whoever administers IAM in the account", &why).into(),
        Fix::from,
    )
}

fn step(evidence: &Evidence, judged: &Judged) -> Result<Step, String> {
    let key = evidence.access_key_id().ok_or("the key is not known")?;
    if reading::status(evidence, key) != Some(KeyStatus::Inactive) {
        return Err("IAM was not seen to list the key as inactive".to_owned());
    }
    let user = reading::owner(evidence, key).ok_or("the user of the key is not known")?;
    let judged_by = |id: &str| causes::by_id(id).map(|cause| (cause.check)(evidence));
    if let Some(Verdict::Present(_)) = judged_by("secret-not-reloaded") {
        return Err("the key was retired for a newer one, which the client is to be given".to_owned());
    }
    let quarantine = judged_by("quarantine-policy");
    match quarantine {
        Some(Verdict::Present(_)) => {
            return Err(
                "the user is in quarantine: the key counts as leaked, and is to be replaced".to_owned(),
            );
        }
        Some(Verdict::Absent { .. }) => {}
        Some(Verdict::Unknown { .. } | Verdict::NotApplicable) | None => {
            return Err(
                "whether the user is in quarantine could not be read, and a key that may have leaked is not revived"
                    .to_owned(),
            );
        }
    }
    Ok(Step {
        causes: vec![judged.cause.id.to_owned()],
        action: AccessKeyStatus {
            user: user.to_owned(),
            key: key.to_owned(),
            before: false,
            after: true,
        }
        .into(),
        why: "switches the key on again; its password stays the same".to_owned(),
        risk: Risk::Medium,
        risk_why: format!(
            "{}: find out why it was switched off before it is revived",
            judged.finding.why.trim_end_matches('.')
        ),
        blast_radius: vec![format!("everybody who has the key {key}"), last_use(evidence)],
        proof: vec!["no quarantine policy is attached to the user".to_owned()],
    })
}

fn last_use(evidence: &Evidence) -> String {
    let used = evidence.key_last_used.known();
    let at = used.and_then(|used| Some((used.last_used?, used.service.as_deref()?, used.region.as_deref()?)));
    match (at, used) {
        (Some((at, service, region)), _) => {
            format!("its last use that IAM knows: {at}, service {service}, region {region}")
        }
        (None, Some(_)) => "IAM knows of no use of it".to_owned(),
        (None, None) => "its last use could not be read".to_owned(),
    }
}
