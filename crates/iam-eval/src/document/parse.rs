//! From JSON to a document, with everything that is wrong collected on the way.

use super::error::{DocumentError, DocumentErrors, Problem};
use super::{Effect, PolicyDocument, Statement, Version};
use super::{condition, elements, principal};
use crate::json::{self, Member, Node, Shape, SyntaxError};
use crate::span::{Span, Spanned};
use std::collections::HashSet;
use std::sync::Arc;

/// AWS's own limits are far lower: 6,144 characters for a managed policy, 20 kB for a bucket's.
const MAX_BYTES: usize = 1 << 20;

/// Errors that are reported; more help nobody.
const MAX_ERRORS: usize = 50;

const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(super) struct Reader {
    errors: Vec<DocumentError>,
}

pub(super) fn document(name: &str, text: &str) -> Result<PolicyDocument, DocumentErrors> {
    let mut reader = Reader::default();
    let parsed = reader.document(text);
    let name: Arc<str> = name.into();
    let text: Arc<str> = text.into();
    match parsed {
        Some((version, id, statements)) if reader.errors.is_empty() => Ok(PolicyDocument {
            name,
            text,
            version,
            id,
            statements,
        }),
        Some(_) | None => {
            reader.errors.sort_by_key(|error| error.span);
            Err(DocumentErrors {
                name,
                text,
                errors: reader.errors,
            })
        }
    }
}

type Parts = (Version, Option<Spanned<String>>, Vec<Statement>);

