//! Findings of `lint` as SARIF 2.1.0 (OASIS), for code review.

use serde_json::{Value, json};
use ses_doctor_core::Certainty;
use ses_doctor_core::causes::by_id;
use ses_doctor_core::report::lint::{Finding, Report};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run.
pub(crate) fn log(report: &Report) -> Value {
    let ids: BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| finding.cause.as_str())
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let failures: Vec<Value> = report
        .unreadable
        .iter()
        .map(|file| notification(&format!("{}: {}", file.file, file.message)))
        .collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, &ids))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ses-doctor",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": ids.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": report.unreadable.is_empty(), "toolExecutionNotifications": failures }],
            "results": results,
        }],
    })
}

fn notification(text: &str) -> Value {
    json!({ "level": "error", "message": { "text": text } })
}

fn rule(id: &str) -> Value {
    let cause = by_id(id);
    let title = cause.map_or(id, |cause| cause.title);
    json!({
        "id": id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": format!("{title}.") },
        "help": { "text": cause.map_or("", |cause| cause.docs), "markdown": cause.map_or("", |cause| cause.docs) },
    })
}

fn result(finding: &Finding, ids: &[&str]) -> Value {
    let level = match finding.verdict {
        Certainty::Confirmed => "error",
        Certainty::Likely => "warning",
        Certainty::Possible => "note",
    };
    let text = finding.fix.as_ref().map_or_else(
        || finding.message.clone(),
        |fix| format!("{}. Fix: {fix}", finding.message),
    );
    json!({
        "ruleId": finding.cause,
        "ruleIndex": ids.iter().position(|id| *id == finding.cause),
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&finding.file) },
            "region": region(finding),
        } }],
        "partialFingerprints": { "sesDoctor/v1": format!("{}:{}:{}", finding.cause, finding.file, finding.line) },
        "properties": { "verdict": finding.verdict, "fixable": finding.fixable },
    })
}

/// An empty place, as that of an empty value, has no end.
fn region(finding: &Finding) -> Value {
    let (begin, end) = (
        (finding.line, finding.column),
        (finding.end_line, finding.end_column),
    );
    if end <= begin {
        return json!({ "startLine": begin.0, "startColumn": begin.1 });
    }
    json!({ "startLine": begin.0, "startColumn": begin.1, "endLine": end.0, "endColumn": end.1 })
}

/// A URI reference (RFC 3986): relative paths stay relative to where the program ran.
fn uri(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut out = String::from(if absolute { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
