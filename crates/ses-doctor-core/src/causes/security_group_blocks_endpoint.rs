//! `security-group-blocks-endpoint`: the endpoint has a private address, and no SMTP port of it can be reached.

use super::port_blocked::{Others, no_connection, others};
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::verdict::Verdict;
use ses_smtp::endpoint::EndpointKind;
use ses_smtp::probe::FailureKind;
use std::net::IpAddr;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "security-group-blocks-endpoint",
    group: Group::Transport,
    title: "A security group keeps the client away from the VPC endpoint",
    reads: &[Need::Symptom, Need::Probe, Need::Ports],
    docs: DOCS,
    check,
    remedy,
};

const DOCS: &str = "\
## What you see

Connections time out on every SMTP port, and the host name resolves to a private address.

## Why it happens

With a VPC endpoint for SES, connections go to a network interface in the VPC. The security group of the endpoint must
allow the client in on the SMTP port. What it does not allow is dropped without an answer; a missing route looks the same.

## How it is proven

The address is private or the name is the one of a VPC endpoint, and no SMTP port answers in time. The rules of the security
group themselves are not read, so this stays likely.

## What to do

Allow the client's address or security group in, on TCP port 587, in the security group of the VPC endpoint.
";

/// A VPC endpoint that swallows connections: what it refuses aloud is not the work of a security group.
pub(super) fn behind_security_group(evidence: &Evidence) -> bool {
    let swallowed = [FailureKind::TimedOut, FailureKind::Unreachable];
    is_private(evidence) && no_connection(evidence).is_some_and(|failure| swallowed.contains(&failure.kind))
}

fn is_private(evidence: &Evidence) -> bool {
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

fn check(evidence: &Evidence) -> Verdict {
    if !behind_security_group(evidence) {
        return Verdict::NotApplicable;
    }
    match others(evidence) {
        Others::Open(_) => Verdict::absent([Need::Ports], "other SMTP ports of the endpoint answer"),
        Others::Closed => {
            let why = "the endpoint has a private address, and no SMTP port of it answers";
            Verdict::likely(0.8, [Need::Probe, Need::Ports], why)
        }
        Others::NotTold => Verdict::unknown(
            [Need::Ports],
            "the endpoint has a private address and does not answer",
        ),
    }
}

fn remedy(evidence: &Evidence) -> Remedy {
    let region = super::region_argument(evidence);
    Remedy::new("Allow the client in, on TCP port 587, in the security group of the VPC endpoint")
        .command(
            "Find the endpoint and its security groups (`Groups`)",
            format!(
                "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.{region}.email-smtp \
                 --region {region}"
            ),
        )
        .command("See what that security group lets in", format!("aws ec2 describe-security-groups --group-ids GROUP_ID --region {region}"))
        .command(
            "Allow the client's own security group in (undo: aws ec2 revoke-security-group-ingress, same arguments)",
            format!(
                "aws ec2 authorize-security-group-ingress --group-id GROUP_ID --protocol tcp --port 587 \
                 --source-group CLIENT_GROUP_ID --region {region}"
            ),
        )
        .step("If the group already allows it, look at network ACLs, routes, and the client's own outgoing rules")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;
    use crate::evidence::PortCheck;
    use crate::testimony::{evidence_of_235, evidence_of_failure, known, probe, probed, symptom};
    use ses_smtp::probe::DnsFacts;
    use ses_smtp::reply::Phase;

    fn private(kind: FailureKind) -> Evidence {
        let mut evidence = evidence_of_failure(Phase::Connect, kind);
        probed(&mut evidence, |probe| {
            probe.dns = Some(DnsFacts {
                all_private: true,
                ..DnsFacts::default()
            })
        });
        evidence
    }

    fn ports(reachable: bool) -> Vec<PortCheck> {
        vec![PortCheck {
            target: probe().target,
            reachable,
            failure: None,
        }]
    }

    #[test]
    fn a_private_address_that_swallows_every_port_points_to_it() {
        let mut evidence = private(FailureKind::TimedOut);
        assert!(matches!(check(&evidence), Verdict::Unknown { missing, .. } if missing == [Need::Ports]));
        evidence.ports = known(ports(false));
        assert!(matches!(check(&evidence), Verdict::Present(f) if f.certainty == Certainty::Likely));
        evidence.ports = known(ports(true));
        assert!(matches!(check(&evidence), Verdict::Absent { .. }));
    }

    #[test]
    fn a_refusal_or_a_public_address_is_something_else() {
        assert_eq!(check(&private(FailureKind::Refused)), Verdict::NotApplicable);
        let public = evidence_of_failure(Phase::Connect, FailureKind::TimedOut);
        assert_eq!(check(&public), Verdict::NotApplicable);
        assert_eq!(check(&evidence_of_235()), Verdict::NotApplicable);
    }

    #[test]
    fn the_name_of_a_vpc_endpoint_counts_as_private() {
        let mut evidence = evidence_of_failure(Phase::Connect, FailureKind::TimedOut);
        let host = "vpce-0a1b-xyz.email-smtp.us-east-1.vpce.amazonaws.com";
        symptom(&mut evidence, |symptom| symptom.host = host.into());
        assert!(matches!(check(&evidence), Verdict::Unknown { .. }));
    }
}
