//! What stands in the way that no allow of the principal cures.

use crate::decision::Decision;
use crate::document::{Condition, Effect, PolicyDocument, Statement};
use crate::evaluate::Evaluation;
use crate::layer::Layer;
use crate::request::Request;
use crate::span::Span;
use crate::statement::Because;
use crate::tally::Outcome;
use crate::trace::{GroupTrace, StatementTrace};

/// A layer that stands in the way of a request.
#[derive(Debug)]
pub struct Blocker<'a> {
    /// The request.
    pub request: &'a Request,
    /// The layer.
    pub layer: Layer,
    /// The root, organizational unit or account that it hangs on, for SCPs and RCPs.
    pub target: Option<&'a str>,
    /// How it stands in the way.
    pub cause: Cause<'a>,
}

/// How a layer stands in the way.
#[derive(Debug)]
pub enum Cause<'a> {
    /// A statement denies.
    Denies {
        /// The document.
        document: &'a PolicyDocument,
        /// The statement's place in it, from 0.
        index: usize,
        /// The statement.
        statement: &'a Statement,
    },
    /// A statement denies, as AWS says; the document is not at hand.
    DeniesUnseen,
    /// No statement allows. These would, but for one element: document, place, statement, and where that element stands.
    DoesNotAllow {
        /// Statements that nearly allow.
        nearest: Vec<(&'a PolicyDocument, usize, &'a Statement, Span)>,
    },
}

/// Statements that nearly allow, that are named.
const NEAREST: usize = 3;

/// All that stands in the way of a refused request; nothing if only an allow of the principal's own is missing.
pub(super) fn all<'a>(evaluation: &Evaluation<'a>) -> Vec<Blocker<'a>> {
    let request = evaluation.request();
    let trace = evaluation.trace();
    let mut blockers: Vec<Blocker<'a>> = trace.iter().flat_map(|group| denials(group, request)).collect();
    let lacking = trace.iter().filter(|group| lacks_an_allow(group, request));
    blockers.extend(lacking.map(|group| Blocker {
        request,
        layer: group.layer,
        target: group.target,
        cause: Cause::DoesNotAllow {
            nearest: nearest(group),
        },
    }));
    // Across accounts the owner of the resource must allow, even where there is no policy yet.
    let has_policy = trace.iter().any(|group| group.layer == Layer::ResourcePolicy);
    if evaluation.decision() == Decision::ImplicitDeny && request.is_cross_account() && !has_policy {
        blockers.push(Blocker {
            request,
            layer: Layer::ResourcePolicy,
            target: None,
            cause: Cause::DoesNotAllow { nearest: Vec::new() },
        });
    }
    if !blockers.is_empty() && own_allow_is_missing(&trace, request) {
        blockers.push(Blocker {
            request,
            layer: Layer::IdentityPolicy,
            target: None,
            cause: Cause::DoesNotAllow { nearest: Vec::new() },
        });
    }
    blockers
}

/// Whether the principal's own policies do not allow the request, and nothing else in its account does.
fn own_allow_is_missing(trace: &[GroupTrace<'_>], request: &Request) -> bool {
    let allows = |layer: Layer| {
        trace
            .iter()
            .any(|group| group.layer == layer && group.allows == Outcome::Matched)
    };
    !allows(Layer::IdentityPolicy) && (request.is_cross_account() || !allows(Layer::ResourcePolicy))
}

fn denials<'a>(group: &GroupTrace<'a>, request: &'a Request) -> Vec<Blocker<'a>> {
    let said = group.documents.iter().flat_map(|document| {
        let statements = document.statements.iter();
        statements.map(move |said| (document.document, said))
    });
    let denying = said
        .filter(|(_, said)| said.statement.effect.value == Effect::Deny && said.outcome == Outcome::Matched);
    denying
        .map(|(document, said)| Blocker {
            request,
            layer: group.layer,
            target: group.target,
            cause: Cause::Denies {
                document,
                index: said.index,
                statement: said.statement,
            },
        })
        .collect()
}

/// The statements of a group with their documents.
fn said<'t, 'a>(
    group: &'t GroupTrace<'a>,
) -> impl Iterator<Item = (&'a PolicyDocument, &'t StatementTrace<'a>)> {
    group.documents.iter().flat_map(|document| {
        let statements = document.statements.iter();
        statements.map(move |said| (document.document, said))
    })
}

/// Whether the layer would have to allow the request, and does not, and is not the principal's own.
fn lacks_an_allow(group: &GroupTrace<'_>, request: &Request) -> bool {
    let must = match group.layer {
        Layer::IdentityPolicy => false,
        Layer::ResourcePolicy => request.is_cross_account(),
        Layer::ResourceControlPolicy
        | Layer::ServiceControlPolicy
        | Layer::PermissionsBoundary
        | Layer::SessionPolicy
        | Layer::VpcEndpointPolicy => group.binds,
    };
    must && group.allows == Outcome::NotMatched
}

fn nearest<'a>(group: &GroupTrace<'a>) -> Vec<(&'a PolicyDocument, usize, &'a Statement, Span)> {
    let near = said(group).filter(|(_, said)| {
        said.statement.effect.value == Effect::Allow
            && said.outcome == Outcome::NotMatched
            && !matches!(said.because, Because::Action | Because::AllMatch)
    });
    near.take(NEAREST)
        .map(|(document, said)| (document, said.index, said.statement, said.span()))
        .collect()
}

