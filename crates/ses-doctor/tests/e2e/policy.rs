//! `policy explain`: for every scenario in which IAM refuses the message, the deciding layer and statement.

use crate::program::{Run, RunningLab, ses_doctor, world};
use anyhow::{Context, Result};

/// Scenarios of the group Permission, the layer that refuses and, where one denies or nearly allows, its statement.
const DECIDING: [(&str, &str, Option<&str>); 13] = [
    (
        "configuration-set-not-permitted",
        "identity-policy",
        Some("statement `FromTheGate`"),
    ),
    ("missing-send-permission", "identity-policy", None),
    (
        "recipient-not-permitted-in-sandbox",
        "identity-policy",
        Some("statement `AsTheApp`"),
    ),
    (
        "api-version-condition",
        "identity-policy",
        Some("statement 1 of inline policy send-by-api"),
    ),
    (
        "explicit-deny",
        "identity-policy",
        Some("statement `NoMailFromWeb`"),
    ),
    (
        "from-address-condition",
        "identity-policy",
        Some("statement `Reminders`"),
    ),
    (
        "identity-policy-deny",
        "resource-policy",
        Some("statement `StudioOnly`"),
    ),
    ("ip-condition", "identity-policy", None),
    ("permission-boundary", "permissions-boundary", None),
    (
        "rcp-deny",
        "resource-control-policy",
        Some("statement `OnlyTheMailer`"),
    ),
    (
        "scp-deny",
        "service-control-policy",
        Some("statement `OnlyOpenRegions`"),
    ),
    (
        "unsupported-condition-key",
        "identity-policy",
        Some("statement `OnlyThroughOurEndpoint`"),
    ),
    ("vpc-endpoint-policy-deny", "vpc-endpoint-policy", None),
];

fn explain(scenario: &str, form: &str) -> Result<Run> {
    let world = world(scenario)?;
    let lab = RunningLab::of(scenario)?;
    let refusal = world.client.error.context("the client logged something")?;
    let from = world.client.from.context("the client has a sender")?;
    Run::of(ses_doctor().envs(lab.lab().environment()).args([
        "policy", "explain", "--output", form, "--error", &refusal, "--from", &from,
    ]))
}

#[test]
fn the_layer_and_the_statement_that_refuse_are_named() -> Result<()> {
    for (scenario, layer, statement) in DECIDING {
        let run = explain(scenario, "json")?;
        let report = run.report()?;
        let asked = &report["authorizations"][0];
        assert_eq!(asked["refused"], true, "{scenario}");
        let refusals: Vec<_> = asked["refusals"].as_array().context("refusals")?.iter().collect();
        assert_eq!(refusals.len(), 1, "{scenario}: {refusals:?}");
        assert_eq!(refusals[0]["layer"], layer, "{scenario}");
        if let Some(statement) = statement {
            let named = refusals[0]["statement"].as_str().unwrap_or_default();
            assert!(named.contains(statement), "{scenario}: {named}");
        }
        let (decision, code) = match scenario {
            "ip-condition" => ("undetermined", 3),
            _ => (asked["decision"].as_str().unwrap_or_default(), 1),
        };
        assert_eq!(asked["decision"], decision, "{scenario}");
        assert_eq!(run.code, code, "{scenario}");
    }
    Ok(())
}

#[test]
fn the_request_can_be_asked_again_elsewhere() -> Result<()> {
    let report = explain("permission-boundary", "json")?.report()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("request.json");
    std::fs::write(&file, report["authorizations"][0]["simulation"].to_string())?;
    let again = Run::of(
        ses_doctor()
            .args(["policy", "simulate", "--output", "json"])
            .arg(&file),
    )?;
    let decision: serde_json::Value = serde_json::from_str(&again.stdout)?;
    assert_eq!(decision["decision"], "implicit-deny");
    assert_eq!(decision["decided_by"]["layer"], "permissions-boundary");
    Ok(())
}

