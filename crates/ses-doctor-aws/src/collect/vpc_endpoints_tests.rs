//! Tests of [`super::vpc_endpoints`], and with it of EC2 without its SDK.

use super::vpc_endpoints::look;
use crate::outcome::{Look, Trouble};
use crate::subject::Subject;
use crate::testing::{Answer, Call, Calls, aws};
use ses_doctor_core::evidence::{IngressRule, VpcEndpoint};

const POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"ses:*","Resource":"*"}]}"#;

fn endpoint(id: &str) -> String {
    let policy = POLICY.replace('"', "&quot;");
    format!(
        "<item><vpcEndpointId>{id}</vpcEndpointId><vpcId>vpc-1</vpcId><state>available</state>\
         <policyDocument>{policy}</policyDocument><privateDnsEnabled>true</privateDnsEnabled>\
         <subnetIdSet><item>subnet-1</item><item>subnet-2</item></subnetIdSet>\
         <dnsEntrySet><item><dnsName>{id}-x.email-smtp.eu-west-1.vpce.amazonaws.com</dnsName></item></dnsEntrySet>\
         <groupSet><item><groupId>sg-1</groupId><groupName>smtp</groupName></item></groupSet></item>"
    )
}

fn endpoints(items: &str, next: &str) -> Answer {
    Answer::ok(format!(
        "<DescribeVpcEndpointsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <vpcEndpointSet>{items}</vpcEndpointSet><nextToken>{next}</nextToken></DescribeVpcEndpointsResponse>"
    ))
}

fn groups() -> Answer {
    Answer::ok(
        "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item>\
         <ipProtocol>tcp</ipProtocol><fromPort>587</fromPort><toPort>587</toPort>\
         <groups><item><groupId>sg-client</groupId></item></groups>\
         <ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges>\
         <ipv6Ranges><item><cidrIpv6>fd00::/8</cidrIpv6></item></ipv6Ranges>\
         <prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds></item>\
         <item><ipProtocol>-1</ipProtocol></item></ipPermissions></item></securityGroupInfo>\
         </DescribeSecurityGroupsResponse>",
    )
}

fn error(status: u16, code: &str) -> Answer {
    Answer::Http(
        status,
        format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>You are not authorized.</Message></Error></Errors>\
             <RequestID>r-1</RequestID></Response>"
        ),
    )
}

fn world(call: &Call) -> Answer {
    match call.action.as_str() {
        "DescribeVpcEndpoints" if call.nth == 0 => endpoints(&endpoint("vpce-1"), "more+/="),
        "DescribeVpcEndpoints" => endpoints(&endpoint("vpce-2"), ""),
        "DescribeSecurityGroups" => groups(),
        other => panic!("unexpected {other}"),
    }
}

