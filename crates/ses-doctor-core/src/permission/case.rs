//! One request with every policy of the evidence that bears upon it, all layers at once, in the form that `policy simulate`
//! takes; and what that comes to when some of the policies could not be read.

use super::layer::{Document, Layer, Policies};
use iam_eval::simulation::{Answer, Level, NamedPolicy, Simulation, SimulationError};
use iam_eval::{Decision, PolicyDocument, evaluate};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// One request, and what is not in it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The request with every policy that could be read.
    pub simulation: Simulation,
    /// Layers of which policies are missing: nobody read them, or not all of them could be read.
    pub unread: Vec<Layer>,
    /// SES refused it, so that nothing that was not read grants it.
    pub is_refused: bool,
}

impl Case {
    /// Puts the policies of every layer to a request that has none yet.
    pub(super) fn new(request: Simulation, of: impl Fn(Layer) -> Policies) -> Self {
        let mut unread = Vec::new();
        let mut read = |layer: Layer| {
            let (documents, whole) = match of(layer) {
                Policies::NotThere => (Vec::new(), true),
                Policies::Whole(documents) => (documents, true),
                Policies::Part(documents) => (documents, false),
                Policies::Unread => (Vec::new(), false),
            };
            let total = documents.len();
            let readable: Vec<Document> = documents
                .into_iter()
                .filter(|document| is_policy(layer, document))
                .collect();
            if !whole || readable.len() < total {
                unread.push(layer);
            }
            readable
        };
        let service_control_policies = levels(read(Layer::ServiceControl));
        let resource_control_policies = levels(read(Layer::ResourceControl));
        let simulation = Simulation {
            identity_policies: named(&read(Layer::Identity)),
            permissions_boundaries: named(&read(Layer::Boundary)),
            resource_policy: as_one(&read(Layer::SendingAuthorization)),
            vpc_endpoint_policies: named(&read(Layer::VpcEndpoint)),
            service_control_policies,
            resource_control_policies,
            ..request
        };
        Self {
            simulation,
            unread,
            is_refused: false,
        }
    }

    /// Every condition key and policy variable that its policies mention, in lower case.
    pub(super) fn keys(&self) -> BTreeSet<String> {
        let simulation = &self.simulation;
        let levels = simulation
            .service_control_policies
            .iter()
            .chain(&simulation.resource_control_policies);
        let all = [
            &simulation.identity_policies,
            &simulation.permissions_boundaries,
            &simulation.vpc_endpoint_policies,
        ];
        let all = all
            .into_iter()
            .flatten()
            .chain(&simulation.resource_policy)
            .chain(levels.flat_map(|level| &level.policies));
        all.filter_map(|policy| PolicyDocument::parse(&policy.name, &policy.text()).ok())
            .flat_map(|document| super::decide::keys(&document))
            .map(|key| key.to_ascii_lowercase())
            .collect()
    }

    /// What IAM answers. What was not read leaves open whatever it could turn: an allow always; the lack of an allow where
    /// the missing policies could give it; a deny never.
    ///
    /// # Errors
    /// If the request cannot be put to the evaluator at all.
    pub fn answer(&self) -> Result<Answer, SimulationError> {
        let (answer, possible) = ask(&self.simulation)?;
        let is_settled = match answer.decision {
            Decision::ExplicitDeny => true,
            Decision::ImplicitDeny => self.unread.is_empty() || (self.is_refused && self.has_read(&answer)),
            Decision::Allowed | Decision::Undetermined => self.unread.is_empty(),
        };
        if is_settled {
            return Ok(answer);
        }
        let (_, at_most) = ask(&self.with_all_that_could_be_granted()?)?;
        if answer.decision == Decision::ImplicitDeny && !at_most.contains(&Decision::Allowed) {
            return Ok(answer);
        }
        // Whatever was not read may deny.
        let denials = [Decision::ExplicitDeny, Decision::ImplicitDeny];
        let possible: BTreeSet<Decision> = possible.into_iter().chain(at_most).chain(denials).collect();
        Ok(undetermined(answer.missing_context, &possible))
    }

    /// Whether the layer that decides was read whole.
    fn has_read(&self, answer: &Answer) -> bool {
        let layer = answer.decided_by.as_ref().map(|by| by.layer);
        !self.unread.iter().any(|unread| Some(unread.of_iam()) == layer)
    }

