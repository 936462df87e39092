//! The printed policies are enough, and no more is called than they say.

use crate::program::{Run, RunningLab, for_every_scenario, ses_doctor, world};
use crate::scenarios::complaints;
use crate::ward::{APPLY, CURABLE, CURABLE_WORLDS, Ward, states};
use anyhow::{Context, Result};
use ses_doctor_aws::grant::{Action, Calls, Task};
use ses_lab::World;
use std::collections::{BTreeMap, BTreeSet};

/// The documents that `permissions` prints for the person of this world.
fn printed(world: &World) -> Result<Vec<String>> {
    let client = &world.client;
    let mut command = ses_doctor();
    command.args([
        "permissions",
        "diagnose",
        "--output",
        "json",
        "--region",
        &client.region,
    ]);
    let operator = world.operator.as_ref().context("an operator")?;
    let account = world
        .account
        .iter()
        .find(|account| account.key(&operator.key).is_some());
    let account = account.context("the operator's account")?;
    command.args(["--account", &account.id]);
    for (option, value) in [
        ("--from", &client.from),
        ("--to", &client.to),
        ("--configuration-set", &client.configuration_set),
    ] {
        if let Some(value) = value {
            command.arg(format!("{option}={value}"));
        }
    }
    let printed = Run::of(&mut command)?.report()?;
    let policies = printed["policies"].as_array().context("policies")?;
    Ok(policies
        .iter()
        .map(|policy| policy["document"].to_string())
        .collect())
}

