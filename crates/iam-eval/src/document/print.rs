//! Documents as JSON, in one form: lists everywhere, elements in the order of the User Guide.

use super::{
    Condition, Effect, PatternElement, PolicyDocument, PrincipalElement, PrincipalPattern, Statement, Version,
};
use serde_json::{Map, Value, json};

impl PolicyDocument {
    /// The document as JSON that means the same, in one form whatever the original looks like.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut document = Map::new();
        document.insert("Version".into(), self.version.as_str().into());
        if let Some(id) = &self.id {
            document.insert("Id".into(), id.value.as_str().into());
        }
        let statements = self.statements.iter().map(Statement::to_json).collect();
        document.insert("Statement".into(), Value::Array(statements));
        Value::Object(document)
    }
}

impl Version {
    /// As written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

impl Effect {
    /// As written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl Statement {
    /// The statement as JSON, in one form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut statement = Map::new();
        if let Some(sid) = &self.sid {
            statement.insert("Sid".into(), sid.value.as_str().into());
        }
        statement.insert("Effect".into(), self.effect.value.as_str().into());
        if let Some(principal) = &self.principal {
            statement.insert(principal.name().into(), principal.to_json());
        }
        statement.insert(named("Action", &self.action).into(), patterns(&self.action));
        if let Some(resource) = &self.resource {
            statement.insert(named("Resource", resource).into(), patterns(resource));
        }
        if !self.conditions.is_empty() {
            statement.insert("Condition".into(), conditions(&self.conditions));
        }
        Value::Object(statement)
    }
}

impl PrincipalElement {
    /// `Principal` or `NotPrincipal`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        if self.negated { "NotPrincipal" } else { "Principal" }
    }

    fn to_json(&self) -> Value {
        let mut kinds: Map<String, Value> = Map::new();
        for principal in &self.principals {
            let (kind, name) = match &principal.value {
                PrincipalPattern::Anyone => ("AWS", "*"),
                PrincipalPattern::Account(name) | PrincipalPattern::Arn(name) => ("AWS", &**name),
                PrincipalPattern::Service(name) => ("Service", &**name),
                PrincipalPattern::Federated(name) => ("Federated", &**name),
                PrincipalPattern::CanonicalUser(name) => ("CanonicalUser", &**name),
            };
            if let Value::Array(names) = kinds.entry(kind).or_insert_with(|| json!([])) {
                names.push(name.into());
            }
        }
        Value::Object(kinds)
    }
}

fn named(plain: &'static str, element: &PatternElement) -> &'static str {
    match (plain, element.negated) {
        ("Action", true) => "NotAction",
        ("Resource", true) => "NotResource",
        (plain, _) => plain,
    }
}

fn patterns(element: &PatternElement) -> Value {
    let texts = element.patterns.iter().map(|pattern| pattern.value.text().into());
    Value::Array(texts.collect())
}

fn conditions(conditions: &[Condition]) -> Value {
    let mut operators = Map::new();
    for condition in conditions {
        let operator = condition.operator.value.to_string();
        let values = condition.values.iter().map(|value| value.value.text().into());
        let values = Value::Array(values.collect());
        if let Value::Object(keys) = operators.entry(operator).or_insert_with(|| json!({})) {
            keys.insert(condition.key.value.clone(), values);
        }
    }
    Value::Object(operators)
}
