//! Keys that nobody uses: waiting until that is so, and deleting them.

use super::CallError;
use super::iam::{delete_key, update_key};
use crate::client::Aws;
use crate::outcome::{Look, Trouble, optional};
use crate::rotation::{Memory, last_use, user_keys};
use aws_sdk_iam::Client;
use jiff::{SignedDuration, Timestamp};
use ses_doctor_core::action::{AccessKeyDeletion, QuietKey, State, span};
use std::time::Duration;

/// Between two looks while it is waited; AWS tells uses late anyway.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// Until when a key has to stay unused to count as quiet; `None`: it is quiet.
async fn quiet_at(iam: &Client, user: &str, key: &str, seconds: u64) -> Look<Option<Timestamp>> {
    let keys = user_keys(iam, user).await?;
    let Some(found) = keys.iter().find(|found| found.id == key) else {
        return Ok(None);
    };
    if !found.is_active() {
        return Ok(None);
    }
    let (_, used) = last_use(iam, key).await?;
    let since = used
        .or(found.created)
        .ok_or_else(|| Trouble::failed(format!("IAM tells neither use nor age of the access key {key}")))?;
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let quiet = since
        .checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX);
    Ok((quiet > Timestamp::now()).then_some(quiet))
}

/// Passes the gate, waits before it, or says when it opens.
pub(super) async fn wait(aws: &Aws, region: &str, gate: &QuietKey, memory: &Memory) -> Result<(), CallError> {
    let iam = aws.iam(Some(region));
    loop {
        let look = aws.within(
            "the last use of the key",
            quiet_at(&iam, &gate.user, &gate.key, gate.seconds),
        );
        let quiet = look
            .await
            .map_err(|trouble| CallError::NotYet(aws.clean(&trouble.reason())))?;
        let Some(quiet) = quiet else {
            return Ok(());
        };
        let why = format!(
            "the access key {} is to be unused for {}, which it is at {} if nobody uses it",
            gate.key,
            span(gate.seconds),
            quiet.strftime("%Y-%m-%d %H:%M:%S UTC")
        );
        if !memory.waits() {
            return Err(CallError::NotYet(why));
        }
        tracing::warn!("waiting: {why}");
        let left = Duration::try_from(quiet.duration_since(Timestamp::now())).unwrap_or_default();
        tokio::time::sleep(left.clamp(SHORTEST_PAUSE, LONGEST_PAUSE)).await;
    }
}

pub(super) async fn state(iam: &Client, change: &AccessKeyDeletion) -> Look<State> {
    let keys = optional(user_keys(iam, &change.user).await)?.unwrap_or_default();
    Ok(match keys.into_iter().find(|key| key.id == change.key) {
        None => State::Absent,
        Some(_) if change.idle_for.is_some() => State::Present,
        Some(key) => State::Word(key.status),
    })
}

pub(super) async fn delete(iam: &Client, change: &AccessKeyDeletion) -> Look<()> {
    let refused = |message: String| Trouble::Denied {
        action: "the change".to_owned(),
        message,
    };
    if change.after {
        return Err(refused("AWS cannot make a deleted access key again".to_owned()));
    }
    let (user, key) = (&change.user, &change.key);
    if let Some(seconds) = change.idle_for {
        if quiet_at(iam, user, key, seconds).await?.is_some() {
            return Err(refused(format!(
                "the access key {key} was used within {}",
                span(seconds)
            )));
        }
        update_key(iam, user, key, false).await?;
    }
    delete_key(iam, user, key).await
}
