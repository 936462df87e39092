//! The least policy that lets a refused call through, or why no policy of the principal can.
//!
//! An allow is proposed only where nothing but an allow of the principal's own is missing. Where a statement denies, or a
//! layer above does not allow, whoever owns that layer has to act: no allow below cures it. What is proposed is proven: the
//! evaluator says that the call is then allowed, and [`compare`](crate::compare) that nothing else is.

mod blocker;
mod held;
mod proposal;

pub use blocker::{Blocker, Cause};
pub use proposal::{Condition, Proposal, literally};

use self::held::Held;
use crate::decision::Decision;
use crate::evaluate::evaluate;
use crate::policies::PolicySet;
use crate::request::Request;

/// What lets a call through.
#[derive(Debug)]
pub enum Minimum<'a> {
    /// Nothing is missing.
    AlreadyAllowed,
    /// This allow.
    Proposal(Box<Proposal>),
    /// An allow of the principal's own would not cure it: these layers stand in the way.
    Blocked(Vec<Blocker<'a>>),
    /// Only `"Resource": "*"` would do, and that is never proposed: the action knows no resources.
    OnlyStar {
        /// The action.
        action: String,
    },
    /// It depends on context keys that nobody knows.
    Undetermined {
        /// The keys, as the request named them.
        missing: Vec<String>,
    },
    /// The allow that was asked for does not let the call through.
    Useless(Box<Proposal>),
}

/// The least that lets all these requests of one principal through. A call may be several requests: an SMTP message is one for
/// its sender and one for its configuration set. `conditions` are put on the allow; without any, those are that the principal's
/// own statements tie the call to, with the call's values.
#[must_use]
pub fn minimize<'a>(
    policies: &'a PolicySet,
    requests: &'a [Request],
    conditions: &[Condition],
) -> Minimum<'a> {
    let mut refused = Vec::new();
    let mut blockers = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    for request in requests {
        let evaluation = evaluate(policies, request);
        match evaluation.decision() {
            Decision::Allowed => {}
            Decision::Undetermined => {
                missing.extend(evaluation.missing_context().iter().map(ToString::to_string));
            }
            Decision::ExplicitDeny | Decision::ImplicitDeny => {
                refused.push(request);
                blockers.extend(blocker::all(&evaluation));
            }
        }
    }
    if !blockers.is_empty() {
        return Minimum::Blocked(blockers);
    }
    if !missing.is_empty() {
        missing.sort_unstable();
        missing.dedup();
        return Minimum::Undetermined { missing };
    }
    if refused.is_empty() {
        return Minimum::AlreadyAllowed;
    }
    if let Some(star) = refused.iter().find(|request| request.resource() == "*") {
        let action = star.action().to_owned();
        return Minimum::OnlyStar { action };
    }
    let proposal = Box::new(proposed(policies, &refused, conditions));
    if proposal.is_enough {
        Minimum::Proposal(proposal)
    } else {
        Minimum::Useless(proposal)
    }
}

fn proposed(policies: &PolicySet, refused: &[&Request], conditions: &[Condition]) -> Proposal {
    if !conditions.is_empty() {
        return Proposal::new(policies, refused, conditions);
    }
    let held = Held::of(policies, refused);
    let mut proposal = Proposal::new(policies, refused, &held.conditions);
    let mut past = held.past;
    if proposal.is_enough {
        proposal.held = held.conditions;
    } else {
        past.extend(held.conditions.into_iter().map(|condition| condition.key));
        proposal = Proposal::new(policies, refused, &[]);
    }
    proposal.past = past.into_iter().collect();
    proposal
}

#[cfg(test)]
mod tests;
