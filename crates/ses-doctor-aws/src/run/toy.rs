//! A world in memory that goes wrong when it is told to, for the tests of runs.

use crate::execute::{Actuator, CallError};
use jiff::Timestamp;
use serde_json::{Value, json};
use ses_doctor_core::action::{AccountSending, Action, ConfigurationSetSending, OfUser, State, UserPolicy};
use ses_doctor_core::plan::{Checked, Drafted, Plan, Risk, Step, Target};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a call does in place of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing, and says no.
    Refuse,
    /// Nothing, and gives no clear answer.
    Lose,
    /// Its work, and gives no clear answer.
    LoseAnswer,
}

#[derive(Debug, Default)]
pub(super) struct Toy {
    pub(super) things: Mutex<BTreeMap<String, State>>,
    /// What the next calls do.
    pub(super) faults: Mutex<Vec<Fault>>,
    /// Work done, by thing: nothing may be done twice.
    pub(super) done: Mutex<Vec<String>>,
    /// At which point of its life the process is killed: before or after any look or call.
    pub(super) dies_at: Option<usize>,
    point: AtomicUsize,
}

impl Toy {
    /// As a plan expects it.
    pub(super) fn before(plan: &Plan) -> Self {
        let state = |step: &Step| (step.action.resource(), step.action.before());
        Self {
            things: Mutex::new(plan.steps.iter().map(state).collect()),
            ..Self::default()
        }
    }

    /// The same world for a new process.
    pub(super) fn reborn(self, dies_at: Option<usize>) -> Self {
        Self {
            dies_at,
            point: AtomicUsize::new(0),
            ..self
        }
    }

    pub(super) fn state(&self) -> BTreeMap<String, State> {
        self.things.lock().unwrap().clone()
    }

    /// A process that is killed never goes on from here.
    async fn live(&self) {
        let point = self.point.fetch_add(1, Ordering::SeqCst);
        if Some(point) == self.dies_at {
            std::future::pending::<()>().await;
        }
    }

    fn fault(&self) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        (!faults.is_empty()).then(|| faults.remove(0))
    }
}

impl Actuator for Toy {
    async fn read(&self, action: &Action) -> Result<State, String> {
        self.live().await;
        let state = self.things.lock().unwrap().get(&action.resource()).cloned();
        self.live().await;
        state.ok_or_else(|| "unreadable".to_owned())
    }

    async fn act(&self, action: &Action) -> Result<(), CallError> {
        self.live().await;
        let fault = self.fault();
        if matches!(fault, None | Some(Fault::LoseAnswer)) {
            let resource = action.resource();
            self.things
                .lock()
                .unwrap()
                .insert(resource.clone(), action.after());
            self.done.lock().unwrap().push(resource);
        }
        self.live().await;
        match fault {
            None => Ok(()),
            Some(Fault::Refuse) => Err(CallError::Refused {
                code: Some("AccessDenied".into()),
                why: "denied".into(),
            }),
            Some(Fault::Lose | Fault::LoseAnswer) => Err(CallError::Unclear("no answer in time".into())),
        }
    }

    async fn describe(&self, action: &Action) -> Result<Value, String> {
        Ok(json!(action.before()))
    }
}

/// Three steps on three things.
pub(super) fn plan() -> Plan {
    let actions: [Action; 3] = [
        AccountSending {
            before: false,
            after: true,
        }
        .into(),
        UserPolicy {
            owner: OfUser {
                user: "mailer".into(),
            },
            name: "send".into(),
            before: None,
            after: Some("{}".into()),
        }
        .into(),
        ConfigurationSetSending {
            name: "events".into(),
            before: false,
            after: true,
        }
        .into(),
    ];
    let step = |action| Step {
        causes: Vec::new(),
        action,
        why: String::new(),
        risk: Risk::Low,
        risk_why: String::new(),
        blast_radius: Vec::new(),
        proof: Vec::new(),
    };
    Plan {
        made_at: Timestamp::UNIX_EPOCH,
        made_by: "test".into(),
        target: Target {
            account: Some("111122223333".into()),
            region: "eu-west-1".into(),
        },
        saw: Vec::new(),
        steps: actions.into_iter().map(step).collect(),
        requests: Vec::new(),
        assumptions: Vec::new(),
        symptom_path: None,
        undoes: None,
        rehearses: None,
    }
}

/// The plan, held against the world.
pub(super) async fn checked(plan: &Plan, toy: &Toy) -> Checked {
    let found = super::look(toy, plan.steps.iter().map(|step| &step.action)).await;
    Drafted::new(plan.clone()).check(&found, &[]).unwrap()
}
