//! Keys and attached policies of a user.

use super::{AwsActuator, named_policy};
use crate::outcome::{Judge, Look, optional};
use crate::permissions::{
    ATTACH_USER_POLICY, DELETE_ACCESS_KEY, DETACH_USER_POLICY, LIST_ATTACHED_USER_POLICIES,
    LIST_GROUPS_FOR_USER, UPDATE_ACCESS_KEY,
};
use crate::rotation::user_keys;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::StatusType;
use serde_json::{Value, json};
use ses_doctor_core::action::{AccessKeyStatus, AttachedPolicy, State, Whose};
use std::collections::BTreeMap;

/// Key ids with their status.
async fn keys(iam: &Client, user: &str) -> Look<BTreeMap<String, String>> {
    let keys = user_keys(iam, user).await?.into_iter();
    Ok(keys.map(|key| (key.id, key.status)).collect())
}

pub(super) async fn key_status(iam: &Client, change: &AccessKeyStatus) -> Look<State> {
    let status = optional(keys(iam, &change.user).await)?.and_then(|mut keys| keys.remove(&change.key));
    Ok(status.map_or(State::Absent, State::Word))
}

pub(super) async fn set_key_status(iam: &Client, change: &AccessKeyStatus) -> Look<()> {
    update_key(iam, &change.user, &change.key, change.after).await
}

pub(super) async fn update_key(iam: &Client, user: &str, key: &str, active: bool) -> Look<()> {
    let status = if active {
        StatusType::Active
    } else {
        StatusType::Inactive
    };
    let call = iam
        .update_access_key()
        .user_name(user)
        .access_key_id(key)
        .status(status);
    call.send().await.judge(UPDATE_ACCESS_KEY).map(drop)
}

pub(super) async fn delete_key(iam: &Client, user: &str, key: &str) -> Look<()> {
    let call = iam.delete_access_key().user_name(user).access_key_id(key);
    call.send().await.judge(DELETE_ACCESS_KEY).map(drop)
}

async fn attached(iam: &Client, user: &str) -> Look<Vec<String>> {
    let pages = iam
        .list_attached_user_policies()
        .user_name(user)
        .into_paginator()
        .items()
        .send();
    let all: Vec<_> = pages
        .collect::<Result<_, _>>()
        .await
        .judge(LIST_ATTACHED_USER_POLICIES)?;
    Ok(all.into_iter().filter_map(|policy| policy.policy_arn).collect())
}

pub(super) async fn attachment(iam: &Client, change: &AttachedPolicy) -> Look<State> {
    let attached = attached(iam, &change.user).await?;
    Ok(match attached.contains(&change.policy) {
        true => State::Present,
        false => State::Absent,
    })
}

pub(super) async fn attach(iam: &Client, change: &AttachedPolicy) -> Look<()> {
    let (user, policy) = (&change.user, &change.policy);
    match change.after {
        true => {
            let call = iam.attach_user_policy().user_name(user).policy_arn(policy);
            call.send().await.judge(ATTACH_USER_POLICY).map(drop)
        }
        false => {
            let call = iam.detach_user_policy().user_name(user).policy_arn(policy);
            call.send().await.judge(DETACH_USER_POLICY).map(drop)
        }
    }
}

/// The user with keys, policies and groups.
pub(super) async fn describe_user(aws: &AwsActuator, user: &str) -> Look<Value> {
    let iam = &aws.iam();
    let pages = iam
        .list_groups_for_user()
        .user_name(user)
        .into_paginator()
        .items()
        .send();
    let groups: Vec<_> = pages
        .collect::<Result<_, _>>()
        .await
        .judge(LIST_GROUPS_FOR_USER)?;
    let groups: Vec<String> = groups.into_iter().map(|group| group.group_name).collect();
    Ok(json!({
        "UserName": user,
        "AccessKeys": keys(iam, user).await?,
        "InlinePolicies": named_policy::all(aws, Whose::User(user)).await?,
        "AttachedPolicies": attached(iam, user).await?,
        "Groups": groups,
    }))
}
