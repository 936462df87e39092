//! What the world makes go wrong with calls: throttling, server errors, missing permissions.

mod chance;
mod hold_up;

use std::time::{Duration, Instant};

use iam_eval::{Context, Pattern, Truth};

use crate::state::{Shared, within};

use crate::world::PropagationError;

use super::Operation;
use super::error::{ApiError, Protocol, Trouble, trouble};
use super::request::Caller;
pub(crate) use chance::{Draw, delay};
pub use hold_up::HeldUp;
pub(crate) use hold_up::{HoldUp, hold, turn};

/// Server errors and throttling come before permissions.
pub(crate) fn pressure(
    shared: &Shared,
    prefix: &str,
    protocol: Protocol,
    operation: &Operation,
) -> Result<(), ApiError> {
    let call = format!("{prefix}:{}", operation.name);
    let mut live = shared.live();
    if let Some(left) = live.failures_left.get_mut(&call)
        && *left > 0
    {
        *left -= 1;
        let message = "The request processing has failed because of an unknown error, exception or failure.";
        return Err(trouble(protocol, Trouble::Broken, message));
    }
    let Some(limit) = shared.world.faults.throttle.get(&call) else {
        return Ok(());
    };
    let recent = live.recent_calls.entry(call).or_default();
    if within(recent, Duration::from_secs(1)) >= usize::try_from(*limit).unwrap_or(usize::MAX) {
        return Err(trouble(protocol, Trouble::Throttled, "Rate exceeded"));
    }
    recent.push_back(Instant::now());
    Ok(())
}

/// The world's `denied` list covers this action.
pub(super) fn is_denied(shared: &Shared, call: &str) -> bool {
    let mut denied = shared.world.faults.denied.iter();
    denied.any(|pattern| {
        let pattern = Pattern::action(pattern);
        pattern.matches(&call.to_ascii_lowercase(), &Context::default()) == Truth::True
    })
}

/// The world refuses this call, whoever makes it.
fn refusal(shared: &Shared, call: &str) -> Result<(), ApiError> {
    let Some(refusal) = shared.world.faults.refused.get(call) else {
        return Ok(());
    };
    let (status, code) = refusal.answer();
    Err(ApiError::new(status, code, format!("The lab refuses {call}.")))
}

/// The world's `denied` list refuses, or the operator's policies where it has any, with AWS's text.
pub(crate) fn permission(
    shared: &Shared,
    prefix: &str,
    protocol: Protocol,
    caller: &Caller,
    operation: &Operation,
) -> Result<(), ApiError> {
    let call = format!("{prefix}:{}", operation.name);
    let too_new = shared.is_too_new(&caller.key) == Some(PropagationError::Denied);
    let may = super::operator::may(&shared.world, &shared.live(), caller, prefix, operation);
    if call == "sts:GetCallerIdentity" || (may && !too_new && !is_denied(shared, &call)) {
        return refusal(shared, &call);
    }
    let target = match operation
        .resources
        .iter()
        .find(|resource| resource.kind == "AWS::IAM::User")
    {
        Some(user) => format!("user {}", user.name),
        None => "*".to_owned(),
    };
    let message = format!(
        "User: {} is not authorized to perform: {call} on resource: {target} because no identity-based policy allows \
         the {call} action",
        caller.arn
    );
    Err(trouble(protocol, Trouble::Denied, message))
}
