//! AWS's policy simulator, and the quarantine policies that it knows.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod signer;

use ses_lab::{Lab, Options, World};
use signer::Call;

const WORLD: &str = r#"
title = "t"
story = "s"
causes = []
healthy = true
[client]
region = "eu-west-1"
username = "AKIAADMINKEY23456722"
password = { derive = "eu-west-1", key = "AKIAADMINKEY23456722" }
[operator]
key = "AKIAADMINKEY23456722"
[organization]
management_account = "999988887777"
accounts = ["111122223333"]
[[organization.policy]]
name = "NoReceiving"
document = '{"Statement":[{"Effect":"Deny","Action":"ses:CreateReceiptRule","Resource":"*"}]}'
attached = ["root"]
[[account]]
id = "111122223333"
[[account.policy]]
name = "Limit"
document = '{"Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}'
[[account.user]]
name = "admin"
attached = ["arn:aws:iam::aws:policy/AmazonSESFullAccess", "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantine"]
boundary = "arn:aws:iam::111122223333:policy/Limit"
[[account.user.policy]]
name = "office"
document = """
{"Statement": [
  {"Effect": "Deny", "Action": "ses:*", "Resource": "*",
   "Condition": {"StringEquals": {"ses:FromAddress": "root@example.com"}, "Null": {"aws:SourceIp": "false"}}}
]}
"""
[[account.user.key]]
id = "AKIAADMINKEY23456722"
secret = "adminsecretadminsecretadminsecretadminse"
"#;

async fn lab() -> Lab {
    let world = World::parse("test", WORLD).unwrap_or_else(|error| panic!("{error}"));
    Lab::start(world, Options::default()).await.unwrap()
}

async fn simulate(lab: &Lab, user: &str, action: &str, more: &str) -> (u16, String) {
    let body = format!(
        "Action=SimulatePrincipalPolicy&Version=2010-05-08&PolicySourceArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Auser%2F{user}\
         &ActionNames.member.1={action}&ResourceArns.member.1=arn%3Aaws%3Ases%3Aeu-west-1%3A111122223333%3Aidentity%2Fexample.com{more}"
    );
    Call {
        body: &body,
        ..Call::default()
    }
    .send(lab)
    .await
}

fn has(body: &str, parts: &[&str]) {
    for part in parts {
        assert!(body.contains(part), "{part} in {body}");
    }
}

#[tokio::test]
async fn every_layer_of_the_simulator_says_what_it_thinks() {
    let lab = lab().await;
    let (_, sending) = simulate(&lab, "admin", "ses:SendRawEmail", "").await;
    has(
        &sending,
        &[
            "<EvalDecision>allowed</EvalDecision>",
            "<SourcePolicyId>AmazonSESFullAccess</SourcePolicyId><SourcePolicyType>aws-managed</SourcePolicyType>",
            "<MissingContextValues><member>aws:SourceIp</member><member>ses:FromAddress</member></MissingContextValues>",
            "<AllowedByOrganizations>true</AllowedByOrganizations>",
            "<AllowedByPermissionsBoundary>true</AllowedByPermissionsBoundary>",
        ],
    );
    let (_, reading) = simulate(&lab, "admin", "ses:GetAccount", "").await;
    has(
        &reading,
        &[
            "<EvalDecision>implicitDeny</EvalDecision><MatchedStatements></MatchedStatements>",
            "<AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary>",
        ],
    );
    let (_, receiving) = simulate(&lab, "admin", "ses:CreateReceiptRule", "").await;
    has(
        &receiving,
        &[
            "<EvalDecision>explicitDeny</EvalDecision>",
            "<AllowedByOrganizations>false</AllowedByOrganizations>",
        ],
    );
}

#[tokio::test]
async fn context_entries_take_part_and_the_deciding_statement_has_its_place() {
    let lab = lab().await;
    let context = "&ContextEntries.member.1.ContextKeyName=ses%3AFromAddress\
                   &ContextEntries.member.1.ContextKeyValues.member.1=root%40example.com\
                   &ContextEntries.member.2.ContextKeyName=aws%3ASourceIp\
                   &ContextEntries.member.2.ContextKeyValues.member.1=192.0.2.1";
    let (_, body) = simulate(&lab, "admin", "ses:SendRawEmail", context).await;
    has(
        &body,
        &[
            "<EvalDecision>explicitDeny</EvalDecision>",
            "<SourcePolicyId>office</SourcePolicyId><SourcePolicyType>user</SourcePolicyType>",
            "<StartPosition><Line>2</Line><Column>3</Column></StartPosition>",
            "<MissingContextValues></MissingContextValues>",
        ],
    );
}

#[tokio::test]
async fn nobody_and_nothing_are_refused() {
    let lab = lab().await;
    let (status, body) = simulate(&lab, "nobody", "ses:SendRawEmail", "").await;
    assert!(status == 404 && body.contains("NoSuchEntity"), "{body}");
    let (status, body) = simulate(&lab, "admin", "nonsense", "").await;
    assert!(status == 400 && body.contains("InvalidInput"), "{body}");
}

#[tokio::test]
async fn a_quarantined_user_may_send_and_may_not_mend_its_keys() {
    let lab = lab().await;
    for name in ["", "V2", "V3"] {
        let body = format!(
            "Action=GetPolicy&Version=2010-05-08&PolicyArn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FAWSCompromisedKeyQuarantine{name}"
        );
        let call = Call {
            body: &body,
            ..Call::default()
        };
        assert_eq!(call.send(&lab).await.0, 200, "{name}");
    }
    let (_, keys) = simulate(&lab, "admin", "iam:CreateAccessKey", "").await;
    has(
        &keys,
        &[
            "explicitDeny",
            "<SourcePolicyId>AWSCompromisedKeyQuarantine</SourcePolicyId>",
        ],
    );
}
