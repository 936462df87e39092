//! A plan with one step of every kind.

use super::{Plan, Risk, Step, Target};
use crate::action::testing::one_of_each;
use crate::testimony::{OURS, now};

pub(crate) fn plan() -> Plan {
    let step = |action| Step {
        causes: vec!["key-inactive".into()],
        action,
        why: "because".into(),
        risk: Risk::Low,
        risk_why: "little".into(),
        blast_radius: vec!["nobody else".into()],
        proof: Vec::new(),
    };
    Plan {
        made_at: now(),
        made_by: "test".into(),
        target: Target {
            account: Some(OURS.into()),
            region: "eu-west-1".into(),
        },
        saw: Vec::new(),
        steps: one_of_each().into_iter().map(step).collect(),
        requests: Vec::new(),
        assumptions: Vec::new(),
        symptom_path: None,
        undoes: None,
        rehearses: None,
    }
}
