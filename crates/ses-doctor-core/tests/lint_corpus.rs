//! Configurations of every client that `lint` reads, right ones and wrong ones, each with what is to be found and where.
//!
//! A file of the corpus holds cases: `=== name | file name`, then `> cause certainty, …` for each expected finding in
//! order, then the text; `--- file name` begins a further file. `‹` marks the place of a finding. `@NAME@` stands for a
//! value of [`VALUES`].

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads files, and may fail"
)]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ses_doctor_core::causes::by_id;
use ses_doctor_core::lint::{Document, Finding, lint, mend};
use std::collections::BTreeMap;
use std::path::Path;

const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";
const WITH_SLASH: &str = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9";

fn values() -> BTreeMap<&'static str, String> {
    let encoded = WITH_SLASH.replace('/', "%2F").replace('+', "%2B");
    BTreeMap::from([
        ("@HOST@", "email-smtp.eu-west-1.amazonaws.com".to_owned()),
        ("@USER@", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("@PASS@", PASSWORD.to_owned()),
        ("@SLASH@", WITH_SLASH.to_owned()),
        ("@SECRET@", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
        ("@V2@", "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy".to_owned()),
        ("@TWICE@", encoded.replace('%', "%25")),
        ("@DOUBLED@", encoded.replace('%', "%%")),
        ("@ENCODED@", encoded),
        (
            "@ENTITIES@",
            WITH_SLASH.replace('/', "&amp;#47;").replace('+', "&amp;#43;"),
        ),
        (
            "@BACKSLASHES@",
            WITH_SLASH.replace('/', "\\/").replace('+', "\\+"),
        ),
        ("@B64@", BASE64_STANDARD.encode(PASSWORD)),
        ("@B64NL@", BASE64_STANDARD.encode(format!("{PASSWORD}\n"))),
        (
            "@B64B64@",
            BASE64_STANDARD.encode(BASE64_STANDARD.encode(PASSWORD)),
        ),
        ("@B64USER@", BASE64_STANDARD.encode("AKIAIOSFODNN7EXAMPLE")),
        ("@CR@", "\r".to_owned()),
    ])
}

/// One case: its files with the marks taken out, and what is to be found.
struct Case {
    name: String,
    client: String,
    files: Vec<(String, String)>,
    /// Cause and certainty, in order.
    expected: Vec<String>,
    /// File, line and column of every mark.
    marks: Vec<(usize, usize, usize)>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let client = path.file_stem().unwrap().to_string_lossy().into_owned();
        text.split("=== ")
            .skip(1)
            .map(|part| case(part, &client))
            .collect::<Vec<_>>()
    };
    files.iter().flat_map(read).collect()
}

fn case(part: &str, client: &str) -> Case {
    let (head, mut body) = part.split_once('\n').unwrap();
    let (name, file) = head.split_once(" | ").unwrap();
    let mut expected = Vec::new();
    while let Some((line, rest)) = body.split_once('\n').filter(|(line, _)| line.starts_with("> ")) {
        expected.extend(line.trim_start_matches("> ").split(", ").map(str::to_owned));
        body = rest;
    }
    let mut files = vec![(file.to_owned(), String::new())];
    for line in body.split_inclusive('\n') {
        match line.strip_prefix("--- ") {
            Some(next) => files.push((next.trim().to_owned(), String::new())),
            None => files.last_mut().unwrap().1.push_str(line),
        }
    }
    let values = values();
    let mut marks = Vec::new();
    for (index, (_, text)) in files.iter_mut().enumerate() {
        for (key, value) in &values {
            *text = text.replace(key, value);
        }
        for (number, line) in text.lines().enumerate() {
            for (column, _) in line.chars().enumerate().filter(|(_, c)| *c == '‹') {
                marks.push((index, number + 1, column + 1));
            }
        }
        *text = text.replace('‹', "");
    }
    Case {
        name: name.to_owned(),
        client: client.to_owned(),
        files,
        expected,
        marks,
    }
}

fn documents(case: &Case) -> Vec<Document> {
    case.files
        .iter()
        .map(|(name, text)| Document::new(name, text.clone()))
        .collect()
}

fn said(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}",
                finding.cause,
                format!("{:?}", finding.certainty).to_lowercase()
            )
        })
        .collect()
}

#[test]
fn every_case_is_judged_as_it_says_and_where_it_says() {
    let cases = cases();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let mut table: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut misses = Vec::new();
    for case in &cases {
        let findings = lint(&documents(case)).findings;
        let places: Vec<_> = findings
            .iter()
            .map(|f| (f.file, f.position.line, f.position.column))
            .collect();
        let right = said(&findings) == case.expected && places == case.marks;
        let row = table.entry(&case.client).or_default();
        *row = (row.0 + usize::from(right), row.1 + 1);
        if !right {
            misses.push(format!(
                "{}/{}: expected {:?} at {:?}, found {:?} at {places:?}",
                case.client,
                case.name,
                case.expected,
                case.marks,
                said(&findings)
            ));
        }
    }
    for (client, (right, all)) in table {
        println!("{client:<12} {right} of {all}");
    }
    assert!(
        misses.is_empty(),
        "{} misses:\n{}",
        misses.len(),
        misses.join("\n")
    );
}

#[test]
fn every_cause_named_is_in_the_catalogue() {
    for case in cases() {
        for finding in lint(&documents(&case)).findings {
            assert!(by_id(finding.cause).is_some(), "{}: {}", case.name, finding.cause);
        }
    }
}

#[test]
fn mending_twice_changes_nothing_more() {
    for case in cases() {
        let documents = documents(&case);
        let findings = lint(&documents).findings;
        let mended = mend(&documents, &findings, &|_| true);
        let again: Vec<Document> = case
            .files
            .iter()
            .zip(&mended.texts)
            .map(|((name, text), new)| Document::new(name, new.clone().unwrap_or_else(|| text.clone())))
            .collect();
        let left = lint(&again).findings;
        assert!(
            mend(&again, &left, &|_| true).texts.iter().all(Option::is_none),
            "{}",
            case.name
        );
        let broken: Vec<_> = again
            .iter()
            .filter(|d| !d.reading.problems.is_empty())
            .map(|d| &d.reading.problems)
            .collect();
        let before = documents
            .iter()
            .filter(|d| !d.reading.problems.is_empty())
            .count();
        assert!(
            broken.len() <= before,
            "{}: a repair breaks the file: {broken:?}",
            case.name
        );
        for (finding, _) in findings
            .iter()
            .zip(&mended.applied)
            .filter(|(_, applied)| **applied)
        {
            let still = left
                .iter()
                .any(|other| other.cause == finding.cause && other.message == finding.message);
            assert!(
                !still,
                "{}: {} is mended and still found",
                case.name, finding.cause
            );
        }
    }
}

#[test]
fn no_secret_is_in_messages_or_masked_texts() {
    const SECRETS: [&str; 5] = [
        PASSWORD,
        WITH_SLASH,
        "wJalrXUtnFEMI",
        "An60U4ZD3sd4",
        "%2F9hSUELfq8Gw",
    ];
    for case in cases() {
        for document in documents(&case) {
            let masked = document.reading.masked(&document.text);
            for finding in lint(&documents(&case)).findings {
                let text = format!("{finding:?} {masked}");
                let leak = SECRETS.iter().find(|secret| text.contains(**secret));
                assert!(leak.is_none(), "{}: {leak:?} is shown in\n{text}", case.name);
            }
        }
    }
}
