//! Policies of identities: made, changed, taken away. Paths as in botocore's model of SES v2.

use serde_json::{Value, json};

use super::{no_identity, subject};
use crate::aws::Operation;
use crate::aws::error::ApiError;
use crate::world::{InlinePolicy, Ses};

/// Policies of one identity, at most. (General knowledge, unsourced.)
const QUOTA: usize = 20;

/// The operation of a method.
pub(super) fn name(method: &str) -> &'static str {
    match method {
        "POST" => "CreateEmailIdentityPolicy",
        "PUT" => "UpdateEmailIdentityPolicy",
        _ => "DeleteEmailIdentityPolicy",
    }
}

pub(super) fn answer(ses: &mut Ses, operation: &Operation) -> Result<Value, ApiError> {
    let identity = subject(operation, "emailIdentity")?;
    let name = subject(operation, "policyName")?;
    let found = ses
        .identity
        .iter_mut()
        .find(|known| known.name.eq_ignore_ascii_case(identity));
    let policies = &mut found.ok_or_else(|| no_identity(identity))?.policy;
    let known = policies.iter().position(|policy| policy.name == name);
    match (operation.name.as_str(), known) {
        // It may be gone already (SES API reference, `DeleteEmailIdentityPolicy`).
        ("DeleteEmailIdentityPolicy", _) => policies.retain(|policy| policy.name != name),
        ("CreateEmailIdentityPolicy", Some(_)) => {
            let message = format!("Policy {name} already exists.");
            return Err(ApiError::new(400, "AlreadyExistsException", message));
        }
        ("CreateEmailIdentityPolicy", None) if policies.len() >= QUOTA => {
            let message = format!("An identity has at most {QUOTA} policies.");
            return Err(ApiError::new(400, "LimitExceededException", message));
        }
        ("CreateEmailIdentityPolicy", None) => policies.push(InlinePolicy {
            name: name.to_owned(),
            document: document(operation)?,
        }),
        (_, known) => {
            let document = document(operation)?;
            let policy = known.and_then(|at| policies.get_mut(at));
            let none = || ApiError::new(404, "NotFoundException", format!("Policy {name} does not exist."));
            policy.ok_or_else(none)?.document = document;
        }
    }
    Ok(json!({}))
}

fn document(operation: &Operation) -> Result<String, ApiError> {
    let text = subject(operation, "policy")?;
    match serde_json::from_str::<Value>(text) {
        Ok(document) if document.is_object() => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err(ApiError::new(
            400,
            "BadRequestException",
            "The policy is not valid.",
        )),
    }
}
