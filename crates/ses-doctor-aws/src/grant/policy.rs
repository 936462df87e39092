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
        .filter(|action| action.use_in(scope) == Use::Conclusion)
        .collect();
    let (above, own): (Vec<&Action>, Vec<&Action>) =
        needed.into_iter().partition(|action| action.is_of_organization());
    let own = Policy {
        name: match task {
            Task::Diagnose => "ses-doctor-diagnose",
            Task::Compare => "ses-doctor-compare",
            Task::Apply => "ses-doctor-apply",
            Task::Rotate => "ses-doctor-rotate",
            Task::History => "ses-doctor-history",
            Task::Scan => "ses-doctor-scan",
            Task::Athena => "ses-doctor-athena",
            Task::Lake => "ses-doctor-lake",
        },
        attach_to: match task {
            Task::Diagnose | Task::Rotate => {
                "the principal that runs ses-doctor, in the account of the SMTP user"
            }
            Task::Apply => APPLIER,
            Task::Compare | Task::History => "the principal that runs ses-doctor",
            Task::Scan => {
                "the principal that runs ses-doctor; where the bucket or the key is another account's, their own policies have to allow \
                 it too"
            }
            Task::Athena => {
                "the principal that runs ses-doctor, in the account of the workgroup: Athena reads the catalog, the trail and the results \
                 with its permissions. Where a bucket or a key is another account's, their own policies have to allow it too; where \
                 Lake Formation governs the table, so does it"
            }
            Task::Lake => "the principal that runs ses-doctor, in the account of the event data store",
        },
        document: document(&own, scope),
    };
    let above = (!above.is_empty()).then(|| Policy {
        name: "ses-doctor-organization",
        attach_to: "the same principal, where its account manages the organization or is a delegated administrator; \
                    nobody else may read SCPs and RCPs",
        document: document(&above, scope),
    });
    let after = match task {
        Task::Apply => verification(scope),
        Task::Diagnose
        | Task::Compare
        | Task::Rotate
        | Task::History
        | Task::Scan
        | Task::Athena
        | Task::Lake => Vec::new(),
    };
    std::iter::once(own).chain(above).chain(after).collect()
}

/// Whom the right to apply is for.
pub(super) const APPLIER: &str = "the principal that applies plans, in the account of the SMTP user, and for as long as that takes: whoever \
                       may write policies can give any permission with them";

/// The policies for what comes after an apply: trying the symptom again is a diagnosis.
pub(super) fn verification(scope: &Scope) -> Vec<Policy> {
    let mut policies = policies(Task::Diagnose, scope);
    if let Some(diagnosis) = policies.first_mut() {
        diagnosis.attach_to = "the same principal, for the verification, which is a diagnosis";
    }
    policies
}

/// A document that grants these actions and nothing else, as narrowly as AWS and the scope allow.
pub fn document(actions: &[&Action], scope: &Scope) -> Value {
    let grants = actions.iter().map(|action| (*action, scope));
    merged(grants)
}

/// The same for actions each of which has a scope of its own. What writes stands in statements of its own.
pub(super) fn merged<'a>(grants: impl Iterator<Item = (&'a Action, &'a Scope)>) -> Value {
    let mut statements: Vec<Statement> = Vec::new();
    for (action, scope) in grants {
        let wanted = Statement {
            level: action.level,
            writes: action.is_write(),
            resources: scope.resources(action.level),
            attached: match action.level {
                Level::AttachedUser => scope.policies.clone(),
                _ => Vec::new(),
            },
            actions: vec![action.name],
        };
        match statements.iter_mut().find(|known| known.is_like(&wanted)) {
            Some(known) => known.actions.push(action.name),
            None => statements.push(wanted),
        }
    }
    let mut sids: BTreeMap<String, usize> = BTreeMap::new();
    let statements = statements.into_iter().map(|statement| {
        let sid = statement.sid();
        let count = sids.entry(sid.clone()).or_default();
        *count += 1;
        let sid = if *count == 1 { sid } else { format!("{sid}{count}") };
        statement.into_json(&sid)
    });
    json!({ "Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>() })
}

struct Statement {
    level: Level,
    writes: bool,
    resources: Vec<String>,
    /// The managed policies that may be attached or detached; any, where none is named.
    attached: Vec<String>,
    actions: Vec<&'static str>,
}

impl Statement {
    fn is_like(&self, other: &Self) -> bool {
        (self.level, self.writes, &self.resources, &self.attached)
            == (other.level, other.writes, &other.resources, &other.attached)
    }

    fn sid(&self) -> String {
        self.level.sid(self.writes)
    }

    fn into_json(mut self, sid: &str) -> Value {
        self.actions.sort_unstable();
        self.actions.dedup();
        let resource = match self.resources.as_slice() {
            [one] => json!(one),
            many => json!(many),
        };
        let mut statement =
            json!({ "Sid": sid, "Effect": "Allow", "Action": self.actions, "Resource": resource });
        if let (false, Some(members)) = (self.attached.is_empty(), statement.as_object_mut()) {
            let condition = json!({ "ArnEquals": { "iam:PolicyARN": self.attached } });
            members.insert("Condition".to_owned(), condition);
        }
        statement
    }
}
