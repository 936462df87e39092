//! The space of all requests, divided so finely that no statement of the documents tells two requests of a class apart.

use super::callers::Callers;
use super::class_set::ClassSet;
use super::context_key::ContextKey;
use super::names::Names;
use super::opaque::Opaques;
use super::region::{Dimension, Region, Sizes};
use super::{Hints, TooComplex};
use crate::document::{Condition, PatternElement, PolicyDocument, Statement};
use crate::pattern::Pattern;
use std::collections::HashMap;

/// The dimensions and their classes.
#[derive(Debug)]
pub(super) struct Space {
    pub(super) actions: Names,
    pub(super) resources: Names,
    pub(super) callers: Callers,
    pub(super) keys: Vec<ContextKey>,
    pub(super) opaques: Opaques,
    /// Places in `keys`, by the key in lower case.
    places: HashMap<String, usize>,
}

impl Space {
    /// Divides by everything that the documents distinguish.
    pub(super) fn new(documents: &[&PolicyDocument], hints: &Hints<'_>) -> Result<Self, TooComplex> {
        let statements = || documents.iter().flat_map(|document| &document.statements);
        let actions: Vec<&PatternElement> = statements().map(|statement| &statement.action).collect();
        let resources: Vec<&PatternElement> = statements()
            .filter_map(|statement| statement.resource.as_ref())
            .collect();
        let principals: Vec<_> = statements()
            .filter_map(|statement| statement.principal.as_ref())
            .collect();
        let mut by_key: Vec<Vec<&Condition>> = Vec::new();
        let mut places = HashMap::new();
        for condition in statements().flat_map(|statement| &statement.conditions) {
            let place = *places
                .entry(condition.key_lower().to_owned())
                .or_insert(by_key.len());
            match by_key.get_mut(place) {
                Some(conditions) => conditions.push(condition),
                None => by_key.push(vec![condition]),
            }
        }
        let keys: Vec<ContextKey> = by_key
            .iter()
            .map(|conditions| ContextKey::new(conditions, is_multivalued(conditions, hints)))
            .collect();
        let mut opaques = Opaques::default();
        for (conditions, key) in by_key.iter().zip(&keys) {
            for condition in conditions.iter().filter(|condition| !key.models(condition)) {
                opaques.add_condition(condition);
            }
        }
        for element in &resources {
            opaques.add_resources(element);
        }
        Ok(Self {
            actions: Names::actions(&actions, hints.actions)?,
            resources: Names::resources(&resources)?,
            callers: Callers::new(&principals),
            keys,
            opaques,
            places,
        })
    }

    /// The requests that a statement matches, as regions that may overlap.
    pub(super) fn regions(&self, statement: &Statement) -> Vec<Region> {
        let mut region = Some(Region::default());
        let mut limit = |dimension, set: &ClassSet| {
            region = region.take().and_then(|region| region.limited(dimension, set));
        };
        let plain = self.actions.matched_by_any(patterns(&statement.action));
        limit(
            Dimension::Action,
            &negated_if(plain, statement.action.negated, &self.actions),
        );
        if let Some(principal) = &statement.principal {
            limit(
                Dimension::Principal,
                &self.callers.meant_by(principal, statement.effect.value),
            );
        }
        for condition in &statement.conditions {
            match self.place(condition) {
                Some((place, key)) if key.models(condition) => {
                    let set = ClassSet::of(key.classes().len(), |class| key.holds(condition, class));
                    limit(Dimension::Key(place), &set);
                }
                _ => limit(self.opaques.of_condition(condition), &Opaques::holds()),
            }
        }
        match (region, &statement.resource) {
            (None, _) => Vec::new(),
            (Some(region), None) => vec![region],
            (Some(region), Some(resource)) if resource.negated => self.without_resources(&region, resource),
            (Some(region), Some(resource)) => self.with_resources(&region, resource),
        }
    }

    fn place(&self, condition: &Condition) -> Option<(usize, &ContextKey)> {
        let place = *self.places.get(condition.key_lower())?;
        Some((place, self.keys.get(place)?))
    }

    /// `Resource`: what plain patterns match, and for each pattern with variables what it may match, where it does.
    fn with_resources(&self, region: &Region, element: &PatternElement) -> Vec<Region> {
        let plain = self
            .resources
            .matched_by_any(patterns(element).filter(|pattern| !pattern.has_variables()));
        let mut regions: Vec<Region> = region
            .clone()
            .limited(Dimension::Resource, &plain)
            .into_iter()
            .collect();
        for pattern in patterns(element).filter(|pattern| pattern.has_variables()) {
            let may = region
                .clone()
                .limited(Dimension::Resource, &self.resources.matched_by(pattern));
            regions.extend(
                may.and_then(|may| may.limited(self.opaques.of_resource(pattern), &Opaques::holds())),
            );
        }
        regions
    }

    /// `NotResource`: what no plain pattern matches. Patterns with variables are one fact together: a variable without a value
    /// keeps the whole element from matching.
    fn without_resources(&self, region: &Region, element: &PatternElement) -> Vec<Region> {
        let plain = self
            .resources
            .matched_by_any(patterns(element).filter(|pattern| !pattern.has_variables()));
        let outside = self.resources.all().without(&plain);
        let region = region.clone().limited(Dimension::Resource, &outside);
        let region = match self.opaques.of_other_resources(element) {
            Some(dimension) => region.and_then(|region| region.limited(dimension, &Opaques::holds())),
            None => region,
        };
        region.into_iter().collect()
    }
}

impl Sizes for Space {
    fn size(&self, dimension: Dimension) -> usize {
        match dimension {
            Dimension::Action => self.actions.count(),
            Dimension::Resource => self.resources.count(),
            Dimension::Principal => self.callers.count(),
            Dimension::Key(place) => self.keys.get(place).map_or(0, |key| key.classes().len()),
            Dimension::Opaque(_) => Opaques::CLASSES,
        }
    }
}

fn patterns(element: &PatternElement) -> impl Iterator<Item = &Pattern> {
    element.patterns.iter().map(|pattern| &pattern.value)
}

fn negated_if(set: ClassSet, negated: bool, names: &Names) -> ClassSet {
    if negated { names.all().without(&set) } else { set }
}

/// A key has several values if a set operator is used on it, or if it is known to.
fn is_multivalued(conditions: &[&Condition], hints: &Hints<'_>) -> bool {
    conditions.iter().any(|condition| {
        let named = |key: &&str| key.eq_ignore_ascii_case(condition.key_lower());
        condition.operator.value.quantifier.is_some() || hints.multivalued.iter().any(named)
    })
}
