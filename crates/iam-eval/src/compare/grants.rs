//! What documents grant: everything that an Allow matches and no Deny does.

use super::region::{Budget, GivenUp, Region, Uncovered};
use super::space::Space;
use crate::document::{Effect, PolicyDocument};

/// The regions of documents that add up.
#[derive(Debug, Default)]
pub(super) struct Grants {
    allows: Vec<Allowed>,
    denies: Vec<Region>,
}

/// What one statement allows.
#[derive(Debug)]
struct Allowed {
    region: Region,
    by: Source,
}

/// A statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    /// The document's place among those of its side.
    pub(super) document: usize,
    /// The statement's place in the document.
    pub(super) statement: usize,
}

impl Grants {
    pub(super) fn new(space: &Space, documents: &[&PolicyDocument]) -> Self {
        let mut grants = Self::default();
        for (document, policy) in documents.iter().enumerate() {
            for (statement, element) in policy.statements.iter().enumerate() {
                let regions = space.regions(element);
                let by = Source { document, statement };
                match element.effect.value {
                    Effect::Allow => grants
                        .allows
                        .extend(regions.into_iter().map(|region| Allowed { region, by })),
                    Effect::Deny => grants.denies.extend(regions),
                }
            }
        }
        grants
    }

    /// Goes through regions that these grant and none of the others does, until `enough` says so.
    ///
    /// Another grants nothing where none of its Allows matches, or where one of its Denies does.
    pub(super) fn beyond(
        &self,
        others: &[&Self],
        space: &Space,
        budget: &mut Budget,
        mut enough: impl FnMut(&Region, Source) -> bool,
    ) -> Result<(), GivenUp> {
        for allowed in &self.allows {
            let mut questions = vec![(allowed.region.clone(), self.denies.iter().collect::<Vec<_>>())];
            for other in others {
                questions = other.not_granted(questions, budget)?;
            }
            for (region, covers) in questions {
                let mut search = Uncovered::new(region, &covers);
                while let Some(found) = search.next(space, budget)? {
                    if enough(&found, allowed.by) {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Each question, a region and what must not cover it, narrowed to what these do not grant.
    fn not_granted<'a>(
        &'a self,
        questions: Vec<(Region, Vec<&'a Region>)>,
        budget: &mut Budget,
    ) -> Result<Vec<(Region, Vec<&'a Region>)>, GivenUp> {
        let mut narrowed = Vec::new();
        for (region, covers) in questions {
            budget.spend(self.denies.len())?;
            for deny in &self.denies {
                if let Some(denied) = region.and(deny) {
                    budget.spend(covers.len())?;
                    narrowed.push((denied, covers.clone()));
                }
            }
            let mut covers = covers;
            covers.extend(self.allows.iter().map(|allowed| &allowed.region));
            narrowed.insert(0, (region, covers));
        }
        Ok(narrowed)
    }
}
