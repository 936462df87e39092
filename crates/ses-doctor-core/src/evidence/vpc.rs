//! What EC2 says of the VPC endpoints of SES SMTP in a region.

use serde::{Deserialize, Serialize};

/// One interface endpoint of `com.amazonaws.REGION.email-smtp` (EC2 `DescribeVpcEndpoints`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VpcEndpoint {
    /// `vpce-…`.
    pub id: String,
    /// `vpc-…`.
    pub vpc: Option<String>,
    /// `available`, `pendingAcceptance`, `pending`, `deleting`, `rejected`, `failed`, …
    pub state: String,
    /// The ordinary name of the region's SMTP endpoint leads here from within the VPC.
    pub private_dns: bool,
    /// Its policy, JSON text.
    pub policy: Option<String>,
    /// The subnets of its network interfaces.
    pub subnets: Vec<String>,
    /// Its own names: the regional one, then one for each availability zone.
    pub dns_names: Vec<String>,
    /// The security groups of its network interfaces.
    pub security_groups: Vec<SecurityGroup>,
}

impl VpcEndpoint {
    /// It takes connections.
    pub fn is_available(&self) -> bool {
        self.state.eq_ignore_ascii_case("available")
    }
}

/// A security group and what it lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// `sg-…`.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Inbound rules; the reason when they could not be read.
    pub ingress: Result<Vec<IngressRule>, String>,
}

/// An inbound rule: EC2's `IpPermission`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngressRule {
    /// `tcp`, `udp`, a number, or `-1` for all.
    pub protocol: String,
    /// First and last port; absent for all.
    pub ports: Option<(u16, u16)>,
    /// Address ranges, security groups and prefix lists.
    pub sources: Vec<String>,
}

impl IngressRule {
    /// Somebody may connect to this TCP port.
    pub fn admits(&self, port: u16) -> bool {
        // 6 is TCP (IANA protocol numbers); with -1 EC2 gives no ports.
        let tcp = ["tcp", "6", "-1"].contains(&self.protocol.as_str());
        let in_range = self
            .ports
            .is_none_or(|(first, last)| (first..=last).contains(&port));
        tcp && in_range && !self.sources.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_admits_the_ports_of_its_range_to_whomever_it_names() {
        let rule = |protocol: &str, ports, sources: &[&str]| IngressRule {
            protocol: protocol.to_owned(),
            ports,
            sources: sources.iter().map(|source| (*source).to_owned()).collect(),
        };
        let all = ["0.0.0.0/0"];
        assert!(rule("tcp", Some((587, 587)), &all).admits(587));
        assert!(rule("-1", None, &["sg-1"]).admits(2465));
        assert!(!rule("tcp", Some((443, 443)), &all).admits(587));
        assert!(!rule("udp", Some((0, 65535)), &all).admits(587));
        assert!(!rule("tcp", Some((587, 587)), &[]).admits(587));
    }
}
