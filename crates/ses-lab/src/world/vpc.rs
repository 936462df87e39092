//! VPC endpoints of SES SMTP, and the security groups before them.

use std::net::IpAddr;

use serde::Deserialize;

use super::dns::DnsAnswer;

/// An interface endpoint of `com.amazonaws.REGION.email-smtp`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VpcEndpoint {
    /// `vpce-…`.
    pub id: String,
    /// The region.
    pub region: String,
    /// The VPC.
    #[serde(default = "a_vpc")]
    pub vpc: String,
    /// `available`, `pendingAcceptance`, `pending`, `rejected`, `failed`, …
    #[serde(default = "available")]
    pub state: String,
    /// The ordinary SMTP name of the region leads to it from within the VPC.
    #[serde(default = "yes")]
    pub private_dns: bool,
    /// Its policy, JSON text; AWS's default allows everything.
    #[serde(default = "everything")]
    pub policy: String,
    /// Subnet ids.
    #[serde(default = "a_subnet")]
    pub subnets: Vec<String>,
    /// Its own names; one made from its id if absent.
    #[serde(default)]
    pub names: Vec<String>,
    /// Ids of security groups.
    #[serde(default)]
    pub security_groups: Vec<String>,
}

impl VpcEndpoint {
    /// A client that uses this host name goes through it.
    pub(crate) fn is_on_the_way(&self, host: &str, answer: Option<&DnsAnswer>) -> bool {
        let private = |address: &IpAddr| match address {
            IpAddr::V4(address) => address.is_private(),
            IpAddr::V6(address) => address.is_unique_local(),
        };
        let leads_inside =
            matches!(answer, Some(DnsAnswer::Addresses(all)) if !all.is_empty() && all.iter().all(private));
        let by_name = self.names().iter().any(|name| name.eq_ignore_ascii_case(host));
        by_name || (self.private_dns && leads_inside)
    }

    /// Its own names.
    pub(crate) fn names(&self) -> Vec<String> {
        if self.names.is_empty() {
            vec![format!(
                "{}-lab00000.email-smtp.{}.vpce.amazonaws.com",
                self.id, self.region
            )]
        } else {
            self.names.clone()
        }
    }
}

/// A security group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Its name; the id if absent.
    pub name: Option<String>,
    /// The VPC.
    #[serde(default = "a_vpc")]
    pub vpc: String,
    /// What it lets in.
    #[serde(default)]
    pub ingress: Vec<Ingress>,
}

/// An inbound rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ingress {
    /// `tcp`, `udp`, a number, or `-1` for all.
    #[serde(default = "tcp")]
    pub protocol: String,
    /// First and last port; absent with protocol `-1`.
    pub ports: Option<[u16; 2]>,
    /// CIDR blocks and ids of security groups.
    pub sources: Vec<String>,
}

impl Ingress {
    /// Somebody may connect to this TCP port.
    pub(crate) fn admits(&self, port: u16) -> bool {
        let tcp = ["tcp", "6", "-1"].contains(&self.protocol.as_str());
        let in_range = self
            .ports
            .is_none_or(|[first, last]| (first..=last).contains(&port));
        tcp && in_range && !self.sources.is_empty()
    }
}

fn a_vpc() -> String {
    "vpc-0a1b2c3d4e5f60718".to_owned()
}

fn a_subnet() -> Vec<String> {
    vec!["subnet-0a1b2c3d4e5f60718".to_owned()]
}

fn available() -> String {
    "available".to_owned()
}

fn yes() -> bool {
    true
}

fn tcp() -> String {
    "tcp".to_owned()
}

fn everything() -> String {
    r#"{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}"#.to_owned()
}