#[test]
fn a_diagnosis_loses_nothing_with_the_printed_policies_and_calls_nothing_else() {
    let complaints = for_every_scenario(|name| {
        let world = world(name)?;
        if world.operator.is_none() || !world.faults.denied.is_empty() {
            return Ok(Vec::new());
        }
        let lab = RunningLab::of(name)?;
        lab.lab().permit(Some(printed(&world)?));
        let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
        let mut complaints = complaints(&world, &run)?;
        complaints.extend(refused(&run.report()?));
        complaints.extend(too_much(
            &lab.lab().calls(),
            world.faults.error_5xx.is_empty() && world.faults.throttle.is_empty(),
        ));
        Ok(complaints)
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Permissions that were refused though the policies are there. Organizations refuses everybody but the management account
/// and its delegates, and what only spares calls is no part of the policies.
fn refused(report: &serde_json::Value) -> Vec<String> {
    let list = report["missing_permissions"]["permissions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let names = list.iter().filter_map(|one| one["permission"].as_str());
    names
        .filter(|name| !name.starts_with("organizations:"))
        .map(|name| format!("{name} is refused"))
        .collect()
}

fn too_much(calls: &BTreeMap<String, u32>, undisturbed: bool) -> Vec<String> {
    let published = Task::Diagnose.actions();
    let judge = |(name, count): (&String, &u32)| match published.iter().find(|action| action.name == name) {
        None => Some(format!("{name} is called, and not published")),
        Some(Action {
            calls: Calls::AtMost(most),
            ..
        }) if undisturbed && count > most => {
            Some(format!("{name} is called {count} times, not at most {most}"))
        }
        Some(_) => None,
    };
    calls.iter().filter_map(judge).collect()
}

#[test]
fn a_missing_permission_says_what_it_costs_and_what_to_ask_for() -> Result<()> {
    let lab = RunningLab::of("key-inactive")?;
    let mut documents = printed(lab.lab().world())?;
    for document in &mut documents {
        *document = document.replace("\"iam:ListAccessKeys\",", "");
    }
    lab.lab().permit(Some(documents));
    let run = Run::of(lab.diagnose().args(["--output", "json"]))?;
    let report = run.report()?;
    let missing = &report["missing_permissions"];
    let one = &missing["permissions"][0];
    assert_eq!(one["permission"], "iam:ListAccessKeys", "{missing:#}");
    assert_eq!(
        missing["policy"]["Statement"][0]["Action"][0],
        "iam:ListAccessKeys"
    );
    let resources = missing["policy"]["Statement"][0]["Resource"].to_string();
    assert!(resources.contains(":user/store-mailer"), "{resources}");
    let screen = Run::of(&mut lab.diagnose())?.stdout;
    assert!(screen.contains("What the missing permissions cost"), "{screen}");
    Ok(())
}

#[test]
fn the_list_is_for_people_programs_and_the_aws_cli() -> Result<()> {
    let text = Run::of(ses_doctor().arg("permissions"))?;
    assert_eq!(text.code, 0);
    for words in [
        "iam:ListAccessKeys",
        "may stay unknown: ",
        "key-inactive",
        "Why `*`",
        "no part of the policy",
    ] {
        assert!(text.stdout.contains(words), "{words}: {}", text.stdout);
    }
    let policy = Run::of(ses_doctor().args(["permissions", "--output", "policy", "--organization"]))?;
    assert!(
        policy.report()?["Statement"]
            .to_string()
            .contains("organizations:ListPoliciesForTarget")
    );
    let compare = Run::of(ses_doctor().args(["permissions", "compare", "--output", "policy"]))?;
    assert_eq!(compare.report()?["Statement"][0]["Resource"], "*");
    for bad in [
        &["permissions", "compare", "--output", "policy", "--organization"][..],
        &["permissions", "--account", "1"],
        &["permissions", "--user", "arn:aws:iam::111122223333:role/x"],
        &["permissions", "--region", "nowhere"],
        &["permissions", "lake", "--table", "x"],
        &[
            "permissions",
            "athena",
            "--bucket",
            "a-trail",
            "--results",
            "s3://a-trail",
        ],
    ] {
        assert_eq!(Run::of(ses_doctor().args(bad))?.code, 2, "{bad:?}");
    }
    Ok(())
}

#[test]
fn a_query_of_a_trail_says_what_is_broad_and_who_calls() -> Result<()> {
    let broad = Run::of(ses_doctor().args(["permissions", "athena"]))?;
    assert_eq!(broad.code, 0);
    for words in [
        "Left broad",
        "--results narrows it",
        "by Athena",
        "MakeTheTable",
        "name it by --trail-key",
    ] {
        assert!(broad.stdout.contains(words), "{words}: {}", broad.stdout);
    }
    let store =
        "arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/EXAMPLE1-2345-6789-abcd-EXAMPLE12345";
    let narrow = Run::of(ses_doctor().args(["permissions", "lake", "--store", store]))?;
    assert!(!narrow.stdout.contains("Left broad"), "{}", narrow.stdout);
    Ok(())
}

/// The documents that `permissions apply` prints, and the writes that the first of them grants.
fn printed_to_apply(ward: &Ward, more: &[&str]) -> Result<(Vec<String>, BTreeSet<String>)> {
    let mut command = ward.command(&["permissions", "apply", "--output", "json"]);
    let printed = Run::of(command.args(more))?.report()?;
    let policies = printed["policies"].as_array().context("policies")?;
    let documents = policies
        .iter()
        .map(|policy| policy["document"].to_string())
        .collect();
    let statements = policies[0]["document"]["Statement"]
        .as_array()
        .context("statements")?;
    let writes = statements
        .iter()
        .flat_map(|statement| statement["Action"].as_array().cloned().unwrap_or_default());
    let writes = writes.filter_map(|action| action.as_str().map(str::to_owned));
    Ok((documents, writes.filter(|name| is_write(name)).collect()))
}

fn is_write(name: &str) -> bool {
    Action::named(name).is_some_and(Action::is_write)
}

/// Applied, verified and undone with nothing but the printed policies; the writes that were called.
fn applied_with(ward: &Ward, documents: Vec<String>) -> Result<BTreeSet<String>> {
    ward.lab.lab().permit(Some(documents));
    let rehearsed = ward.apply(&[])?;
    let told = format!("{}{}", rehearsed.stdout, rehearsed.stderr);
    anyhow::ensure!(rehearsed.code == 0, "rehearsal: {told}");
    anyhow::ensure!(!told.contains("could not be read"), "rehearsal: {told}");
    let applied = ward.apply(APPLY)?;
    let report = applied.report()?;
    anyhow::ensure!(
        applied.code == 0 && report["verification"]["state"] == "verified",
        "apply ended with {}: {report:#} {}",
        applied.code,
        applied.stderr
    );
    anyhow::ensure!(states(&report).iter().all(|state| *state == "done"), "{report:#}");
    let run = report["run"].as_str().context("no run")?;
    let snapshot = ward.state().join("runs").join(run).join("snapshot.json");
    let snapshot = std::fs::read_to_string(&snapshot).with_context(|| snapshot.display().to_string())?;
    anyhow::ensure!(!snapshot.contains("\"unavailable\""), "{snapshot}");
    let undone = ward.run(&["rollback", run, "--apply"])?;
    anyhow::ensure!(undone.code == 0, "rollback: {} {}", undone.stdout, undone.stderr);
    let calls = ward.lab.lab().calls();
    Ok(calls.into_keys().filter(|name| is_write(name)).collect())
}

#[test]
fn the_policy_of_a_plan_is_enough_to_apply_verify_and_undo_it_and_grants_no_other_write() {
    let scenarios = CURABLE
        .iter()
        .map(|(name, told)| (*name, RunningLab::of(name), *told));
    let worlds = CURABLE_WORLDS
        .iter()
        .map(|name| (*name, RunningLab::of_world(name), &[][..]));
    let complaints: Vec<String> = scenarios
        .chain(worlds)
        .filter_map(|(name, lab, told)| {
            let tried = || -> Result<()> {
                let ward = Ward::of(lab?)?;
                ward.plan(told)?;
                let plan = ward.plan_file().display().to_string();
                let (documents, granted) = printed_to_apply(&ward, &["--plan", &plan])?;
                let called = applied_with(&ward, documents)?;
                anyhow::ensure!(called == granted, "granted {granted:?}, called {called:?}");
                Ok(())
            };
            let error = tried().err()?;
            Some(format!("{name}: {error:#}"))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_policy_for_any_fix_is_enough_for_each() -> Result<()> {
    for name in [
        "explicit-deny",
        "key-inactive",
        "security-group-blocks-endpoint",
        "sending-disabled",
    ] {
        let told = CURABLE
            .iter()
            .find(|(cured, _)| *cured == name)
            .context("told")?
            .1;
        let ward = Ward::of(RunningLab::of(name)?)?;
        ward.plan(told)?;
        let (documents, granted) = printed_to_apply(&ward, &[])?;
        let called = applied_with(&ward, documents).with_context(|| name.to_owned())?;
        assert!(called.is_subset(&granted), "{called:?}");
    }
    Ok(())
}

#[test]
fn without_its_write_a_plan_is_not_carried_out() -> Result<()> {
    let ward = Ward::of(RunningLab::of("missing-send-permission")?)?;
    ward.plan(&[])?;
    let plan = ward.plan_file().display().to_string();
    let (mut documents, _) = printed_to_apply(&ward, &["--plan", &plan])?;
    documents[0] = documents[0].replace(":user/", ":user/another-");
    ward.lab.lab().permit(Some(documents));
    let before = ward.world();
    assert_ne!(ward.apply(APPLY)?.code, 0);
    assert_eq!(ward.world(), before);
    let of_diagnose = Run::of(
        ward.command(&["permissions", "diagnose", "--plan", &plan])
            .args([""; 0]),
    )?;
    assert_eq!(of_diagnose.code, 2, "{}", of_diagnose.stderr);
    Ok(())
}
