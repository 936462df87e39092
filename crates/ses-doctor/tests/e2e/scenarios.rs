//! Every scenario names its cause first, and no healthy world is called broken.

use crate::program::{Run, RunningLab, findings, for_every_scenario, ses_doctor, world};
use anyhow::Result;
use ses_doctor_core::Group;
use ses_doctor_core::causes::CAUSES;
use ses_lab::World;
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
    let lab = RunningLab::of(name)?;
    let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
    complaints(&world(name)?, &run)
}

/// In what a diagnosis differs from the truth.
pub(crate) fn complaints(world: &World, run: &Run) -> Result<Vec<String>> {
    let report = run.report()?;
    let found = findings(&report);
    let mut complaints = Vec::new();
    let causes = &world.causes;
    // A login that works is no clean bill of health where the reads that decide are denied.
    let denied = !world.faults.denied.is_empty();
    let (outcome, code) = match causes.is_empty() {
        true if denied => ("inconclusive", 3),
        true => ("healthy", 0),
        false => ("cause-found", 1),
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
    complaints.extend(misblamed(world, &report["timeline"]));
    if run.code != code {
        complaints.push(format!("exit code {} instead of {code}", run.code));
    }
    Ok(complaints)
}

/// The change that the world calls at fault is the one that is named, and none is where there is none.
fn misblamed(world: &ses_lab::World, timeline: &serde_json::Value) -> Option<String> {
    let at_fault = world.event.iter().find(|event| event.at_fault);
    let expected = at_fault.map(|event| (event.name.as_str(), event.source_ip.as_str()));
    let named = timeline["at_fault"][0]["entry"].as_str();
    let entries = timeline["entries"].as_array()?;
    let entry = named.and_then(|id| entries.iter().find(|entry| entry["id"] == id));
    let blamed = entry.map(|entry| entry["change"]["event"].as_str().unwrap_or_default());
    let marked = entries.iter().filter(|entry| entry["mark"] == "at-fault");
    let only = marked.count() == usize::from(expected.is_some());
    (blamed != expected.map(|(name, _)| name) || !only).then(|| {
        format!(
            "at fault is {expected:?}, but {blamed:?} is blamed: {}",
            timeline["at_fault"]
        )
    })
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

/// What only the end of DATA shows, proven by a message of our own instead of a line of the client's log.
#[test]
fn a_message_of_our_own_proves_what_the_login_cannot() {
    let complaints = for_every_scenario(|name| {
        let world = world(name)?;
        let cause = world
            .causes
            .first()
            .and_then(|id| ses_doctor_core::causes::by_id(id));
        // The header that names another account's identity is the client's; a quarantine stops no mail; the daily quota
        // and the rate are not spent by messages to the simulator.
        const NOT_SHOWN: [&str; 4] = [
            "cross-account-identity-header",
            "quarantine-policy",
            "daily-quota",
            "rate-throttled",
        ];
        let shown = cause.filter(|cause| {
            matches!(cause.group, Group::Permission | Group::Account) && !NOT_SHOWN.contains(&cause.id)
        });
        let (Some(cause), Some(to)) = (shown, &world.client.to) else {
            return Ok(Vec::new());
        };
        let lab = RunningLab::of(name)?;
        let mut arguments = lab.lab().diagnose_arguments();
        if let Some(at) = arguments.iter().position(|argument| argument == "--error") {
            arguments.drain(at..at + 2);
        }
        let mut command = ses_doctor();
        command
            .envs(lab.lab().environment())
            .arg("diagnose")
            .args(arguments);
        let run = Run::of(command.args(["--output", "json", "--send"]))?;
        let found = findings(&run.report()?);
        let right = found.first().is_some_and(|(first, _)| first == cause.id);
        Ok((!right)
            .then(|| format!("a message to {to} shows {found:?}"))
            .into_iter()
            .collect())
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
