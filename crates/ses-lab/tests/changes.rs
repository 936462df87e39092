//! Writes over the real protocols, each followed by its inverse: the world is then what it was.

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
[[account]]
id = "111122223333"
[[account.policy]]
name = "mail"
document = '{"Version":"2012-10-17","Statement":[]}'
version = 4
other_version = [{ number = 1, document = '{"Version":"2012-10-17","Statement":[]}' }]
[[account.ses]]
region = "eu-west-1"
[[account.ses.identity]]
name = "example.com"
[[account.ses.configuration_set]]
name = "events"
[[account.user]]
name = "admin"
[[account.user.policy]]
name = "one"
document = '{"Version":"2012-10-17","Statement":[]}'
[[account.user.policy]]
name = "two"
document = '{"Version":"2012-10-17","Statement":[]}'
[[account.user.key]]
id = "AKIAADMINKEY23456722"
secret = "adminsecretadminsecretadminsecretadminse"
[[account.vpc_endpoint]]
id = "vpce-1"
region = "eu-west-1"
security_groups = ["sg-1"]
[[account.security_group]]
id = "sg-1"
ingress = [{ ports = [443, 443], sources = ["10.0.0.0/8"] }]
"#;

const DOCUMENT: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";

async fn lab() -> Lab {
    let world = World::parse("test", WORLD).unwrap_or_else(|error| panic!("{error}"));
    Lab::start(world, Options::default()).await.unwrap()
}

async fn form(lab: &Lab, service: &str, form: &str) -> (u16, String) {
    let version = if service == "ec2" {
        "2016-11-15"
    } else {
        "2010-05-08"
    };
    Call {
        service,
        region: "eu-west-1",
        body: &format!("Version={version}&Action={form}"),
        ..Call::default()
    }
    .send(lab)
    .await
}

/// There and back; in between, the world is another one.
async fn there_and_back(service: &str, there: &str, back: &str) {
    let lab = lab().await;
    let before = lab.configuration();
    let (status, body) = form(&lab, service, there).await;
    assert_eq!(status, 200, "{there}: {body}");
    assert_ne!(lab.configuration(), before, "{there}");
    let (status, body) = form(&lab, service, back).await;
    assert_eq!(status, 200, "{back}: {body}");
    assert_eq!(lab.configuration(), before, "{back}");
}

#[tokio::test]
async fn policies_of_a_user_and_rules_of_a_group_come_and_go() {
    let policy = "UserName=admin&PolicyName=three";
    let put = format!("PutUserPolicy&{policy}&PolicyDocument={DOCUMENT}");
    there_and_back("iam", &put, &format!("DeleteUserPolicy&{policy}")).await;
    let rule = "GroupId=sg-1&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=587&IpPermissions.1.ToPort=587\
                &IpPermissions.1.IpRanges.1.CidrIp=10.1.0.0%2F16";
    let (authorize, revoke) = (
        format!("AuthorizeSecurityGroupIngress&{rule}"),
        format!("RevokeSecurityGroupIngress&{rule}"),
    );
    there_and_back("ec2", &authorize, &revoke).await;
    let lab = lab().await;
    assert!(
        form(&lab, "ec2", &revoke)
            .await
            .1
            .contains("InvalidPermission.NotFound")
    );
    form(&lab, "ec2", &authorize).await;
    assert!(
        form(&lab, "ec2", &authorize)
            .await
            .1
            .contains("InvalidPermission.Duplicate")
    );
}

#[tokio::test]
async fn a_policy_that_is_put_again_keeps_its_place() {
    let put = |text: &str| format!("PutUserPolicy&UserName=admin&PolicyName=one&PolicyDocument={text}");
    there_and_back("iam", &put("%7B%7D"), &put(DOCUMENT)).await;
}

#[tokio::test]
async fn the_policy_of_an_endpoint_is_replaced() {
    let lab = lab().await;
    let change = format!("ModifyVpcEndpoint&VpcEndpointId=vpce-1&PolicyDocument={DOCUMENT}");
    assert_eq!(form(&lab, "ec2", &change).await.0, 200);
    assert!(!lab.configuration().contains("\\\"Principal\\\":\\\"*\\\""));
    let nowhere = change.replace("vpce-1", "vpce-9");
    assert!(
        form(&lab, "ec2", &nowhere)
            .await
            .1
            .contains("InvalidVpcEndpointId.NotFound")
    );
}

#[tokio::test]
async fn versions_are_made_chosen_and_deleted_within_the_quota_of_five() {
    let arn = "PolicyArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Fmail";
    let create = format!("CreatePolicyVersion&{arn}&PolicyDocument=%7B%7D&SetAsDefault=false");
    there_and_back("iam", &create, &format!("DeletePolicyVersion&{arn}&VersionId=v5")).await;
    let choose = |version: &str| format!("SetDefaultPolicyVersion&{arn}&VersionId={version}");
    there_and_back("iam", &choose("v1"), &choose("v4")).await;
    let lab = lab().await;
    for _ in 0..3 {
        assert_eq!(form(&lab, "iam", &create).await.0, 200);
    }
    assert!(form(&lab, "iam", &create).await.1.contains("LimitExceeded"));
    let default = format!("DeletePolicyVersion&{arn}&VersionId=v4");
    assert!(form(&lab, "iam", &default).await.1.contains("DeleteConflict"));
    let (_, listed) = form(&lab, "iam", &format!("ListPolicyVersions&{arn}")).await;
    assert_eq!(listed.matches("<VersionId>").count(), 5, "{listed}");
    let (status, _) = form(&lab, "iam", &format!("GetPolicyVersion&{arn}&VersionId=v9")).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn the_switches_and_defaults_of_ses_are_set() {
    async fn put(lab: &Lab, path: &str, body: &str) -> (u16, String) {
        Call {
            service: "ses",
            region: "eu-west-1",
            method: "PUT",
            path,
            headers: &[("content-type", "application/json")],
            body,
            ..Call::default()
        }
        .send(lab)
        .await
    }
    let lab = lab().await;
    let before = lab.configuration();
    let sending = "/v2/email/configuration-sets/events/sending";
    let default = "/v2/email/identities/example.com/configuration-set";
    assert_eq!(put(&lab, sending, r#"{"SendingEnabled":false}"#).await.0, 200);
    assert_eq!(
        put(&lab, default, r#"{"ConfigurationSetName":"events"}"#).await.0,
        200
    );
    assert_ne!(lab.configuration(), before);
    assert_eq!(put(&lab, sending, r#"{"SendingEnabled":true}"#).await.0, 200);
    assert_eq!(put(&lab, default, "{}").await.0, 200);
    assert_eq!(lab.configuration(), before);
    assert_eq!(
        put(&lab, default, r#"{"ConfigurationSetName":"none"}"#).await.0,
        404
    );
}
