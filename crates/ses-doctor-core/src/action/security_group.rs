//! Inbound rules of a security group.

use super::state::presence;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// EC2 `AuthorizeSecurityGroupIngress` or `RevokeSecurityGroupIngress`: one TCP port for one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingress {
    /// `sg-…`.
    pub group: String,
    /// The TCP port.
    pub port: u16,
    /// An address range in CIDR notation, or the id of a security group.
    pub source: String,
    /// Whether this very rule is there.
    pub before: bool,
    /// Whether it is to be.
    pub after: bool,
}

impl Ingress {
    /// The rule as EC2's `IpPermission`.
    fn permission(&self) -> Value {
        let source = match self.source.as_str() {
            group if group.starts_with("sg-") => ("UserIdGroupPairs", json!([{ "GroupId": group }])),
            range if range.contains(':') => ("Ipv6Ranges", json!([{ "CidrIpv6": range }])),
            range => ("IpRanges", json!([{ "CidrIp": range }])),
        };
        let mut permission = json!({ "IpProtocol": "tcp", "FromPort": self.port, "ToPort": self.port });
        if let Some(fields) = permission.as_object_mut() {
            fields.insert(source.0.to_owned(), source.1);
        }
        json!([permission])
    }
}

impl Change for Ingress {
    fn resource(&self) -> String {
        format!(
            "the rule of {} that lets {} in on TCP port {}",
            self.group, self.source, self.port
        )
    }

    fn before(&self) -> State {
        presence(self.before)
    }

    fn after(&self) -> State {
        presence(self.after)
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after,
            after: self.before,
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        let operation = match self.after {
            true => "AuthorizeSecurityGroupIngress",
            false => "RevokeSecurityGroupIngress",
        };
        Call::new("ec2", operation)
            .with("GroupId", self.group.as_str())
            .with("IpPermissions", self.permission())
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupIngress",
            "ec2:DescribeSecurityGroups",
        ]
    }
}
