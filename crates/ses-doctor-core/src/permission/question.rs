//! The whole question to IAM, all layers at once, in the form that `policy simulate` takes: for whoever wants to see the
//! decision as one, or to ask it again elsewhere.

use super::layer::{Document, Layer, Policies, policies};
use super::message::Authorization;
use super::send::{ACTION, Send, Standing};
use crate::evidence::Evidence;
use iam_eval::simulation::{ContextForm, Level, NamedPolicy, Simulation};
use iam_eval::{Decision, PolicyDocument};
use serde_json::Value;
use std::collections::BTreeSet;

/// One question, and what is not in it.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked.
    pub authorization: Authorization,
    /// The request with every policy that could be read.
    pub simulation: Simulation,
    /// Layers of which policies are missing: nobody read them, or not all of them could be read.
    pub unread: Vec<Layer>,
}

impl Question {
    /// Whether the policies that were not read could change a decision: an allow always, the lack of an allow where some
    /// of that layer are missing, a deny never.
    pub fn is_open(&self, decision: Decision, decided_by: Option<iam_eval::Layer>) -> bool {
        match decision {
            Decision::Allowed => !self.unread.is_empty(),
            Decision::ImplicitDeny => self.unread.iter().any(|layer| Some(layer.of_iam()) == decided_by),
            Decision::ExplicitDeny | Decision::Undetermined => false,
        }
    }
}

/// The questions of a message, the refused one first.
pub fn questions(evidence: &Evidence, send: &Send) -> Vec<Question> {
    let asked = send.authorizations.iter();
    asked.map(|asked| question(evidence, send, asked)).collect()
}

fn question(evidence: &Evidence, send: &Send, asked: &Authorization) -> Question {
    let mut unread = Vec::new();
    let mut of = |layer: Layer| {
        let (documents, whole) = match policies(evidence, layer, &asked.resource) {
            Policies::NotThere => (Vec::new(), true),
            Policies::Whole(documents) => (documents, true),
            Policies::Part(documents) => (documents, false),
            Policies::Unread => (Vec::new(), false),
        };
        let readable: Vec<Document> = documents
            .iter()
            .filter(|it| is_policy(layer, it))
            .cloned()
            .collect();
        if !whole || readable.len() < documents.len() {
            unread.push(layer);
        }
        readable
    };
    let service_control_policies = of(Layer::ServiceControl);
    let resource_control_policies = of(Layer::ResourceControl);
    let simulation = Simulation {
        principal: send.principal.clone(),
        action: ACTION.to_owned(),
        resource: asked.resource.clone(),
        resource_account: None,
        context: ContextForm::default(),
        unknown_context: Vec::new(),
        identity_policies: named(of(Layer::Identity)),
        permissions_boundaries: named(of(Layer::Boundary)),
        session_policies: Vec::new(),
        resource_policy: as_one(&of(Layer::SendingAuthorization)),
        vpc_endpoint_policies: named(of(Layer::VpcEndpoint)),
        service_control_policies: levels(service_control_policies),
        resource_control_policies: levels(resource_control_policies),
    };
    Question {
        authorization: asked.clone(),
        simulation: with_context(simulation, send),
        unread,
    }
}

/// Every key that SES or IAM fills: with its value where it is known, as unknown where a policy asks for it.
fn with_context(simulation: Simulation, send: &Send) -> Simulation {
    let documents = [
        &simulation.identity_policies,
        &simulation.permissions_boundaries,
        &simulation.vpc_endpoint_policies,
    ];
    let levels = simulation
        .service_control_policies
        .iter()
        .chain(&simulation.resource_control_policies);
    let all = documents
        .into_iter()
        .flatten()
        .chain(&simulation.resource_policy)
        .chain(levels.flat_map(|level| &level.policies));
    let keys: BTreeSet<String> = all
        .filter_map(|policy| PolicyDocument::parse(&policy.name, &policy.text()).ok())
        .flat_map(|document| super::decide::keys(&document))
        .map(|key| key.to_ascii_lowercase())
        .collect();
    let unknown = keys
        .into_iter()
        .filter(|key| send.standing(key) == Standing::Unknown);
    Simulation {
        unknown_context: unknown.collect(),
        context: send.context.clone().into_iter().collect(),
        ..simulation
    }
}

fn is_policy(layer: Layer, document: &Document) -> bool {
    PolicyDocument::parse(&document.name, &document.text)
        .is_ok_and(|policy| policy.suits(layer.of_iam()).is_ok())
}

fn named(documents: Vec<Document>) -> Vec<NamedPolicy> {
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
    let parsed: Vec<Value> = documents
        .iter()
        .filter_map(|document| serde_json::from_str(&document.text).ok())
        .collect();
    let version = parsed
        .first()?
        .get("Version")
        .cloned()
        .unwrap_or_else(|| "2008-10-17".into());
    let statements = parsed
        .iter()
        .flat_map(|document| match document.get("Statement") {
            Some(Value::Array(several)) => several.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        });
    let statements: Vec<Value> = statements.collect();
    let names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
    let text = serde_json::json!({ "Version": version, "Statement": statements }).to_string();
    NamedPolicy::new(&names.join(" and "), &text).ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{send, testing::refused_with};
    use iam_eval::evaluate;

    const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*"}}"#;
    const REGIONS: &str = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*",
        "Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}}}]}"#;

    fn decision(evidence: &Evidence) -> (Decision, Vec<Layer>) {
        let send = send::send(evidence).unwrap();
        let question = questions(evidence, &send).swap_remove(0);
        let (set, request) = (
            question.simulation.policies().unwrap(),
            question.simulation.request().unwrap(),
        );
        (evaluate(&set, &request).decision(), question.unread)
    }

    #[test]
    fn all_layers_decide_together_and_what_is_unread_is_told() {
        let unread = vec![Layer::ServiceControl, Layer::ResourceControl];
        assert_eq!(
            decision(&refused_with(&[("mailer", ALLOW)])),
            (Decision::Allowed, unread)
        );
        let closed = refused_with(&[("mailer", ALLOW), ("scp", REGIONS)]);
        assert_eq!(decision(&closed), (Decision::ExplicitDeny, Vec::new()));
    }

    #[test]
    fn a_key_that_a_policy_asks_for_is_unknown_and_no_other() {
        let by_address = r#"{"Statement":{"Effect":"Allow","Action":"ses:*","Resource":"*",
            "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}"#;
        let evidence = refused_with(&[("mailer", by_address)]);
        let send = send::send(&evidence).unwrap();
        let question = questions(&evidence, &send).swap_remove(0);
        assert_eq!(question.simulation.unknown_context, ["aws:sourceip"]);
        assert_eq!(decision(&evidence).0, Decision::Undetermined);
    }
}
