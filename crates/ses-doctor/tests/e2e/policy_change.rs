//! `policy compare` and `policy minimize` as a person and a program see them.

use crate::program::{Run, RunningLab, ses_doctor};
use anyhow::Result;
use tempfile::TempDir;

const OLD: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Send",
      "Effect": "Allow",
      "Action": "ses:SendRawEmail",
      "Resource": "arn:aws:ses:eu-west-1:111122223333:identity/example.com"
    }
  ]
}"#;

struct Folder(TempDir);

impl Folder {
    fn new() -> Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    fn file(&self, name: &str, text: &str) -> Result<()> {
        Ok(std::fs::write(self.0.path().join(name), text)?)
    }

    fn run(&self, arguments: &[&str]) -> Result<Run> {
        Run::of(
            ses_doctor()
                .current_dir(self.0.path())
                .arg("policy")
                .args(arguments),
        )
    }
}

#[test]
fn a_wider_policy_is_shown_by_an_example_and_its_statement() -> Result<()> {
    let folder = Folder::new()?;
    folder.file("old.json", OLD)?;
    folder.file("new.json", &OLD.replace("SendRawEmail", "Send*"))?;
    let run = folder.run(&["compare", "old.json", "new.json"])?;
    assert_eq!(run.code, 1, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
    let back = folder.run(&["compare", "new.json", "old.json", "--output", "json"])?;
    assert_eq!(
        (back.code, back.report()?["verdict"].as_str()),
        (0, Some("narrower"))
    );
    let allowed = [
        "--allow",
        "ses:Send*",
        "--on",
        "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
    ];
    let intended = folder.run(&[&["compare", "old.json", "new.json"], &allowed[..]].concat())?;
    assert_eq!(
        (intended.code, intended.stdout.trim()),
        (0, "equal: both grant exactly the same")
    );
    Ok(())
}

#[test]
fn what_depends_on_two_keys_at_once_is_undetermined() -> Result<()> {
    let folder = Folder::new()?;
    let when = |operator: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"a:b","Resource":"*",
            "Condition":{{"{operator}":{{"a:k":"${{a:v}}"}}}}}}}}"#
        )
    };
    folder.file("old.json", &when("StringEquals"))?;
    folder.file("new.json", &when("StringLike"))?;
    let run = folder.run(&["compare", "old.json", "new.json", "--output", "json"])?;
    let report = run.report()?;
    assert_eq!(
        (run.code, report["added"]["result"].as_str()),
        (3, Some("possible")),
        "{report:#}"
    );
    assert_eq!(
        report["added"]["assumptions"].as_array().map(Vec::len),
        Some(2),
        "{report:#}"
    );
    Ok(())
}

#[test]
fn a_document_that_is_none_is_shown_with_its_place() -> Result<()> {
    let folder = Folder::new()?;
    folder.file("old.json", OLD)?;
    folder.file(
        "new.json",
        r#"{"Version":"2012-10-17","Statement":[{"Efect":"Allow"}]}"#,
    )?;
    let run = folder.run(&["compare", "old.json", "new.json"])?;
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("new.json:1:"), "{}", run.stderr);
    Ok(())
}

#[test]
fn access_analyzer_that_is_not_reached_is_unavailable_not_in_agreement() -> Result<()> {
    let folder = Folder::new()?;
    folder.file("old.json", OLD)?;
    // Nothing listens on the port of a listener that is gone.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let endpoint = format!("http://127.0.0.1:{port}");
    let run = Run::of(
        ses_doctor()
            .current_dir(folder.0.path())
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "x")
            .args([
                "policy",
                "compare",
                "old.json",
                "old.json",
                "--access-analyzer",
                "--region",
                "eu-west-1",
            ])
            .args(["--endpoint-url", &endpoint, "--output", "json"]),
    )?;
    let report = run.report()?;
    assert!(
        report["access_analyzer"]["check_no_new_access"]["unavailable"].is_string(),
        "{report:#}"
    );
    assert!(
        run.stderr.contains("AWS bills CheckNoNewAccess"),
        "{}",
        run.stderr
    );
    Ok(())
}