    /// The most that the missing policies could grant: everything.
    fn with_all_that_could_be_granted(&self) -> Result<Simulation, SimulationError> {
        let allow = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let everything = NamedPolicy::new("not read", &json!({ "Statement": allow }).to_string())?;
        let mut granted = self.simulation.clone();
        let at_every_level = |levels: &mut Vec<Level>| {
            levels
                .iter_mut()
                .for_each(|level| level.policies.push(everything.clone()));
        };
        for layer in &self.unread {
            match layer {
                Layer::Identity => granted.identity_policies.push(everything.clone()),
                // Every boundary and endpoint must allow, so that one more grants nothing.
                Layer::Boundary | Layer::VpcEndpoint => {}
                Layer::ServiceControl => at_every_level(&mut granted.service_control_policies),
                Layer::ResourceControl => at_every_level(&mut granted.resource_control_policies),
                Layer::SendingAuthorization => {
                    granted.resource_policy =
                        Some(to_principal(granted.resource_policy.take(), &granted.principal)?);
                }
            }
        }
        Ok(granted)
    }
}

/// The answer, and every decision that is left. A client goes through one endpoint, and of several nobody knows which.
fn ask(simulation: &Simulation) -> Result<(Answer, BTreeSet<Decision>), SimulationError> {
    let endpoints = &simulation.vpc_endpoint_policies;
    if endpoints.len() < 2 {
        let (policies, request) = (simulation.policies()?, simulation.request()?);
        let evaluation = evaluate(&policies, &request);
        let possible = evaluation.possible().iter().copied().collect();
        return Ok((Answer::from(&evaluation), possible));
    }
    let through = endpoints.iter().map(|endpoint| Simulation {
        vpc_endpoint_policies: vec![endpoint.clone()],
        ..simulation.clone()
    });
    let answers = through
        .map(|simulation| ask(&simulation))
        .collect::<Result<Vec<_>, _>>()?;
    let possible: BTreeSet<Decision> = answers
        .iter()
        .flat_map(|(_, possible)| possible)
        .copied()
        .collect();
    let mut answers = answers.into_iter().map(|(answer, _)| answer);
    let first = answers
        .next()
        .unwrap_or_else(|| undetermined(Vec::new(), &possible));
    match answers.all(|answer| answer.decision == first.decision) {
        true => Ok((first, possible)),
        false => Ok((undetermined(first.missing_context, &possible), possible)),
    }
}

fn undetermined(missing_context: Vec<String>, possible: &BTreeSet<Decision>) -> Answer {
    Answer {
        decision: Decision::Undetermined,
        decided_by: None,
        missing_context,
        possible: possible.iter().copied().collect(),
    }
}

/// The resource's policy with everything granted to the principal on top.
fn to_principal(policy: Option<NamedPolicy>, principal: &str) -> Result<NamedPolicy, SimulationError> {
    let grant =
        json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "*", "Resource": "*" });
    let text = policy
        .map(|policy| policy.text().into_owned())
        .unwrap_or_default();
    let mut statements = statements(&text);
    statements.push(grant);
    let whole = json!({ "Version": version(&text), "Statement": statements });
    Ok(NamedPolicy::new("not read", &whole.to_string())?)
}

fn is_policy(layer: Layer, document: &Document) -> bool {
    PolicyDocument::parse(&document.name, &document.text)
        .is_ok_and(|policy| policy.suits(layer.of_iam()).is_ok())
}

fn named(documents: &[Document]) -> Vec<NamedPolicy> {
    documents
        .iter()
        .filter_map(|document| NamedPolicy::new(&document.name, &document.text).ok())
        .collect()
}

/// An SES identity may have several policies; the form has place for one with all their statements.
fn as_one(documents: &[Document]) -> Option<NamedPolicy> {
    if let [only] = documents {
        return NamedPolicy::new(&only.name, &only.text).ok();
    }
    let version = version(&documents.first()?.text);
    let statements: Vec<Value> = documents
        .iter()
        .flat_map(|document| statements(&document.text))
        .collect();
    let names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
    let text = json!({ "Version": version, "Statement": statements }).to_string();
    NamedPolicy::new(&names.join(" and "), &text).ok()
}

fn version(text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let version = document.get("Version");
    version.cloned().unwrap_or_else(|| "2008-10-17".into())
}

fn statements(text: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    match document.get("Statement") {
        Some(Value::Array(several)) => several.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}

fn levels(documents: Vec<Document>) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for document in documents {
        let Ok(policy) = NamedPolicy::new(&document.name, &document.text) else {
            continue;
        };
        match levels.last_mut().filter(|level| level.target == document.target) {
            Some(level) => level.policies.push(policy),
            None => levels.push(Level {
                target: document.target,
                policies: vec![policy],
            }),
        }
    }
    levels
}
