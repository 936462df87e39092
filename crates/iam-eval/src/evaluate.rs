//! How the layers make a decision (IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic").

use crate::decision::{DecidedBy, Decision, StatementId};
use crate::layer::Layer;
use crate::policies::{Group, PolicySet};
use crate::principal::Kind;
use crate::request::Request;
use crate::tally::{Allow, Allows, Record, Tally};
use crate::truth::{Keys, Truth};

/// Decides a request.
#[must_use]
pub fn evaluate<'a>(policies: &'a PolicySet, request: &'a Request) -> Evaluation<'a> {
    let binds = |group: usize| {
        let layer = policies.groups().get(group).map(|group| group.layer);
        layer.is_some_and(|layer| is_bound(request, layer))
    };
    let tally = Tally::take(policies, request, binds);
    let layers = Layers {
        policies,
        request,
        tally: &tally,
    };
    let grant = layers.grant();
    let settled = Settled::new(&tally, grant, policies, request);
    Evaluation {
        policies,
        request,
        decision: settled.decision,
        possible: settled.possible,
        decided_by: settled.decided_by,
        missing_context: settled.missing,
        records: tally.records,
        allows: tally.allows,
    }
}

/// Whether policies of a layer bind this principal.
pub(crate) fn is_bound(request: &Request, layer: Layer) -> bool {
    let principal = request.principal();
    match layer {
        // SCPs bind the users and roles of the organization's accounts, and nobody else.
        Layer::ServiceControlPolicy => principal.account().is_some() && !principal.is_service_linked_role(),
        Layer::ResourceControlPolicy => !principal.is_service_linked_role(),
        Layer::ResourcePolicy
        | Layer::IdentityPolicy
        | Layer::PermissionsBoundary
        | Layer::SessionPolicy
        | Layer::VpcEndpointPolicy => true,
    }
}

/// A decision with all that led to it.
#[derive(Debug, Clone)]
pub struct Evaluation<'a> {
    pub(crate) policies: &'a PolicySet,
    pub(crate) request: &'a Request,
    pub(crate) decision: Decision,
    possible: Vec<Decision>,
    pub(crate) decided_by: Option<DecidedBy>,
    missing_context: Vec<&'a str>,
    pub(crate) records: Vec<Record>,
    pub(crate) allows: Vec<Allows>,
}

impl<'a> Evaluation<'a> {
    /// What AWS would answer.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The decisions that are left, if it is undetermined; else just the decision.
    #[must_use]
    pub fn possible(&self) -> &[Decision] {
        if self.possible.is_empty() {
            std::slice::from_ref(&self.decision)
        } else {
            &self.possible
        }
    }

    /// The unknown context keys that would settle it, as the request named them.
    #[must_use]
    pub fn missing_context(&self) -> &[&'a str] {
        &self.missing_context
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &'a Request {
        self.request
    }
}

/// What has to hold: whether it does, the first thing that fails, and the statement that grants.
#[derive(Debug)]
struct Grant {
    truth: Truth,
    failed: Option<DecidedBy>,
    granted: Option<StatementId>,
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

struct Layers<'a> {
    policies: &'a PolicySet,
    request: &'a Request,
    tally: &'a Tally,
}

impl Layers<'_> {
    /// Whether the request is allowed, explicit denials aside.
    fn grant(&self) -> Grant {
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
            .and(self.session())
    }

    /// A session of a role may have no session policy; one of a federated user can do nothing without.
    fn session(&self) -> Grant {
        let federated = *self.request.principal().kind() == Kind::FederatedUser;
        if federated && !self.policies.has(Layer::SessionPolicy) {
            return Grant::needs(Allows::NONE.any(), Layer::SessionPolicy, None);
        }
        self.each(Layer::SessionPolicy)
    }

    /// Trust policies of roles and policies of KMS keys must allow, in the same account too.
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
            .fold(Grant::GIVEN, Grant::and)
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

/// The end of it.
struct Settled<'a> {
    decision: Decision,
    possible: Vec<Decision>,
    decided_by: Option<DecidedBy>,
    missing: Vec<&'a str>,
}

impl<'a> Settled<'a> {
    fn new(tally: &Tally, grant: Grant, policies: &PolicySet, request: &'a Request) -> Self {
        let by_statement = |statement| by_statement(policies, statement);
        let by = |decision, decided_by| Self {
            decision,
            possible: Vec::new(),
            decided_by,
            missing: Vec::new(),
        };
        if let Some(statement) = tally.denied {
            return by(Decision::ExplicitDeny, by_statement(statement));
        }
        if !tally.open_denials.is_empty() {
            return Self::open(tally.open_denials.clone(), true, &grant.truth, request);
        }
        match &grant.truth {
            Truth::True => by(Decision::Allowed, grant.granted.and_then(by_statement)),
            Truth::False => by(Decision::ImplicitDeny, grant.failed),
            Truth::Unknown(_) => Self::open(Keys::default(), false, &grant.truth, request),
        }
    }

    fn open(mut keys: Keys, may_deny: bool, grant: &Truth, request: &'a Request) -> Self {
        let mut possible = Vec::with_capacity(3);
        if *grant != Truth::False {
            possible.push(Decision::Allowed);
        }
        if may_deny {
            possible.push(Decision::ExplicitDeny);
        }
        if *grant != Truth::True {
            possible.push(Decision::ImplicitDeny);
        }
        if let Truth::Unknown(more) = grant {
            keys.extend(more);
        }
        let context = request.context();
        Self {
            decision: Decision::Undetermined,
            possible,
            decided_by: None,
            missing: keys.iter().map(|key| context.unknown_name(key)).collect(),
        }
    }
}

fn by_statement(policies: &PolicySet, statement: StatementId) -> Option<DecidedBy> {
    let group = policies.groups().get(usize::from(statement.group))?;
    Some(DecidedBy {
        layer: group.layer,
        group: Some(statement.group),
        statement: Some(statement),
    })
}
