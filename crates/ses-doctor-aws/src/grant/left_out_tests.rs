//! Each permission left out by itself, in the lab: nothing changes but what its absence is said to cost.

use super::{Action, Scope, Task, Use, document};
use crate::lab_tests::{aws, everything, lab_of, told};
use crate::lookup_budget::LookupBudget;
use ses_doctor_core::cost::{at_stake, of_refused};
use ses_doctor_core::evidence::Evidence;
use ses_doctor_core::{Diagnosis, diagnose};
use ses_lab::{Lab, World};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Every service and every kind of denial.
const SCENARIOS: [&str; 17] = [
    "account-paused",
    "configuration-set-paused",
    "explicit-deny",
    "identity-policy-deny",
    "key-deleted",
    "key-inactive",
    "key-of-another-account",
    "missing-send-permission",
    "permission-boundary",
    "root-access-key",
    "sandbox-recipient",
    "scp-deny",
    "security-group-blocks-endpoint",
    "tenant-paused",
    "tenant-missing",
    "user-deleted",
    "vpc-endpoint-policy-deny",
];

/// Reading a kept password is tried by `tests/e2e/stored.rs`; these tests know the pair from the start.
const NOT_HERE: [&str; 3] = ["secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt"];

/// What each cause came to.
fn verdicts(diagnosis: &Diagnosis) -> BTreeMap<&'static str, String> {
    let found = diagnosis
        .findings
        .iter()
        .map(|one| (one.cause.id, format!("{:?}", one.finding.certainty)));
    let absent = diagnosis
        .ruled_out
        .iter()
        .map(|one| (one.cause.id, "absent".to_owned()));
    let open = diagnosis
        .undecided
        .iter()
        .map(|one| (one.cause.id, "open".to_owned()));
    found.chain(absent).chain(open).collect()
}

async fn judged(lab: &Lab, actions: &[&Action]) -> (Diagnosis, Evidence) {
    lab.permit(Some(vec![document(actions, &Scope::default()).to_string()]));
    let unhurried = LookupBudget::of(Duration::ZERO);
    let aws = aws(lab).await.with_lookups(unhurried);
    let evidence = everything(&aws, told(lab)).await;
    (diagnose(&evidence), evidence)
}

/// What changes without the action and is not named as its cost, before or after the fact.
fn unnamed(action: &Action, before: &Diagnosis, after: &(Diagnosis, Evidence)) -> Vec<String> {
    let (old, new) = (verdicts(before), verdicts(&after.0));
    let ids: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let published: BTreeSet<&str> = at_stake(&action.needs()).iter().map(|cause| cause.id).collect();
    let told: BTreeSet<&str> = of_refused(&after.0, &after.1)
        .iter()
        .flat_map(|cost| {
            cost.undecided
                .iter()
                .chain(&cost.less_sure)
                .chain(&cost.not_judged)
        })
        .map(|cause| cause.id)
        .collect();
    let changed = ids.into_iter().filter(|id| old.get(id) != new.get(id));
    let mut complaints = Vec::new();
    for id in changed {
        let change = format!(
            "{id} was {:?} and is {:?} without {}",
            old.get(id),
            new.get(id),
            action.name
        );
        if !published.contains(id) {
            complaints.push(format!("{change}, which `permissions` does not say"));
        }
        if !told.contains(id) {
            complaints.push(format!("{change}, which the report does not say"));
        }
    }
    complaints
}

#[tokio::test]
async fn a_permission_left_out_changes_nothing_but_what_it_is_said_to_cost() {
    let needed = || {
        Task::Diagnose
            .actions()
            .into_iter()
            .filter(|action| action.use_ == Use::Conclusion)
    };
    let all: Vec<&Action> = needed().collect();
    let (mut complaints, mut tried) = (Vec::new(), BTreeSet::new());
    for scenario in SCENARIOS {
        let mut world = World::parse(scenario, ses_lab::scenario(scenario).unwrap()).unwrap();
        // Two look-ups a second would make this take an hour.
        let lifted = ("cloudtrail:LookupEvents".to_owned(), u32::MAX);
        world.faults.throttle.extend([lifted]);
        let lab = lab_of(world).await;
        let (before, _) = judged(&lab, &all).await;
        let called = lab.calls();
        for action in needed().filter(|action| called.contains_key(action.name)) {
            let rest: Vec<&Action> = all.iter().copied().filter(|other| *other != action).collect();
            let after = judged(&lab, &rest).await;
            tried.insert(action.name);
            complaints.extend(
                unnamed(action, &before, &after)
                    .into_iter()
                    .map(|text| format!("{scenario}: {text}")),
            );
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let untried: Vec<&str> = all
        .iter()
        .map(|action| action.name)
        .filter(|name| !tried.contains(name))
        .collect();
    assert_eq!(untried, NOT_HERE, "no scenario here calls these");
}
