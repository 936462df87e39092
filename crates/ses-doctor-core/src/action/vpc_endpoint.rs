//! The policy of a VPC endpoint.

use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// EC2 `ModifyVpcEndpoint`: for everybody who goes through the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointPolicy {
    /// `vpce-…`.
    pub endpoint: String,
    /// The policy that it has.
    pub before: String,
    /// The policy that it is to have.
    pub after: String,
}

impl Change for EndpointPolicy {
    fn resource(&self) -> String {
        format!("the policy of the VPC endpoint {}", self.endpoint)
    }

    fn before(&self) -> State {
        State::Document(self.before.clone())
    }

    fn after(&self) -> State {
        State::Document(self.after.clone())
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after.clone(),
            after: self.before.clone(),
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        Call::new("ec2", "ModifyVpcEndpoint")
            .with("VpcEndpointId", self.endpoint.as_str())
            .with("PolicyDocument", self.after.as_str())
    }

    fn permissions(&self) -> &'static [&'static str] {
        &["ec2:ModifyVpcEndpoint", "ec2:DescribeVpcEndpoints"]
    }
}
