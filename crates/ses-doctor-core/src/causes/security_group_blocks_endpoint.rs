//! `security-group-blocks-endpoint`: the endpoint has a private address, and no SMTP port of it can be reached.

use super::port_blocked::{Others, no_connection, others};
use crate::cause::{Cause, Group, Remedy};
use crate::evidence::Evidence;
use crate::need::Need;
use crate::reading::{Admission, admission, is_private};
use crate::verdict::Verdict;
use ses_smtp::probe::FailureKind;

/// The catalogue entry.
pub(super) const CAUSE: Cause = Cause {
    id: "security-group-blocks-endpoint",
    group: Group::Transport,
    title: "A security group keeps the client away from the VPC endpoint",
    next_check: "see the inbound rules of the VPC endpoint's security group for the client and the port",
    reads: &[Need::Symptom, Need::Probe, Need::Ports, Need::VpcEndpoints],
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

The address is private or the name is the one of a VPC endpoint, and no SMTP port answers in time. That makes it likely.
Where EC2 may be read, the inbound rules of the endpoint's security groups settle it: no rule for the port confirms it, a
rule for everybody rules it out.

## What to do

Allow the client's address or security group in, on TCP port 587, in the security group of the VPC endpoint.
";

/// A security group may swallow the connections.
pub(super) fn behind_security_group(evidence: &Evidence) -> bool {
    swallowed(evidence) && !is_open(evidence)
}

/// A VPC endpoint that swallows connections: what it refuses aloud is not the work of a security group.
fn swallowed(evidence: &Evidence) -> bool {
    let kinds = [FailureKind::TimedOut, FailureKind::Unreachable];
    is_private(evidence) && no_connection(evidence).is_some_and(|failure| kinds.contains(&failure.kind))
}

/// The rules let everybody in: whatever swallows the connection stands elsewhere.
fn is_open(evidence: &Evidence) -> bool {
    admission(evidence, port(evidence)) == Admission::Everybody
}

fn port(evidence: &Evidence) -> u16 {
    evidence.symptom.known().map_or(587, |symptom| symptom.port)
}

fn check(evidence: &Evidence) -> Verdict {
    if !swallowed(evidence) {
        return Verdict::NotApplicable;
    }
    match others(evidence) {
        Others::Open(_) => Verdict::absent([Need::Ports], "other SMTP ports of the endpoint answer"),
        Others::Closed => by_rules(evidence),
        Others::NotTold => Verdict::unknown(
            [Need::Ports],
            "the endpoint has a private address and does not answer",
        ),
    }
}

fn by_rules(evidence: &Evidence) -> Verdict {
    const SEEN: &str = "the endpoint has a private address, and no SMTP port of it answers";
    let port = port(evidence);
    let basis = [Need::Probe, Need::Ports, Need::VpcEndpoints];
    match admission(evidence, port) {
        Admission::Nobody(groups) => {
            let groups = groups.join(", ");
            Verdict::confirmed(
                basis,
                format!("{SEEN}; {groups} lets nobody in on TCP port {port}"),
            )
        }
        Admission::Some(sources) => {
            let sources = sources.join(", ");
            let why = format!(
                "{SEEN}; on TCP port {port} only {sources} is let in: the client may not be among them"
            );
            Verdict::likely(0.65, basis, why)
        }
        Admission::Everybody => Verdict::absent(
            basis,
            format!("the security group lets everybody in on TCP port {port}"),
        ),
        Admission::NotTold => Verdict::likely(0.8, [Need::Probe, Need::Ports], SEEN),
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
    use crate::evidence::{IngressRule, PortCheck, SecurityGroup, VpcEndpoint};
    use crate::testimony::{evidence_of_235, evidence_of_failure, found, known, probe, probed, symptom};
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

    fn group(sources: &[&str]) -> SecurityGroup {
        let rule = IngressRule {
            protocol: "tcp".into(),
            ports: Some((587, 587)),
            sources: sources.iter().map(|source| (*source).to_owned()).collect(),
        };
        SecurityGroup {
            id: "sg-1".into(),
            name: None,
            ingress: Ok(vec![rule]),
        }
    }

    fn ruled(name: &str, group: SecurityGroup) -> Evidence {
        let endpoint = VpcEndpoint {
            id: "vpce-1".into(),
            vpc: None,
            state: "available".into(),
            private_dns: true,
            policy: None,
            subnets: Vec::new(),
            dns_names: vec![name.into()],
            security_groups: vec![group],
        };
        Evidence {
            ports: known(ports(false)),
            vpc_endpoints: known(vec![endpoint]),
            ..private(FailureKind::TimedOut)
        }
    }

    #[test]
    fn the_rules_of_the_group_settle_it() {
        let certainty = |evidence: &Evidence| found(&check(evidence)).map(|(certainty, _)| certainty);
        let name = "vpce-1-x.email-smtp.eu-west-1.vpce.amazonaws.com";
        assert_eq!(certainty(&ruled(name, group(&[]))), Some(Certainty::Confirmed));
        assert_eq!(
            certainty(&ruled(name, group(&["10.0.0.0/8"]))),
            Some(Certainty::Likely)
        );
        let open = ruled(name, group(&["0.0.0.0/0"]));
        assert!(matches!(check(&open), Verdict::Absent { .. }));
        assert!(
            !behind_security_group(&open),
            "then something else blocks the ports"
        );
    }

    #[test]
    fn rules_of_another_endpoint_or_rules_unread_leave_it_likely() {
        let mut other = ruled("vpce-2-x.email-smtp.eu-west-1.vpce.amazonaws.com", group(&[]));
        symptom(&mut other, |symptom| {
            symptom.host = "vpce-1-x.email-smtp.eu-west-1.vpce.amazonaws.com".into()
        });
        let unread = SecurityGroup {
            ingress: Err("ec2:DescribeSecurityGroups was denied".into()),
            ..group(&[])
        };
        let unread = ruled("vpce-1-x.email-smtp.eu-west-1.vpce.amazonaws.com", unread);
        for evidence in [other, unread] {
            assert_eq!(found(&check(&evidence)), Some((Certainty::Likely, 0.8)));
        }
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
