//! `CreateAccessKey`, whose answer is given once: what becomes of the secret, and of a key whose secret was lost.

use super::iam::{delete_key, update_key};
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::CREATE_ACCESS_KEY;
use crate::rotation::{Memory, UserKey, last_use, user_keys};
use crate::run::VaultRecord;
use aws_sdk_iam::Client;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use ses_doctor_core::action::{NewAccessKey, NewKey, State};

/// Clocks differ: a key that AWS says was made this much before we announced it may still be ours.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// The keys of the user that the plan does not know.
async fn beyond(iam: &Client, change: &NewAccessKey) -> Look<Vec<UserKey>> {
    let mut keys = user_keys(iam, &change.user).await?;
    keys.retain(|key| !change.known.contains(&key.id));
    Ok(keys)
}

pub(super) async fn state(iam: &Client, change: &NewAccessKey, memory: &Memory) -> Look<State> {
    let record = memory.record()?;
    Ok(match beyond(iam, change).await?.as_slice() {
        [] => State::Absent,
        [key] if record.is_username(&key.id) => State::Word(key.status.clone()),
        // Its secret was lost with the process that made it. It counts as not made: another one takes its place.
        [_] if change.before == NewKey::Absent && record.announced.is_some() && record.key.is_none() => {
            State::Absent
        }
        [key] if change.before != NewKey::Absent && record.announced.is_some() => {
            State::Word(key.status.clone())
        }
        keys => {
            let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
            State::Word(format!("{}, which the plan does not know", ids.join(" and ")))
        }
    })
}

pub(super) async fn change(aws: &Aws, region: &str, change: &NewAccessKey, memory: &Memory) -> Look<()> {
    let iam = aws.iam(Some(region));
    match (change.before, change.after) {
        (NewKey::Absent, _) => create(aws, region, change, memory).await,
        (_, NewKey::Absent) => remove(&iam, change, memory).await,
        (_, after) => {
            for key in beyond(&iam, change).await? {
                own(&iam, &key, &memory.record()?).await?;
                update_key(&iam, &change.user, &key.id, after == NewKey::Active).await?;
            }
            discard(memory)
        }
    }
}

async fn create(aws: &Aws, region: &str, change: &NewAccessKey, memory: &Memory) -> Look<()> {
    let iam = aws.iam(Some(region));
    let vault = memory.open_vault()?;
    let failed = |error: crate::run::StoreError| Trouble::failed(error.to_string());
    let record = memory.record()?;
    if record.handed_over {
        return Err(Trouble::Denied {
            action: CREATE_ACCESS_KEY.to_owned(),
            message: "this run has made its key already: plan a new rotation".to_owned(),
        });
    }
    if record.key.is_some() {
        // It is made and its secret kept; it only does not show yet.
        return Ok(());
    }
    for lost in beyond(&iam, change).await? {
        own(&iam, &lost, &record).await?;
        tracing::warn!(
            key = lost.id,
            "this run made an access key whose secret was lost with the answer; nobody has it, so that the key is deleted \
             and another one made"
        );
        delete_key(&iam, &change.user, &lost.id).await?;
        vault.lose(&lost.id).map_err(failed)?;
    }
    vault.announce(Timestamp::now()).map_err(failed)?;
    let once = aws.iam_once(Some(region));
    let made = once.create_access_key().user_name(&change.user).send().await;
    let made = made.judge(CREATE_ACCESS_KEY)?.access_key;
    let made = made.ok_or_else(|| Trouble::failed("CreateAccessKey gave no key"))?;
    let secret = SecretString::from(made.secret_access_key);
    if let Err(error) = vault.keep(&made.access_key_id, &secret) {
        delete_key(&iam, &change.user, &made.access_key_id).await?;
        return Err(Trouble::Denied {
            action: "keeping the secret".to_owned(),
            message: format!("{error}; the key {} was deleted again", made.access_key_id),
        });
    }
    Ok(())
}

/// Switched off first, so that whoever uses it is seen to fail by a status and not by an absence.
async fn remove(iam: &Client, change: &NewAccessKey, memory: &Memory) -> Look<()> {
    for key in beyond(iam, change).await? {
        own(iam, &key, &memory.record()?).await?;
        if key.is_active() {
            update_key(iam, &change.user, &key.id, false).await?;
        }
        delete_key(iam, &change.user, &key.id).await?;
    }
    discard(memory)
}

/// The secret of a key that works no more is of no use to anybody.
fn discard(memory: &Memory) -> Look<()> {
    let Some(vault) = memory.vault().filter(|vault| vault.holds_secret()) else {
        return Ok(());
    };
    vault
        .hand_over()
        .map_err(|error| Trouble::failed(error.to_string()))
}

/// Refuses to touch a key that this run did not make: it is the one whose secret was kept; or it appeared after this run
/// announced one, and nobody has ever used it.
async fn own(iam: &Client, key: &UserKey, record: &VaultRecord) -> Look<()> {
    if record.is_username(&key.id) {
        return Ok(());
    }
    let announced = record.announced.and_then(|at| at.checked_sub(CLOCKS).ok());
    let is_after =
        matches!((key.created, announced), (Some(created), Some(announced)) if created >= announced);
    if is_after && record.key.is_none() && last_use(iam, &key.id).await?.1.is_none() {
        return Ok(());
    }
    Err(Trouble::Denied {
        action: "the change".to_owned(),
        message: format!("the access key {} was not made by this run", key.id),
    })
}
