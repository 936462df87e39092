//! From a broken world to a login and a message that work, and back to the very world that was there before.

use crate::program::{Run, RunningLab, ses_doctor, world};
use crate::ward::{APPLY, CURABLE, CURABLE_WORLDS, Ward, states};
use anyhow::{Context, Result};
use serde_json::Value;
use ses_doctor_core::as_code::{self, Language};
use ses_doctor_core::plan::Drafted;
use std::path::Path;

fn cured_and_undone(lab: RunningLab, told: &[&str]) -> Result<()> {
    let ward = Ward::of(lab)?;
    let before = ward.world();
    let planned = ward.plan(told)?;
    anyhow::ensure!(planned.code == 0, "plan: {} {}", planned.stdout, planned.stderr);
    let rehearsed = ward.apply(&[])?;
    anyhow::ensure!(
        rehearsed.code == 0,
        "rehearsal: {} {}",
        rehearsed.stdout,
        rehearsed.stderr
    );
    anyhow::ensure!(ward.world() == before, "a plan or a rehearsal changed something");
    let applied = ward.apply(APPLY)?;
    let report = applied.report()?;
    anyhow::ensure!(
        applied.code == 0 && report["verification"]["state"] == "verified",
        "apply ended with {}: {report:#}",
        applied.code
    );
    anyhow::ensure!(states(&report).iter().all(|state| *state == "done"), "{report:#}");
    anyhow::ensure!(!ward.lab.lab().messages().is_empty(), "no message arrived");
    let after = ward.world();
    let again = ward.apply(APPLY)?.report()?;
    anyhow::ensure!(
        states(&again).iter().all(|state| *state == "already-done"),
        "{again:#}"
    );
    anyhow::ensure!(ward.world() == after, "applied twice, something was done twice");
    let run = report["run"].as_str().context("no run")?;
    let rehearsed = ward.run(&["rollback", run])?;
    anyhow::ensure!(
        rehearsed.code == 0 && ward.world() == after,
        "{}",
        rehearsed.stdout
    );
    let undone = ward.run(&["rollback", run, "--apply"])?;
    anyhow::ensure!(undone.code == 0, "rollback: {} {}", undone.stdout, undone.stderr);
    anyhow::ensure!(ward.world() == before, "the world is another one than before");
    Ok(())
}

