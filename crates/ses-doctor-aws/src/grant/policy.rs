//! Policy documents, ready to be attached.

use super::{Action, Level, Scope, Task, Use};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// A name for it.
    pub name: &'static str,
    /// Whom to attach it to.
    pub attach_to: &'static str,
    /// The JSON document.
    pub document: Value,
}

/// The least policies for a task.
pub fn policies(task: Task, scope: &Scope) -> Vec<Policy> {
    let needed: Vec<&Action> = task
        .actions_in(scope)
        .into_iter()
        .filter(|action| action.use_ == Use::Conclusion)
        .collect();
    let (above, own): (Vec<&Action>, Vec<&Action>) =
        needed.into_iter().partition(|action| action.is_of_organization());
    let own = Policy {
        name: match task {
            Task::Diagnose => "ses-doctor-diagnose",
            Task::Compare => "ses-doctor-compare",
            Task::Rotate => "ses-doctor-rotate",
            Task::History => "ses-doctor-history",
            Task::Scan => "ses-doctor-scan",
        },
        attach_to: match task {
            Task::Diagnose | Task::Rotate => {
                "the principal that runs ses-doctor, in the account of the SMTP user"
            }
            Task::Compare | Task::History => "the principal that runs ses-doctor",
            Task::Scan => {
                "the principal that runs ses-doctor; where the bucket or the key is another account's, their own policies have to allow \
                 it too"
            }
        },
        document: document(&own, scope),
    };
    let above = (!above.is_empty()).then(|| Policy {
        name: "ses-doctor-organization",
        attach_to: "the same principal, where its account manages the organization or is a delegated administrator; \
                    nobody else may read SCPs and RCPs",
        document: document(&above, scope),
    });
    std::iter::once(own).chain(above).collect()
}

/// A document that grants these actions and nothing else, as narrowly as AWS and the scope allow.
pub fn document(actions: &[&Action], scope: &Scope) -> Value {
    let mut levels: Vec<Level> = Vec::new();
    let mut by_level: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for action in actions {
        let at = levels
            .iter()
            .position(|level| *level == action.level)
            .unwrap_or_else(|| {
                levels.push(action.level);
                levels.len() - 1
            });
        by_level.entry(at).or_default().push(action.name);
    }
    let statements = levels
        .iter()
        .zip(by_level.into_values())
        .map(|(level, mut names)| {
            names.sort_unstable();
            names.dedup();
            let resources = scope.resources(*level);
            let resource = match resources.as_slice() {
                [one] => json!(one),
                many => json!(many),
            };
            json!({ "Sid": level.sid(), "Effect": "Allow", "Action": names, "Resource": resource })
        });
    json!({ "Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>() })
}
