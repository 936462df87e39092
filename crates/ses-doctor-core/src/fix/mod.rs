//! From findings to a plan. What can be cured by calls to AWS, or in a file of this computer, becomes steps; everything else a
//! request that is ready to be sent to whoever can.
//!
//! One file a family of fixes; `FIXES` says which cause has which. A fix reads the evidence and nothing else. It proves
//! by the policy evaluator that its change is enough, and by comparison that it grants nothing beyond what it says; where
//! it cannot, it gives a request in place of a step. No fix writes an allow below a layer that denies.

mod configuration_set;
mod endpoint_policy;
mod identity_policy;
mod key_inactive;
mod left_of;
mod narrow_deny;
mod narrowed;
mod request;
mod room;
mod security_group;
mod send_policy;
mod sending_disabled;
mod shared_deny;
mod statement;
mod tenant;

pub use room::{KEPT_VERSIONS, KnownVersion, growing_policies, make_room};

use crate::diagnosis::{Judged, diagnose};
use crate::evidence::Evidence;
use crate::plan::{Plan, Request, Saw, Step, SymptomPath, Target};
use crate::verdict::Certainty;
use jiff::Timestamp;
use std::net::IpAddr;

/// What the person tells about the fix, since no evidence does.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The address that the client sends from, as AWS sees it.
    pub source_ip: Option<IpAddr>,
    /// The client as a security group knows it: an address range, or the id of its own group.
    pub client_source: Option<String>,
}

/// What a fix gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fix {
    /// Changes.
    pub steps: Vec<Step>,
    /// What only somebody else can do.
    pub requests: Vec<Request>,
    /// What the steps take for granted.
    pub assumptions: Vec<String>,
}

impl From<Step> for Fix {
    fn from(step: Step) -> Self {
        Self {
            steps: vec![step],
            ..Self::default()
        }
    }
}

impl From<Request> for Fix {
    fn from(request: Request) -> Self {
        Self {
            requests: vec![request],
            ..Self::default()
        }
    }
}

/// A fix: from the evidence, the finding and the person's wishes.
type Make = fn(&Evidence, &Judged, &Wishes) -> Fix;

/// Which cause is fixed how. A cause that is not here gets its remedy as a request.
const FIXES: &[(&str, Make)] = &[
    ("api-version-condition", send_policy::fix),
    ("configuration-set-missing", configuration_set::without_default),
    ("configuration-set-not-permitted", send_policy::fix),
    ("configuration-set-paused", configuration_set::resume),
    ("explicit-deny", narrow_deny::fix),
    ("from-address-condition", send_policy::fix),
    ("identity-policy-deny", identity_policy::fix),
    ("ip-condition", send_policy::fix),
    ("key-inactive", key_inactive::fix),
    ("missing-send-permission", send_policy::fix),
    ("recipient-not-permitted-in-sandbox", send_policy::fix),
    ("security-group-blocks-endpoint", security_group::fix),
    ("sending-disabled", sending_disabled::fix),
    ("tenant-paused", tenant::resume),
    ("tenant-resource-missing", tenant::associate),
    ("unsupported-condition-key", send_policy::fix),
    ("vpc-endpoint-policy-deny", endpoint_policy::fix),
];

/// Who makes a plan, when, and how the symptom is tried again.
#[derive(Debug, Clone)]
pub struct Maker {
    /// The time.
    pub made_at: Timestamp,
    /// The program and its version.
    pub made_by: String,
    /// How the symptom is tried again.
    pub symptom_path: Option<SymptomPath>,
}

/// The plan that answers to every confirmed and likely finding of the evidence. Same evidence in, same plan out.
pub fn draft(evidence: &Evidence, wishes: &Wishes, maker: Maker) -> Plan {
    let diagnosis = diagnose(evidence);
    let found: Vec<&Judged> = diagnosis
        .findings
        .iter()
        .filter(|judged| judged.finding.certainty >= Certainty::Likely)
        .collect();
    let mut plan = Plan {
        made_at: maker.made_at,
        made_by: maker.made_by,
        target: Target {
            account: evidence.caller.known().map(|caller| caller.account.clone()),
            region: evidence.region().unwrap_or_default(),
        },
        saw: found.iter().map(|judged| saw(judged)).collect(),
        steps: Vec::new(),
        requests: Vec::new(),
        assumptions: Vec::new(),
        symptom_path: maker.symptom_path,
        undoes: None,
        rehearses: None,
    };
    for judged in found {
        add(&mut plan, fix(evidence, judged, wishes));
    }
    plan
}

fn saw(judged: &Judged) -> Saw {
    Saw {
        cause: judged.cause.id.to_owned(),
        certainty: judged.finding.certainty,
        why: judged.finding.why.clone(),
    }
}

fn fix(evidence: &Evidence, judged: &Judged, wishes: &Wishes) -> Fix {
    let made = FIXES.iter().find(|(id, _)| *id == judged.cause.id);
    match made {
        Some(_) if !is_of_operators_account(evidence) => request::elsewhere(evidence, judged).into(),
        Some((_, make)) => make(evidence, judged, wishes),
        None => request::by_remedy(evidence, judged).into(),
    }
}

/// The operator's credentials are of the account that owns the key, so that a change reaches what the mail is sent with.
fn is_of_operators_account(evidence: &Evidence) -> bool {
    let caller = evidence.caller.known().map(|caller| caller.account.as_str());
    let of_key = evidence.key_account.known().map(String::as_str);
    let send = crate::permission::send::send(evidence);
    let of_user = send.as_ref().map(|send| send.account.as_str());
    match (caller, of_key.or(of_user)) {
        (Some(caller), Some(owner)) => caller == owner,
        // The owner is not known: what the steps need they name themselves.
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Two causes may have the same cure: then it is one step, for both.
fn add(plan: &mut Plan, fix: Fix) {
    for step in fix.steps {
        match plan.steps.iter_mut().find(|known| known.action == step.action) {
            Some(known) => known.causes.extend(step.causes),
            None => plan.steps.push(step),
        }
    }
    plan.requests.extend(fix.requests);
    for assumption in fix.assumptions {
        if !plan.assumptions.contains(&assumption) {
            plan.assumptions.push(assumption);
        }
    }
}

#[cfg(test)]
mod tests;