#[test]
fn every_curable_scenario_is_cured_verified_and_undone() {
    let scenarios = CURABLE
        .iter()
        .map(|(name, told)| (*name, RunningLab::of(name), *told));
    let worlds = CURABLE_WORLDS
        .iter()
        .map(|name| (*name, RunningLab::of_world(name), &[][..]));
    let complaints: Vec<String> = scenarios
        .chain(worlds)
        .filter_map(|(name, lab, told)| {
            let error = lab.and_then(|lab| cured_and_undone(lab, told)).err()?;
            Some(format!("{name}: {error:#}"))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn whatever_no_step_cures_gets_a_request_and_no_plan_holds_a_star_or_a_secret() {
    let complaints = crate::program::for_every_scenario(|name| {
        let world = world(name)?;
        let ward = Ward::of(RunningLab::of(name)?)?;
        let told = CURABLE.iter().find(|(cured, _)| *cured == name);
        let run = ward.plan(told.map_or(&[][..], |(_, told)| told))?;
        let file = std::fs::read_to_string(ward.plan_file())?;
        let plan: Value = serde_json::from_str(&file)?;
        let answers = |key: &str, cause: &str| {
            let all = plan[key].as_array().cloned().unwrap_or_default();
            all.iter()
                .any(|answer| answer.to_string().contains(&format!("\"{cause}\"")))
        };
        let mut complaints: Vec<String> = world
            .causes
            .iter()
            .filter(|cause| !answers("steps", cause) && !answers("requests", cause))
            .map(|cause| format!("nothing answers to {cause}"))
            .collect();
        if plan["steps"].as_array().is_some_and(|steps| !steps.is_empty()) != told.is_some() {
            complaints
                .push("curable, but not among those that are cured here, or the other way round".to_owned());
        }
        let drafted = Drafted::from_json(&file)?;
        let languages = [Language::Cli, Language::Terraform, Language::CloudFormation];
        let code = languages.map(|language| as_code::write(&drafted, language));
        for text in [&file, &run.stdout, &run.stderr].into_iter().chain(&code) {
            if ward
                .lab
                .canaries()
                .iter()
                .any(|secret| text.contains(secret.trim()))
            {
                complaints.push("a secret is in the plan".to_owned());
            }
        }
        for step in plan["steps"].as_array().into_iter().flatten() {
            let added = step["action"]["after"].as_str().unwrap_or_default();
            let existed = step["action"]["before"].as_str().unwrap_or_default();
            if added.matches("\"*\"").count() > existed.matches("\"*\"").count() {
                complaints.push(format!("a star is added: {added}"));
            }
        }
        Ok(complaints)
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_world_that_changed_after_planning_is_refused_with_the_difference() -> Result<()> {
    let planned = Ward::of(RunningLab::of("missing-send-permission")?)?;
    planned.plan(&[])?;
    let mut changed = world("missing-send-permission")?;
    let user = changed
        .account
        .iter_mut()
        .flat_map(|account| &mut account.user)
        .next()
        .context("no user")?;
    user.policy.push(ses_lab::world::InlinePolicy {
        name: "SesDoctorSend".to_owned(),
        document: r#"{"Version":"2012-10-17","Statement":[{"Sid":"Other","Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}"#.to_owned(),
    });
    let ward = Ward::of(RunningLab::serving(changed)?)?;
    std::fs::copy(planned.plan_file(), ward.plan_file())?;
    let before = ward.world();
    for more in [&[][..], APPLY] {
        let run = ward.apply(more)?;
        assert_eq!(run.code, 4, "{}", run.stderr);
    }
    let shown = ward.apply(&["--apply"])?.stdout;
    assert!(
        shown.contains("+ found") && shown.contains("s3:ListBucket"),
        "{shown}"
    );
    let report = ward.apply(APPLY)?.report()?;
    assert_eq!((states(&report), &report["run"]), (vec!["drifted"], &Value::Null));
    assert_eq!(ward.world(), before);
    assert!(ward.runs()?.is_empty());
    Ok(())
}

#[test]
fn what_does_not_help_is_undone() -> Result<()> {
    let ward = Ward::of(RunningLab::of("missing-send-permission")?)?;
    let before = ward.world();
    ward.plan(&[])?;
    // A password that fits no key: the login stays refused.
    let wrong = ward.folder.path().join("wrong");
    std::fs::write(&wrong, "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9")?;
    let wrong = wrong.display().to_string();
    let run = ward.apply(&["--apply", "--output", "json", "--password-file", &wrong])?;
    let report = run.report()?;
    assert_eq!(
        (run.code, &report["outcome"]),
        (5, &"rolled-back".into()),
        "{report:#}"
    );
    assert_eq!(report["verification"]["state"], "failed");
    assert_eq!(ward.world(), before);
    assert_eq!(ward.runs()?.len(), 2);
    let kept = ward.apply(&[
        "--apply",
        "--no-rollback",
        "--output",
        "json",
        "--password-file",
        &wrong,
    ])?;
    assert_eq!((kept.code, ward.world() == before), (6, false), "{}", kept.stdout);
    Ok(())
}

#[test]
fn without_a_login_nothing_is_called_verified() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ward.plan(&[])?;
    let gone = ward.folder.path().join("gone").display().to_string();
    let run = ward.apply(&["--apply", "--output", "json", "--password-file", &gone])?;
    let report = run.report()?;
    assert_eq!(run.code, 3, "{report:#}");
    assert_eq!(report["verification"]["state"], "not-verified");
    assert_eq!(states(&report), ["done"]);
    Ok(())
}

#[test]
fn a_definite_no_is_told_with_its_code_and_what_to_do() -> Result<()> {
    let mut world = world("missing-send-permission")?;
    let full = ses_lab::world::Refusal::LimitExceeded;
    world.faults.refused.insert("iam:PutUserPolicy".to_owned(), full);
    let ward = Ward::of(RunningLab::serving(world)?)?;
    ward.plan(&[])?;
    let run = ward.apply(APPLY)?;
    let report = run.report()?;
    let step = &report["steps"][0];
    assert_eq!(
        (run.code, &step["state"], &step["code"]),
        (5, &"not-done".into(), &"LimitExceeded".into()),
        "{report:#}"
    );
    assert!(step["why"].to_string().contains("2,048 characters"), "{step:#}");
    assert_eq!(ward.lab.lab().calls().get("iam:PutUserPolicy"), Some(&1));
    Ok(())
}

#[test]
fn a_denied_write_changes_nothing_and_says_so() -> Result<()> {
    let ward = Ward::of(RunningLab::denying(
        "missing-send-permission",
        &["iam:PutUserPolicy"],
    )?)?;
    let before = ward.world();
    ward.plan(&[])?;
    let run = ward.apply(APPLY)?;
    let report = run.report()?;
    assert_eq!(run.code, 5, "{report:#}");
    assert_eq!(states(&report), ["not-done"]);
    assert!(
        report["steps"][0]["why"]
            .to_string()
            .contains("iam:PutUserPolicy"),
        "{report:#}"
    );
    assert_eq!(ward.world(), before);
    Ok(())
}

#[test]
fn throttling_and_server_errors_at_every_call_are_got_over() -> Result<()> {
    let mut broken = world("missing-send-permission")?;
    for call in [
        "iam:PutUserPolicy",
        "iam:GetUserPolicy",
        "sts:GetCallerIdentity",
        "iam:DeleteUserPolicy",
    ] {
        broken.faults.error_5xx.insert(call.to_owned(), 2);
        broken.faults.throttle.insert(call.to_owned(), 4);
    }
    let ward = Ward::of(RunningLab::serving(broken)?)?;
    let before = ward.world();
    ward.plan(&[])?;
    let report = ward.apply(APPLY)?.report()?;
    assert_eq!(report["outcome"], "applied", "{report:#}");
    let undone = ward.run(&["rollback", report["run"].as_str().unwrap(), "--apply"])?;
    assert_eq!(
        (undone.code, ward.world() == before),
        (0, true),
        "{}",
        undone.stderr
    );
    Ok(())
}

#[test]
fn what_is_kept_holds_no_secret_and_tells_its_story() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ward.plan(&[])?;
    let report = ward.apply(APPLY)?.report()?;
    let run = report["run"].as_str().context("no run")?;
    let shown = ward.run(&["runs", "show", run])?;
    assert!(
        shown.stdout.contains("+ Active") && shown.stdout.contains("verified"),
        "{}",
        shown.stdout
    );
    let folder = ward.state().join("runs").join(run);
    for name in ["plan.json", "journal.jsonl", "snapshot.json"] {
        let text = std::fs::read_to_string(folder.join(name))?;
        assert!(
            !ward.lab.canaries().iter().any(|secret| text.contains(secret)),
            "{name}"
        );
    }
    assert_eq!(ward.run(&["runs", "show", "../../etc"])?.code, 2);
    assert_eq!(ward.run(&["runs", "show", "20260101T000000Z-aaaaaaaa"])?.code, 4);
    Ok(())
}

#[test]
fn a_plan_that_was_edited_or_is_of_another_account_is_refused() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    ward.plan(&[])?;
    let other = Ward::of(RunningLab::of("missing-send-permission")?)?;
    std::fs::copy(ward.plan_file(), other.plan_file())?;
    let refused = other.apply(APPLY)?;
    assert_eq!(refused.code, 4);
    assert!(
        refused.stderr.contains("the AWS credentials are of"),
        "{}",
        refused.stderr
    );
    let text = std::fs::read_to_string(ward.plan_file())?;
    std::fs::write(ward.plan_file(), text.replace("store-mailer", "oncall"))?;
    let edited = ward.apply(APPLY)?;
    assert_eq!(edited.code, 4);
    assert!(
        edited.stderr.contains("changed after it was made"),
        "{}",
        edited.stderr
    );
    std::fs::write(ward.plan_file(), "{")?;
    assert_eq!(ward.apply(&[])?.code, 4);
    assert_eq!(Run::of(ses_doctor().args(["apply", "/nowhere"]))?.code, 4);
    Ok(())
}

#[test]
fn health_has_nothing_to_plan() -> Result<()> {
    let ward = Ward::of(RunningLab::of("healthy")?)?;
    let run = ward.plan(&[])?;
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(Path::new(&ward.plan_file()).exists());
    let rehearsed = ward.apply(&[])?;
    assert!(rehearsed.stdout.contains("nothing to do"), "{}", rehearsed.stdout);
    let report = ward.apply(APPLY)?;
    assert_eq!(report.code, 0, "{}", report.stdout);
    let report = report.report()?;
    assert_eq!(
        (&report["outcome"], &report["verification"]["state"]),
        (&"nothing-to-do".into(), &"verified".into()),
        "{report:#}"
    );
    Ok(())
}

#[test]
fn a_plan_of_requests_alone_is_not_said_to_be_applied() -> Result<()> {
    let ward = Ward::of(RunningLab::of("scp-deny")?)?;
    ward.plan(&[])?;
    let run = ward.apply(&["--apply", "--send"])?;
    assert_eq!(run.code, 1, "{} {}", run.stdout, run.stderr);
    assert!(
        run.stdout.starts_with("nothing to do:")
            && !run.stdout.contains("applied")
            && !run.stdout.contains("Undo it"),
        "{}",
        run.stdout
    );
    Ok(())
}

#[test]
fn a_login_that_aws_keeps_is_tried_again_from_there() -> Result<()> {
    for scenario in ["healthy-secret", "healthy-parameter"] {
        let mut world = world(scenario)?;
        world.client.own_pair = false;
        for user in world.account.iter_mut().flat_map(|account| &mut account.user) {
            user.policy.clear();
        }
        let ward = Ward::of(RunningLab::serving(world)?)?;
        let planned = ward.plan(&[])?;
        assert_eq!(
            planned.code, 0,
            "{scenario}: {} {}",
            planned.stdout, planned.stderr
        );
        let report = ward.apply(APPLY)?.report()?;
        assert_eq!(
            report["verification"]["state"], "verified",
            "{scenario}: {report:#}"
        );
        assert!(
            !ward.lab.lab().messages().is_empty(),
            "{scenario}: no message arrived"
        );
    }
    Ok(())
}

#[test]
fn a_one_way_step_takes_a_word_of_its_own_and_says_what_cannot_be_undone() -> Result<()> {
    let mut world = world("configuration-set-missing")?;
    // The set that is gone comes with the identity, not with the client.
    let gone = world.client.configuration_set.take();
    for ses in world.account.iter_mut().flat_map(|account| &mut account.ses) {
        ses.identity[0].configuration_set.clone_from(&gone);
    }
    let ward = Ward::of(RunningLab::serving(world)?)?;
    let before = ward.world();
    ward.plan(&[])?;
    let refused = ward.apply(APPLY)?;
    assert_eq!(
        (refused.code, ward.world() == before),
        (4, true),
        "{}",
        refused.stdout
    );
    assert_eq!(states(&refused.report()?), ["needs-consent"]);
    let consented: Vec<&str> = APPLY.iter().copied().chain(["--allow-one-way", "1"]).collect();
    let report = ward.apply(&consented)?.report()?;
    assert_eq!(report["verification"]["state"], "verified", "{report:#}");
    let run = report["run"].as_str().context("no run")?;
    let undone = ward.run(&["rollback", run, "--apply"])?;
    assert_eq!(undone.code, 6, "{} {}", undone.stdout, undone.stderr);
    Ok(())
}

#[test]
fn a_sixth_version_of_a_managed_policy_takes_the_place_of_the_oldest_with_consent() -> Result<()> {
    let ward = Ward::of(RunningLab::of_world("denied-by-a-full-managed-policy")?)?;
    let before = ward.world();
    let planned = ward.plan(&[])?;
    let consent = "delete-version:no-mail-from-web:v2";
    assert!(
        planned.stdout.contains(consent) && planned.stdout.contains("makes room"),
        "{}",
        planned.stdout
    );
    let refused = ward.apply(APPLY)?;
    assert_eq!(
        (refused.code, states(&refused.report()?)),
        (4, vec!["needs-consent", "not-begun", "not-begun"]),
        "{}",
        refused.stdout
    );
    assert_eq!(ward.world(), before);
    let consented: Vec<&str> = APPLY
        .iter()
        .copied()
        .chain(["--allow-one-way", consent])
        .collect();
    let report = ward.apply(&consented)?.report()?;
    assert_eq!(report["verification"]["state"], "verified", "{report:#}");
    let run = report["run"].as_str().context("no run")?;
    let snapshot = ward.state().join("runs").join(run).join("snapshot.json");
    assert!(
        std::fs::read_to_string(snapshot)?.contains("spring"),
        "what was deleted is kept"
    );
    let undone = ward.run(&["rollback", run, "--apply"])?;
    assert_eq!(undone.code, 0, "{} {}", undone.stdout, undone.stderr);
    let after = ward.world();
    assert_ne!(after, before, "made again, it has another number");
    for document in ["spring", "summer", "autumn", "winter"] {
        assert_eq!(after.matches(document).count(), 1, "{document}: {after}");
    }
    assert_eq!(after.matches("version: 7").count(), 1, "{after}");
    Ok(())
}

#[test]
fn a_journal_that_cannot_be_read_is_told_without_colours_where_nobody_sees_them() -> Result<()> {
    let ward = Ward::of(RunningLab::of("key-inactive")?)?;
    let broken = ward.state().join("runs/20260101T000000Z-aaaaaaaa");
    std::fs::create_dir_all(&broken)?;
    std::fs::write(broken.join("journal.jsonl"), b"\xff\n")?;
    let list = ward.run(&["runs", "list"])?;
    assert_eq!(list.code, 0, "{}", list.stderr);
    assert!(
        list.stderr.contains("cannot be understood") && !list.stderr.contains('\u{1b}'),
        "{:?}",
        list.stderr
    );
    let coloured = ward.run(&["runs", "list", "--color", "always"])?;
    assert!(coloured.stderr.contains('\u{1b}'), "{:?}", coloured.stderr);
    let shown = ward.run(&["runs", "show", "20260101T000000Z-aaaaaaaa"])?;
    assert_eq!(
        (shown.code, shown.stderr.matches("valid UTF-8").count()),
        (4, 1),
        "a cause is told once: {}",
        shown.stderr
    );
    Ok(())
}
