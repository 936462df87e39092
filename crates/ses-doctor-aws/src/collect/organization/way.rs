//! What stands above an account: the way from the root of its organization.

use super::Reader;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{DESCRIBE_ACCOUNT, LIST_PARENTS};
use aws_sdk_organizations::operation::list_parents::ListParentsError;
use ses_doctor_core::evidence::{OrganizationTarget, TargetKind};

/// Units nest five deep (Organizations quotas); more is not an answer of AWS.
const DEEPEST: usize = 10;

impl Reader<'_> {
    /// Root, units, account: in one answer where `DescribeAccount` tells the path, else step by step.
    pub(super) async fn targets(self, account: &str) -> Look<Vec<OrganizationTarget>> {
        let answer = self.client.describe_account().account_id(account).send().await;
        let described = answer.judge(DESCRIBE_ACCOUNT).ok().and_then(|it| it.account);
        let (name, paths) = described.map_or((None, None), |found| (found.name, found.paths));
        let told = paths.unwrap_or_default();
        let mut targets = match told.iter().find_map(|path| above(path, account)) {
            Some(targets) => targets,
            None => self.climb(account).await?,
        };
        targets.push(OrganizationTarget {
            id: account.to_owned(),
            kind: TargetKind::Account,
            name,
        });
        Ok(targets)
    }

    /// What stands above the account, the root first.
    async fn climb(self, account: &str) -> Look<Vec<OrganizationTarget>> {
        let mut targets = Vec::new();
        let mut child = account.to_owned();
        while targets.len() < DEEPEST {
            let parent = self.parent(&child).await?;
            let (kind, id) = (kind_of(&parent), parent.clone());
            targets.insert(0, OrganizationTarget { id, kind, name: None });
            if kind == TargetKind::Root {
                return Ok(targets);
            }
            child = parent;
        }
        Err(Trouble::failed(format!(
            "{LIST_PARENTS} came to no root within {DEEPEST} steps"
        )))
    }

    /// A child has one parent, but AWS may give an empty page before the one that names it.
    async fn parent(self, child: &str) -> Look<String> {
        let parents = self.client.list_parents().child_id(child).into_paginator();
        let mut pages = parents.send();
        while let Some(page) = pages.next().await {
            let stranger = page.as_ref().is_err_and(|error| {
                let refused = error.as_service_error();
                refused.is_some_and(ListParentsError::is_child_not_found_exception)
            });
            if stranger {
                return Err(Trouble::failed(format!(
                    "account {child} does not belong to the organization of the operator's account"
                )));
            }
            let page = page.judge(LIST_PARENTS)?;
            let mut parents = page.parents.unwrap_or_default().into_iter();
            if let Some(id) = parents.find_map(|parent| parent.id) {
                return Ok(id);
            }
        }
        Err(Trouble::failed(format!(
            "{LIST_PARENTS} named no parent of {child}"
        )))
    }
}

/// What a path of `DescribeAccount` says to stand above the account: `o-…/r-…/ou-…/ou-…/111122223333/`.
fn above(path: &str, account: &str) -> Option<Vec<OrganizationTarget>> {
    let way = path.trim_end_matches('/').strip_suffix(account)?;
    let (organization, way) = way.trim_end_matches('/').split_once('/')?;
    let target = |id: &str| OrganizationTarget {
        id: id.to_owned(),
        kind: kind_of(id),
        name: None,
    };
    let targets: Vec<OrganizationTarget> = way.split('/').map(target).collect();
    let (root, units) = targets.split_first()?;
    let sound = organization.starts_with("o-")
        && root.kind == TargetKind::Root
        && units
            .iter()
            .all(|unit| unit.kind == TargetKind::OrganizationalUnit);
    sound.then_some(targets)
}

/// By the form that the API reference gives each id.
fn kind_of(id: &str) -> TargetKind {
    match id.split_once('-') {
        Some(("r", _)) => TargetKind::Root,
        Some(("ou", _)) => TargetKind::OrganizationalUnit,
        _ => TargetKind::Account,
    }
}
