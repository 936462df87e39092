//! The comparison against the evaluator, over random policies and requests.

use super::*;
use crate::context::Context;
use crate::decision::Decision;
use crate::evaluate::evaluate;
use crate::layer::Layer;
use crate::policies::PolicySet;
use crate::request::Request;
use proptest::prelude::*;
use proptest::sample::select;

const ACTIONS: [&str; 8] = [
    "ses:SendRawEmail",
    "ses:Send*",
    "ses:*",
    "*",
    "ses:?e*l",
    "ses:GetAccount",
    "iam:*",
    "*:Get*",
];
const RESOURCES: [&str; 8] = [
    "*",
    "arn:aws:ses:*:*:identity/*",
    "arn:aws:ses:eu-west-1:111122223333:identity/a",
    "arn:aws:ses:eu-west-1:111122223333:identity/?b",
    "arn:aws:ses:eu-*:111122223333:*a",
    "arn:aws:ses:*:*:configuration-set/*",
    "arn:aws:ses:*:*:identity/${aws:username}",
    "arn:aws:*a*b",
];
const CONDITIONS: [&str; 24] = [
    r#""StringEquals":{"a:text":"a"}"#,
    r#""StringNotEquals":{"a:text":["a","b"]}"#,
    r#""StringLike":{"a:text":"a*"}"#,
    r#""StringNotLikeIfExists":{"a:text":["*b","?"]}"#,
    r#""StringEqualsIfExists":{"a:text":"b"}"#,
    r#""StringEqualsIgnoreCase":{"a:text":"AB"}"#,
    r#""Null":{"a:text":"true"}"#,
    r#""Null":{"a:text":"false"}"#,
    r#""StringLike":{"a:text":"${a:other}*"}"#,
    r#""Bool":{"a:flag":"true"}"#,
    r#""BoolIfExists":{"a:flag":"false"}"#,
    r#""NumericLessThan":{"a:number":"5"}"#,
    r#""NumericGreaterThanEquals":{"a:number":"5"}"#,
    r#""NumericNotEquals":{"a:number":["4.5","7"]}"#,
    r#""DateLessThan":{"a:date":"2026-01-01T00:00:00Z"}"#,
    r#""DateGreaterThanEqualsIfExists":{"a:date":"2025-06-01"}"#,
    r#""IpAddress":{"a:ip":"192.0.2.0/24"}"#,
    r#""NotIpAddress":{"a:ip":["192.0.2.128/25","2001:db8::/32"]}"#,
    r#""ForAllValues:StringLike":{"a:set":["a*","b"]}"#,
    r#""ForAnyValue:StringEquals":{"a:set":["a","c"]}"#,
    r#""ForAllValues:StringNotEquals":{"a:set":"b"}"#,
    r#""ForAnyValue:StringNotLike":{"a:set":"a*"}"#,
    r#""ArnLike":{"a:arn":"arn:aws:sns:*:1:t*"}"#,
    r#""ArnNotEquals":{"a:arn":"arn:aws:sns:eu:*:t"}"#,
];
/// Values that requests take, by key; the last may come several at a time.
const VALUES: [(&str, &[&str]); 8] = [
    ("a:text", &["a", "b", "ab", "Ab", "xb", ""]),
    ("a:other", &["a", "b", ""]),
    ("aws:username", &["a", "bb", "xb"]),
    ("a:flag", &["true", "false"]),
    ("a:number", &["4", "4.5", "5", "6", "7.0"]),
    (
        "a:date",
        &[
            "2025-05-31T23:59:59Z",
            "2025-06-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "1767225599",
        ],
    ),
    (
        "a:ip",
        &[
            "192.0.2.1",
            "192.0.2.200",
            "198.51.100.1",
            "2001:db8::1",
            "2001:db9::1",
        ],
    ),
    (
        "a:arn",
        &[
            "arn:aws:sns:eu:1:t",
            "arn:aws:sns:eu:1:tt",
            "arn:aws:sns:us:2:t",
            "x",
        ],
    ),
];
const SET: [&str; 5] = ["a", "ab", "b", "c", ""];
const ASKED_ACTIONS: [&str; 6] = [
    "ses:SendRawEmail",
    "ses:Send",
    "ses:GetAccount",
    "iam:GetUser",
    "ec2:Get",
    "SES:seel",
];
const ASKED_RESOURCES: [&str; 8] = [
    "*",
    "arn:aws:ses:eu-west-1:111122223333:identity/a",
    "arn:aws:ses:eu-west-1:111122223333:identity/bb",
    "arn:aws:ses:eu-west-1:111122223333:identity/xb",
    "arn:aws:ses:us-east-1:111122223333:identity/a",
    "arn:aws:ses:eu-west-1:111122223333:configuration-set/a",
    "arn:aws:s3:::a",
    "arn:aws:s3:::ab",
];

/// A statement as JSON.
fn statement() -> impl Strategy<Value = String> {
    let effect = select(vec!["Allow", "Allow", "Allow", "Deny"]);
    let element = |names: [&'static str; 2], from: &'static [&'static str]| {
        let name = select(vec![names[0], names[0], names[0], names[1]]);
        let patterns = proptest::sample::subsequence(from.to_vec(), 1..3);
        (name, patterns).prop_map(|(name, patterns)| format!("{name:?}:{patterns:?}"))
    };
    let conditions = proptest::sample::subsequence(CONDITIONS.to_vec(), 0..3);
    let parts = (
        effect,
        element(["Action", "NotAction"], &ACTIONS),
        element(["Resource", "NotResource"], &RESOURCES),
        conditions,
    );
    parts.prop_map(|(effect, action, resource, conditions)| {
        // An operator stands once in a block.
        let mut seen = std::collections::HashSet::new();
        let mut conditions = conditions;
        conditions.retain(|condition| seen.insert(condition.split_once(":{").map(|(operator, _)| operator)));
        format!(
            r#"{{"Effect":"{effect}",{action},{resource},"Condition":{{{}}}}}"#,
            conditions.join(",")
        )
    })
}

fn policy() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(statement(), 0..4)
}

