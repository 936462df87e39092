//! [`Need::AccessKeys`](ses_doctor_core::Need::AccessKeys): IAM `ListAccessKeys` of the user that owns the key.
//!
//! When the operator may not ask whose key it is, the first hundred users are asked for their keys instead.

use super::convert::timestamp;
use super::{key_of, user_of};
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{LIST_ACCESS_KEYS, LIST_USERS};
use crate::subject::{Owner, Subject};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{AccessKeyMetadata, StatusType};
use futures::stream::{self, StreamExt, TryStreamExt};
use ses_doctor_core::evidence::{AccessKey, AccessKeys, KeyStatus};

const MOST_USERS: i32 = 100;
const AT_A_TIME: usize = 8;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<AccessKeys> {
    let iam = aws.iam(subject.region.as_deref());
    match &subject.owner {
        Owner::User(name) => of_user(&iam, name).await,
        Owner::NoKey => Err(Trouble::Missing),
        Owner::Denied(why) => search(&iam, key_of(subject)?, why).await,
        Owner::Unasked | Owner::NoUser | Owner::Failed(_) => of_user(&iam, user_of(subject)?).await,
    }
}

async fn of_user(iam: &Client, user: &str) -> Look<AccessKeys> {
    let pages = iam
        .list_access_keys()
        .user_name(user)
        .into_paginator()
        .items()
        .send();
    let keys: Vec<_> = pages.collect::<Result<_, _>>().await.judge(LIST_ACCESS_KEYS)?;
    Ok(AccessKeys {
        user_name: user.to_owned(),
        keys: keys.iter().filter_map(access_key).collect(),
    })
}

/// Asks a bounded number of users for their keys until one has `key`. `denied` is why the owner cannot be asked for.
async fn search(iam: &Client, key: &str, denied: &str) -> Look<AccessKeys> {
    let users = iam
        .list_users()
        .max_items(MOST_USERS)
        .send()
        .await
        .judge(LIST_USERS)?;
    let names = users.users.iter().map(|user| user.user_name.clone());
    let mut answers = stream::iter(names)
        .map(|name| async move { of_user(iam, &name).await })
        .buffer_unordered(AT_A_TIME);
    while let Some(keys) = answers.try_next().await? {
        if keys.keys.iter().any(|candidate| candidate.id == key) {
            return Ok(keys);
        }
    }
    match users.is_truncated {
        true => Err(Trouble::failed(format!(
            "none of the first {MOST_USERS} users has the key, and {denied}"
        ))),
        false => Err(Trouble::Missing),
    }
}

fn access_key(key: &AccessKeyMetadata) -> Option<AccessKey> {
    Some(AccessKey {
        id: key.access_key_id.clone()?,
        status: key.status.as_ref().map_or(KeyStatus::Other, status),
        created: key.create_date.as_ref().and_then(timestamp),
    })
}

fn status(status: &StatusType) -> KeyStatus {
    match status {
        StatusType::Active => KeyStatus::Active,
        StatusType::Inactive => KeyStatus::Inactive,
        other if other.as_str() == "Expired" => KeyStatus::Expired,
        _ => KeyStatus::Other,
    }
}