impl Blocker<'_> {
    /// Who can change it.
    #[must_use]
    pub fn owner(&self) -> String {
        let account = self.request.resource_account().unwrap_or("of the resource");
        match self.layer {
            Layer::ServiceControlPolicy => {
                "an administrator of the organization: its management account, or an account it delegated policies to".to_owned()
            }
            Layer::ResourceControlPolicy => {
                format!("an administrator of the organization that account {account} belongs to")
            }
            Layer::ResourcePolicy if self.request.is_cross_account() => {
                format!("the owner of the resource, account {account}")
            }
            Layer::ResourcePolicy => "whoever owns the resource in this account".to_owned(),
            Layer::IdentityPolicy => "whoever administers IAM in the principal's account".to_owned(),
            Layer::PermissionsBoundary => {
                "whoever set the permissions boundary, mostly the platform or security team of the account".to_owned()
            }
            Layer::SessionPolicy => "whoever makes the session: the policy came with AssumeRole or GetFederationToken".to_owned(),
            Layer::VpcEndpointPolicy => "whoever owns the VPC endpoint, mostly the network team".to_owned(),
        }
    }

    /// What to ask the owner for, in a sentence.
    #[must_use]
    pub fn ask(&self) -> String {
        let (action, resource) = (self.request.action(), self.request.resource());
        match &self.cause {
            Cause::DeniesUnseen => format!(
                "which statement of {}{} denies {action} on {resource}, and an exception from it",
                self.layer.title(),
                self.on_target()
            ),
            Cause::DoesNotAllow { .. } => {
                format!(
                    "an Allow of {action} on {resource} in {}{}",
                    self.layer.title(),
                    self.on_target()
                )
            }
            Cause::Denies { statement, .. } => match statement.conditions.as_slice() {
                [] => format!(
                    "an exception for {action} on {resource} from this Deny, which has no Condition: {}",
                    narrowed(statement, action, resource)
                ),
                conditions => format!(
                    "an exception for {action} on {resource} from this Deny, which applies because {}: change that condition, or {}",
                    conditions
                        .iter()
                        .map(|condition| held(condition, self.request))
                        .collect::<Vec<_>>()
                        .join(" and "),
                    narrowed(statement, action, resource)
                ),
            },
        }
    }

    fn on_target(&self) -> String {
        self.target
            .map_or_else(String::new, |target| format!(" on {target}"))
    }
}

/// How a Deny without its condition would be narrowed.
fn narrowed(statement: &Statement, action: &str, resource: &str) -> String {
    let list = |what: &str, name: &str, negated: bool| match negated {
        true => format!("add {name} to its Not{what}"),
        false => format!("leave {name} out of its {what}"),
    };
    let by_action = list("Action", action, statement.action.negated);
    match &statement.resource {
        Some(element) => format!("{by_action}, or {}", list("Resource", resource, element.negated)),
        None => by_action,
    }
}

/// A condition that holds, with the value that it holds for.
fn held(condition: &Condition, request: &Request) -> String {
    let listed: Vec<&str> = condition.values.iter().map(|value| value.value.text()).collect();
    let found = match request.context().lookup(condition.key_lower()) {
        crate::Lookup::Known(values) => values.join(", "),
        crate::Lookup::Absent => "absent".to_owned(),
        crate::Lookup::Unknown(_) => "unknown".to_owned(),
    };
    let (operator, key) = (condition.operator.value, &condition.key.value);
    format!("{operator} {key} [{}] holds: {key} is {found}", listed.join(", "))
}
