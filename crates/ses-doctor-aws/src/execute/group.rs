//! Groups of users.

use super::{AwsActuator, named_policy};
use crate::outcome::{Judge, Look};
use crate::permissions::GET_GROUP;
use aws_sdk_iam::Client;
use serde_json::{Value, json};
use ses_doctor_core::action::Whose;

/// The names of a group's users.
pub(crate) async fn users(iam: &Client, group: &str) -> Look<Vec<String>> {
    let mut names = Vec::new();
    let mut pages = iam.get_group().group_name(group).into_paginator().send();
    while let Some(page) = pages.next().await {
        names.extend(
            page.judge(GET_GROUP)?
                .users
                .into_iter()
                .map(|user| user.user_name),
        );
    }
    Ok(names)
}

/// The group with its users and its inline policies.
pub(super) async fn describe(aws: &AwsActuator, group: &str) -> Look<Value> {
    Ok(json!({
        "GroupName": group,
        "Users": users(&aws.iam(), group).await?,
        "InlinePolicies": named_policy::all(aws, Whose::Group(group)).await?,
    }))
}
