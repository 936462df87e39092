//! The kinds of policy that take part in a decision.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A kind of policy, in the order in which AWS evaluates them (IAM User Guide, "How AWS enforcement code logic evaluates
/// requests to allow or deny access"). VPC endpoint policies are not on that page; here they come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Resource control policies of the resource's organization.
    ResourceControlPolicy,
    /// Service control policies of the principal's organization.
    ServiceControlPolicy,
    /// The policy on the resource.
    ResourcePolicy,
    /// The policies of the principal, those of a user's groups included.
    IdentityPolicy,
    /// The permissions boundary of the principal.
    PermissionsBoundary,
    /// What the session was limited to when it was made.
    SessionPolicy,
    /// The policy of the VPC endpoint that the request came through.
    VpcEndpointPolicy,
}

impl Layer {
    /// All, in order.
    pub const ALL: [Self; 7] = [
        Self::ResourceControlPolicy,
        Self::ServiceControlPolicy,
        Self::ResourcePolicy,
        Self::IdentityPolicy,
        Self::PermissionsBoundary,
        Self::SessionPolicy,
        Self::VpcEndpointPolicy,
    ];

    /// As in JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::ResourceControlPolicy => "resource-control-policy",
            Self::ServiceControlPolicy => "service-control-policy",
            Self::ResourcePolicy => "resource-policy",
            Self::IdentityPolicy => "identity-policy",
            Self::PermissionsBoundary => "permissions-boundary",
            Self::SessionPolicy => "session-policy",
            Self::VpcEndpointPolicy => "vpc-endpoint-policy",
        }
    }

    /// In a sentence, with its article.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ResourceControlPolicy => "a resource control policy",
            Self::ServiceControlPolicy => "a service control policy",
            Self::ResourcePolicy => "the resource-based policy",
            Self::IdentityPolicy => "an identity-based policy",
            Self::PermissionsBoundary => "a permissions boundary",
            Self::SessionPolicy => "a session policy",
            Self::VpcEndpointPolicy => "a VPC endpoint policy",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
