//! What the policies of one layer say to one request, by `iam-eval`.

use super::layer::{Document, Layer, Policies};
use super::send::{ACTION, Send};
use iam_eval::document::PatternElement;
use iam_eval::pattern::{Pattern, Piece};
use iam_eval::{
    Because, Context, Decision, Effect, Evaluation, Outcome, PolicyDocument, PolicySet, Request, Statement,
    evaluate,
};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// What a layer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It lets the request through.
    Through,
    /// It refuses.
    Denied {
        /// A statement denies it; otherwise none allows it.
        explicit: bool,
        /// The statement that denies, or the allow that comes nearest.
        at: Option<Pointer>,
    },
    /// That hangs on these keys, whose values are not known.
    Open(Vec<String>),
}

/// The policies of a layer, read, so that they can be asked more than once.
#[derive(Debug, Clone)]
pub struct Asked {
    layer: Layer,
    /// One for all of the layer; of VPC endpoints one each, since the client goes through one of them.
    sets: Vec<PolicySet>,
    /// All of the layer's policies are in it.
    pub whole: bool,
    /// Every condition key and policy variable that they mention.
    pub keys: BTreeSet<String>,
}

impl Asked {
    /// Reads the policies of a layer; `None` when there is none, or nothing could be read.
    pub fn new(layer: Layer, policies: &Policies) -> Option<Self> {
        let (documents, whole) = match policies {
            Policies::NotThere | Policies::Unread => return None,
            Policies::Whole(documents) => (documents, true),
            Policies::Part(documents) => (documents, false),
        };
        let parsed: Vec<(&Document, Arc<PolicyDocument>)> = documents
            .iter()
            .filter_map(|document| {
                let parsed = PolicyDocument::parse(&document.name, &document.text).ok()?;
                parsed.suits(layer.of_iam()).ok()?;
                Some((document, Arc::new(parsed)))
            })
            .collect();
        Some(Self {
            layer,
            whole: whole && parsed.len() == documents.len(),
            keys: parsed.iter().flat_map(|(_, document)| keys(document)).collect(),
            sets: sets(layer, &parsed)?,
        })
    }

    /// What they say to the message's request upon `resource`, with the values of `open` unknown.
    pub fn answer(&self, send: &Send, resource: &str, open: &[String]) -> Answer {
        let Some(request) = request(send, resource, open) else {
            return Answer::Open(Vec::new());
        };
        let answers: Vec<Answer> = self.sets.iter().map(|set| of(&evaluate(set, &request))).collect();
        match answers.as_slice() {
            [] => Answer::Through,
            [one] => one.clone(),
            several if several.iter().all(|answer| *answer == Answer::Through) => Answer::Through,
            [first, rest @ ..]
                if rest
                    .iter()
                    .chain([first])
                    .all(|answer| matches!(answer, Answer::Denied { .. })) =>
            {
                first.clone()
            }
            _ => Answer::Open(vec!["the VPC endpoint in use".to_owned()]),
        }
    }

    /// The sets, for whoever wants the whole trace.
    pub fn sets(&self) -> &[PolicySet] {
        &self.sets
    }

    /// The layer.
    pub fn layer(&self) -> Layer {
        self.layer
    }
}

/// The message's request upon `resource`, with the values of `open` unknown; `None` when IAM could not be asked so.
pub fn request(send: &Send, resource: &str, open: &[String]) -> Option<Request> {
    let is_open = |key: &str| open.iter().any(|name| name.eq_ignore_ascii_case(key));
    let known = send.context.iter().filter(|(key, _)| !is_open(key));
    let known = known.map(|(key, values)| (key.as_str(), values.clone()));
    let unknown: BTreeSet<String> = open.iter().map(|key| key.to_ascii_lowercase()).collect();
    let context = Context::new(known, unknown.iter().map(String::as_str)).ok()?;
    Request::new(&send.principal, ACTION, resource, context).ok()
}

/// Every layer but the user's own caps what is allowed elsewhere; asked alone, it is asked beside an allow of everything.
const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

const ALLOW_NAME: &str = "(everything else)";

fn sets(layer: Layer, parsed: &[(&Document, Arc<PolicyDocument>)]) -> Option<Vec<PolicySet>> {
    let kind = layer.of_iam();
    let beside_allow = || {
        let mut set = PolicySet::new();
        let allow = PolicyDocument::parse(ALLOW_NAME, ALLOW).ok()?;
        set.add(iam_eval::Layer::IdentityPolicy, allow).ok()?;
        Some(set)
    };
    let mut targets: Vec<&str> = parsed
        .iter()
        .map(|(document, _)| document.target.as_str())
        .collect();
    targets.dedup();
    let of = |target: &str| {
        let those = parsed.iter().filter(|(document, _)| document.target == target);
        those.map(|(_, policy)| Arc::clone(policy)).collect::<Vec<_>>()
    };
    match layer {
        Layer::Identity => {
            let mut set = PolicySet::new();
            for (_, policy) in parsed {
                set.add(kind, Arc::clone(policy)).ok()?;
            }
            Some(vec![set])
        }
        Layer::Boundary | Layer::SendingAuthorization => {
            let mut set = beside_allow()?;
            for (_, policy) in parsed {
                set.add(kind, Arc::clone(policy)).ok()?;
            }
            Some(vec![set])
        }
        Layer::ServiceControl | Layer::ResourceControl => {
            let mut set = beside_allow()?;
            for target in targets {
                set.add_level(kind, target, of(target)).ok()?;
            }
            Some(vec![set])
        }
        Layer::VpcEndpoint => targets
            .into_iter()
            .map(|target| {
                let mut set = beside_allow()?;
                for policy in of(target) {
                    set.add(kind, policy).ok()?;
                }
                Some(set)
            })
            .collect(),
    }
}

