//! From a region to one request in it, checked by the evaluator.

use super::callers::SOMEONE;
use super::region::{Dimension, Region};
use super::space::Space;
use super::{Assumption, Example, Hints, Side};
use crate::context::Context;
use crate::decision::Decision;
use crate::document::{Effect, PolicyDocument};
use crate::evaluate::evaluate;
use crate::layer::Layer;
use crate::policies::PolicySet;
use crate::principal::Named;
use crate::request::Request;
use crate::truth::Truth;
use std::sync::Arc;

/// The account of the principal; resources count as its own, so that the documents alone decide.
const ACCOUNT: &str = "111122223333";

/// A request of a region, and how far a grant to its principal must reach.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) example: Example,
    reach: Named,
    is_bounded: bool,
}

impl Candidate {
    /// The first class of each dimension that the region limits; anything where it does not.
    pub(super) fn of(
        region: &Region,
        space: &Space,
        hints: &Hints<'_>,
        documents: &[&PolicyDocument],
    ) -> Self {
        let first = |dimension| region.limit(dimension).and_then(super::ClassSet::first);
        let principal = first(Dimension::Principal);
        let action = space.actions.example(first(Dimension::Action).unwrap_or(0));
        let mut context = Vec::new();
        let mut assumptions = Vec::new();
        let mut likely = Vec::new();
        for (dimension, set) in region.limits() {
            let class = set.first().unwrap_or(0);
            match dimension {
                Dimension::Key(place) => {
                    let key = space.keys.get(place);
                    let values = key
                        .and_then(|key| Some((key.name.clone(), key.classes().get(class)?.values.clone())));
                    context.extend(values);
                }
                Dimension::Opaque(number) => {
                    let Some(opaque) = space.opaques.get(number) else {
                        continue;
                    };
                    let holds = class == 1;
                    likely.extend(opaque.likely.iter().filter(|_| holds).cloned());
                    let text = opaque.text.clone();
                    assumptions.push(Assumption { text, holds });
                }
                Dimension::Action | Dimension::Resource | Dimension::Principal => {}
            }
        }
        for (key, value) in likely {
            if !context
                .iter()
                .any(|(known, _): &(String, _)| known.eq_ignore_ascii_case(&key))
            {
                context.push((key, vec![value]));
            }
        }
        let standing = principal.map(|class| space.callers.standing(class));
        let (reach, is_bounded) = standing.unwrap_or((Named::Directly, false));
        // A key without values is absent.
        context.retain(|(_, values)| !values.is_empty());
        Self {
            reach,
            is_bounded,
            example: Example {
                principal: principal.map(|class| space.callers.example(class).to_owned()),
                action: spelled(action, hints, documents),
                resource: space
                    .resources
                    .example(first(Dimension::Resource).unwrap_or(0))
                    .to_owned(),
                context,
                assumptions,
            },
        }
    }

    /// The same with nothing assumed, if the evaluator says that one side grants it and the other does not.
    pub(super) fn confirmed(&self, granted_by: Side<'_>, not_by: Side<'_>) -> Option<Example> {
        let request = self.request()?;
        let grants = |side: Side<'_>| side.iter().any(|documents| self.grants(documents, &request));
        (grants(granted_by) && !grants(not_by)).then(|| Example {
            assumptions: Vec::new(),
            ..self.example.clone()
        })
    }

    /// As AWS decides, for the identity-based policies of a principal. Documents of other kinds do not decide alone; of them,
    /// the statements are asked.
    fn grants(&self, documents: &[Arc<PolicyDocument>], request: &Request) -> bool {
        let mut policies = PolicySet::new();
        let mut add = |document: &Arc<PolicyDocument>| {
            policies.add(Layer::IdentityPolicy, Arc::clone(document)).is_ok()
        };
        if documents.iter().all(&mut add) {
            return evaluate(&policies, request).decision() == Decision::Allowed;
        }
        let statements = || documents.iter().flat_map(|document| &document.statements);
        let says = |effect: Effect, reach: Named| {
            statements()
                .filter(|statement| statement.effect.value == effect)
                .any(|statement| {
                    let said = statement.matches(request, self.is_bounded);
                    said.truth == Truth::True && said.named >= reach
                })
        };
        says(Effect::Allow, self.reach) && !says(Effect::Deny, Named::ByAccount)
    }

    fn request(&self) -> Option<Request> {
        let example = &self.example;
        let context = example
            .context
            .iter()
            .map(|(key, values)| (key.as_str(), values.clone()));
        let context = Context::new(context, []).ok()?;
        let principal = example.principal.as_deref().unwrap_or(SOMEONE);
        let request = Request::new(principal, &example.action, &example.resource, context).ok()?;
        Some(request.owned_by(ACCOUNT))
    }
}

/// An action as AWS or the documents write it.
fn spelled(action: &str, hints: &Hints<'_>, documents: &[&PolicyDocument]) -> String {
    let patterns = documents
        .iter()
        .flat_map(|document| &document.statements)
        .flat_map(|statement| &statement.action.patterns);
    let written = patterns.map(|pattern| pattern.value.text());
    let same = |text: &&str| text.eq_ignore_ascii_case(action);
    hints
        .actions
        .iter()
        .copied()
        .chain(written)
        .find(same)
        .unwrap_or(action)
        .to_owned()
}
