//! What the fuzz target of the comparison does with its input. The tests of `iam-eval` run the same function.

use iam_eval::PolicyDocument;
use iam_eval::compare::{Comparison, Difference, Documents, Hints, Verdict, compare};
use std::sync::Arc;

/// Two documents, divided by the first zero byte. Each equals itself, and what the one grants more the other grants less.
pub(crate) fn policy_compare(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (old, new) = text.split_once('\0').unwrap_or((&text, &text));
    let (Ok(old), Ok(new)) = (
        PolicyDocument::parse("old", old),
        PolicyDocument::parse("new", new),
    ) else {
        return;
    };
    let (old, new) = (vec![Arc::new(old)], vec![Arc::new(new)]);
    let there = compared(&old, &new);
    let back = compared(&new, &old);
    assert_eq!(word(&there.added), word(&back.removed));
    assert_eq!(word(&there.removed), word(&back.added));
    let itself = compared(&old, &old);
    assert!(matches!(itself.verdict(), Verdict::Equal | Verdict::Undetermined));
    assert!(!matches!(
        itself.added,
        Difference::Example { .. } | Difference::Possible { .. }
    ));
}

fn compared(old: &[Arc<PolicyDocument>], new: &[Arc<PolicyDocument>]) -> Comparison {
    let sides = Documents {
        old,
        new,
        intended: &[],
    };
    compare(sides, Hints::default())
}

/// Whether there is a difference; an example may be confirmed one way and only possible the other, as the order of the
/// documents decides what is tried.
fn word(difference: &Difference) -> &'static str {
    match difference {
        Difference::Nothing => "nothing",
        Difference::Example { .. } | Difference::Possible { .. } => "something",
        Difference::TooComplex(_) => "too complex",
    }
}
