//! `policy explain` as JSON, version 1: what IAM says to each authorisation of a message, and why.

use crate::evidence::Evidence;
use crate::need::Need;
use crate::permission::case::Case;
use crate::permission::message::Authorization;
use crate::permission::question::Question;
use crate::permission::send::{ACTION, Send};
use crate::permission::{Denial, Layer, judgement};
use iam_eval::Decision;
use iam_eval::simulation::SimulationError;
use schemars::JsonSchema;
use serde::Serialize;

/// The `schema` field.
pub const SCHEMA: &str = "ses-doctor/policy-explain/v1";

/// The whole answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyExplanation {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// ARN of the user.
    pub principal: String,
    /// The action.
    pub action: &'static str,
    /// What the message asks IAM, the refused one first.
    pub authorizations: Vec<Authorized>,
}

/// One authorisation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Authorized {
    /// ARN of the resource.
    pub resource: String,
    /// `sender`, `configuration-set` or `recipient`.
    pub part: &'static str,
    /// SES has refused it.
    pub refused: bool,
    /// `allowed`, `explicit-deny`, `implicit-deny` or `undetermined`: that too as long as what was not read could change it.
    pub decision: &'static str,
    /// The layer, document and statement that decided, as `policy simulate` gives them.
    pub decided_by: serde_json::Value,
    /// Unknown context keys that would settle it.
    pub missing_context: Vec<String>,
    /// Every layer that refuses by itself.
    pub refusals: Vec<Refusal>,
    /// Layers of which policies are missing.
    pub unread: Vec<Unread>,
    /// The request with its policies, as `policy simulate` takes it.
    pub simulation: serde_json::Value,
}

/// A layer's no.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Refusal {
    /// The layer.
    pub layer: &'static str,
    /// A statement denies it; otherwise none allows it.
    pub explicit: bool,
    /// False when that hangs on a key whose value is not known.
    pub certain: bool,
    /// The statement that denies, or the allow that comes nearest.
    pub statement: Option<String>,
    /// The condition keys that the decision turns on.
    pub turns_on: Option<String>,
    /// All of it in one sentence.
    pub why: String,
    /// Who can change it.
    pub owner: &'static str,
}

/// A layer that was not read whole.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unread {
    /// The layer.
    pub layer: &'static str,
    /// The evidence that lacks.
    pub evidence: &'static str,
    /// Why.
    pub why: String,
}

impl PolicyExplanation {
    /// From what was asked and answered.
    ///
    /// # Errors
    /// If a request cannot be put to the evaluator at all.
    pub fn new(evidence: &Evidence, send: &Send, questions: &[Question]) -> Result<Self, SimulationError> {
        let authorizations = questions
            .iter()
            .map(|question| authorized(evidence, send, question));
        Ok(Self {
            schema: SCHEMA,
            principal: send.principal.clone(),
            action: ACTION,
            authorizations: authorizations.collect::<Result<_, _>>()?,
        })
    }

    /// Some authorisation is denied.
    pub fn is_denied(&self) -> bool {
        self.authorizations
            .iter()
            .any(|one| one.decision.ends_with("deny"))
    }

    /// Every authorisation is allowed.
    pub fn is_allowed(&self) -> bool {
        self.authorizations
            .iter()
            .all(|one| one.decision == Decision::Allowed.id())
    }
}

fn authorized(evidence: &Evidence, send: &Send, question: &Question) -> Result<Authorized, SimulationError> {
    let Question { authorization, case } = question;
    let answer = case.answer()?;
    Ok(Authorized {
        resource: authorization.resource.clone(),
        part: authorization.part.id(),
        refused: authorization.refused,
        decision: answer.decision.id(),
        decided_by: value(&answer.decided_by),
        missing_context: answer.missing_context,
        refusals: refusals(evidence, send, authorization),
        unread: Unread::of(evidence, case),
        simulation: value(&case.simulation),
    })
}

fn refusals(evidence: &Evidence, send: &Send, asked: &Authorization) -> Vec<Refusal> {
    let denials = Layer::ALL
        .iter()
        .filter_map(|layer| judgement::denial(evidence, send, *layer, asked));
    denials.map(|denial| refusal(&denial)).collect()
}

fn refusal(denial: &Denial) -> Refusal {
    Refusal {
        layer: denial.layer.of_iam().id(),
        explicit: denial.explicit,
        certain: denial.certain,
        statement: denial.at.as_ref().map(|at| at.named()),
        turns_on: denial.turns_on.as_ref().map(|keys| keys.words()),
        why: judgement::describe(denial),
        owner: denial.layer.owner(),
    }
}

impl Unread {
    /// The layers that a case lacks, each with the reason.
    pub fn of(evidence: &Evidence, case: &Case) -> Vec<Self> {
        case.unread.iter().map(|layer| unread(evidence, *layer)).collect()
    }
}

fn unread(evidence: &Evidence, layer: Layer) -> Unread {
    let need = layer.need();
    let told = || match (need, evidence.is_settled(need)) {
        (Need::Policies, true) if evidence.policies.is_missing() => "IAM has no such user",
        (_, true) => "not all of its policies could be read",
        (_, false) => "nobody looked",
    };
    let why = evidence.unavailable(need).unwrap_or_else(|| told().to_owned());
    Unread {
        layer: layer.of_iam().id(),
        evidence: need.id(),
        why,
    }
}

/// These types always are JSON.
fn value(of: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(of).unwrap_or_default()
}
