//! What must hold for all policies and requests.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected is to fail there"
)]

use iam_eval::{
    Context, Decision, Evaluation, Layer, Outcome, PolicyDocument, PolicySet, Request, Truth, evaluate,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

const USER: &str = "arn:aws:iam::111122223333:user/app";
const ACCOUNT: &str = "111122223333";

/// Policies of one user, by layer; statements as JSON.
#[derive(Debug, Clone)]
struct World {
    identity: Vec<Vec<Value>>,
    boundary: Option<Vec<Value>>,
    session: Option<Vec<Value>>,
    resource: Option<Vec<Value>>,
    scps: Vec<Vec<Value>>,
    endpoint: Option<Vec<Value>>,
}

fn actions() -> impl Strategy<Value = Value> {
    let one = select(vec![
        "*",
        "ses:*",
        "ses:Send*",
        "SES:sendrawemail",
        "ses:Get*",
        "s3:*",
        "ses:Send?awEmail",
    ]);
    vec(one, 1..3).prop_map(|actions| json!(actions))
}

fn resources() -> impl Strategy<Value = Value> {
    let one = select(vec![
        "*",
        "arn:aws:ses:*",
        "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
        "arn:aws:ses:*:*:identity/*.org",
        "arn:aws:ses:*:*:identity/${aws:username}",
        "arn:aws:ses:*:*:identity/${k:one, 'example.com'}",
    ]);
    vec(one, 1..3).prop_map(|resources| json!(resources))
}

fn conditions() -> impl Strategy<Value = Value> {
    let operator = select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLikeIfExists",
        "ForAllValues:StringLike",
        "ForAnyValue:StringNotLike",
        "NumericLessThan",
        "NumericNotEquals",
        "DateGreaterThanEquals",
        "BoolIfExists",
        "BinaryEquals",
        "ForAnyValue:NotIpAddress",
        "IpAddress",
        "ArnLike",
        "ForAllValues:ArnNotEquals",
        "Null",
        "StringNotEqualsIgnoreCase",
    ]);
    let key = select(vec!["k:one", "K:Two", "k:three"]);
    let value = select(vec![
        "a",
        "b*",
        "*c",
        "B?",
        "5",
        "2026",
        "true",
        "false",
        "192.0.2.0/24",
        "arn:aws:s3:::a*",
        "${*}",
        "${k:two}",
        "example.com",
    ]);
    let one = (operator, key, vec(value, 1..3));
    vec(one, 0..3).prop_map(|conditions| {
        let mut block = json!({});
        for (operator, key, values) in conditions {
            block[operator][key] = json!(values);
        }
        block
    })
}

fn statement(with_principal: bool) -> impl Strategy<Value = Value> {
    let principal = select(vec![
        json!("*"),
        json!({ "AWS": USER }),
        json!({ "AWS": ACCOUNT }),
        json!({ "AWS": [format!("{USER}2")] }),
    ]);
    let elements = (actions(), resources(), conditions(), principal);
    let negations = (
        any::<bool>(),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
    );
    (elements, negations).prop_map(move |(elements, (allow, not_action, not_resource))| {
        let (actions, resources, conditions, principal) = elements;
        let mut statement = json!({
            "Effect": if allow { "Allow" } else { "Deny" },
            "Condition": conditions,
        });
        statement[if not_action { "NotAction" } else { "Action" }] = actions;
        statement[if not_resource { "NotResource" } else { "Resource" }] = resources;
        if with_principal {
            statement["Principal"] = principal;
        }
        statement
    })
}

fn worlds() -> impl Strategy<Value = World> {
    let plain = || vec(statement(false), 0..4);
    let named = || vec(statement(true), 0..4);
    let all = (
        vec(plain(), 0..3),
        option::weighted(0.3, plain()),
        option::weighted(0.2, plain()),
        option::weighted(0.5, named()),
        vec(plain(), 0..2),
        option::weighted(0.2, named()),
    );
    all.prop_map(|(identity, boundary, session, resource, scps, endpoint)| World {
        identity,
        boundary,
        session,
        resource,
        scps,
        endpoint,
    })
}

