//! IAM Access Analyzer: ValidatePolicy, CheckNoNewAccess and CheckAccessNotGranted, answered by `iam-eval`'s own reader and
//! comparison. Forms: API reference of Access Analyzer. ValidatePolicy finds what the reader refuses, and a missing `Version`;
//! of the hundred other checks that AWS makes it has none.

mod checks;
mod validate;

use super::error::{ApiError, Protocol};
use super::request::{Caller, Reply, Request};
use super::{Operation, Service};
use crate::state::Shared;
use serde_json::Value;

pub(super) const SERVICE: Service = Service {
    signing_name: "access-analyzer",
    prefix: "access-analyzer",
    source: "access-analyzer.amazonaws.com",
    protocol: Protocol::RestJson,
    operation,
    answer,
};

fn operation(request: &Request) -> Option<Operation> {
    let name = match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/policy/validation") => "ValidatePolicy",
        ("POST", "/policy/check-no-new-access") => "CheckNoNewAccess",
        ("POST", "/policy/check-access-not-granted") => "CheckAccessNotGranted",
        _ => return None,
    };
    Some(Operation {
        name: name.to_owned(),
        parameters: request.json(),
        resources: Vec::new(),
    })
}

fn answer(_: &Shared, _: &Caller, operation: &Operation, _: &Request) -> Result<Reply, ApiError> {
    let value = match operation.name.as_str() {
        "ValidatePolicy" => validate::answer(operation)?,
        "CheckNoNewAccess" => checks::no_new_access(operation)?,
        _ => checks::access_not_granted(operation)?,
    };
    Ok(Reply::json(&value))
}

/// A parameter that must be there.
fn text<'a>(operation: &'a Operation, name: &str) -> Result<&'a str, ApiError> {
    let found = operation.parameters.get(name).and_then(Value::as_str);
    found.ok_or_else(|| invalid(format!("{name} is required")))
}

/// Which sentence AWS has for each is unsourced.
fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "ValidationException", message)
}
