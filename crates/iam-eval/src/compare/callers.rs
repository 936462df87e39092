//! Principals, where the documents are resource-based policies: everyone who is named, and of everyone else enough to stand
//! for all.
//!
//! A grant to an account, to a role or to a principal itself does not reach equally far: how far it must reach is part of the
//! class, so that a grant that reaches further counts as wider.

use super::class_set::ClassSet;
use crate::arn::Arn;
use crate::document::{Effect, PrincipalElement, PrincipalPattern};
use crate::principal::{Named, Principal};
use std::collections::BTreeSet;

/// The classes of principals.
#[derive(Debug)]
pub(super) struct Callers(Vec<Caller>);

#[derive(Debug)]
struct Caller {
    principal: Principal,
    /// How far a grant must reach.
    reach: Named,
    /// Whether a permissions boundary is set, which a `NotPrincipal` does not get along with.
    is_bounded: bool,
}

/// How far a grant must reach: what needs no help by other policies comes last.
const REACHES: [Named; 3] = [Named::ByAccount, Named::ByRole, Named::Directly];

/// Who asks where nobody is named.
pub(super) const SOMEONE: &str = "arn:aws:iam::111122223333:user/someone";

impl Callers {
    pub(super) fn new(elements: &[&PrincipalElement]) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut accounts = BTreeSet::from(["111122223333".to_owned(), "444455556666".to_owned()]);
        for pattern in elements.iter().flat_map(|element| &element.principals) {
            match &pattern.value {
                PrincipalPattern::Anyone => {}
                PrincipalPattern::Account(account) => {
                    accounts.insert(account.to_string());
                }
                PrincipalPattern::Arn(arn) => {
                    let account = Arn::parse(arn).map(|arn| arn.account.to_owned());
                    names.extend(session_of(arn));
                    names.push(arn.to_string());
                    accounts.extend(account);
                }
                PrincipalPattern::Service(name)
                | PrincipalPattern::Federated(name)
                | PrincipalPattern::CanonicalUser(name) => names.push(name.to_string()),
            }
        }
        names.extend(accounts.iter().flat_map(|account| strangers(account)));
        names.extend(["some-service.amazonaws.com".to_owned(), "*".to_owned()]);
        let parsed = names.iter().filter_map(|name| Principal::parse(name).ok());
        Self(parsed.flat_map(callers).collect())
    }

    /// How many classes there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Who a class stands for.
    pub(super) fn example(&self, class: usize) -> &str {
        self.0
            .get(class)
            .map_or(SOMEONE, |caller| caller.principal.name())
    }

    /// How far a grant to the class must reach, and whether it has a permissions boundary.
    pub(super) fn standing(&self, class: usize) -> (Named, bool) {
        self.0.get(class).map_or((Named::Directly, false), |caller| {
            (caller.reach, caller.is_bounded)
        })
    }

    /// Whom an element means.
    pub(super) fn meant_by(&self, element: &PrincipalElement, effect: Effect) -> ClassSet {
        let means = |class: usize| {
            self.0.get(class).is_some_and(|caller| {
                let named = element.means(&caller.principal, effect, caller.is_bounded);
                match effect {
                    Effect::Allow => named >= caller.reach,
                    Effect::Deny => named != Named::No,
                }
            })
        };
        ClassSet::of(self.count(), means)
    }
}

fn callers(principal: Principal) -> impl Iterator<Item = Caller> {
    let standings = [false, true]
        .into_iter()
        .flat_map(|is_bounded| REACHES.map(|reach| (reach, is_bounded)));
    standings.map(move |(reach, is_bounded)| Caller {
        principal: principal.clone(),
        reach,
        is_bounded,
    })
}

/// Principals of an account that no document names.
fn strangers(account: &str) -> [String; 5] {
    [
        format!("arn:aws:iam::{account}:user/someone"),
        format!("arn:aws:iam::{account}:role/some-role"),
        format!("arn:aws:sts::{account}:assumed-role/some-role/some-session"),
        format!("arn:aws:sts::{account}:federated-user/someone"),
        format!("arn:aws:iam::{account}:root"),
    ]
}

/// A session of a role that is named.
fn session_of(role: &str) -> Option<String> {
    let arn = Arn::parse(role)?;
    let name = arn.resource.strip_prefix("role/")?.rsplit('/').next()?;
    Some(format!(
        "arn:{}:sts::{}:assumed-role/{name}/some-session",
        arn.partition, arn.account
    ))
}