#[test]
fn access_analyzer_is_asked_beside_our_own_comparison() -> Result<()> {
    let folder = Folder::new()?;
    folder.file("old.json", OLD)?;
    folder.file("new.json", &OLD.replace("SendRawEmail", "Send*"))?;
    let lab = RunningLab::of("healthy")?;
    let compare = |old: &str, new: &str, lab: &RunningLab| {
        Run::of(
            ses_doctor()
                .current_dir(folder.0.path())
                .envs(lab.lab().environment())
                .args([
                    "policy",
                    "compare",
                    old,
                    new,
                    "--access-analyzer",
                    "--output",
                    "json",
                ]),
        )
    };
    let wider = compare("old.json", "new.json", &lab)?;
    let said = &wider.report()?["access_analyzer"];
    assert_eq!(wider.code, 1, "{}", wider.stderr);
    assert_eq!(said["check_no_new_access"]["passes"], false, "{said:#}");
    assert_eq!(said["check_access_not_granted"]["passes"], false, "{said:#}");
    assert_eq!(
        said["validate_policy"][0]["findings"],
        serde_json::json!([]),
        "{said:#}"
    );
    let narrower = compare("new.json", "old.json", &lab)?;
    let said = &narrower.report()?["access_analyzer"];
    assert_eq!(
        (narrower.code, &said["check_no_new_access"]["passes"]),
        (0, &true.into()),
        "{said:#}"
    );
    assert!(said["check_access_not_granted"].is_null(), "{said:#}");
    let denying = RunningLab::denying("healthy", &["access-analyzer:*"])?;
    let refused = compare("old.json", "new.json", &denying)?;
    let said = &refused.report()?["access_analyzer"];
    assert!(
        said["check_no_new_access"]["unavailable"]
            .as_str()
            .is_some_and(|why| why.contains("denied")),
        "{said:#}"
    );
    Ok(())
}

const SMTP: &str = "554 Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform `ses:SendRawEmail' on \
                    resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'";

#[test]
fn a_missing_allow_is_proposed_for_the_whole_message() -> Result<()> {
    let folder = Folder::new()?;
    folder.file("layers.json", r#"{"identity_policies":[]}"#)?;
    let run = folder.run(&[
        "minimize",
        "--error",
        SMTP,
        "--policies",
        "layers.json",
        "--from",
        "app@example.com",
        "--configuration-set",
        "default",
    ])?;
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
    Ok(())
}

#[test]
fn a_denial_from_above_is_named_with_owner_and_change() -> Result<()> {
    let folder = Folder::new()?;
    folder.file(
        "layers.json",
        r#"{"service_control_policies": [{"target": "r-root", "policies": [{"name": "guard", "document": {
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Sid": "Office", "Effect": "Deny", "Action": "ses:*", "Resource": "*",
     "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}]}}]}]}"#,
    )?;
    let open = folder.run(&["minimize", "--error", SMTP, "--policies", "layers.json"])?;
    assert_eq!(open.code, 3, "{}", open.stdout);
    assert!(
        open.stdout.contains("it depends on aws:SourceIp"),
        "{}",
        open.stdout
    );
    let context = ["--context", "aws:SourceIp=203.0.113.9"];
    let run = folder.run(
        &[
            &["minimize", "--error", SMTP, "--policies", "layers.json"],
            &context[..],
        ]
        .concat(),
    )?;
    assert_eq!(run.code, 1, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
    Ok(())
}

#[test]
fn a_denial_without_a_reason_is_not_taken_for_a_missing_allow() -> Result<()> {
    let folder = Folder::new()?;
    let run = folder.run(&["minimize", "--error", SMTP, "--output", "json"])?;
    assert_eq!(
        (run.code, run.report()?["outcome"].as_str()),
        (3, Some("undetermined"))
    );
    let talk = folder.run(&["minimize", "--error", SMTP])?.stdout;
    assert!(talk.contains("--principal"), "{talk}");
    let recipient = folder.run(&["minimize", "--error", SMTP, "--to", "reader@example.net"])?;
    assert!(
        recipient.code == 2 && recipient.stderr.contains("say so with --sandbox"),
        "{}",
        recipient.stderr
    );
    Ok(())
}

#[test]
fn text_without_a_denial_is_said_to_be_so() -> Result<()> {
    let folder = Folder::new()?;
    let run = folder.run(&["minimize", "--error", "535 Authentication Credentials Invalid"])?;
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("no denial of IAM"), "{}", run.stderr);
    Ok(())
}

#[test]
fn a_call_that_is_not_given_is_asked_for_in_every_form_that_it_can_have() -> Result<()> {
    let run = Folder::new()?.run(&["minimize"])?;
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    for form in ["FILE", "--error", "--principal", "--evidence"] {
        assert!(run.stderr.contains(form), "{form}: {}", run.stderr);
    }
    Ok(())
}
