//! STS: who am I, and whose key is this?

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::{envelope, operation, tag};
use super::request::{Caller, Reply, Request};
use super::{Operation, Service};
use crate::state::Shared;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(super) const SERVICE: Service = Service {
    signing_name: "sts",
    prefix: "sts",
    source: "sts.amazonaws.com",
    protocol: Protocol::Query(NAMESPACE),
    operation,
    answer,
};

fn answer(shared: &Shared, caller: &Caller, operation: &Operation, _: &Request) -> Result<Reply, ApiError> {
    let result = match operation.name.as_str() {
        "GetCallerIdentity" => [
            tag("Arn", &caller.arn),
            tag("UserId", &caller.user_id),
            tag("Account", &caller.account),
        ]
        .concat(),
        "GetAccessKeyInfo" => tag(
            "Account",
            &account_of(shared, operation.required("accessKeyId")?)?,
        ),
        other => {
            let message = format!("Could not find operation {other} for version 2011-06-15");
            return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
        }
    };
    Ok(Reply::text(envelope(NAMESPACE, &operation.name, &result)))
}

/// The account of a key, also of a deleted one that the history still names.
///
/// AWS reads the account off the key id itself; made-up ids do not have it, so that the lab remembers instead. What
/// AWS answers to an id that never was is unsourced.
fn account_of(shared: &Shared, key: &str) -> Result<String, ApiError> {
    let live = shared.live();
    if let Some(holder) = live.holder(key) {
        return Ok(holder.account.id.clone());
    }
    let named = live.trail.iter().find(|record| {
        record.access_key.as_deref() == Some(key)
            || record.resources.iter().any(|resource| resource.name == key)
    });
    named
        .map(|record| record.account.clone())
        .ok_or_else(|| ApiError::validation("Invalid access key id"))
}