impl Reader {
    pub(super) fn report(&mut self, span: Span, problem: Problem) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(DocumentError { problem, span });
        }
    }

    fn document(&mut self, text: &str) -> Option<Parts> {
        if text.len() > MAX_BYTES {
            let problem = Problem::TooLong {
                bytes: text.len(),
                limit: MAX_BYTES,
            };
            self.report(Span::default(), problem);
            return None;
        }
        let root = self.taken(json::root(text))?;
        let members = self.object(root, "a policy document")?;
        let element = self.members(&members, &DOCUMENT);
        let version = element("Version").map_or(Some(Version::V2008), |member| self.version(member.value));
        let id = element("Id").and_then(|member| self.string(member.value, "Id"));
        let Some(statement) = element("Statement") else {
            self.missing(root, &members, "Statement");
            return None;
        };
        let version = version?;
        let statements = self.statements(statement.value, version);
        Some((version, id, statements))
    }

    fn version(&mut self, node: Node<'_>) -> Option<Version> {
        let text = self.string(node, "Version")?;
        match text.value.as_str() {
            "2012-10-17" => Some(Version::V2012),
            "2008-10-17" => Some(Version::V2008),
            _ => {
                self.report(text.span, Problem::BadVersion(text.value));
                None
            }
        }
    }

    fn statements(&mut self, node: Node<'_>, version: Version) -> Vec<Statement> {
        let nodes = match self.taken(node.shape()) {
            Some(Shape::Array(nodes)) => nodes,
            Some(Shape::Object(_)) => vec![node],
            Some(other) => {
                self.wrong_type(node.span, "Statement", "an object or a list of objects", &other);
                return Vec::new();
            }
            None => return Vec::new(),
        };
        let statements: Vec<Statement> = nodes
            .into_iter()
            .filter_map(|node| self.statement(node, version))
            .collect();
        let mut seen = HashSet::new();
        for sid in statements.iter().filter_map(|statement| statement.sid.as_ref()) {
            if !sid.value.is_empty() && !seen.insert(sid.value.as_str()) {
                self.report(sid.span, Problem::SidTwice(sid.value.clone()));
            }
        }
        statements
    }

    fn statement(&mut self, node: Node<'_>, version: Version) -> Option<Statement> {
        let members = self.object(node, "a statement")?;
        let element = self.members(&members, &STATEMENT);
        let sid = element("Sid").and_then(|member| self.string(member.value, "Sid"));
        let effect = match element("Effect") {
            Some(member) => self.effect(member.value),
            None => {
                self.missing(node, &members, "Effect");
                None
            }
        };
        let principal = self
            .one_of(&element, "Principal", "NotPrincipal")
            .and_then(|(member, negated)| principal::element(self, member, negated));
        let action = self.one_of(&element, "Action", "NotAction");
        if action.is_none() && element("Action").is_none() {
            self.missing(node, &members, "Action");
        }
        let action = action.and_then(|(member, negated)| elements::action(self, member, negated));
        let resource = self
            .one_of(&element, "Resource", "NotResource")
            .and_then(|(member, negated)| elements::resource(self, member, negated, version));
        let conditions = element("Condition")
            .map(|member| condition::block(self, member.value, version))
            .unwrap_or_default();
        Some(Statement {
            span: node.span,
            sid,
            effect: effect?,
            principal,
            action: action?,
            resource,
            conditions,
        })
    }

    /// Reports that an element is missing, unless it is there with a slip in its name, which is reported already.
    fn missing(&mut self, node: Node<'_>, members: &[Member<'_>], element: &'static str) {
        if !members.iter().any(|member| is_slip(&member.key, element)) {
            self.report(node.span, Problem::Missing { element });
        }
    }

    /// The element or its negation; both together are an error.
    fn one_of<'m, 'a>(
        &mut self,
        element: &impl Fn(&str) -> Option<&'m Member<'a>>,
        plain: &'static str,
        negation: &str,
    ) -> Option<(&'m Member<'a>, bool)>
    where
        'a: 'm,
    {
        match (element(plain), element(negation)) {
            (Some(_), Some(second)) => {
                self.report(second.key_span, Problem::Both(plain));
                None
            }
            (Some(member), None) => Some((member, false)),
            (None, Some(member)) => Some((member, true)),
            (None, None) => None,
        }
    }

    fn effect(&mut self, node: Node<'_>) -> Option<Spanned<Effect>> {
        let text = self.string(node, "Effect")?;
        let value = match text.value.as_str() {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            _ => {
                self.report(text.span, Problem::BadEffect(text.value));
                return None;
            }
        };
        Some(Spanned {
            value,
            span: text.span,
        })
    }

    /// Finds members by name; reports those that are unknown or come twice.
    pub(super) fn members<'m, 'a>(
        &mut self,
        members: &'m [Member<'a>],
        known: &[&str],
    ) -> impl Fn(&str) -> Option<&'m Member<'a>> + use<'m, 'a> {
        for member in members {
            if !known.contains(&&*member.key) {
                let meant = known.iter().find(|known| is_slip(&member.key, known));
                let problem = Problem::UnknownElement {
                    found: member.key.to_string(),
                    meant: meant.map(|known| (*known).to_owned()),
                };
                self.report(member.key_span, problem);
            }
        }
        self.unique(members);
        move |name| members.iter().find(|member| member.key == name)
    }

    /// Reports keys that come twice.
    pub(super) fn unique(&mut self, members: &[Member<'_>]) {
        let mut seen = HashSet::with_capacity(members.len());
        for member in members {
            if !seen.insert(&*member.key) {
                self.report(member.key_span, Problem::Duplicate(member.key.to_string()));
            }
        }
    }

    pub(super) fn object<'a>(&mut self, node: Node<'a>, element: &str) -> Option<Vec<Member<'a>>> {
        match self.taken(node.shape())? {
            Shape::Object(members) => Some(members),
            other
            @ (Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::String(_) | Shape::Array(_)) => {
                self.wrong_type(node.span, element, "an object", &other);
                None
            }
        }
    }

    pub(super) fn string(&mut self, node: Node<'_>, element: &str) -> Option<Spanned<String>> {
        match self.taken(node.shape())? {
            Shape::String(text) => Some(Spanned {
                value: text.into_owned(),
                span: node.span,
            }),
            other
            @ (Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Array(_) | Shape::Object(_)) => {
                self.wrong_type(node.span, element, "a string", &other);
                None
            }
        }
    }

    /// A value, or each value of a list.
    pub(super) fn one_or_more<'a>(&mut self, node: Node<'a>) -> Vec<Node<'a>> {
        match self.taken(node.shape()) {
            Some(Shape::Array(nodes)) => nodes,
            Some(_) => vec![node],
            None => Vec::new(),
        }
    }

    pub(super) fn taken<T>(&mut self, parsed: Result<T, SyntaxError>) -> Option<T> {
        parsed
            .map_err(|error| self.report(error.span, Problem::Syntax(error.message)))
            .ok()
    }

    pub(super) fn wrong_type(
        &mut self,
        span: Span,
        element: &str,
        expected: &'static str,
        found: &Shape<'_>,
    ) {
        let problem = Problem::WrongType {
            element: element.to_owned(),
            expected,
            found: found.name(),
        };
        self.report(span, problem);
    }
}

/// Another case, or a plural.
fn is_slip(found: &str, known: &str) -> bool {
    let bare = found.strip_suffix(['s', 'S']).unwrap_or(found);
    found.eq_ignore_ascii_case(known) || bare.eq_ignore_ascii_case(known)
}