fn document(statements: &[String]) -> Vec<Arc<PolicyDocument>> {
    documents(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    ))
}

fn request() -> impl Strategy<Value = Request> {
    let value = |(key, values): (&'static str, &'static [&'static str])| {
        let one = select(values.to_vec()).prop_map(|value| vec![value.to_owned()]);
        let values = prop_oneof![Just(Vec::new()), one.clone(), one];
        values.prop_map(move |values| (key, values))
    };
    let single: Vec<_> = VALUES.into_iter().map(value).collect();
    let set = proptest::sample::subsequence(SET.to_vec(), 0..4)
        .prop_map(|values| ("a:set", values.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    (
        select(ASKED_ACTIONS.to_vec()),
        select(ASKED_RESOURCES.to_vec()),
        single,
        set,
    )
        .prop_map(|(action, resource, single, set)| {
            let context = Context::new(single.into_iter().chain([set]), []).unwrap();
            let user = "arn:aws:iam::111122223333:user/app";
            Request::new(user, action, resource, context)
                .unwrap()
                .owned_by("111122223333")
        })
}

fn allows(documents: &[Arc<PolicyDocument>], request: &Request) -> bool {
    let mut policies = PolicySet::new();
    for document in documents {
        policies.add(Layer::IdentityPolicy, Arc::clone(document)).unwrap();
    }
    evaluate(&policies, request).decision() == Decision::Allowed
}

/// An example as a request.
fn asked(example: &Example) -> Request {
    let context = example
        .context
        .iter()
        .map(|(key, values)| (key.as_str(), values.clone()));
    let context = Context::new(context, []).unwrap();
    let user = "arn:aws:iam::111122223333:user/app";
    Request::new(user, &example.action, &example.resource, context)
        .unwrap()
        .owned_by("111122223333")
}

/// Holds a finding against the evaluator: `more` is the side that should grant more.
fn holds(
    difference: &Difference,
    more: &[Arc<PolicyDocument>],
    less: &[Arc<PolicyDocument>],
    requests: &[Request],
) -> Result<(), TestCaseError> {
    match difference {
        Difference::Example { example, .. } => {
            let request = asked(example);
            prop_assert!(example.assumptions.is_empty());
            prop_assert!(allows(more, &request) && !allows(less, &request), "{:?}", example);
        }
        Difference::Nothing => {
            for request in requests {
                prop_assert!(!allows(more, request) || allows(less, request), "{:?}", request);
            }
        }
        Difference::Possible { example, .. } => {
            prop_assert!(
                !example.assumptions.is_empty(),
                "an example without assumptions must be confirmed: {:?}",
                example
            );
        }
        Difference::TooComplex(why) => prop_assert!(false, "small policies are not {}", why),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_claimed_agrees_with_the_evaluator(
        old in policy(),
        new in policy(),
        requests in proptest::collection::vec(request(), 200),
    ) {
        let (old, new) = (document(&old), document(&new));
        let comparison = compared(&old, &new);
        holds(&comparison.added, &new, &old, &requests)?;
        holds(&comparison.removed, &old, &new, &requests)?;
    }

    /// Unrelated policies are mostly incomparable; these are mostly not.
    #[test]
    fn what_is_claimed_of_kindred_policies_agrees_with_the_evaluator(
        old in policy(),
        more in statement(),
        without in 0..3_usize,
        requests in proptest::collection::vec(request(), 200),
    ) {
        let mut new = old.clone();
        new.push(more);
        if without < old.len() {
            new.remove(without);
        }
        let (old, new) = (document(&old), document(&new));
        let comparison = compared(&old, &new);
        holds(&comparison.added, &new, &old, &requests)?;
        holds(&comparison.removed, &old, &new, &requests)?;
    }

    #[test]
    fn a_policy_equals_itself(statements in policy()) {
        let policy = document(&statements);
        prop_assert_eq!(compared(&policy, &policy).verdict(), Verdict::Equal);
    }

    #[test]
    fn an_allow_more_takes_nothing_away(statements in policy(), more in statement()) {
        let more = more.replacen(r#""Effect":"Deny""#, r#""Effect":"Allow""#, 1);
        let old = document(&statements);
        let new = document(&[statements, vec![more]].concat());
        prop_assert!(matches!(compared(&old, &new).removed, Difference::Nothing));
    }

    #[test]
    fn a_statement_split_in_two_is_the_same(statements in policy(), actions in proptest::sample::subsequence(ACTIONS.to_vec(), 2)) {
        let with = |actions: &[&str]| format!(r#"{{"Effect":"Allow","Action":{actions:?},"Resource":"arn:aws:ses:*:*:identity/${{aws:username}}","Condition":{{{}}}}}"#, CONDITIONS[3]);
        let whole = document(&[statements.clone(), vec![with(&actions)]].concat());
        let split = document(&[vec![with(&actions[..1])], statements, vec![with(&actions[1..])]].concat());
        prop_assert_eq!(compared(&whole, &split).verdict(), Verdict::Equal);
    }
}
