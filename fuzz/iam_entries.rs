//! What each fuzz target of `iam-eval` does with its input. The tests of `iam-eval` run the same functions over the seeds and
//! over random input, so that they cannot rot.

use iam_eval::document::Condition;
use iam_eval::simulation::{Answer, Simulation};
use iam_eval::{Arn, Context, Decision, Layer, PolicyDocument, PolicySet, Principal, Request, evaluate};

/// A document. What is read can be printed and read again, and says the same.
pub(crate) fn policy_document(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match PolicyDocument::parse("fuzz", &text) {
        Ok(document) => {
            let printed = document.to_json();
            let again = PolicyDocument::parse("again", &printed.to_string());
            assert_eq!(again.map(|again| again.to_json()), Ok(printed));
            decide(document);
        }
        Err(errors) => {
            assert!(!errors.errors().is_empty() && !errors.to_string().is_empty());
            for error in errors.errors() {
                assert!(error.span.start() <= error.span.end() && error.span.end() <= text.len());
                let _ = iam_eval::Excerpt::of_error(&errors, error).to_string();
            }
        }
    }
}

/// Whatever stands in a document, it is decided, and explained.
fn decide(document: PolicyDocument) {
    let known = [("aws:username", vec!["a*".to_owned()]), ("aws:TagKeys", vec![])];
    let context = Context::new(known, ["ses:FromAddress"]).unwrap_or_default();
    let resource = "arn:aws:s3:::bucket/a";
    let user = "arn:aws:iam::111122223333:user/app";
    let Ok(request) = Request::new(user, "s3:GetObject", resource, context) else {
        return;
    };
    for layer in Layer::ALL {
        let mut policies = PolicySet::new();
        if policies.add(layer, document.clone()).is_ok() {
            let evaluation = evaluate(&policies, &request);
            assert!(!evaluation.explain().to_string().is_empty());
            let open = evaluation.decision() == Decision::Undetermined;
            assert_eq!(open, !evaluation.missing_context().is_empty());
        }
    }
}

/// A name. An ARN is what its parts say, and a principal names itself.
pub(crate) fn arn(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(arn) = Arn::parse(&text) {
        let parts = [arn.partition, arn.service, arn.region, arn.account, arn.resource];
        assert_eq!(format!("arn:{}", parts.join(":")), text);
    }
    if let Ok(principal) = Principal::parse(&text) {
        assert_eq!(principal.name(), text);
        let _ = principal.is_service_linked_role();
    }
}

/// Operator, listed value and value of the request, divided by zero bytes.
pub(crate) fn condition(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(3, '\0');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (operator, listed, value) = (part(), part(), part());
    let Some(condition) = one_condition(&operator, &listed) else {
        return;
    };
    let context = Context::new([("k", vec![value.clone(), value])], []).unwrap_or_default();
    let twice = condition.holds(&context);
    assert_eq!(twice, condition.holds(&context));
    let unknown = Context::new([], ["k"]).unwrap_or_default();
    let _ = (condition.holds(&Context::default()), condition.holds(&unknown));
}

fn one_condition(operator: &str, listed: &str) -> Option<Condition> {
    let condition = serde_json::json!({ operator: { "k": listed } });
    let statement =
        serde_json::json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition });
    let document = serde_json::json!({ "Version": "2012-10-17", "Statement": statement });
    let document = PolicyDocument::parse("fuzz", &document.to_string()).ok()?;
    document
        .statements
        .into_iter()
        .next()?
        .conditions
        .into_iter()
        .next()
}

/// A line of `policy simulate`. What can be decided can be printed and decided again.
pub(crate) fn simulation(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(simulation) = Simulation::parse(&text) else {
        return;
    };
    let (Ok(policies), Ok(request)) = (simulation.policies(), simulation.request()) else {
        return;
    };
    let evaluation = evaluate(&policies, &request);
    assert!(!evaluation.explain().to_string().is_empty());
    let _ = Answer::from(&evaluation);
}
