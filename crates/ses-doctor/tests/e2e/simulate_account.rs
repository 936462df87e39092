//! `policy simulate --principal`: what the policies of an account decide, and what of them could not be read.

use crate::program::{Run, RunningLab, ses_doctor, world};
use anyhow::{Context, Result};
use serde_json::Value;

/// The user whose pair the client of a scenario has: it stands first in the file.
pub(crate) fn client(scenario: &str) -> Result<String> {
    let world = world(scenario)?;
    let account = world.account.first().context("an account")?;
    let user = account.user.first().context("a user")?;
    Ok(format!("arn:aws:iam::{}:user/{}", account.id, user.name))
}

fn simulate(lab: &RunningLab, arguments: &[&str]) -> Result<Run> {
    Run::of(
        ses_doctor()
            .envs(lab.lab().environment())
            .args(["policy", "simulate"])
            .args(arguments),
    )
}

fn decisions(run: &Run) -> Result<Vec<Value>> {
    let lines = run.stdout.lines();
    lines.map(|line| Ok(serde_json::from_str(line)?)).collect()
}

#[test]
fn the_message_of_a_user_is_decided_by_the_policies_of_its_account() -> Result<()> {
    for (scenario, decision, layer) in [
        ("scp-deny", "explicit-deny", "service-control-policy"),
        ("rcp-deny", "explicit-deny", "resource-control-policy"),
        ("explicit-deny", "explicit-deny", "identity-policy"),
        ("identity-policy-deny", "explicit-deny", "resource-policy"),
        ("permission-boundary", "implicit-deny", "permissions-boundary"),
        ("missing-send-permission", "implicit-deny", "identity-policy"),
    ] {
        let lab = RunningLab::of(scenario)?;
        let from = world(scenario)?.client.from.context("the client has a sender")?;
        let user = client(scenario)?;
        let run = simulate(
            &lab,
            &[
                "--principal",
                &user,
                "--from",
                &from,
                "--output",
                "json",
                "--expect",
                "denied",
            ],
        )?;
        let first = &decisions(&run)?[0];
        assert_eq!(
            (first["decision"].as_str(), first["decided_by"]["layer"].as_str()),
            (Some(decision), Some(layer)),
            "{scenario}: {first}"
        );
        assert_eq!(
            (first["part"].as_str(), &first["principal"]),
            (Some("sender"), &Value::from(user)),
            "{scenario}"
        );
        assert_eq!(run.code, 0, "{scenario}: {}", run.stderr);
    }
    Ok(())
}

#[test]
fn any_request_may_be_asked_about() -> Result<()> {
    let scenario = "scp-deny";
    let (lab, user) = (RunningLab::of(scenario)?, client(scenario)?);
    let ask = |arguments: &[&str]| {
        simulate(
            &lab,
            &[&["--principal", &user, "--output", "json"], arguments].concat(),
        )
    };
    let run = ask(&[
        "--action",
        "ses:GetAccount",
        "--action",
        "sns:Publish",
        "--region",
        "eu-west-1",
    ])?;
    let of = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let found: Vec<_> = decisions(&run)?
        .iter()
        .map(|line| (of(line, "action"), of(line, "resource"), of(line, "decision")))
        .collect();
    let row = |action: &str, decision: &str| (action.to_owned(), "*".to_owned(), decision.to_owned());
    // The service control policy asks for the region, which for SNS nobody told.
    assert_eq!(
        found,
        [
            row("ses:GetAccount", "implicit-deny"),
            row("sns:Publish", "undetermined")
        ]
    );
    let open_region = [
        "--context",
        "aws:RequestedRegion=eu-west-1",
        "--from",
        "weekly@paper-crane.example",
    ];
    let identity = "arn:aws:ses:eu-west-1:851602298603:identity/*";
    let run = ask(&[&["--resource", identity, "--expect", "allowed"], &open_region[..]].concat())?;
    let line = &decisions(&run)?[0];
    // Whether that identity has a policy of its own was not read.
    assert_eq!(
        (run.code, of(line, "decision").as_str()),
        (3, "undetermined"),
        "{line}"
    );
    assert_eq!(line["unread"][0]["layer"], "resource-policy");
    let set = "arn:aws:ses:eu-west-1:851602298603:configuration-set/news";
    let run = ask(&[&["--resource", set, "--expect", "allowed"], &open_region[..]].concat())?;
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    Ok(())
}

