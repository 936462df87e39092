//! Regions of the space of all requests: products of class sets, one a dimension. Is one region covered by others?

use super::class_set::ClassSet;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a request may vary in. Dimensions are independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Dimension {
    /// The action.
    Action,
    /// The resource.
    Resource,
    /// The principal.
    Principal,
    /// The value of a context key, by its number.
    Key(usize),
    /// A condition or pattern that cannot be looked into, by its number: it holds or it does not.
    Opaque(usize),
}

/// The requests whose class is, in each dimension named, one of the set; in all other dimensions anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Region(BTreeMap<Dimension, ClassSet>);

impl Region {
    /// The class set of a dimension, where it is limited.
    pub(crate) fn limit(&self, dimension: Dimension) -> Option<&ClassSet> {
        self.0.get(&dimension)
    }

    /// The dimensions that are limited, with their class sets.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (Dimension, &ClassSet)> {
        self.0.iter().map(|(dimension, set)| (*dimension, set))
    }

    /// The part of this region in which the dimension's class is one of the set. `None` when nothing is left.
    pub(crate) fn limited(mut self, dimension: Dimension, set: &ClassSet) -> Option<Self> {
        let narrowed = match self.0.get(&dimension) {
            Some(now) => now.and(set),
            None => set.clone(),
        };
        if narrowed.is_empty() {
            return None;
        }
        self.0.insert(dimension, narrowed);
        Some(self)
    }

    /// What both share. `None` when that is nothing.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        other.limits().try_fold(self.clone(), |region, (dimension, set)| {
            region.limited(dimension, set)
        })
    }

    fn meets(&self, other: &Self) -> bool {
        other
            .limits()
            .all(|(dimension, set)| self.limit(dimension).is_none_or(|ours| ours.meets(set)))
    }

    /// The dimensions in which this region reaches beyond the other.
    fn beyond<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (Dimension, &'a ClassSet)> {
        other
            .limits()
            .filter(|(dimension, set)| !self.limit(*dimension).is_some_and(|ours| ours.is_within(set)))
    }
}

/// The search was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GivenUp;

/// How much may still be searched, for all questions of one comparison together.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Budget {
    /// For one comparison: some seconds at most.
    pub(crate) fn new() -> Self {
        Self(20_000_000)
    }

    /// Takes steps from what is left.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), GivenUp> {
        self.0 = self.0.checked_sub(steps).ok_or(GivenUp)?;
        Ok(())
    }
}

/// How many classes each dimension has.
pub(crate) trait Sizes {
    /// The number of classes of this dimension.
    fn size(&self, dimension: Dimension) -> usize;
}

/// A search for the parts of a region that none of the covers reaches.
///
/// Each step takes a cover, cuts from the region what lies outside of it, one dimension at a time, and looks there first.
/// The parts do not overlap; when there are no more, the covers are proven to reach all the rest.
#[derive(Debug)]
pub(crate) struct Uncovered<'a> {
    open: Vec<(Region, Rc<Vec<&'a Region>>)>,
}

impl<'a> Uncovered<'a> {
    /// Begins a search.
    pub(crate) fn new(region: Region, covers: &[&'a Region]) -> Self {
        Self {
            open: vec![(region, Rc::new(covers.to_vec()))],
        }
    }

    /// The next part.
    pub(crate) fn next(
        &mut self,
        sizes: &impl Sizes,
        budget: &mut Budget,
    ) -> Result<Option<Region>, GivenUp> {
        while let Some((region, covers)) = self.open.pop() {
            budget.spend(covers.len() + 1)?;
            let near: Vec<&Region> = covers
                .iter()
                .copied()
                .filter(|cover| region.meets(cover))
                .collect();
            let Some(nearest) = near
                .iter()
                .copied()
                .min_by_key(|cover| region.beyond(cover).count())
            else {
                return Ok(Some(region));
            };
            self.divide(&region, nearest, &Rc::new(near), sizes);
        }
        Ok(None)
    }

    /// Opens what the region has beyond the cover. The pieces are looked at in the order of the dimensions, so they are
    /// pushed the other way round.
    fn divide(&mut self, region: &Region, cover: &Region, covers: &Rc<Vec<&'a Region>>, sizes: &impl Sizes) {
        let mut pieces = Vec::new();
        let mut rest = Some(region.clone());
        for (dimension, set) in region.beyond(cover) {
            let Some(within) = rest.take() else { break };
            let all = ClassSet::of(sizes.size(dimension), |_| true);
            let outside = within.limit(dimension).unwrap_or(&all).without(set);
            pieces.extend(within.clone().limited(dimension, &outside));
            rest = within.limited(dimension, set);
        }
        self.open
            .extend(pieces.into_iter().rev().map(|piece| (piece, Rc::clone(covers))));
    }
}

#[cfg(test)]
mod tests;
