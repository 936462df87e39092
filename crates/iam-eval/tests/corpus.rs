//! Runs every case of `corpus/`. The files name no type of this crate, so that another implementation can run them too.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected is to fail there"
)]

use iam_eval::evaluate;
use iam_eval::simulation::{Answer, Simulation};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// What it shows, where the name does not say enough.
    why: Option<String>,
    /// The page of AWS that says so.
    source: String,
    request: Simulation,
    expect: Expected,
}

/// What is not named is not compared; an absent list is an empty one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    decision: String,
    decided_by: Option<Value>,
    #[serde(default)]
    missing_context: Vec<String>,
    #[serde(default)]
    possible: Vec<String>,
}

#[expect(clippy::disallowed_methods, reason = "the corpus is files of this repository")]
fn cases() -> Vec<(String, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let cases =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.display().to_string(), cases)
        })
        .collect()
}

fn answer(request: &Simulation) -> Value {
    let policies = request.policies().unwrap_or_else(|error| panic!("{error}"));
    let request = request.request().unwrap_or_else(|error| panic!("{error}"));
    serde_json::to_value(Answer::from(&evaluate(&policies, &request))).unwrap()
}

/// What differs from what was expected.
fn differences(expected: &Expected, answer: &Value) -> Vec<String> {
    let mut pairs = vec![
        (
            "decision",
            Value::from(expected.decision.as_str()),
            answer["decision"].clone(),
        ),
        (
            "missing_context",
            Value::from(expected.missing_context.clone()),
            answer["missing_context"].clone(),
        ),
    ];
    if !expected.possible.is_empty() {
        pairs.push((
            "possible",
            Value::from(expected.possible.clone()),
            answer["possible"].clone(),
        ));
    }
    for (key, value) in expected.decided_by.iter().filter_map(Value::as_object).flatten() {
        pairs.push((key, value.clone(), answer["decided_by"][key].clone()));
    }
    let different = pairs.into_iter().filter(|(_, expected, found)| expected != found);
    different
        .map(|(key, expected, found)| format!("{key}: expected {expected}, found {found}"))
        .collect()
}

#[test]
fn every_case_is_decided_as_aws_decides_it() {
    let mut failures = Vec::new();
    let mut names = HashSet::new();
    let mut count = 0;
    for (file, cases) in cases() {
        for case in cases {
            count += 1;
            assert!(
                !case.source.is_empty() && case.why.as_deref() != Some(""),
                "{}",
                case.name
            );
            assert!(
                names.insert(format!("{file}{}", case.name)),
                "{file}: {} comes twice",
                case.name
            );
            for difference in differences(&case.expect, &answer(&case.request)) {
                failures.push(format!("{file}: {}: {difference}", case.name));
            }
        }
    }
    assert!(count >= 220, "only {count} cases found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_request_printed_and_read_again_is_decided_alike() {
    for (_, cases) in cases() {
        for case in cases {
            let printed = serde_json::to_string(&case.request).unwrap();
            let again = Simulation::parse(&printed).unwrap();
            assert_eq!(answer(&case.request), answer(&again), "{}", case.name);
        }
    }
}