async fn looked(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> (Look<Vec<VpcEndpoint>>, Calls) {
    let (aws, calls) = aws(script);
    let subject = Subject {
        region: Some("eu-west-1".to_owned()),
        ..Subject::default()
    };
    (look(&aws, &subject).await, calls)
}

#[tokio::test]
async fn endpoints_of_every_page_come_with_the_rules_of_their_groups() {
    let (found, calls) = looked(world).await;
    let found = found.unwrap();
    let ids: Vec<&str> = found.iter().map(|endpoint| endpoint.id.as_str()).collect();
    assert_eq!(ids, ["vpce-1", "vpce-2"]);
    let first = &found[0];
    assert!(first.is_available() && first.private_dns);
    assert_eq!(first.policy.as_deref(), Some(POLICY));
    assert_eq!(first.subnets, ["subnet-1", "subnet-2"]);
    assert_eq!(
        first.dns_names,
        ["vpce-1-x.email-smtp.eu-west-1.vpce.amazonaws.com"]
    );
    let rules = first.security_groups[0].ingress.as_ref().unwrap();
    assert_eq!(rules[0].sources, ["10.0.0.0/8", "fd00::/8", "sg-client", "pl-1"]);
    let everything = IngressRule {
        protocol: "-1".to_owned(),
        ports: None,
        sources: Vec::new(),
    };
    assert_eq!((rules[0].ports, &rules[1]), (Some((587, 587)), &everything));
    let calls = calls.all();
    assert_eq!(calls.len(), 3, "the groups in one call");
    let body = &calls[0].body;
    assert!(
        body.starts_with("Action=DescribeVpcEndpoints&Version=2016-11-15&Filter"),
        "{body}"
    );
    assert!(
        body.contains("com%2Eamazonaws%2Eeu%2Dwest%2D1%2Eemail%2Dsmtp"),
        "{body}"
    );
    assert!(
        calls[1].body.ends_with("NextToken=more%2B%2F%3D"),
        "{}",
        calls[1].body
    );
    assert!(
        calls[2].body.ends_with("Filter%2E1%2EValue%2E1=sg%2D1"),
        "{}",
        calls[2].body
    );
}

#[tokio::test]
async fn the_call_is_like_those_of_the_other_services() {
    let (_, calls) = looked(world).await;
    let call = calls.all().remove(0);
    assert_eq!(call.host, "ec2.eu-west-1.amazonaws.com");
    assert!(call.user_agent.contains("api/ec2"), "{}", call.user_agent);
    let scope = "/eu-west-1/ec2/aws4_request";
    assert!(call.authorization.contains(scope), "{}", call.authorization);
}

#[tokio::test]
async fn no_endpoint_is_missing() {
    assert_eq!(looked(|_| endpoints("", "")).await.0, Err(Trouble::Missing));
}

#[tokio::test]
async fn denied_reads_are_denied_and_denied_rules_stand_in_their_place() {
    let (denied, _) = looked(|_| error(403, "UnauthorizedOperation")).await;
    let message = "You are not authorized.".to_owned();
    let action = "ec2:DescribeVpcEndpoints".to_owned();
    assert_eq!(denied, Err(Trouble::Denied { action, message }));
    let (partly, _) = looked(|call| match call.action.as_str() {
        "DescribeSecurityGroups" => error(403, "UnauthorizedOperation"),
        _ => world(call),
    })
    .await;
    let ingress = partly.unwrap()[0].security_groups[0].ingress.clone();
    assert!(
        ingress
            .unwrap_err()
            .starts_with("ec2:DescribeSecurityGroups was denied")
    );
}

#[tokio::test(start_paused = true)]
async fn throttling_and_failures_of_the_service_are_tried_again() {
    for (status, code) in [
        (503, "RequestLimitExceeded"),
        (500, "InternalError"),
        (400, "Throttling"),
    ] {
        let (found, calls) = looked(move |call| match call.nth {
            0 if call.action == "DescribeVpcEndpoints" => error(status, code),
            1 => endpoints(&endpoint("vpce-1"), ""),
            _ => world(call),
        })
        .await;
        assert!(found.is_ok(), "{code} {found:?}");
        assert_eq!(calls.all().len(), 3, "{code}");
    }
    let (found, calls) = looked(|_| error(503, "RequestLimitExceeded")).await;
    assert!(matches!(found, Err(Trouble::Failed { why }) if why.contains("still throttled")));
    assert_eq!(calls.all().len(), 4);
}

#[tokio::test]
async fn an_answer_that_is_none_and_pages_without_end_are_failures() {
    let (nonsense, _) = looked(|_| Answer::ok("<html>")).await;
    assert!(matches!(nonsense, Err(Trouble::Failed { why }) if why.contains("is this an AWS endpoint?")));
    let (endless, calls) = looked(|_| endpoints(&endpoint("vpce-1"), "more")).await;
    assert!(matches!(endless, Err(Trouble::Failed { why }) if why.contains("no end")));
    assert_eq!(calls.all().len(), 20);
}

#[tokio::test]
async fn a_refused_connection_is_told() {
    let (refused, _) = looked(|_| Answer::Refused).await;
    assert!(matches!(refused, Err(Trouble::Failed { why }) if why.contains("could not be reached")));
}
