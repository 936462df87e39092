//! EC2 as far as VPC endpoints of SES SMTP go: they and their security groups are described and changed. EC2's own dialect
//! of the Query protocol; regional.

mod change;

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::{REQUEST_ID, decode_marker, encode_marker, operation, tag, wrap};
use super::request::{Caller, Reply, Request};
use super::{Operation, Service};
use crate::state::Shared;
use crate::world::{Account, Ingress, SecurityGroup, VpcEndpoint};

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// Entries on one page, at most and by default.
const PAGE: usize = 1000;

pub(super) const SERVICE: Service = Service {
    signing_name: "ec2",
    prefix: "ec2",
    source: "ec2.amazonaws.com",
    protocol: Protocol::Ec2,
    operation,
    answer,
};

fn answer(shared: &Shared, caller: &Caller, operation: &Operation, _: &Request) -> Result<Reply, ApiError> {
    let mut live = shared.live();
    let gone = || ApiError::new(500, "InternalError", "the lab has lost this account");
    let account = live.account_mut(&caller.account).ok_or_else(gone)?;
    let name = operation.name.as_str();
    let result = match name {
        "DescribeVpcEndpoints" => vpc_endpoints(account, &caller.region, operation)?,
        "DescribeSecurityGroups" => security_groups(account, operation)?,
        "AuthorizeSecurityGroupIngress" => change::authorize(account, operation)?,
        "RevokeSecurityGroupIngress" => change::revoke(account, operation)?,
        "ModifyVpcEndpoint" => change::modify_endpoint(account, &caller.region, operation)?,
        other => {
            let message = format!("The action {other} is not valid for this web service.");
            return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
        }
    };
    let id = tag("requestId", REQUEST_ID);
    Ok(Reply::text(format!(
        "<{name}Response xmlns=\"{NAMESPACE}\">{id}{result}</{name}Response>"
    )))
}

fn vpc_endpoints(account: &Account, region: &str, operation: &Operation) -> Result<String, ApiError> {
    let here = account.vpc_endpoint.iter().filter(|one| one.region == region);
    let chosen = chosen(operation, "vpcEndpointId", here, |filter, endpoint| {
        Some(match filter {
            "vpc-endpoint-id" => endpoint.id.clone(),
            "service-name" => service_name(endpoint),
            "vpc-endpoint-state" => endpoint.state.clone(),
            "vpc-id" => endpoint.vpc.clone(),
            _ => return None,
        })
    })?;
    let items = chosen.into_iter().map(|endpoint| endpoint_xml(account, endpoint));
    page(operation, "vpcEndpointSet", &items.collect::<Vec<_>>())
}

fn security_groups(account: &Account, operation: &Operation) -> Result<String, ApiError> {
    let all = account.security_group.iter();
    let chosen = chosen(operation, "groupId", all, |filter, group| {
        Some(match filter {
            "group-id" => group.id.clone(),
            "group-name" => group_name(group).to_owned(),
            "vpc-id" => group.vpc.clone(),
            _ => return None,
        })
    })?;
    let items = chosen.into_iter().map(|group| group_xml(account, group));
    page(operation, "securityGroupInfo", &items.collect::<Vec<_>>())
}

/// What the filters and the list of ids leave. `field` is an item's value for a filter; the first filter of a resource
/// is its id.
fn chosen<'a, T>(
    operation: &Operation,
    ids: &str,
    items: impl Iterator<Item = &'a T>,
    field: impl Fn(&str, &T) -> Option<String>,
) -> Result<Vec<&'a T>, ApiError> {
    let mut left: Vec<&T> = items.collect();
    for n in (1..).take_while(|n| operation.parameter(&format!("filter.{n}.Name")).is_some()) {
        let name = operation
            .parameter(&format!("filter.{n}.Name"))
            .unwrap_or_default();
        let values = numbered(operation, &format!("filter.{n}.Value"));
        if let Some(item) = left.first()
            && field(name, item).is_none()
        {
            return Err(ApiError::new(
                400,
                "InvalidParameterValue",
                format!("The filter '{name}' is invalid"),
            ));
        }
        left.retain(|item| field(name, item).is_some_and(|value| values.contains(&value)));
    }
    let wanted = numbered(operation, ids);
    if wanted.is_empty() {
        return Ok(left);
    }
    let (id_filter, code) = match ids {
        "groupId" => ("group-id", "InvalidGroup.NotFound"),
        _ => ("vpc-endpoint-id", "InvalidVpcEndpointId.NotFound"),
    };
    left.retain(|item| field(id_filter, item).is_some_and(|id| wanted.contains(&id)));
    if left.len() < wanted.len() {
        let message = format!("One of '{}' does not exist", wanted.join("', '"));
        return Err(ApiError::new(400, code, message));
    }
    Ok(left)
}

