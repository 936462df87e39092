//! Changing security groups and endpoint policies.

use super::super::Operation;
use super::super::error::ApiError;
use super::super::query::tag;
use super::numbered;
use crate::world::{Account, Ingress, SecurityGroup};

/// What EC2 answers to a change.
fn done() -> String {
    tag("return", "true")
}

/// The rule of a request: one `IpPermission`, with all its sources.
fn rule(operation: &Operation) -> Result<Ingress, ApiError> {
    let of = |field: &str| operation.parameter(&format!("ipPermissions.1.{field}"));
    let missing = || {
        ApiError::new(
            400,
            "MissingParameter",
            "The request must contain the parameter ipPermissions",
        )
    };
    let invalid = || ApiError::new(400, "InvalidParameterValue", "Invalid port");
    let port = |field: &str| {
        of(field)
            .map(str::parse::<u16>)
            .transpose()
            .map_err(|_| invalid())
    };
    let lists = [
        ("IpRanges", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6"),
        ("Groups", "GroupId"),
        ("PrefixListIds", "PrefixListId"),
    ];
    let sources: Vec<String> = lists
        .into_iter()
        .flat_map(|(list, field)| {
            let source = move |n: usize| of(&format!("{list}.{n}.{field}")).map(str::to_owned);
            (1..).map_while(source)
        })
        .collect();
    if sources.is_empty() {
        return Err(missing());
    }
    Ok(Ingress {
        protocol: of("IpProtocol").ok_or_else(missing)?.to_owned(),
        ports: port("FromPort")?
            .zip(port("ToPort")?)
            .map(|(first, last)| [first, last]),
        sources,
    })
}

fn group<'a>(account: &'a mut Account, operation: &Operation) -> Result<&'a mut SecurityGroup, ApiError> {
    let id = operation.parameter("groupId").unwrap_or_default();
    let found = account.security_group.iter_mut().find(|group| group.id == id);
    found.ok_or_else(|| {
        let message = format!("The security group '{id}' does not exist");
        ApiError::new(400, "InvalidGroup.NotFound", message)
    })
}

fn is_alike(one: &Ingress, other: &Ingress) -> bool {
    (&one.protocol, one.ports) == (&other.protocol, other.ports)
}

pub(super) fn authorize(account: &mut Account, operation: &Operation) -> Result<String, ApiError> {
    let rule = rule(operation)?;
    let group = group(account, operation)?;
    let known = group.ingress.iter().filter(|known| is_alike(known, &rule));
    let mut known = known.flat_map(|known| &known.sources);
    if let Some(twice) = known.find(|source| rule.sources.contains(source)) {
        let message = format!("the specified rule \"peer: {twice}\" already exists");
        return Err(ApiError::new(400, "InvalidPermission.Duplicate", message));
    }
    group.ingress.push(rule);
    Ok(done())
}

pub(super) fn revoke(account: &mut Account, operation: &Operation) -> Result<String, ApiError> {
    let rule = rule(operation)?;
    let group = group(account, operation)?;
    let has = |source: &String| {
        let mut alike = group.ingress.iter().filter(|known| is_alike(known, &rule));
        alike.any(|known| known.sources.contains(source))
    };
    if !rule.sources.iter().all(has) {
        let message = "The specified rule does not exist in this security group.";
        return Err(ApiError::new(400, "InvalidPermission.NotFound", message));
    }
    for known in group.ingress.iter_mut().filter(|known| is_alike(known, &rule)) {
        known.sources.retain(|source| !rule.sources.contains(source));
    }
    group.ingress.retain(|known| !known.sources.is_empty());
    Ok(done())
}

pub(super) fn modify_endpoint(
    account: &mut Account,
    region: &str,
    operation: &Operation,
) -> Result<String, ApiError> {
    let ids = numbered(operation, "vpcEndpointId");
    let id = operation
        .parameter("vpcEndpointId")
        .or(ids.first().map(String::as_str))
        .unwrap_or_default();
    let mut endpoints = account.vpc_endpoint.iter_mut();
    let Some(endpoint) = endpoints.find(|endpoint| endpoint.id == id && endpoint.region == region) else {
        let message = format!("The Vpc Endpoint Id '{id}' does not exist");
        return Err(ApiError::new(400, "InvalidVpcEndpointId.NotFound", message));
    };
    if let Some(policy) = operation.parameter("policyDocument") {
        if !serde_json::from_str::<serde_json::Value>(policy).is_ok_and(|value| value.is_object()) {
            return Err(ApiError::new(
                400,
                "InvalidPolicyDocument",
                "Invalid policy document",
            ));
        }
        policy.clone_into(&mut endpoint.policy);
    }
    Ok(done())
}
