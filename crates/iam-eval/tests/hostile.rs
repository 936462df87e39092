//! Documents and requests that are made to hurt: all of them end, with an answer or an error. Steps are counted in
//! `pattern/glob.rs`; what is here would take minutes if anything grew faster than it should, or overflow the stack.

use iam_eval::simulation::Simulation;
use iam_eval::{Context, Decision, Layer, PolicyDocument, PolicySet, Request, evaluate};

const SIZE: usize = 100_000;

fn fill(piece: &str) -> String {
    piece.repeat(SIZE / piece.len())
}

fn statement(element: &str, value: &str) -> String {
    let mut elements = vec![
        ("Effect", "\"Allow\""),
        ("Action", "\"*\""),
        ("Resource", "\"*\""),
    ];
    elements.retain(|(name, _)| *name != element);
    elements.push((element, value));
    let elements: Vec<String> = elements
        .into_iter()
        .map(|(name, value)| format!("\"{name}\": {value}"))
        .collect();
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{{}}}}}"#,
        elements.join(", ")
    )
}

#[test]
fn nonsense_of_any_depth_and_length_is_refused() {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(SIZE), close.repeat(SIZE));
    for text in [
        fill("["),
        nested("[", "]"),
        fill("{\"a\":"),
        statement("Action", &nested("[", "]")),
        statement(
            "Condition",
            &format!("{{\"StringEquals\": {{\"a\": {}}}}}", nested("[", "]")),
        ),
        statement("Condition", &nested("{\"a\":", "}")),
        format!("{{\"Statement\": [{}0]}}", fill("0,")),
        format!("{{\"Statement\": [{}{{}}]}}", fill("{\"effect\":1},")),
        format!("{{{}\"Statement\": []}}", fill("\"a\": 1,")),
        fill("\u{1F980}"),
        fill("\"\\u"),
        "x".repeat(2 << 20),
    ] {
        let errors = PolicyDocument::parse("hostile", &text).unwrap_err();
        assert!((1..=50).contains(&errors.errors().len()));
        assert!(!errors.to_string().is_empty());
        assert!(Simulation::parse(&text).is_err());
    }
}

#[test]
fn patterns_that_invite_backtracking_are_decided() {
    let text = fill("a");
    let values = [
        fill("a*"),
        fill("*?"),
        fill("${"),
        fill("${a,'"),
        fill("${*}"),
        fill("${k}"),
        fill("*aab"),
    ];
    for value in values {
        let listed = format!("{{\"StringLike\": {{\"k\": {:?}}}}}", format!("{value}b"));
        let mut policies = PolicySet::new();
        for document in [
            statement("Condition", &listed),
            statement("Resource", &format!("\"arn:{value}b\"")),
        ] {
            let document = PolicyDocument::parse("hostile", &document).unwrap();
            policies.add(Layer::IdentityPolicy, document).unwrap();
        }
        let context = Context::new([("k", vec![text.clone()])], []).unwrap();
        let user = "arn:aws:iam::111122223333:user/app";
        let request = Request::new(user, "s3:GetObject", &format!("arn:aws:s3:::{text}"), context).unwrap();
        assert_eq!(evaluate(&policies, &request).decision(), Decision::ImplicitDeny);
    }
}

#[test]
fn a_document_of_many_statements_is_decided() {
    let one = r#"{"Effect": "Allow", "Action": "s3:Put*", "Resource": "arn:aws:s3:::a*b"},"#;
    let text = format!(
        r#"{{"Statement": [{}{{"Effect": "Deny", "Action": "*", "Resource": "*"}}]}}"#,
        fill(one)
    );
    let document = PolicyDocument::parse("long", &text).unwrap();
    let mut policies = PolicySet::new();
    policies.add(Layer::IdentityPolicy, document).unwrap();
    let request = Request::new("*", "s3:GetObject", "arn:aws:s3:::b", Context::default()).unwrap();
    let evaluation = evaluate(&policies, &request);
    assert_eq!(evaluation.decision(), Decision::ExplicitDeny);
    assert!(!evaluation.explain().to_string().is_empty());
}
