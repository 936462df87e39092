//! Policy documents, as written: every element with its place.

mod condition;
mod elements;
mod error;
mod parse;
mod principal;
mod print;
mod suitability;

pub use self::error::{DocumentError, DocumentErrors, Problem};

use crate::arn::completed;
use crate::condition::value::ConditionValue;
use crate::operator::Operator;
use crate::pattern::Pattern;
use crate::span::{Span, Spanned};
use std::sync::Arc;

/// A policy document, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct PolicyDocument {
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    /// `Version`; without one, 2008-10-17 holds.
    pub version: Version,
    /// `Id`
    pub id: Option<Spanned<String>>,
    /// `Statement`, in order.
    pub statements: Vec<Statement>,
}

impl PolicyDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// Everything that AWS would not accept, with its place.
    pub fn parse(name: &str, text: &str) -> Result<Self, DocumentErrors> {
        parse::document(name, text)
    }

    /// A document without statements, which allows and denies nothing.
    pub(crate) fn empty(name: &str) -> Self {
        Self {
            name: name.into(),
            text: "".into(),
            version: Version::V2012,
            id: None,
            statements: Vec::new(),
        }
    }

    /// What it is called: a policy's name or ARN.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text that it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn has_incomplete_arns(&self) -> bool {
        let mut resources = self
            .statements
            .iter()
            .filter_map(|statement| statement.resource.as_ref());
        resources.any(|element| {
            element
                .patterns
                .iter()
                .any(|pattern| completed(pattern.value.text()).is_some())
        })
    }

    pub(crate) fn complete_arns(&mut self) {
        for element in self
            .statements
            .iter_mut()
            .filter_map(|statement| statement.resource.as_mut())
        {
            elements::complete_arns(element, self.version);
        }
    }
}

impl PolicyDocument {
    /// The context keys that its conditions read, as written, and those of its policy variables, in lower case.
    pub(crate) fn context_keys(&self) -> impl Iterator<Item = &str> {
        let in_resources = self
            .statements
            .iter()
            .filter_map(|statement| statement.resource.as_ref());
        let in_resources = in_resources.flat_map(|element| &element.patterns);
        let in_resources = in_resources.flat_map(|pattern| pattern.value.variables());
        let conditions = self.statements.iter().flat_map(|statement| &statement.conditions);
        let in_conditions = conditions.flat_map(|condition| {
            let patterns = condition.values.iter().filter_map(|value| value.value.pattern());
            std::iter::once(condition.key.value.as_str()).chain(patterns.flat_map(Pattern::variables))
        });
        in_conditions.chain(in_resources)
    }
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Version {
    /// 2008-10-17, which knows no policy variables.
    #[default]
    V2008,
    /// 2012-10-17
    V2012,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// All of it.
    pub span: Span,
    /// `Sid`
    pub sid: Option<Spanned<String>>,
    /// `Effect`
    pub effect: Spanned<Effect>,
    /// `Principal` or `NotPrincipal`
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`
    pub action: PatternElement,
    /// `Resource` or `NotResource`; some resource-based policies have neither, and mean the resource that they belong to.
    pub resource: Option<PatternElement>,
    /// `Condition`, one for each operator and key.
    pub conditions: Vec<Condition>,
}

/// `Action`, `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub struct PatternElement {
    /// `Not…`
    pub negated: bool,
    /// The element, from its key to its value's end.
    pub span: Span,
    /// Its patterns, at least one.
    pub patterns: Vec<Spanned<Pattern>>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone)]
pub struct PrincipalElement {
    /// `NotPrincipal`
    pub negated: bool,
    /// The element, from its key to its value's end.
    pub span: Span,
    /// Who is named, at least one.
    pub principals: Vec<Spanned<PrincipalPattern>>,
}

/// Who may be named as a principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PrincipalPattern {
    /// `"*"` or `{"AWS": "*"}`
    Anyone,
    /// An account, by its number or its root ARN.
    Account(Box<str>),
    /// An IAM or STS ARN, or the unique id that AWS shows for one that is deleted. Wildcards mean nothing here: AWS refuses
    /// them.
    Arn(Box<str>),
    /// `{"Service": …}`
    Service(Box<str>),
    /// `{"Federated": …}`
    Federated(Box<str>),
    /// `{"CanonicalUser": …}`
    CanonicalUser(Box<str>),
}

/// One key under one operator of a `Condition` block.
#[derive(Debug, Clone)]
pub struct Condition {
    /// From the key to the end of its values.
    pub span: Span,
    /// The operator, and where it stands.
    pub operator: Spanned<Operator>,
    /// The key, as written.
    pub key: Spanned<String>,
    /// The key in lower case: keys know no case.
    pub(crate) lookup: Box<str>,
    /// The values.
    pub values: Vec<Spanned<ConditionValue>>,
}

impl Condition {
    /// The key in lower case, for looking it up: keys know no case.
    #[must_use]
    pub fn key_lower(&self) -> &str {
        &self.lookup
    }
}
