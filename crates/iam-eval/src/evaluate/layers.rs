//! What has to allow, layer by layer.

use super::is_bound;
use crate::decision::{DecidedBy, StatementId};
use crate::layer::Layer;
use crate::policies::{Group, PolicySet};
use crate::principal::Kind;
use crate::request::Request;
use crate::tally::{Allow, Allows, Tally};
use crate::truth::Truth;

/// What has to hold: whether it does, the first thing that fails, and the statement that grants.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) truth: Truth,
    pub(super) failed: Option<DecidedBy>,
    pub(super) granted: Option<StatementId>,
}

impl Grant {
    const GIVEN: Self = Self {
        truth: Truth::True,
        failed: None,
        granted: None,
    };

    fn needs(allow: Allow, layer: Layer, group: Option<u16>) -> Self {
        let failed = (allow.truth == Truth::False).then_some(DecidedBy {
            layer,
            group,
            statement: None,
        });
        Self {
            truth: allow.truth,
            failed,
            granted: allow.first,
        }
    }

    /// A limit grants nothing; it only must not fail.
    fn limit(self) -> Self {
        Self {
            granted: None,
            ..self
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            truth: self.truth.and(other.truth),
            failed: self.failed.or(other.failed),
            granted: self.granted.or(other.granted),
        }
    }
}

/// The policies, the request, and what their statements say to it.
pub(super) struct Layers<'a> {
    pub(super) policies: &'a PolicySet,
    pub(super) request: &'a Request,
    pub(super) tally: &'a Tally,
}

impl Layers<'_> {
    /// Whether the request is allowed, explicit denials aside.
    pub(super) fn grant(&self) -> Grant {
        self.each(Layer::ResourceControlPolicy)
            .and(self.each(Layer::ServiceControlPolicy))
            .and(self.accounts())
            .and(self.each(Layer::VpcEndpointPolicy))
    }

    /// Between the account of the principal and that of the resource.
    fn accounts(&self) -> Grant {
        let resource = self.resource();
        let needs_resource = || {
            Grant::needs(
                resource.any(),
                Layer::ResourcePolicy,
                self.first(Layer::ResourcePolicy),
            )
        };
        let cross_account = self.request.is_cross_account();
        match self.request.principal().kind() {
            Kind::Outside => needs_resource(),
            Kind::Root if cross_account => needs_resource(),
            // The root user may do everything in its own account.
            Kind::Root => Grant::GIVEN,
            Kind::User | Kind::Role { .. } | Kind::RoleSession { .. } | Kind::FederatedUser
                if cross_account =>
            {
                needs_resource().and(self.principals_side(Allows::NONE.by_role))
            }
            Kind::User | Kind::Role { .. } | Kind::RoleSession { .. } | Kind::FederatedUser => {
                let named = match self.resource_must_allow() {
                    true => needs_resource().limit(),
                    false => Grant::GIVEN,
                };
                let own = self.principals_side(resource.by_role.clone());
                named.and(either(resource.directly.clone(), own))
            }
        }
    }

    /// Identity-based policies, and in the same account what a resource-based policy grants to the role; limited by boundary
    /// and session policy.
    fn principals_side(&self, to_role: Allow) -> Grant {
        let identity = self.first(Layer::IdentityPolicy);
        let own = self.allows(identity).any().or(to_role);
        Grant::needs(own, Layer::IdentityPolicy, identity)
            .and(self.each(Layer::PermissionsBoundary))
            .and(self.each(Layer::SessionPolicy))
    }

    /// Trust policies of roles and policies of KMS keys must allow, in the same account too ("Policy evaluation logic",
    /// resource-based policies). Every role and key has one, so that an absent one was not told.
    fn resource_must_allow(&self) -> bool {
        let action = self.request.action_lower();
        self.policies.has(Layer::ResourcePolicy)
            && (action.starts_with("kms:") || action.starts_with("sts:assumerole"))
    }

    fn resource(&self) -> Allows {
        self.allows(self.first(Layer::ResourcePolicy))
    }

    /// Every group of a layer must allow; a layer without groups does not take part.
    fn each(&self, layer: Layer) -> Grant {
        let groups = self.policies.groups().iter().zip(&self.tally.allows).enumerate();
        groups
            .filter(|(_, (group, _))| group.layer == layer && !group.lets_through)
            .filter(|_| is_bound(self.request, layer))
            .map(|(index, (_, allows))| Grant::needs(allows.any(), layer, u16::try_from(index).ok()).limit())
            .reduce(Grant::and)
            .unwrap_or(Grant::GIVEN)
    }

    fn first(&self, layer: Layer) -> Option<u16> {
        let is_it = |group: &Group| group.layer == layer;
        let index = self.policies.groups().iter().position(is_it)?;
        u16::try_from(index).ok()
    }

    fn allows(&self, group: Option<u16>) -> Allows {
        let allows = group.and_then(|group| self.tally.allows.get(usize::from(group)));
        allows.cloned().unwrap_or(Allows::NONE)
    }
}

/// A direct grant by the resource-based policy needs nothing else of the same account.
fn either(directly: Allow, own: Grant) -> Grant {
    match directly.truth {
        Truth::True => Grant {
            truth: Truth::True,
            failed: None,
            granted: directly.first,
        },
        Truth::False => own,
        Truth::Unknown(_) => {
            let truth = directly.truth.or(own.truth);
            let settled = truth != Truth::False;
            Grant {
                truth,
                failed: own.failed.filter(|_| !settled),
                granted: own.granted,
            }
        }
    }
}
