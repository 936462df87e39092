//! VPC endpoints and security groups over EC2's dialect of the Query protocol.

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
[[account.user]]
name = "admin"
[[account.user.key]]
id = "AKIAADMINKEY23456722"
secret = "adminsecretadminsecretadminsecretadminse"
[[account.vpc_endpoint]]
id = "vpce-1"
region = "eu-west-1"
security_groups = ["sg-1"]
[[account.vpc_endpoint]]
id = "vpce-2"
region = "eu-west-1"
state = "pendingAcceptance"
private_dns = false
[[account.vpc_endpoint]]
id = "vpce-3"
region = "us-east-1"
[[account.security_group]]
id = "sg-1"
name = "smtp"
[[account.security_group.ingress]]
ports = [587, 587]
sources = ["10.0.0.0/8", "fd00::/8", "sg-client", "pl-1"]
[[account.security_group.ingress]]
protocol = "-1"
sources = ["sg-1"]
"#;

async fn lab(more: &str) -> Lab {
    let world = World::parse("test", &format!("{WORLD}\n{more}")).unwrap_or_else(|error| panic!("{error}"));
    Lab::start(world, Options::default()).await.unwrap()
}

async fn ask(lab: &Lab, form: &str) -> (u16, String) {
    Call {
        service: "ec2",
        region: "eu-west-1",
        body: &format!("Version=2016-11-15&Action={form}"),
        ..Call::default()
    }
    .send(lab)
    .await
}

const OF_SMTP: &str =
    "DescribeVpcEndpoints&Filter.1.Name=service-name&Filter.1.Value.1=com.amazonaws.eu-west-1.email-smtp";

#[tokio::test]
async fn the_endpoints_of_the_region_are_found_by_their_service() {
    let lab = lab("").await;
    let (status, body) = ask(&lab, OF_SMTP).await;
    assert_eq!(status, 200, "{body}");
    assert!(
        body.contains("<vpcEndpointId>vpce-1</vpcEndpointId>") && body.contains("vpce-2"),
        "{body}"
    );
    assert!(!body.contains("vpce-3"), "another region");
    assert!(
        body.contains("<groupId>sg-1</groupId><groupName>smtp</groupName>"),
        "{body}"
    );
    assert!(
        body.contains("&quot;Principal&quot;:&quot;*&quot;"),
        "AWS's default policy: {body}"
    );
    assert!(!body.contains("request-id}"), "{body}");
    let (_, waiting) = ask(
        &lab,
        "DescribeVpcEndpoints&Filter.1.Name=vpc-endpoint-state&Filter.1.Value.1=pendingAcceptance",
    )
    .await;
    assert!(waiting.contains("vpce-2") && !waiting.contains("vpce-1"));
}

#[tokio::test]
async fn endpoints_come_in_pages() {
    let lab = lab("").await;
    let (_, first) = ask(&lab, &format!("{OF_SMTP}&MaxResults=1")).await;
    let token = first
        .split("<nextToken>")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let token = token.unwrap().replace('=', "%3D");
    let (_, second) = ask(&lab, &format!("{OF_SMTP}&MaxResults=1&NextToken={token}")).await;
    assert!(first.contains("vpce-1") && second.contains("vpce-2") && !second.contains("nextToken"));
}

#[tokio::test]
async fn the_rules_of_a_group_name_every_kind_of_source() {
    let lab = lab("").await;
    let (_, body) = ask(
        &lab,
        "DescribeSecurityGroups&Filter.1.Name=group-id&Filter.1.Value.1=sg-1",
    )
    .await;
    for part in [
        "<ipProtocol>tcp</ipProtocol><fromPort>587</fromPort><toPort>587</toPort>",
        "<cidrIp>10.0.0.0/8</cidrIp>",
        "<cidrIpv6>fd00::/8</cidrIpv6>",
        "<groupId>sg-client</groupId>",
        "<prefixListId>pl-1</prefixListId>",
        "<ipProtocol>-1</ipProtocol><groups>",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
}

#[tokio::test]
async fn refusals_are_in_the_words_of_ec2() {
    let lab = lab("[faults]\ndenied = [\"ec2:DescribeVpcEndpoints\"]").await;
    for (form, status, code) in [
        (OF_SMTP, 403, "UnauthorizedOperation"),
        (
            "DescribeSecurityGroups&GroupId.1=sg-9",
            400,
            "InvalidGroup.NotFound",
        ),
        (
            "DescribeSecurityGroups&Filter.1.Name=colour&Filter.1.Value.1=red",
            400,
            "InvalidParameterValue",
        ),
        ("RunInstances", 400, "InvalidAction"),
    ] {
        let (found, body) = ask(&lab, form).await;
        assert_eq!(found, status, "{body}");
        assert!(
            body.starts_with("<Response><Errors><Error>") && body.contains(code),
            "{body}"
        );
    }
}
