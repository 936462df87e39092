//! CheckNoNewAccess and CheckAccessNotGranted.

use super::{invalid, text};
use crate::aws::Operation;
use crate::aws::error::ApiError;
use iam_eval::PolicyDocument;
use iam_eval::compare::{Comparison, Difference, Documents, GrantedBy, Hints, compare};
use serde_json::{Value, json};
use std::sync::Arc;

type Side = Vec<Arc<PolicyDocument>>;

pub(super) fn no_new_access(operation: &Operation) -> Result<Value, ApiError> {
    let new = document(operation, "newPolicyDocument")?;
    let existing = document(operation, "existingPolicyDocument")?;
    known_type(operation)?;
    match granted(&existing, &new)? {
        None => Ok(passed(
            "The updated permissions do not grant new access compared to your existing policy.",
        )),
        Some(by) => Ok(failed(
            "The updated permissions grant new access compared to your existing policy.",
            "New access in the statement",
            &by,
        )),
    }
}

pub(super) fn access_not_granted(operation: &Operation) -> Result<Value, ApiError> {
    let policy = document(operation, "policyDocument")?;
    known_type(operation)?;
    let listed = operation.parameters.get("access").and_then(Value::as_array);
    let listed = listed.filter(|listed| !listed.is_empty());
    let listed = listed.ok_or_else(|| invalid("access is required"))?;
    for access in listed {
        // What the policy grants of the listed access, and nothing else of it.
        let mut within = policy.clone();
        within.push(Arc::new(all_but(access)?));
        if let Some(by) = granted(&[], &within)? {
            return Ok(failed(
                "The policy document grants access to perform one or more of the listed actions or resources.",
                "One or more of the listed actions or resources in the statement",
                &by,
            ));
        }
    }
    Ok(passed(
        "The policy document does not grant access to perform the listed actions or resources.",
    ))
}

/// Denies whatever is not of these actions on these resources; a list that is absent means all.
fn all_but(access: &Value) -> Result<PolicyDocument, ApiError> {
    let list = |name: &str| {
        access
            .get(name)
            .filter(|list| list.as_array().is_some_and(|list| !list.is_empty()))
    };
    let actions =
        list("actions").map(|actions| json!({ "Effect": "Deny", "NotAction": actions, "Resource": "*" }));
    let resources =
        list("resources").map(|named| json!({ "Effect": "Deny", "Action": "*", "NotResource": named }));
    let statements: Vec<Value> = actions.into_iter().chain(resources).collect();
    if statements.is_empty() {
        return Err(invalid("access needs actions or resources"));
    }
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    PolicyDocument::parse("access", &text).map_err(|errors| invalid(errors.to_string()))
}

/// The statement of `new` that grants what `old` does not.
fn granted(old: &[Arc<PolicyDocument>], new: &[Arc<PolicyDocument>]) -> Result<Option<GrantedBy>, ApiError> {
    let sides = Documents {
        old,
        new,
        intended: &[],
    };
    let Comparison { added, .. } = compare(sides, Hints::default());
    match added {
        Difference::Nothing => Ok(None),
        Difference::Example { by, .. } => Ok(Some(by)),
        Difference::Possible { .. } | Difference::TooComplex(_) => Err(ApiError::new(
            422,
            "UnprocessableEntityException",
            "The specified entity could not be processed.",
        )),
    }
}

fn document(operation: &Operation, name: &str) -> Result<Side, ApiError> {
    let parsed = PolicyDocument::parse(name, text(operation, name)?);
    // Whether AWS says so in these words is unsourced.
    let parsed =
        parsed.map_err(|errors| ApiError::new(400, "InvalidParameterException", errors.to_string()))?;
    Ok(vec![Arc::new(parsed)])
}

fn known_type(operation: &Operation) -> Result<(), ApiError> {
    match text(operation, "policyType")? {
        "IDENTITY_POLICY" | "RESOURCE_POLICY" => Ok(()),
        other => Err(invalid(format!("policyType {other:?} is none"))),
    }
}

fn passed(message: &str) -> Value {
    json!({ "result": "PASS", "message": message })
}

/// The statement by its Sid, else by its place.
fn failed(message: &str, description: &str, by: &GrantedBy) -> Value {
    let statement = by.document.statements.get(by.statement);
    let sid = statement.and_then(|statement| statement.sid.as_ref());
    let reason = match sid {
        Some(sid) => json!({
            "description": format!("{description} with sid: {}.", sid.value),
            "statementId": sid.value, "statementIndex": by.statement,
        }),
        None => json!({
            "description": format!("{description} with index: {}.", by.statement), "statementIndex": by.statement,
        }),
    };
    json!({ "result": "FAIL", "message": message, "reasons": [reason] })
}
