//! A request with its policies as JSON, so that any implementation can be asked the same question.

mod answer;
mod context;

pub use answer::{Answer, AnsweredBy, Place, StatementName};
pub use context::ContextForm;

use crate::context::{Context, ContextError};
use crate::document::{DocumentErrors, PolicyDocument};
use crate::layer::Layer;
use crate::policies::PolicySet;
use crate::request::{Request, RequestError};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A request with every policy that takes part. What is absent does not take part; context keys that are not listed are
/// absent from the request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    /// Who asks: an ARN, a service principal, or `*` for anyone.
    pub principal: String,
    /// What is asked for: `SERVICE:ACTION`.
    pub action: String,
    /// What it is asked for: an ARN, or `*`.
    pub resource: String,
    /// The account of the resource, if its ARN does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_account: Option<String>,
    /// Condition keys and their values.
    #[serde(default, skip_serializing_if = "ContextForm::is_empty")]
    pub context: ContextForm,
    /// Condition keys that the request may carry, with values that nobody knows.
    #[serde(
        default,
        deserialize_with = "or_absent",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub unknown_context: Vec<String>,
    /// The principal's policies, those of its groups included.
    #[serde(
        default,
        deserialize_with = "or_absent",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub identity_policies: Vec<NamedPolicy>,
    /// Each of them must allow.
    #[serde(
        default,
        deserialize_with = "or_absent",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub permissions_boundaries: Vec<NamedPolicy>,
    /// What the session was limited to; one of them must allow.
    #[serde(
        default,
        deserialize_with = "or_absent",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub session_policies: Vec<NamedPolicy>,
    /// The policy on the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<NamedPolicy>,
    /// Each of them must allow.
    #[serde(
        default,
        deserialize_with = "or_absent",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub vpc_endpoint_policies: Vec<NamedPolicy>,
    /// SCPs, from the root down to the account. Leave them out for the management account.
    #[serde(
        default,
        deserialize_with = "or_absent",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub service_control_policies: Vec<Level>,
    /// RCPs, from the root down to the account.
    #[serde(
        default,
        deserialize_with = "or_absent",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub resource_control_policies: Vec<Level>,
}

/// The SCPs or RCPs that hang on one target.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Root, organizational unit or account.
    pub target: String,
    /// One of them must allow.
    pub policies: Vec<NamedPolicy>,
}

/// A policy with its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPolicy {
    /// Name or ARN.
    pub name: String,
    /// The document: an object, or a string that holds one as the AWS APIs answer it.
    pub document: Box<RawValue>,
}

/// Why a simulation cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// Not JSON, or not of this form.
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    /// The request itself.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Its context.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// A policy.
    #[error("{}: {errors}", .layer.id())]
    Document {
        /// The kind of policy.
        layer: Layer,
        /// What is wrong with it.
        errors: Box<DocumentErrors>,
    },
}

impl Simulation {
    /// Reads one request.
    ///
    /// # Errors
    /// If it is no JSON, or has other fields.
    pub fn parse(text: &str) -> Result<Self, SimulationError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The request alone.
    ///
    /// # Errors
    /// If a part cannot be what it should be.
    pub fn request(&self) -> Result<Request, SimulationError> {
        let context = Context::new(
            self.context
                .entries()
                .iter()
                .map(|(key, values)| (key.as_str(), values.clone())),
            self.unknown_context.iter().map(String::as_str),
        )?;
        let request = Request::new(&self.principal, &self.action, &self.resource, context)?;
        Ok(match &self.resource_account {
            Some(account) => request.owned_by(account),
            None => request,
        })
    }

    /// The policies alone.
    ///
    /// # Errors
    /// If a document is none, or is of another kind than its layer.
    pub fn policies(&self) -> Result<PolicySet, SimulationError> {
        let mut set = PolicySet::new();
        for (layer, policies) in [
            (Layer::IdentityPolicy, self.identity_policies.as_slice()),
            (Layer::PermissionsBoundary, &self.permissions_boundaries),
            (Layer::SessionPolicy, &self.session_policies),
            (Layer::ResourcePolicy, self.resource_policy.as_slice()),
            (Layer::VpcEndpointPolicy, &self.vpc_endpoint_policies),
        ] {
            for policy in policies {
                let document = policy.parse(layer)?;
                set.add(layer, document).map_err(|errors| of(layer, errors))?;
            }
        }
        for (layer, levels) in [
            (Layer::ServiceControlPolicy, &self.service_control_policies),
            (Layer::ResourceControlPolicy, &self.resource_control_policies),
        ] {
            for level in levels {
                let documents: Result<Vec<PolicyDocument>, _> =
                    level.policies.iter().map(|policy| policy.parse(layer)).collect();
                set.add_level(layer, &level.target, documents?)
                    .map_err(|errors| of(layer, errors))?;
            }
        }
        Ok(set)
    }
}

