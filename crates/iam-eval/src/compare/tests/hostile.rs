//! Documents made to be expensive: an answer or a refusal, within bounds.

use super::*;
use std::fmt::Write as _;

/// A document of about 100 kB with a statement for each number.
fn large(statement: impl Fn(usize) -> String) -> Vec<Arc<PolicyDocument>> {
    let mut text = String::from(r#"{"Version":"2012-10-17","Statement":["#);
    let mut number = 0;
    while text.len() < 100_000 {
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}{}", statement(number)).unwrap();
        number += 1;
    }
    text.push_str("]}");
    documents(&text)
}

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
}

#[test]
fn many_plain_statements_are_compared() {
    let old = large(|number| {
        allow(
            &format!("ses:Do{number}"),
            &format!("arn:aws:ses:*:*:identity/{number}"),
        )
    });
    assert_eq!(compared(&old, &old).verdict(), Verdict::Equal);
    let new = large(|number| allow(&format!("ses:Do{number}"), "arn:aws:ses:*:*:identity/7"));
    assert_eq!(compared(&old, &new).verdict(), Verdict::Incomparable);
}

#[test]
fn patterns_that_cut_across_each_other_are_refused() {
    let stars = large(|number| allow("ses:*", &format!("*{number:b}*0*1*")));
    let comparison = compared(
        &stars,
        &documents(&format!(r#"{{"Statement":{}}}"#, allow("ses:*", "*"))),
    );
    assert_eq!(comparison.verdict(), Verdict::Undetermined);
    assert!(matches!(
        comparison.added,
        Difference::TooComplex(TooComplex::Resources)
    ));
}

#[test]
fn denials_with_a_key_each_end_in_an_answer_or_a_refusal() {
    let condition =
        |number: usize, value: &str| format!(r#""Condition":{{"StringEquals":{{"a:k{number}":"{value}"}}}}"#);
    let old = large(|number| {
        let effect = if number % 2 == 0 { "Allow" } else { "Deny" };
        format!(
            r#"{{"Effect":"{effect}","Action":"a:*","Resource":"*",{}}}"#,
            condition(number % 200, "x")
        )
    });
    let new = large(|number| {
        format!(
            r#"{{"Effect":"Allow","Action":"a:b","Resource":"*",{}}}"#,
            condition(number % 200, "y")
        )
    });
    let comparison = compared(&old, &new);
    assert_ne!(comparison.verdict(), Verdict::Equal);
}

#[test]
fn a_key_with_more_values_than_can_be_combined_is_not_looked_into() {
    let values = |count: usize| {
        (0..count)
            .map(|value| format!("\"v{value}\""))
            .collect::<Vec<_>>()
            .join(",")
    };
    let policy = |count: usize| {
        let condition = format!(
            r#"{{"ForAllValues:StringEquals":{{"a:set":[{}]}}}}"#,
            values(count)
        );
        documents(&format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{condition}}}}}"#
        ))
    };
    assert_eq!(compared(&policy(8), &policy(7)).verdict(), Verdict::Narrower);
    assert_eq!(compared(&policy(40), &policy(40)).verdict(), Verdict::Equal);
    assert_eq!(
        compared(&policy(40), &policy(39)).verdict(),
        Verdict::Undetermined
    );
}