/// The values of `name.1`, `name.2` and so on.
fn numbered(operation: &Operation, name: &str) -> Vec<String> {
    let value = |n: usize| operation.parameter(&format!("{name}.{n}")).map(str::to_owned);
    (1..).map_while(value).collect()
}

/// One page of a list, with `nextToken`.
fn page(operation: &Operation, list: &str, items: &[String]) -> Result<String, ApiError> {
    let invalid = |what: &str| ApiError::new(400, "InvalidParameterValue", format!("Invalid {what}"));
    let start = match operation.parameter("nextToken") {
        None => 0,
        Some(token) => decode_marker(token).ok_or_else(|| invalid("NextToken"))?,
    };
    let size = match operation.parameter("maxResults") {
        None => PAGE,
        Some(size) => size
            .parse()
            .ok()
            .filter(|size| (1..=PAGE).contains(size))
            .ok_or_else(|| invalid("MaxResults"))?,
    };
    let next = start.saturating_add(size);
    let token = match next < items.len() {
        true => tag("nextToken", &encode_marker(next)),
        false => String::new(),
    };
    Ok(format!(
        "{}{token}",
        wrap(list, &each(items.iter().skip(start).take(size)))
    ))
}

fn each(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    items
        .into_iter()
        .map(|item| wrap("item", item.as_ref()))
        .collect()
}

fn service_name(endpoint: &VpcEndpoint) -> String {
    format!("com.amazonaws.{}.email-smtp", endpoint.region)
}

fn group_name(group: &SecurityGroup) -> &str {
    group.name.as_deref().unwrap_or(&group.id)
}

fn endpoint_xml(account: &Account, endpoint: &VpcEndpoint) -> String {
    let group = |id: &String| {
        let found = account.security_group.iter().find(|group| group.id == *id);
        let name = found.map_or(id.as_str(), group_name);
        [tag("groupId", id), tag("groupName", name)].concat()
    };
    let names = endpoint.names().into_iter().map(|name| tag("dnsName", &name));
    [
        tag("vpcEndpointId", &endpoint.id),
        tag("vpcEndpointType", "Interface"),
        tag("vpcId", &endpoint.vpc),
        tag("serviceName", &service_name(endpoint)),
        tag("state", &endpoint.state),
        tag("policyDocument", &endpoint.policy),
        wrap("subnetIdSet", &each(&endpoint.subnets)),
        wrap("groupSet", &each(endpoint.security_groups.iter().map(group))),
        tag("privateDnsEnabled", &endpoint.private_dns.to_string()),
        tag("requesterManaged", "false"),
        wrap("dnsEntrySet", &each(names)),
        tag("ownerId", &account.id),
    ]
    .concat()
}

fn group_xml(account: &Account, group: &SecurityGroup) -> String {
    [
        tag("ownerId", &account.id),
        tag("groupId", &group.id),
        tag("groupName", group_name(group)),
        tag("groupDescription", group_name(group)),
        tag("vpcId", &group.vpc),
        wrap(
            "ipPermissions",
            &each(group.ingress.iter().map(|rule| rule_xml(account, rule))),
        ),
    ]
    .concat()
}

fn rule_xml(account: &Account, rule: &Ingress) -> String {
    let ports = rule.ports.map_or_else(String::new, |[first, last]| {
        [
            tag("fromPort", &first.to_string()),
            tag("toPort", &last.to_string()),
        ]
        .concat()
    });
    let of = |list: &str, inner: fn(&Account, &str) -> Option<String>| {
        wrap(
            list,
            &each(rule.sources.iter().filter_map(|source| inner(account, source))),
        )
    };
    [
        tag("ipProtocol", &rule.protocol),
        ports,
        of("groups", |account, source| {
            let pair = || [tag("userId", &account.id), tag("groupId", source)].concat();
            source.starts_with("sg-").then(pair)
        }),
        of("ipRanges", |_, source| {
            source.contains('.').then(|| tag("cidrIp", source))
        }),
        of("ipv6Ranges", |_, source| {
            source.contains(':').then(|| tag("cidrIpv6", source))
        }),
        of("prefixListIds", |_, source| {
            source.starts_with("pl-").then(|| tag("prefixListId", source))
        }),
    ]
    .concat()
}
