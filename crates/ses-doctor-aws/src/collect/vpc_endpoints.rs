//! [`Need::VpcEndpoints`](ses_doctor_core::Need::VpcEndpoints): the interface endpoints of SES SMTP in the region, each
//! with its policy and with what its security groups let in.

use super::region_of;
use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::permissions::{DESCRIBE_SECURITY_GROUPS, DESCRIBE_VPC_ENDPOINTS};
use crate::signed::{Query, Service, Signed};
use crate::subject::Subject;
use crate::xml::Element;
use ses_doctor_core::evidence::{IngressRule, SecurityGroup, VpcEndpoint};
use std::collections::BTreeMap;

pub(crate) const EC2: Service<Query> = Service {
    id: "EC2",
    name: "ec2",
    version: "2016-11-15",
    protocol: Query,
};

/// Pages at most; a region has few endpoints of one service.
const PAGES: usize = 20;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<Vec<VpcEndpoint>> {
    let region = region_of(subject)?;
    let ec2 = aws.signed(EC2, region);
    let service = format!("com.amazonaws.{region}.email-smtp");
    let filter = [
        ("Filter.1.Name", "service-name"),
        ("Filter.1.Value.1", service.as_str()),
    ];
    let mut endpoints: Vec<VpcEndpoint> = pages(&ec2, DESCRIBE_VPC_ENDPOINTS, &filter)
        .await?
        .iter()
        .flat_map(|page| page.items("vpcEndpointSet"))
        .filter_map(endpoint)
        .collect();
    if endpoints.is_empty() {
        return Err(Trouble::Missing);
    }
    let rules = rules(&ec2, &endpoints)
        .await
        .map_err(|trouble| aws.clean(&trouble.reason()));
    for group in endpoints
        .iter_mut()
        .flat_map(|endpoint| &mut endpoint.security_groups)
    {
        group.ingress = rules.clone().and_then(|rules| {
            let of_group = rules.get(&group.id).cloned();
            of_group.ok_or_else(|| format!("{DESCRIBE_SECURITY_GROUPS} did not name {}", group.id))
        });
    }
    Ok(endpoints)
}

/// Every page of a list.
async fn pages(ec2: &Signed<Query>, permission: &str, parameters: &[(&str, &str)]) -> Look<Vec<Element>> {
    let mut pages = Vec::new();
    let mut next: Option<String> = None;
    while pages.len() < PAGES {
        let token = next.as_deref().map(|token| ("NextToken", token));
        let parameters: Vec<_> = parameters.iter().copied().chain(token).collect();
        let page = ec2.call(permission, &parameters).await?;
        next = page.text_of("nextToken");
        pages.push(page);
        if next.is_none() {
            return Ok(pages);
        }
    }
    Err(Trouble::failed(format!(
        "{permission} came to no end within {PAGES} pages"
    )))
}

/// The inbound rules of every group in use, in one call. A filter, unlike a list of ids, passes over a group that is gone.
async fn rules(ec2: &Signed<Query>, endpoints: &[VpcEndpoint]) -> Look<BTreeMap<String, Vec<IngressRule>>> {
    let groups = endpoints.iter().flat_map(|endpoint| &endpoint.security_groups);
    let mut ids: Vec<&str> = groups.map(|group| group.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let names: Vec<String> = (1..=ids.len()).map(|n| format!("Filter.1.Value.{n}")).collect();
    let values = names.iter().map(String::as_str).zip(ids);
    let filter: Vec<_> = [("Filter.1.Name", "group-id")]
        .into_iter()
        .chain(values)
        .collect();
    let pages = pages(ec2, DESCRIBE_SECURITY_GROUPS, &filter).await?;
    let found = pages.iter().flat_map(|page| page.items("securityGroupInfo"));
    Ok(found
        .filter_map(|group| {
            Some((
                group.text_of("groupId")?,
                group.items("ipPermissions").map(rule).collect(),
            ))
        })
        .collect())
}

fn endpoint(item: &Element) -> Option<VpcEndpoint> {
    let names = item
        .items("dnsEntrySet")
        .filter_map(|entry| entry.text_of("dnsName"));
    Some(VpcEndpoint {
        id: item.text_of("vpcEndpointId")?,
        vpc: item.text_of("vpcId"),
        state: item.text_of("state").unwrap_or_default(),
        private_dns: item.text_of("privateDnsEnabled").as_deref() == Some("true"),
        policy: item.verbatim("policyDocument"),
        subnets: item
            .items("subnetIdSet")
            .map(|subnet| subnet.text().to_owned())
            .collect(),
        dns_names: names.collect(),
        security_groups: item.items("groupSet").filter_map(group).collect(),
    })
}

fn group(item: &Element) -> Option<SecurityGroup> {
    Some(SecurityGroup {
        id: item.text_of("groupId")?,
        name: item.text_of("groupName"),
        ingress: Ok(Vec::new()),
    })
}

fn rule(item: &Element) -> IngressRule {
    let port = |name: &str| item.text_of(name)?.parse::<u16>().ok();
    let of = |list: &'static str, field: &'static str| {
        item.items(list).filter_map(move |entry| entry.text_of(field))
    };
    IngressRule {
        protocol: item.text_of("ipProtocol").unwrap_or_default(),
        ports: port("fromPort").zip(port("toPort")),
        sources: of("ipRanges", "cidrIp")
            .chain(of("ipv6Ranges", "cidrIpv6"))
            .chain(of("groups", "groupId"))
            .chain(of("prefixListIds", "prefixListId"))
            .collect(),
    }
}