#[test]
fn a_decision_reads_well() -> Result<()> {
    insta::assert_snapshot!(
        "policy-explain-explicit-deny",
        explain("explicit-deny", "text")?.stdout
    );
    insta::assert_snapshot!(
        "policy-explain-ip-condition",
        explain("ip-condition", "text")?.stdout
    );
    Ok(())
}

#[test]
fn without_any_policy_nothing_is_decided() -> Result<()> {
    let refusal = "554 Access denied: User `arn:aws:iam::111122223333:user/app' is not authorized to perform \
                   `ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:111122223333:identity/example.com'";
    let run = Run::of(ses_doctor().args([
        "policy", "explain", "--no-aws", "--output", "json", "--error", refusal,
    ]))?;
    assert_eq!(run.code, 3);
    let report = run.report()?;
    assert_eq!(report["authorizations"][0]["decision"], "undetermined");
    assert!(
        report["authorizations"][0]["unread"]
            .as_array()
            .is_some_and(|unread| unread.len() >= 4)
    );
    Ok(())
}

#[test]
fn a_cloudtrail_event_is_a_refusal_too() -> Result<()> {
    let message = "User: arn:aws:iam::111122223333:user/app is not authorized to perform: ses:SendRawEmail on resource: \
                   arn:aws:ses:eu-west-1:111122223333:identity/example.com because no identity-based policy allows the \
                   ses:SendRawEmail action";
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("event.json");
    let event = serde_json::json!({ "eventName": "SendRawEmail", "errorCode": "AccessDenied", "errorMessage": message });
    let looked_up = serde_json::json!({ "EventName": "SendRawEmail", "CloudTrailEvent": event.to_string() });
    let explain = |event: &str| {
        std::fs::write(&file, event)?;
        Run::of(
            ses_doctor()
                .args(["policy", "explain", "--no-aws", "--output", "json", "--event"])
                .arg(&file),
        )
    };
    for event in [event, looked_up] {
        let report = explain(&event.to_string())?.report()?;
        assert_eq!(report["principal"], "arn:aws:iam::111122223333:user/app");
    }
    let broken = explain("{\"eventName\": }")?;
    assert_eq!((broken.code, broken.stdout.as_str()), (4, ""));
    assert!(broken.stderr.contains("event.json:1:15"), "{}", broken.stderr);
    let other = explain("{}")?;
    assert!(
        other.stderr.contains("no call that was refused"),
        "{}",
        other.stderr
    );
    Ok(())
}

#[test]
fn the_least_allow_is_found_from_the_policies_of_an_account() -> Result<()> {
    let minimize = |scenario: &str| -> Result<(i32, serde_json::Value)> {
        let world = world(scenario)?;
        let lab = RunningLab::of(scenario)?;
        let account = &world.account[0];
        let principal = format!("arn:aws:iam::{}:user/{}", account.id, account.user[0].name);
        let from = world.client.from.context("the client has a sender")?;
        let to = world.client.to.context("the client has a recipient")?;
        let run = Run::of(ses_doctor().envs(lab.lab().environment()).args([
            "policy",
            "minimize",
            "--output",
            "json",
            "--principal",
            &principal,
            "--from",
            &from,
            "--to",
            &to,
        ]))?;
        Ok((run.code, run.report()?))
    };
    for (scenario, resource) in [
        // That the account is in the sandbox, where recipients are authorised, is read.
        (
            "recipient-not-permitted-in-sandbox",
            ":identity/tester@posthorn.example",
        ),
        (
            "configuration-set-not-permitted",
            ":configuration-set/parking-events",
        ),
    ] {
        let (code, answer) = minimize(scenario)?;
        assert_eq!(
            (code, answer["outcome"].as_str()),
            (0, Some("proposal")),
            "{answer}"
        );
        let statement = &answer["proposal"]["document"]["Statement"][0];
        assert!(
            statement["Resource"]
                .as_str()
                .is_some_and(|arn| arn.ends_with(resource)),
            "{answer}"
        );
    }
    let (code, answer) = minimize("scp-deny")?;
    assert_eq!(
        (code, answer["outcome"].as_str()),
        (1, Some("refused")),
        "{answer}"
    );
    Ok(())
}
