//! `policy compare --principal`: a new policy against what a user of an account has.

use crate::program::{Run, RunningLab, ses_doctor};
use crate::simulate_account::client;
use anyhow::Result;
use serde_json::Value;

/// The user may send, and a group that it is in denies that.
const SCENARIO: &str = "explicit-deny";

const SEND: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}"#;

fn compare(lab: &RunningLab, new: &str, arguments: &[&str]) -> Result<Run> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("new.json"), new)?;
    Run::of(
        ses_doctor()
            .envs(lab.lab().environment())
            .current_dir(folder.path())
            .args(["policy", "compare", "--principal", &client(SCENARIO)?, "new.json"])
            .args(arguments),
    )
}

fn verdict(run: &Run) -> Result<(i32, Value)> {
    Ok((run.code, run.report()?["verdict"].clone()))
}

#[test]
fn a_policy_on_top_of_what_a_user_has_is_proven_or_shown() -> Result<()> {
    let lab = RunningLab::of(SCENARIO)?;
    let json = ["--output", "json"];
    assert_eq!(verdict(&compare(&lab, SEND, &json)?)?, (0, "equal".into()));
    let wider = SEND.replace("SendRawEmail", "*");
    let run = compare(&lab, &wider, &json)?;
    assert_eq!(verdict(&run)?, (1, "wider".into()));
    let added = &run.report()?["added"];
    // The group's policy denies the rest, now as before.
    assert_eq!(
        (added["result"].as_str(), added["granted_by"]["document"].as_str()),
        (Some("example"), Some("new.json"))
    );
    insta::assert_snapshot!(compare(&lab, &wider, &[])?.stdout);
    let intended = ["--allow", "ses:*", "--on", "*"];
    assert_eq!(compare(&lab, &wider, &intended)?.code, 0);
    Ok(())
}

#[test]
fn in_place_of_one_policy_the_others_still_count() -> Result<()> {
    let lab = RunningLab::of(SCENARIO)?;
    let json = ["--output", "json"];
    let replacing = |name: &str, new: &str| compare(&lab, new, &[&["--policy", name], &json[..]].concat());
    let run = replacing("AmazonSesSendingAccess", SEND)?;
    assert_eq!(verdict(&run)?, (0, "equal".into()));
    assert_eq!(
        run.report()?["account"]["replaces"],
        "inline policy AmazonSesSendingAccess"
    );
    // Without the group's deny the user may send; its allow of logs goes too.
    let run = replacing("no-mail-from-web", SEND)?;
    assert_eq!(verdict(&run)?, (1, "incomparable".into()));
    let unknown = replacing("NoSuchPolicy", SEND)?;
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("no-mail-from-web"), "{}", unknown.stderr);
    Ok(())
}

#[test]
fn a_policy_that_could_not_be_read_makes_an_example_doubtful_and_is_named() -> Result<()> {
    let lab = RunningLab::denying(SCENARIO, &["iam:GetGroupPolicy"])?;
    let json = ["--output", "json"];
    let run = compare(&lab, &SEND.replace("SendRawEmail", "*"), &json)?;
    assert_eq!(verdict(&run)?, (3, "undetermined".into()));
    let report = run.report()?;
    let unread = &report["account"]["unread"][0];
    assert_eq!(
        unread["policy"],
        "inline policy no-mail-from-web of the group web-workers"
    );
    assert!(
        unread["why"]
            .as_str()
            .is_some_and(|why| why.contains("iam:GetGroupPolicy")),
        "{report:#}"
    );
    assert_eq!(report["added"]["result"], "possible");
    // Whatever the unread policy says: what the user has already is nothing new.
    assert_eq!(
        compare(&lab, SEND, &json)?.report()?["added"]["result"],
        "nothing"
    );
    let nothing = RunningLab::denying(SCENARIO, &["iam:*"])?;
    let run = compare(&nothing, SEND, &json)?;
    assert_eq!(
        (run.code, run.report()?["account"]["unread"][0]["policy"].clone()),
        (3, Value::Null)
    );
    Ok(())
}

#[test]
fn the_two_forms_do_not_mix() -> Result<()> {
    let lab = RunningLab::of(SCENARIO)?;
    for arguments in [["--evidence", "x"], ["old.json", "--quiet"]] {
        assert_eq!(compare(&lab, SEND, &arguments)?.code, 2, "{arguments:?}");
    }
    let files = Run::of(ses_doctor().args(["policy", "compare", "old.json", "new.json", "--policy", "x"]))?;
    assert!(
        files.stderr.contains("--policy names a policy of a user"),
        "{}",
        files.stderr
    );
    Ok(())
}