#[test]
fn a_layer_that_may_not_be_read_is_named_and_never_guessed() -> Result<()> {
    let scenario = "scp-deny";
    let user = client(scenario)?;
    let asked = [
        "--principal",
        &user,
        "--from",
        "weekly@paper-crane.example",
        "--output",
        "json",
    ];
    let lab = RunningLab::denying(scenario, &["organizations:*"])?;
    let run = simulate(&lab, &asked)?;
    let line = &decisions(&run)?[0];
    assert_eq!(
        (run.code, line["decision"].as_str()),
        (3, Some("undetermined")),
        "{line}"
    );
    let unread = line["unread"].as_array().context("unread")?;
    let layers: Vec<_> = unread
        .iter()
        .filter_map(|unread| unread["layer"].as_str())
        .collect();
    assert_eq!(layers, ["service-control-policy", "resource-control-policy"]);
    assert!(
        unread[0]["why"]
            .as_str()
            .is_some_and(|why| why.contains("organizations:")),
        "{line}"
    );
    assert_eq!(
        simulate(&lab, &[&asked[..], &["--expect", "allowed"]].concat())?.code,
        3
    );
    let run = simulate(&RunningLab::denying(scenario, &["iam:*"])?, &asked)?;
    // The denial of a layer that was read stands, whatever the others say.
    assert_eq!(decisions(&run)?[0]["decision"], "explicit-deny");
    Ok(())
}

#[test]
fn saved_evidence_answers_the_same() -> Result<()> {
    let scenario = "permission-boundary";
    let lab = RunningLab::of(scenario)?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("evidence.json").display().to_string();
    Run::of(lab.diagnose().args(["--evidence-out", &file]))?;
    let from = world(scenario)?.client.from.context("the client has a sender")?;
    let fresh = simulate(
        &lab,
        &[
            "--principal",
            &client(scenario)?,
            "--from",
            &from,
            "--output",
            "json",
        ],
    )?;
    drop(lab);
    let saved = Run::of(ses_doctor().args(["policy", "simulate", "--evidence", &file, "--output", "json"]))?;
    let deciders = |run: &Run| -> Result<Vec<Value>> {
        Ok(decisions(run)?
            .iter()
            .map(|line| line["decided_by"].clone())
            .collect())
    };
    assert_eq!(deciders(&saved)?, deciders(&fresh)?);
    let both = Run::of(ses_doctor().args(["policy", "simulate", "--evidence", &file, "--from", &from]))?;
    assert_eq!(both.code, 2, "the sender is in the evidence: {}", both.stdout);
    Ok(())
}

#[test]
fn a_person_reads_the_decision_and_what_was_not_read() -> Result<()> {
    let scenario = "explicit-deny";
    let lab = RunningLab::denying(scenario, &["organizations:*"])?;
    let user = client(scenario)?;
    let run = simulate(
        &lab,
        &[
            "--principal",
            &user,
            "--action",
            "ses:GetAccount",
            "--region",
            "eu-west-1",
        ],
    )?;
    insta::assert_snapshot!(run.stdout);
    let nobody = format!("{user}-s-twin");
    let run = simulate(&lab, &["--principal", &nobody, "--action", "ses:GetAccount"])?;
    assert!(run.stdout.contains("IAM has no such user"), "{}", run.stdout);
    assert_eq!(run.code, 3);
    let files = simulate(&lab, &["request.json", "--region", "eu-west-1"])?;
    assert_eq!((files.code, files.stdout.as_str()), (2, ""));
    Ok(())
}
