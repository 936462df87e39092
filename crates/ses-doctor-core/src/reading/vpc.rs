//! Whether the client reaches SES through a VPC endpoint, and what that lets in.

use crate::evidence::{Evidence, IngressRule, VpcEndpoint};
use ses_smtp::endpoint::EndpointKind;
use std::net::IpAddr;

/// The host is named as a VPC endpoint, is a private address, or leads to private addresses only.
pub(crate) fn is_private(evidence: &Evidence) -> bool {
    let endpoint = evidence.endpoint();
    let of_vpc = endpoint.is_some_and(|endpoint| {
        let address = endpoint.host.parse::<IpAddr>();
        endpoint.kind == EndpointKind::VpcEndpoint || address.is_ok_and(is_private_address)
    });
    let dns = evidence.probe.known().and_then(|probe| probe.dns.as_ref());
    of_vpc || dns.is_some_and(|dns| dns.all_private)
}

fn is_private_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

/// What the security groups of the endpoint say to connections on one port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admission {
    /// No rule of these groups admits anybody.
    Nobody(Vec<String>),
    /// These address ranges, groups and prefix lists.
    Some(Vec<String>),
    /// Every address.
    Everybody,
    /// The rules, or which endpoint it is, could not be told.
    NotTold,
}

/// Reads the rules. EC2 lets in what any rule of any group admits.
pub(crate) fn admission(evidence: &Evidence, port: u16) -> Admission {
    const ANY: [&str; 2] = ["0.0.0.0/0", "::/0"];
    let groups = endpoints(evidence).into_iter().flat_map(|it| &it.security_groups);
    let (mut names, mut sources) = (Vec::new(), Vec::new());
    for group in groups {
        let Ok(rules) = &group.ingress else {
            return Admission::NotTold;
        };
        names.push(group.id.clone());
        let admitting = rules.iter().filter(|rule| rule.admits(port));
        sources.extend(admitting.flat_map(|rule: &IngressRule| rule.sources.clone()));
    }
    names.dedup();
    match (names.is_empty(), sources.is_empty()) {
        (true, _) => Admission::NotTold,
        (false, true) => Admission::Nobody(names),
        (false, false) if sources.iter().any(|source| ANY.contains(&source.as_str())) => Admission::Everybody,
        (false, false) => Admission::Some(sources),
    }
}

/// The endpoint that bears the client's host name; for the ordinary name, those with private DNS.
pub(crate) fn endpoints(evidence: &Evidence) -> Vec<&VpcEndpoint> {
    let all = || evidence.vpc_endpoints.known().into_iter().flatten();
    let Some(host) = evidence.endpoint().map(|endpoint| endpoint.host) else {
        return Vec::new();
    };
    let named = |endpoint: &&VpcEndpoint| {
        let mut names = endpoint.dns_names.iter();
        names.any(|name| name.eq_ignore_ascii_case(&host))
    };
    let by_name: Vec<_> = all().filter(named).collect();
    if by_name.is_empty() && !host.starts_with("vpce-") {
        return all().filter(|endpoint| endpoint.private_dns).collect();
    }
    by_name
}
