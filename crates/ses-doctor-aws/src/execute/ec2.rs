//! Rules of security groups, and policies of VPC endpoints.

use crate::outcome::{Look, Trouble};
use crate::permissions::{
    AUTHORIZE_INGRESS, DESCRIBE_SECURITY_GROUPS, DESCRIBE_VPC_ENDPOINTS, MODIFY_VPC_ENDPOINT, REVOKE_INGRESS,
};
use crate::signed::{Query, Signed};
use crate::xml::Element;
use serde_json::Value;
use ses_doctor_core::action::{EndpointPolicy, Ingress, State};

/// The one item of a list that has one.
async fn one(ec2: &Signed<Query>, permission: &str, parameter: (&str, &str), list: &str) -> Look<Element> {
    let answer = ec2.call(permission, &[parameter]).await?;
    let found = answer.items(list).next().cloned();
    found.ok_or(Trouble::Missing)
}

async fn group(ec2: &Signed<Query>, id: &str) -> Look<Element> {
    one(
        ec2,
        DESCRIBE_SECURITY_GROUPS,
        ("GroupId.1", id),
        "securityGroupInfo",
    )
    .await
}

async fn endpoint(ec2: &Signed<Query>, id: &str) -> Look<Element> {
    one(
        ec2,
        DESCRIBE_VPC_ENDPOINTS,
        ("VpcEndpointId.1", id),
        "vpcEndpointSet",
    )
    .await
}

/// Where the source of a rule stands: in answers, and in requests.
fn place(source: &str) -> [&'static str; 3] {
    match source {
        group if group.starts_with("sg-") => ["groups", "groupId", "IpPermissions.1.Groups.1.GroupId"],
        range if range.contains(':') => ["ipv6Ranges", "cidrIpv6", "IpPermissions.1.Ipv6Ranges.1.CidrIpv6"],
        _ => ["ipRanges", "cidrIp", "IpPermissions.1.IpRanges.1.CidrIp"],
    }
}

pub(super) async fn ingress(ec2: &Signed<Query>, change: &Ingress) -> Look<State> {
    let group = group(ec2, &change.group).await?;
    let [list, field, _] = place(&change.source);
    let port = change.port.to_string();
    let is_this = |rule: &&Element| {
        let is = |name: &str, value: &str| rule.text_of(name).as_deref() == Some(value);
        let mut sources = rule.items(list).filter_map(|entry| entry.text_of(field));
        is("ipProtocol", "tcp")
            && is("fromPort", &port)
            && is("toPort", &port)
            && sources.any(|source| source == change.source)
    };
    let found = group.items("ipPermissions").find(is_this);
    Ok(found.map_or(State::Absent, |_| State::Present))
}

pub(super) async fn put_ingress(ec2: &Signed<Query>, change: &Ingress) -> Look<()> {
    let permission = if change.after {
        AUTHORIZE_INGRESS
    } else {
        REVOKE_INGRESS
    };
    let [_, _, source] = place(&change.source);
    let port = change.port.to_string();
    let parameters = [
        ("GroupId", change.group.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", &port),
        ("IpPermissions.1.ToPort", &port),
        (source, &change.source),
    ];
    ec2.call(permission, &parameters).await.map(drop)
}

pub(super) async fn endpoint_policy(ec2: &Signed<Query>, change: &EndpointPolicy) -> Look<State> {
    let endpoint = endpoint(ec2, &change.endpoint).await?;
    let policy = endpoint.verbatim("policyDocument");
    Ok(policy.map_or(State::Absent, State::Document))
}

pub(super) async fn put_endpoint_policy(ec2: &Signed<Query>, change: &EndpointPolicy) -> Look<()> {
    let parameters = [
        ("VpcEndpointId", change.endpoint.as_str()),
        ("PolicyDocument", &change.after),
    ];
    ec2.call(MODIFY_VPC_ENDPOINT, &parameters).await.map(drop)
}

pub(super) async fn describe_group(ec2: &Signed<Query>, id: &str) -> Look<Value> {
    group(ec2, id).await.map(|group| group.to_json())
}

pub(super) async fn describe_endpoint(ec2: &Signed<Query>, id: &str) -> Look<Value> {
    endpoint(ec2, id).await.map(|endpoint| endpoint.to_json())
}
