//! ValidatePolicy.

use super::{invalid, text};
use crate::aws::Operation;
use crate::aws::error::ApiError;
use iam_eval::{DocumentError, DocumentErrors, Layer, PolicyDocument, Problem, Span};
use serde_json::{Value, json};

const LEARN_MORE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

pub(super) fn answer(operation: &Operation) -> Result<Value, ApiError> {
    let document = text(operation, "policyDocument")?;
    let layer = layer(text(operation, "policyType")?)?;
    let findings = match PolicyDocument::parse("policy", document) {
        Err(errors) => errors_of(&errors),
        Ok(parsed) => {
            let mut findings = parsed
                .suits(layer)
                .err()
                .as_ref()
                .map_or_else(Vec::new, errors_of);
            // A document without Version counts as 2008-10-17, and Access Analyzer advises to name it.
            let has_version =
                serde_json::from_str::<Value>(document).is_ok_and(|json| json.get("Version").is_some());
            if !has_version {
                findings.push(missing_version(document));
            }
            findings
        }
    };
    Ok(json!({ "findings": findings }))
}

fn layer(policy_type: &str) -> Result<Layer, ApiError> {
    Ok(match policy_type {
        "IDENTITY_POLICY" => Layer::IdentityPolicy,
        "RESOURCE_POLICY" => Layer::ResourcePolicy,
        "SERVICE_CONTROL_POLICY" => Layer::ServiceControlPolicy,
        "RESOURCE_CONTROL_POLICY" => Layer::ResourceControlPolicy,
        other => return Err(invalid(format!("policyType {other:?} is none"))),
    })
}

fn errors_of(errors: &DocumentErrors) -> Vec<Value> {
    let finding = |error: &DocumentError| {
        let details = error.problem.to_string();
        finding(
            "ERROR",
            &code(&error.problem),
            &details,
            errors.text(),
            error.span,
        )
    };
    errors.errors().iter().map(finding).collect()
}

fn missing_version(text: &str) -> Value {
    let details =
        "We recommend that you specify the Version element to help you with debugging permission issues.";
    finding("WARNING", "MISSING_VERSION", details, text, Span::default())
}

/// The code of the check of AWS that finds the like: its title in capitals (IAM User Guide, "IAM policy validation check
/// reference").
fn code(problem: &Problem) -> String {
    let code = match problem {
        Problem::Missing { element } | Problem::NeededInLayer { element, .. } => {
            return format!("MISSING_{}", element.to_ascii_uppercase());
        }
        Problem::Syntax(_) => "JSON_SYNTAX_ERROR",
        Problem::WrongType { .. } => "DATA_TYPE_MISMATCH",
        Problem::BadVersion(_) => "INVALID_VERSION",
        Problem::BadEffect(_) => "INVALID_EFFECT",
        Problem::BadAction(_) => "INVALID_ACTION",
        Problem::UnknownOperator { .. } => "INVALID_CONDITION_OPERATOR",
        Problem::UnknownPrincipal { .. } => "INVALID_PRINCIPAL_KEY",
        Problem::BadPrincipal(_) => "INVALID_PRINCIPAL_FORMAT",
        Problem::SidTwice(_) => "UNIQUE_SIDS_REQUIRED",
        Problem::Both(_) => "UNSUPPORTED_ELEMENT_COMBINATION",
        Problem::TooLong { .. }
        | Problem::UnknownElement { .. }
        | Problem::Duplicate(_)
        | Problem::Empty { .. }
        | Problem::NotInLayer { .. }
        | _ => "INVALID_POLICY_ELEMENT",
    };
    code.to_owned()
}

fn finding(kind: &str, code: &str, details: &str, text: &str, span: Span) -> Value {
    let position = |at: usize| {
        let place = iam_eval::Position::of(text, at);
        json!({ "line": place.line, "column": place.column.saturating_sub(1), "offset": at })
    };
    let span = json!({ "start": position(span.start()), "end": position(span.end()) });
    json!({
        "findingType": kind, "issueCode": code, "findingDetails": details, "learnMoreLink": LEARN_MORE,
        "locations": [{ "path": [], "span": span }],
    })
}
