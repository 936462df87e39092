//! What a run notes beside its steps: guards that a person set aside, who was told, what was counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "note")]
pub enum Note {
    /// A guard spoke against the run, and a person set it aside.
    Overridden {
        /// The guard.
        guard: Guard,
        /// The reason, in the person's words.
        reason: String,
    },
    /// Somebody was told of the run, or could not be.
    Told {
        /// Before or after.
        moment: Moment,
        /// Who.
        whom: String,
        /// Why that failed.
        failure: Option<String>,
    },
    /// The run was counted in CloudWatch, or could not be.
    Counted {
        /// Namespace and metric.
        metric: String,
        /// Why that failed.
        failure: Option<String>,
    },
}

/// What may speak against a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Production is changed only by a plan that was tried in another account.
    Production,
    /// Changes are made in maintenance windows.
    Window,
    /// The same cause was fixed too often.
    Breaker,
}

/// Before the first step, or after the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// Nothing was changed yet.
    Before,
    /// Nothing more will be.
    After,
}

impl Note {
    /// In a sentence.
    pub fn words(&self) -> String {
        let or_not = |done: String, failure: &Option<String>| match failure {
            None => done,
            Some(why) => format!("not {done}: {why}"),
        };
        match self {
            Self::Overridden { guard, reason } => {
                let guard = match guard {
                    Guard::Production => "the guard of production",
                    Guard::Window => "the maintenance window",
                    Guard::Breaker => "the circuit breaker",
                };
                format!("{guard} was set aside: {reason}")
            }
            Self::Told {
                moment,
                whom,
                failure,
            } => {
                let moment = match moment {
                    Moment::Before => "before",
                    Moment::After => "after",
                };
                or_not(format!("told {moment}: {whom}"), failure)
            }
            Self::Counted { metric, failure } => or_not(format!("counted in {metric}"), failure),
        }
    }
}