impl NamedPolicy {
    /// A policy from its text.
    ///
    /// # Errors
    /// If the text is no JSON.
    pub fn new(name: &str, document: &str) -> Result<Self, serde_json::Error> {
        Ok(Self {
            name: name.to_owned(),
            document: RawValue::from_string(document.to_owned())?,
        })
    }

    /// The text of the document.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        let raw = self.document.get();
        match serde_json::from_str::<String>(raw) {
            Ok(text) => Cow::Owned(text),
            Err(_) => Cow::Borrowed(raw),
        }
    }

    fn parse(&self, layer: Layer) -> Result<PolicyDocument, SimulationError> {
        PolicyDocument::parse(&self.name, &self.text()).map_err(|errors| of(layer, errors))
    }
}

fn of(layer: Layer, errors: DocumentErrors) -> SimulationError {
    SimulationError::Document {
        layer,
        errors: Box::new(errors),
    }
}

/// Programs write `null` for what is absent.
fn or_absent<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::evaluate;

    fn answer(text: &str) -> Result<String, SimulationError> {
        let simulation = Simulation::parse(text)?;
        let (policies, request) = (simulation.policies()?, simulation.request()?);
        Ok(serde_json::to_string(&Answer::from(&evaluate(&policies, &request))).unwrap())
    }

    const SEND: &str = r#""principal": "arn:aws:iam::111122223333:user/app", "action": "ses:SendRawEmail",
        "resource": "arn:aws:ses:eu-west-1:111122223333:identity/example.com""#;

    #[test]
    fn an_answer_names_layer_document_and_statement() {
        let identity = r#""identity_policies": [{"name": "send", "document": {"Statement":
            {"Sid": "Send", "Effect": "Allow", "Action": "ses:*", "Resource": "*"}}}]"#;
        insta::assert_snapshot!(answer(&format!("{{{SEND}, {identity}}}")).unwrap(), @r#"{"decision":"allowed","decided_by":{"layer":"identity-policy","document":"send","statement":"Send","index":0,"line":2,"column":13},"missing_context":[]}"#);
        let scp = r#""service_control_policies": [{"target": "r-1", "policies": [{"name": "all", "document":
            "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}"}]}, {"target": "ou-1", "policies": []}]"#;
        insta::assert_snapshot!(answer(&format!("{{{SEND}, {identity}, {scp}}}")).unwrap(), @r#"{"decision":"implicit-deny","decided_by":{"layer":"service-control-policy","target":"ou-1","document":null,"statement":null},"missing_context":[]}"#);
    }

    #[test]
    fn what_is_unknown_leaves_the_decision_open_and_is_named() {
        let identity = r#""unknown_context": ["aws:SourceIp", "ses:Recipients"], "context": {"a:b": [1, true, "x"]},
            "identity_policies": [{"name": "send", "document": {"Statement": {"Effect": "Allow", "Action": "ses:*", "Resource": "*",
            "Condition": {"IpAddress": {"aws:sourceip": "192.0.2.0/24"}}}}}]"#;
        insta::assert_snapshot!(answer(&format!("{{{SEND}, {identity}}}")).unwrap(), @r#"{"decision":"undetermined","decided_by":null,"missing_context":["aws:SourceIp"],"possible":["allowed","implicit-deny"]}"#);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let wrong = |more: &str| answer(&format!("{{{SEND}, {more}}}")).unwrap_err().to_string();
        let errors = [
            wrong(r#""scps": []"#),
            wrong(r#""context": {"a": {}}"#),
            wrong(r#""context": {"a:b": 1, "A:B": 2}"#),
            wrong(r#""identity_policies": [{"name": "p", "document": {"statement": []}}]"#),
            wrong(
                r#""identity_policies": [{"name": "p", "document": {"Statement": {"Effect": "Allow", "Action": "ses:*"}}}]"#,
            ),
        ];
        insta::assert_snapshot!(errors.join("\n"), @r#"
        unknown field `scps`, expected one of `principal`, `action`, `resource`, `resource_account`, `context`, `unknown_context`, `identity_policies`, `permissions_boundaries`, `session_policies`, `resource_policy`, `vpc_endpoint_policies`, `service_control_policies`, `resource_control_policies` at line 2 column 85
        invalid type: map, expected a string, a number, a boolean or a list of these at line 2 column 98
        context key "a:b" is given twice: keys know no case
        identity-policy: p:1:2: unknown element "statement"; did you mean "Statement"?
        identity-policy: p:1:15: an identity-based policy needs Resource in every statement
        "#);
    }
}
