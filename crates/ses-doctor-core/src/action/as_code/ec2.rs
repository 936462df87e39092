//! Security groups and VPC endpoints, as code.

use super::{Argument, AsCode, ByHand, Code, Identity, Thing};
use crate::action::{EndpointPolicy, Ingress};
use crate::shell::quoted;

impl Ingress {
    /// How the source is called, in Terraform and in CloudFormation.
    fn source_argument(&self) -> (&'static str, &'static str) {
        match self.source.as_str() {
            group if group.starts_with("sg-") => ("referenced_security_group_id", "SourceSecurityGroupId"),
            range if range.contains(':') => ("cidr_ipv6", "CidrIpv6"),
            _ => ("cidr_ipv4", "CidrIp"),
        }
    }

    /// EC2 gives a rule its id when it is made.
    fn shown(&self) -> Identity {
        let filter = quoted(&format!("Name=group-id,Values={}", self.group));
        Identity::Shown(
            "Id",
            format!("aws ec2 describe-security-group-rules --filters {filter}"),
        )
    }

    fn names(&self) -> [String; 3] {
        [self.group.clone(), self.port.to_string(), self.source.clone()]
    }
}

impl AsCode for Ingress {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let names = self.names();
        Thing::of(
            "aws_vpc_security_group_ingress_rule",
            &names.each_ref().map(String::as_str),
            self.shown(),
        )
        .with("security_group_id", self.group.as_str())
        .with(self.source_argument().0, self.source.as_str())
        .with("ip_protocol", "tcp")
        .with("from_port", self.port)
        .with("to_port", self.port)
        .noting(
            "Not beside an aws_security_group whose rules stand in it: that one would take this rule away.",
        )
        .presence(self.before, self.after)
    }

    fn cloudformation(&self) -> Code {
        let names = self.names();
        Thing::of(
            "AWS::EC2::SecurityGroupIngress",
            &names.each_ref().map(String::as_str),
            self.shown(),
        )
        .with("GroupId", self.group.as_str())
        .with(self.source_argument().1, self.source.as_str())
        .with("IpProtocol", "tcp")
        .with("FromPort", self.port)
        .with("ToPort", self.port)
        .presence(self.before, self.after)
    }
}

impl AsCode for EndpointPolicy {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let id = Identity::Id(self.endpoint.clone());
        Thing::of("aws_vpc_endpoint_policy", &[&self.endpoint], id)
            .with("vpc_endpoint_id", self.endpoint.as_str())
            .noting("Not beside an aws_vpc_endpoint that has a policy itself.")
            .policy("policy", Some(&self.before), Some(&self.after))
    }

    fn cloudformation(&self) -> Code {
        let id = Identity::Properties(vec![("Id", self.endpoint.clone())]);
        let asked = |parameter, kind| Argument::Asked {
            parameter,
            kind,
            default: None,
        };
        // SES SMTP has interface endpoints alone (SES Developer Guide, "Setting up VPC endpoints").
        Thing::of("AWS::EC2::VPCEndpoint", &[&self.endpoint], id)
            .argument("VpcId", asked("VpcOfTheEndpoint", "AWS::EC2::VPC::Id"))
            .argument("ServiceName", asked("ServiceOfTheEndpoint", "String"))
            .with("VpcEndpointType", "Interface")
            .noting("Add subnets and security groups as they are; `aws ec2 describe-vpc-endpoints` shows them, the VPC and the service.")
            .policy("PolicyDocument", Some(&self.before), Some(&self.after))
    }
}