fn contexts() -> impl Strategy<Value = Vec<(&'static str, Option<Vec<&'static str>>)>> {
    let value = select(vec![
        "a",
        "bc",
        "5",
        "4",
        "2027-01-01",
        "TRUE",
        "192.0.2.7",
        "arn:aws:s3:::ab",
        "example.com",
        "",
    ]);
    let values = vec(value, 0..3);
    let of = |key: &'static str, values: Vec<&'static str>, state: u8| match state {
        0 => None,
        1 => Some((key, None)),
        _ => Some((key, Some(values))),
    };
    let one =
        |key: &'static str| (values.clone(), 0_u8..5).prop_map(move |(values, state)| of(key, values, state));
    (one("k:One"), one("k:two"), one("k:Three"), one("aws:username"))
        .prop_map(|(one, two, three, four)| [one, two, three, four].into_iter().flatten().collect())
}

fn document(statements: &[Value]) -> PolicyDocument {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    PolicyDocument::parse("p", &text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

impl World {
    fn policies(&self) -> PolicySet {
        let mut set = PolicySet::new();
        let layers = [
            (Layer::PermissionsBoundary, &self.boundary),
            (Layer::SessionPolicy, &self.session),
            (Layer::ResourcePolicy, &self.resource),
            (Layer::VpcEndpointPolicy, &self.endpoint),
        ];
        for (layer, statements) in layers {
            if let Some(statements) = statements {
                set.add(layer, document(statements)).unwrap();
            }
        }
        for statements in &self.identity {
            set.add(Layer::IdentityPolicy, document(statements)).unwrap();
        }
        for (level, statements) in self.scps.iter().enumerate() {
            set.add_level(
                Layer::ServiceControlPolicy,
                &level.to_string(),
                [document(statements)],
            )
            .unwrap();
        }
        set
    }

    /// Every list of statements that is there.
    fn lists(&mut self) -> Vec<(Layer, &mut Vec<Value>)> {
        let mut lists = Vec::new();
        lists.extend(self.identity.iter_mut().map(|list| (Layer::IdentityPolicy, list)));
        lists.extend(
            self.scps
                .iter_mut()
                .map(|list| (Layer::ServiceControlPolicy, list)),
        );
        lists.extend(
            self.boundary
                .iter_mut()
                .map(|list| (Layer::PermissionsBoundary, list)),
        );
        lists.extend(self.session.iter_mut().map(|list| (Layer::SessionPolicy, list)));
        lists.extend(self.resource.iter_mut().map(|list| (Layer::ResourcePolicy, list)));
        lists.extend(
            self.endpoint
                .iter_mut()
                .map(|list| (Layer::VpcEndpointPolicy, list)),
        );
        lists
    }

    /// Puts a statement into one of the lists.
    fn insert(&mut self, list: Index, mut statement: Value) {
        self.identity.push(Vec::new());
        let mut lists = self.lists();
        let chosen = list.index(lists.len());
        let (layer, statements) = &mut lists[chosen];
        if !matches!(layer, Layer::ResourcePolicy | Layer::VpcEndpointPolicy) {
            statement.as_object_mut().unwrap().remove("Principal");
        }
        statements.push(statement);
    }
}

fn request(context: &[(&'static str, Option<Vec<&'static str>>)]) -> Request {
    let known = context.iter().filter_map(|(key, values)| {
        let values = values.as_ref()?.iter().map(|value| (*value).to_owned());
        Some((*key, values.collect()))
    });
    let unknown = context
        .iter()
        .filter(|(_, values)| values.is_none())
        .map(|(key, _)| *key);
    let resource = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
    let context = Context::new(known.collect::<Vec<_>>(), unknown.collect::<Vec<_>>()).unwrap();
    Request::new(USER, "ses:SendRawEmail", resource, context).unwrap()
}

/// What does not depend on the order of statements.
fn summary(evaluation: &Evaluation<'_>) -> (Decision, Vec<String>, Vec<Decision>) {
    let missing = evaluation.missing_context().iter().map(ToString::to_string);
    (
        evaluation.decision(),
        missing.collect(),
        evaluation.possible().to_vec(),
    )
}

fn is_denial(decision: Decision) -> bool {
    matches!(decision, Decision::ExplicitDeny | Decision::ImplicitDeny)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn an_explicit_deny_always_wins(mut world in worlds(), context in contexts(), list in any::<Index>()) {
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" });
        world.insert(list, deny);
        prop_assert_eq!(evaluate(&world.policies(), &request(&context)).decision(), Decision::ExplicitDeny);
    }

    #[test]
    fn order_never_matters(world in worlds(), context in contexts()) {
        let request = request(&context);
        let mut turned = world.clone();
        turned.identity.reverse();
        turned.scps.reverse();
        turned.lists().into_iter().for_each(|(_, list)| list.reverse());
        let (set, turned) = (world.policies(), turned.policies());
        prop_assert_eq!(summary(&evaluate(&set, &request)), summary(&evaluate(&turned, &request)));
    }

    #[test]
    fn another_allow_never_takes_away(
        mut world in worlds(), context in contexts(), list in any::<Index>(), mut allow in statement(true)
    ) {
        let request = request(&context);
        let before = evaluate(&world.policies(), &request).decision();
        allow["Effect"] = json!("Allow");
        world.insert(list, allow);
        let after = evaluate(&world.policies(), &request).decision();
        prop_assert!(before != Decision::Allowed || after == Decision::Allowed, "{:?}", after);
        prop_assert!(before != Decision::ExplicitDeny || after == Decision::ExplicitDeny, "{:?}", after);
    }

    #[test]
    fn another_deny_never_gives(
        mut world in worlds(), context in contexts(), list in any::<Index>(), mut deny in statement(true)
    ) {
        let request = request(&context);
        let before = evaluate(&world.policies(), &request).decision();
        deny["Effect"] = json!("Deny");
        world.insert(list, deny);
        let after = evaluate(&world.policies(), &request).decision();
        prop_assert!(!is_denial(before) || after != Decision::Allowed, "{:?}", before);
    }

    #[test]
    fn what_is_unknown_is_decided_only_if_it_does_not_matter(
        world in worlds(), context in contexts(), values in vec(option::of(vec(select(vec!["a", "bc", "5", ""]), 0..3)), 4)
    ) {
        let set = world.policies();
        let open = request(&context);
        let found = evaluate(&set, &open);
        let filled: Vec<_> = context
            .iter()
            .zip(values)
            .filter_map(|((key, known), value)| Some((*key, Some(known.clone().or(value)?))))
            .collect();
        let settled = request(&filled);
        let settled = evaluate(&set, &settled).decision();
        prop_assert!(found.possible().contains(&settled), "{:?} is not among {:?}", settled, found.possible());
        prop_assert_eq!(found.decision() == Decision::Undetermined, !found.missing_context().is_empty());
    }

    #[test]
    fn the_keys_named_as_missing_settle_it(
        world in worlds(), context in contexts(), value in select(vec!["a", "bc", "5", "example.com"])
    ) {
        let set = world.policies();
        let open = request(&context);
        let found = evaluate(&set, &open);
        let missing = found.missing_context();
        let filled: Vec<_> = context
            .iter()
            .map(|(key, known)| match known {
                None if missing.contains(key) => (*key, Some(vec![value])),
                known => (*key, known.clone()),
            })
            .collect();
        let settled = request(&filled);
        prop_assert_ne!(evaluate(&set, &settled).decision(), Decision::Undetermined);
    }

    #[test]
    fn the_trace_says_of_a_statement_what_the_statement_says(world in worlds(), context in contexts()) {
        let (set, request) = (world.policies(), request(&context));
        let bounded = set.has(Layer::PermissionsBoundary);
        let evaluation = evaluate(&set, &request);
        let trace = evaluation.trace();
        let documents = trace.iter().filter(|group| group.binds).flat_map(|group| &group.documents);
        let mut asked = 0;
        for said in documents.flat_map(|document| &document.statements) {
            let found = said.statement.matches(&request, bounded);
            let outcome = match found.truth {
                Truth::True => Outcome::Matched,
                Truth::False => Outcome::NotMatched,
                Truth::Unknown(_) => Outcome::Open,
            };
            prop_assert_eq!((said.outcome, said.because), (outcome, found.because), "{:?}", said.statement);
            asked += 1;
        }
        prop_assert_eq!(asked, set.statement_count());
    }

    #[test]
    fn a_document_printed_and_read_again_says_the_same(statements in vec(statement(true), 0..4)) {
        let once = document(&statements).to_json();
        let twice = PolicyDocument::parse("p", &once.to_string()).unwrap().to_json();
        prop_assert_eq!(once, twice);
    }
}
