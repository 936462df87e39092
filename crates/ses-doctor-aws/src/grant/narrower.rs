//! What a policy still leaves broad, found by trying: an option narrows a task's policies if they become others with it.

use super::{S3Place, Scope, Task, policies};

/// An option that was not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Narrower {
    /// Its name, with dashes.
    pub option: &'static str,
    /// What is granted without it.
    pub granted: &'static str,
}

/// A scope with one more thing known; `None` where that is known.
type Told = fn(&Scope) -> Option<Scope>;

const ALL: [(Narrower, Told); 8] = [
    (of("--account", "things of any account"), |scope| {
        scope.account.is_none().then(|| Scope {
            account: Some("111122223333".to_owned()),
            ..scope.clone()
        })
    }),
    (of("--region", "things of any region"), |scope| {
        scope.region.is_none().then(|| Scope {
            region: Some("eu-west-1".to_owned()),
            ..scope.clone()
        })
    }),
    (of("--user", "any IAM user"), |scope| {
        scope.users.is_empty().then(|| Scope {
            users: vec!["app".to_owned()],
            ..scope.clone()
        })
    }),
    (of("--from, --to", "any identity of SES"), |scope| {
        scope.addresses.is_empty().then(|| Scope {
            addresses: vec!["app@example.com".to_owned()],
            ..scope.clone()
        })
    }),
    (
        of("--configuration-set", "any configuration set of SES"),
        |scope| {
            scope.configuration_set.is_none().then(|| Scope {
                configuration_set: Some("sent".to_owned()),
                ..scope.clone()
            })
        },
    ),
    (of("--bucket", "any bucket that a trail delivers to"), |scope| {
        scope.buckets.is_empty().then(|| Scope {
            buckets: vec![place()],
            ..scope.clone()
        })
    }),
    (
        of(
            "--results",
            "results in the buckets that Athena names itself, and in no other",
        ),
        |scope| {
            scope
                .has_no_results()
                .then(|| scope.clone().with_results(place()).ok())
                .flatten()
        },
    ),
    (of("--store", "any event data store"), |scope| {
        scope.query.store.is_none().then(|| {
            let mut told = scope.clone();
            told.query.store = Some("EXAMPLE1-2345-6789-abcd-EXAMPLE12345".to_owned());
            told
        })
    }),
];

const fn of(option: &'static str, granted: &'static str) -> Narrower {
    Narrower { option, granted }
}

fn place() -> S3Place {
    S3Place {
        bucket: "a-bucket-that-nobody-named".to_owned(),
        path: String::new(),
    }
}

/// The options that would narrow a task's policies.
pub fn narrower(task: Task, scope: &Scope) -> Vec<Narrower> {
    let as_it_is = policies(task, scope);
    let narrows = |told: &Told| told(scope).is_some_and(|told| policies(task, &told) != as_it_is);
    ALL.iter()
        .filter(|(_, told)| narrows(told))
        .map(|(narrower, _)| *narrower)
        .collect()
}