fn of(evaluation: &Evaluation<'_>) -> Answer {
    match evaluation.decision() {
        Decision::Allowed => Answer::Through,
        // A deny hangs on unknown keys, but without it nothing allows the request either.
        Decision::Undetermined if !evaluation.possible().contains(&Decision::Allowed) => Answer::Denied {
            explicit: false,
            at: nearest_allow(evaluation),
        },
        Decision::Undetermined => {
            let keys = evaluation.missing_context();
            Answer::Open(keys.iter().map(ToString::to_string).collect())
        }
        Decision::ExplicitDeny => Answer::Denied {
            explicit: true,
            at: evaluation.decided_by().and_then(|decider| {
                let (index, statement) = decider.statement?;
                Some(Pointer::to(
                    decider.document?,
                    index,
                    statement,
                    Because::AllMatch,
                ))
            }),
        },
        Decision::ImplicitDeny => Answer::Denied {
            explicit: false,
            at: nearest_allow(evaluation),
        },
    }
}

/// A place in a policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The document's name.
    pub document: String,
    /// The document's text.
    pub text: String,
    /// The statement's Sid, if it has one.
    pub sid: Option<String>,
    /// The statement's place in the document, from 0.
    pub index: usize,
    /// The element at fault, or the whole statement: bytes of the text.
    pub span: Range<usize>,
    /// What keeps the statement from applying; `AllMatch` when it applies.
    pub because: Because,
}

impl Pointer {
    fn to(document: &PolicyDocument, index: usize, statement: &Statement, because: Because) -> Self {
        let span = match because {
            Because::AllMatch => None,
            Because::Principal => statement.principal.as_ref().map(|element| element.span),
            Because::Action => Some(statement.action.span),
            Because::Resource => statement.resource.as_ref().map(|element| element.span),
            Because::Condition(at) => statement.conditions.get(usize::from(at)).map(|it| it.span),
        };
        let span = span.unwrap_or(statement.span);
        Self {
            document: document.name().to_owned(),
            text: document.text().to_owned(),
            sid: statement
                .sid
                .as_ref()
                .map(|sid| sid.value.clone())
                .filter(|sid| !sid.is_empty()),
            index,
            span: span.start()..span.end(),
            because,
        }
    }

    /// The statement by its Sid or place, with its document.
    pub fn named(&self) -> String {
        match &self.sid {
            Some(sid) => format!("statement `{sid}` of {}", self.document),
            None => format!("statement {} of {}", self.index + 1, self.document),
        }
    }

    /// What keeps the statement from applying.
    pub fn reason(&self) -> &'static str {
        match self.because {
            Because::AllMatch => "it applies",
            Because::Principal => "its Principal does not match",
            Because::Action => "its Action does not match",
            Because::Resource => "its Resource does not match",
            Because::Condition(_) => "its Condition does not hold",
        }
    }
}

/// The allow that comes nearest to the request: one that only a condition keeps from it, else one for another resource.
fn nearest_allow(evaluation: &Evaluation<'_>) -> Option<Pointer> {
    let groups = evaluation.trace();
    let documents = groups.iter().flat_map(|group| &group.documents);
    let own = documents.filter(|document| document.document.name() != ALLOW_NAME);
    let allows = own.flat_map(|document| {
        let statements = document.statements.iter();
        statements
            .filter(|trace| {
                trace.statement.effect.value == Effect::Allow && trace.outcome == Outcome::NotMatched
            })
            .map(|trace| (document.document, trace))
    });
    let near = |because: Because| match because {
        Because::Condition(_) => 2,
        Because::Resource => 1,
        Because::AllMatch | Because::Principal | Because::Action => 0,
    };
    allows
        .filter(|(_, trace)| near(trace.because) > 0)
        .max_by_key(|(_, trace)| near(trace.because))
        .map(|(document, trace)| Pointer::to(document, trace.index, trace.statement, trace.because))
}

/// Every condition key and policy variable of a document, as written, the variables in lower case.
pub(super) fn keys(document: &PolicyDocument) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for statement in &document.statements {
        for condition in &statement.conditions {
            keys.insert(condition.key.value.clone());
            let values = condition.values.iter();
            keys.extend(
                values
                    .filter_map(|value| value.value.pattern())
                    .flat_map(variables),
            );
        }
        let elements = [statement.resource.as_ref(), Some(&statement.action)];
        let patterns = elements
            .into_iter()
            .flatten()
            .flat_map(|element: &PatternElement| &element.patterns);
        keys.extend(patterns.flat_map(|pattern| variables(&pattern.value)));
    }
    keys
}

fn variables(pattern: &Pattern) -> Vec<String> {
    let of_piece = |piece: &Piece| match piece {
        Piece::Variable(variable) => Some(variable.key.to_string()),
        Piece::Literal(_) | Piece::One | Piece::Many => None,
    };
    pattern.pieces().iter().filter_map(of_piece).collect()
}
