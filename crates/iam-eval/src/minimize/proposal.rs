//! The allow that is proposed.

use crate::compare::{Comparison, Documents, Hints, compare};
use crate::decision::Decision;
use crate::document::PolicyDocument;
use crate::evaluate::evaluate;
use crate::layer::Layer;
use crate::policies::PolicySet;
use crate::request::Request;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A condition that the allow is to carry: `StringEquals` on one key, or `IpAddress` on an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The key.
    pub key: String,
    /// The values, of which one must be there.
    pub values: Vec<String>,
    /// Whether the key has several values, each of which must then be one of these.
    pub is_multivalued: bool,
}

/// An allow, with its proof.
#[derive(Debug)]
pub struct Proposal {
    /// A name for an inline policy that holds it.
    pub name: String,
    /// The document: the least that lets the requests through.
    pub document: Arc<PolicyDocument>,
    /// Whether the evaluator allows every request with it.
    pub is_enough: bool,
    /// Its conditions that nobody asked for: a statement of the principal's own allows the call but for their values.
    pub held: Vec<Condition>,
    /// Keys of conditions of such statements that it goes past, since the call does not tell them or they cannot be held.
    pub past: Vec<String>,
    /// What the principal's policies grant with it beyond what they grant without it and what was asked for.
    pub comparison: Comparison,
}

impl Proposal {
    pub(super) fn new(policies: &PolicySet, refused: &[&Request], conditions: &[Condition]) -> Self {
        let mut by_action: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for request in refused {
            let resources = by_action.entry(request.action()).or_default();
            if !resources.contains(&request.resource()) {
                resources.push(request.resource());
            }
        }
        let statements: Vec<Statement<'_>> = by_action
            .iter()
            .map(|(action, resources)| statement(action, resources, conditions))
            .collect();
        let name = by_action
            .keys()
            .next()
            .map_or_else(String::new, |action| sid(action));
        let document = document(&name, &statements);
        let asked: Vec<Arc<PolicyDocument>> = refused
            .iter()
            .map(|request| asked_for(request, conditions))
            .collect();
        let mut with = policies.clone();
        let added = with.add(Layer::IdentityPolicy, Arc::clone(&document)).is_ok();
        let allowed = |request: &&Request| evaluate(&with, request).decision() == Decision::Allowed;
        Self {
            is_enough: added && refused.iter().all(allowed),
            held: Vec::new(),
            past: Vec::new(),
            comparison: grants(policies, &document, &asked),
            name,
            document,
        }
    }
}

/// What the principal's own policies grant more with the document than without.
fn grants(policies: &PolicySet, document: &Arc<PolicyDocument>, asked: &[Arc<PolicyDocument>]) -> Comparison {
    let own = policies
        .groups()
        .iter()
        .filter(|group| group.layer == Layer::IdentityPolicy);
    let old: Vec<Arc<PolicyDocument>> = own.flat_map(|group| group.documents.iter().cloned()).collect();
    let new: Vec<Arc<PolicyDocument>> = old.iter().chain([document]).cloned().collect();
    let documents = Documents {
        old: &old,
        new: &new,
        intended: asked,
    };
    compare(documents, Hints::default())
}

/// One request, allowed by the narrowest statement there is.
fn asked_for(request: &Request, conditions: &[Condition]) -> Arc<PolicyDocument> {
    document(
        "asked",
        &[statement(request.action(), &[request.resource()], conditions)],
    )
}

/// A document as it is written, elements in the order of the User Guide.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    version: &'static str,
    statement: &'a [Statement<'a>],
}

/// A statement as it is written.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    sid: String,
    effect: &'static str,
    action: &'a str,
    resource: OneOrMore,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<&'static str, BTreeMap<&'a str, OneOrMore>>,
}

/// One text alone, several as a list.
#[derive(Serialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl FromIterator<String> for OneOrMore {
    fn from_iter<I: IntoIterator<Item = String>>(texts: I) -> Self {
        let mut texts: Vec<String> = texts.into_iter().collect();
        match (texts.pop(), texts.is_empty()) {
            (Some(only), true) => Self::One(only),
            (last, _) => {
                texts.extend(last);
                Self::More(texts)
            }
        }
    }
}

fn document(name: &str, statement: &[Statement<'_>]) -> Arc<PolicyDocument> {
    let written = Written {
        version: "2012-10-17",
        statement,
    };
    // What is written here can be read again; if it could not, a document without statements grants nothing.
    let text = serde_json::to_string_pretty(&written).unwrap_or_default();
    let parsed = PolicyDocument::parse(name, &text);
    Arc::new(parsed.unwrap_or_else(|_| PolicyDocument::empty(name)))
}

fn statement<'a>(action: &'a str, resources: &[&str], conditions: &'a [Condition]) -> Statement<'a> {
    let mut operators: BTreeMap<&'static str, BTreeMap<&'a str, OneOrMore>> = BTreeMap::new();
    for condition in conditions {
        let is_address = ["aws:sourceip", "aws:vpcsourceip"]
            .iter()
            .any(|key| condition.key.eq_ignore_ascii_case(key));
        let operator = match (is_address, condition.is_multivalued) {
            (true, _) => "IpAddress",
            (false, true) => "ForAllValues:StringEquals",
            (false, false) => "StringEquals",
        };
        let values = condition.values.iter().map(|value| value.replace('$', "${$}"));
        operators
            .entry(operator)
            .or_default()
            .insert(&condition.key, values.collect());
    }
    Statement {
        sid: sid(action),
        effect: "Allow",
        action,
        resource: resources.iter().map(|resource| literally(resource)).collect(),
        condition: operators,
    }
}

/// A name out of an action: `AllowSesSendRawEmail`. A Sid has letters and digits only.
fn sid(action: &str) -> String {
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    let words = action.split(|character: char| !character.is_ascii_alphanumeric());
    std::iter::once("Allow".to_owned())
        .chain(words.map(capital))
        .collect()
}

/// The name of a resource as a pattern that matches nothing else: its `*`, `?` and `$` are written as the policy language
/// writes them when they mean themselves (IAM User Guide, "IAM policy elements: Variables and tags").
#[must_use]
pub fn literally(resource: &str) -> String {
    let escaped = resource.chars().map(|character| match character {
        '*' | '?' | '$' => format!("${{{character}}}"),
        other => other.to_string(),
    });
    escaped.collect()
}
