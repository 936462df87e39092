//! How the layers make a decision (IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic").

mod layers;

use self::layers::{Grant, Layers};
use crate::decision::{DecidedBy, Decision, StatementId};
use crate::layer::Layer;
use crate::policies::PolicySet;
use crate::request::Request;
use crate::tally::{Allows, Record, Tally};
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
