//! A plan as it is written down. What follows from an action is written too, for whoever reviews it; a reader makes calls and
//! inverses anew, and refuses a file in which they differ. Words may differ from version to version: they are kept as they were
//! written, so that a plan keeps its id and stays readable.

use super::{Format, Plan, PlanId, Step};
use serde_json::{Map, Value, json};

const VERSION: &str = "ses_doctor_plan";
const ID: &str = "id";

/// A plan that was made or read, and not yet held against the present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    plan: Plan,
    id: PlanId,
    /// As it was written, without the id.
    content: Map<String, Value>,
}

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Not JSON, or not of this shape.
    #[error("read the plan: {source}")]
    Malformed {
        /// The parser's word, with line and column.
        #[from]
        source: serde_json::Error,
    },
    /// JSON, but something else.
    #[error("read the plan: this JSON has no `{VERSION}` version, so it is no plan")]
    NotAPlan,
    /// Written by a newer program.
    #[error(
        "read the plan: its format is {found}, this program knows up to {}",
        Format::CURRENT
    )]
    TooNew {
        /// The version found.
        found: Format,
    },
    /// Its content is not what its id says.
    #[error("read the plan: it was changed after it was made: its id is {said}, its content gives {is}")]
    Altered {
        /// The id that stands in it.
        said: String,
        /// The id of its content.
        is: PlanId,
    },
    /// It says of its actions what does not follow from them.
    #[error("read the plan: what it says of its steps does not follow from their actions")]
    Contradicts,
}

impl Drafted {
    /// A plan that was just made.
    pub fn new(plan: Plan) -> Self {
        let content = content(&plan);
        let id = PlanId::of(&Value::Object(content.clone()));
        Self { plan, id, content }
    }

    /// Parses a plan file.
    ///
    /// # Errors
    /// When it is no plan, is of a newer format, or was changed by hand.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        let mut value: Value = serde_json::from_str(text)?;
        let found = value.get(VERSION).and_then(Value::as_u64).map(Format::of);
        let found = found.ok_or(PlanError::NotAPlan)?;
        if !found.is_readable() {
            return Err(PlanError::TooNew { found });
        }
        // From the text again, so that an error names its line and column.
        let plan: Plan = serde_json::from_str(text)?;
        let members = value.as_object_mut().ok_or(PlanError::NotAPlan)?;
        let said = members.remove(ID).unwrap_or_default();
        let said = said.as_str().unwrap_or_default().to_owned();
        let content = members.clone();
        let id = PlanId::of(&value);
        if said != id.as_str() {
            return Err(PlanError::Altered { said, is: id });
        }
        match follows(&plan, &value) {
            true => Ok(Self { plan, id, content }),
            false => Err(PlanError::Contradicts),
        }
    }

    /// The plan as JSON, id included.
    pub fn to_json(&self) -> Value {
        let mut members = self.content.clone();
        members.insert(ID.to_owned(), json!(self.id));
        Value::Object(members)
    }

    /// The content.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The id.
    pub fn id(&self) -> &PlanId {
        &self.id
    }
}

/// Whether what is said of each step's call and inverse follows from its action.
fn follows(plan: &Plan, written: &Value) -> bool {
    let steps = written.get("steps").and_then(Value::as_array);
    let steps = steps.map(Vec::as_slice).unwrap_or_default();
    steps.len() == plan.steps.len()
        && plan.steps.iter().zip(steps).all(|(step, written)| {
            written.get("call") == Some(&json!(step.action.call()))
                && written.get("inverse") == Some(&json!(step.action.inverse()))
        })
}

/// Everything but the id.
fn content(plan: &Plan) -> Map<String, Value> {
    let steps = plan.steps.iter().zip(1_u32..);
    let steps: Vec<Value> = steps
        .map(|(step, number)| on_paper(step, number, &plan.target.region))
        .collect();
    let members = [
        (VERSION, json!(Format::CURRENT)),
        ("made_at", json!(plan.made_at)),
        ("made_by", json!(plan.made_by)),
        ("target", json!(plan.target)),
        ("saw", json!(plan.saw)),
        ("steps", json!(steps)),
        ("requests", json!(plan.requests)),
        ("assumptions", json!(plan.assumptions)),
        ("permissions", json!(plan.permissions())),
        ("symptom_path", json!(plan.symptom_path)),
        ("undoes", json!(plan.undoes)),
        ("rehearses", json!(plan.rehearses)),
    ];
    let members = members.into_iter();
    members.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn on_paper(step: &Step, number: u32, region: &str) -> Value {
    let (action, call) = (&step.action, step.action.call());
    json!({
        "step": number,
        "causes": step.causes,
        "why": step.why,
        "resource": action.resource(),
        "action": action,
        "precondition": action.precondition(),
        "call": call,
        "command": action.command_line(region),
        "inverse": action.inverse(),
        "one_way": action.one_way(),
        "risk": step.risk,
        "risk_why": step.risk_why,
        "blast_radius": step.blast_radius,
        "permissions": action.permissions(),
        "proof": step.proof,
    })
}
