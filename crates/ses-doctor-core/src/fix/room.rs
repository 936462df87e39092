//! Room for a new version of a managed policy. IAM keeps five and refuses a sixth (IAM User Guide, "Versioning IAM policies"),
//! so that one has to go first: the oldest of those that are not in force. That is a step of its own, which nothing takes
//! back whole, and which somebody has to consent to.

use crate::action::{Action, PolicyVersion, State};
use crate::plan::{Plan, Risk, Step};

/// The versions that IAM keeps of a policy.
pub const KEPT_VERSIONS: usize = 5;

/// A version as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownVersion {
    /// `v3`.
    pub id: String,
    /// It is in force.
    pub is_default: bool,
    /// What it says.
    pub document: String,
}

/// The policies of which the plan makes a new version.
pub fn growing_policies(plan: &Plan) -> Vec<String> {
    let made = plan.steps.iter().filter_map(|step| made(&step.action));
    made.map(|version| version.policy.clone()).collect()
}

/// Puts the deletion of the oldest version that is not in force before the step that makes a new one, if all places of the
/// policy are taken.
pub fn make_room(plan: &mut Plan, policy: &str, versions: &[KnownVersion]) {
    let is_of = |step: &Step| made(&step.action).is_some_and(|version| version.policy == policy);
    let Some(at) = plan.steps.iter().position(is_of) else {
        return;
    };
    let mut idle: Vec<&KnownVersion> = versions.iter().filter(|version| !version.is_default).collect();
    idle.sort_by_key(|version| number(&version.id));
    let Some(step) = plan.steps.get_mut(at) else {
        return;
    };
    let Action::PolicyVersion(new) = &mut step.action else {
        return;
    };
    let wanted = State::Document(new.document.clone());
    let is_there = |version: &KnownVersion| State::Document(version.document.clone()).agrees_with(&wanted);
    if versions.len() < KEPT_VERSIONS || versions.iter().any(is_there) {
        return;
    }
    let Some(oldest) = idle.first() else {
        return;
    };
    new.in_place_of = Some(oldest.id.clone());
    let causes = step.causes.clone();
    plan.steps.insert(at, deletion(policy, oldest, causes));
}

/// The version that an action makes.
fn made(action: &Action) -> Option<&PolicyVersion> {
    if let Action::PolicyVersion(version) = action {
        return Some(version).filter(|version| version.after && !version.is_history);
    }
    None
}

/// IAM counts versions up and gives no number twice.
fn number(id: &str) -> u64 {
    id.trim_start_matches('v').parse().unwrap_or(u64::MAX)
}

fn deletion(policy: &str, oldest: &KnownVersion, causes: Vec<String>) -> Step {
    let id = &oldest.id;
    Step {
        causes,
        action: PolicyVersion {
            policy: policy.to_owned(),
            document: oldest.document.clone(),
            before: true,
            after: false,
            is_history: true,
            version: Some(id.clone()),
            in_place_of: None,
        }
        .into(),
        why: format!(
            "makes room: IAM keeps {KEPT_VERSIONS} versions of a managed policy and refuses one more, all places are taken, and \
             {id} is the oldest that is not in force"
        ),
        risk: Risk::Medium,
        risk_why: format!(
            "whoever wanted to go back to {id} cannot; what it says is in the snapshot of the run, from which a rollback makes it \
             again, under another number"
        ),
        blast_radius: vec!["nobody: only the default version of a policy is in force".to_owned()],
        proof: vec![format!("{id} is not the default version of {policy}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::plan;

    const POLICY: &str = "arn:aws:iam::111122223333:policy/mail";

    fn growing() -> Plan {
        let mut plan = plan();
        let version = PolicyVersion {
            policy: POLICY.into(),
            document: "{\"new\":1}".into(),
            before: false,
            after: true,
            is_history: false,
            version: None,
            in_place_of: None,
        };
        plan.steps.truncate(2);
        plan.steps[1].action = version.into();
        plan
    }

    fn versions(ids: &[&str], default: &str) -> Vec<KnownVersion> {
        let version = |id: &&str| KnownVersion {
            id: (*id).to_owned(),
            is_default: *id == default,
            document: format!("{{\"of\":\"{id}\"}}"),
        };
        ids.iter().map(version).collect()
    }

    #[test]
    fn the_oldest_that_is_not_in_force_goes_first_and_wants_consent() {
        let mut plan = growing();
        assert_eq!(growing_policies(&plan), [POLICY]);
        make_room(
            &mut plan,
            POLICY,
            &versions(&["v10", "v9", "v3", "v2", "v11"], "v2"),
        );
        assert_eq!(plan.steps.len(), 3);
        let deletion = &plan.steps[1].action;
        assert_eq!(deletion.consent().unwrap(), "delete-version:mail:v3");
        assert!(deletion.one_way().is_some() && deletion.inverse().one_way().is_none());
        assert!(plan.steps[2].action.one_way().is_none());
        assert_eq!(plan.steps[1].causes, plan.steps[2].causes);
    }

    #[test]
    fn nothing_goes_where_there_is_room_or_the_document_is_there_already() {
        let mut there = versions(&["v1", "v2", "v3", "v4", "v5"], "v5");
        there[2].document = "{ \"new\": 1 }".into();
        for versions in [versions(&["v1", "v2", "v3", "v4"], "v4"), there, Vec::new()] {
            let mut plan = growing();
            make_room(&mut plan, POLICY, &versions);
            assert_eq!(plan, growing());
        }
        let mut plan = growing();
        make_room(
            &mut plan,
            "arn:aws:iam::111122223333:policy/other",
            &versions(&["v1", "v2", "v3", "v4", "v5"], "v5"),
        );
        assert_eq!(plan, growing());
    }
}
