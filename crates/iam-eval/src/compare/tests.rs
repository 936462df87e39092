use super::*;

mod examples;
mod hostile;
mod properties;

fn documents(text: &str) -> Vec<Arc<PolicyDocument>> {
    vec![Arc::new(PolicyDocument::parse("policy", text).unwrap())]
}

fn compared(old: &[Arc<PolicyDocument>], new: &[Arc<PolicyDocument>]) -> Comparison {
    let sides = Documents {
        old,
        new,
        intended: &[],
    };
    compare(sides, Hints::default())
}

/// The verdict on two documents with these statements.
fn verdict(old: &str, new: &str) -> Verdict {
    let document = |statements: &str| {
        documents(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))
    };
    compared(&document(old), &document(new)).verdict()
}
