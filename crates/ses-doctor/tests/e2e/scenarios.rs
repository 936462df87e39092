//! Every scenario names its cause first, and no healthy world is called broken.

use crate::program::{Run, RunningLab, findings, for_every_scenario, world};
use anyhow::Result;
use ses_doctor_core::causes::CAUSES;
use std::collections::BTreeSet;

#[test]
fn every_scenario_names_its_causes_and_nothing_else() {
    let complaints = for_every_scenario(judge);
    assert!(
        complaints.is_empty(),
        "{} scenarios are misdiagnosed:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

fn judge(name: &str) -> Result<Vec<String>> {
    let world = world(name)?;
    let lab = RunningLab::of(name)?;
    let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
    let report = run.report()?;
    let found = findings(&report);
    let mut complaints = Vec::new();
    let causes = &world.causes;
    let outcome = if causes.is_empty() {
        "healthy"
    } else {
        "cause-found"
    };
    let first = found.first().map(|(cause, _)| cause);
    if report["outcome"] != outcome || first != causes.first() {
        complaints.push(format!(
            "{outcome} {causes:?}, but the report says {} {found:?}",
            report["outcome"]
        ));
    }
    for (cause, verdict) in &found {
        let allowed = causes.contains(cause) || (world.possible.contains(cause) && verdict == "possible");
        if !allowed {
            complaints.push(format!("{cause} ({verdict}) does not hold here"));
        }
    }
    complaints.extend(
        causes
            .iter()
            .filter(|c| !found.iter().any(|(f, _)| f == *c))
            .map(|c| format!("{c} is not found")),
    );
    let code = i32::from(!causes.is_empty());
    if run.code != code {
        complaints.push(format!("exit code {} instead of {code}", run.code));
    }
    Ok(complaints)
}

#[test]
fn every_cause_has_a_scenario_that_shows_it_and_one_that_does_not() {
    let worlds: Vec<_> = ses_lab::scenarios()
        .iter()
        .map(|(name, _)| world(name).unwrap())
        .collect();
    let shown: BTreeSet<&str> = worlds
        .iter()
        .flat_map(|world| &world.causes)
        .map(String::as_str)
        .collect();
    let near: BTreeSet<&str> = worlds
        .iter()
        .flat_map(|world| &world.near_misses)
        .map(String::as_str)
        .collect();
    let known: BTreeSet<&str> = CAUSES.iter().map(|cause| cause.id).collect();
    let unshown: Vec<_> = known.difference(&shown).collect();
    let unmissed: Vec<_> = known.difference(&near).collect();
    let unknown: Vec<_> = shown.union(&near).filter(|id| !known.contains(*id)).collect();
    assert!(unshown.is_empty(), "no scenario shows {unshown:?}");
    assert!(
        unmissed.is_empty(),
        "no scenario resembles {unmissed:?} without being it"
    );
    assert!(unknown.is_empty(), "no such cause: {unknown:?}");
}

#[test]
fn a_refused_permission_brings_the_policies_into_the_evidence() -> Result<()> {
    let lab = RunningLab::of("healthy")?;
    let line = "554 Access denied: User `arn:aws:iam::427719305862:user/app' is not authorized to perform \
                `ses:SendRawEmail' on resource `arn:aws:ses:eu-central-1:427719305862:identity/x.example'";
    let report = Run::of(lab.diagnose().args(["--output", "json", "--error", line]))?.report()?;
    let policies = report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["id"] == "iam.policies")
        .cloned();
    let documents = policies.unwrap()["value"].as_array().cloned().unwrap();
    assert!(
        documents
            .iter()
            .any(|document| document.to_string().contains("SendRawEmail")),
        "{documents:?}"
    );
    assert_eq!(report["outcome"], "inconclusive");
    Ok(())
}
