//! Inline policies of groups.

use crate::collect::document::decode;
use crate::outcome::{Judge, Look, Trouble, optional};
use crate::permissions::{
    DELETE_GROUP_POLICY, GET_GROUP, GET_GROUP_POLICY, LIST_GROUP_POLICIES, PUT_GROUP_POLICY,
};
use aws_sdk_iam::Client;
use serde_json::{Value, json};
use ses_doctor_core::action::{GroupPolicy, State};
use std::collections::BTreeMap;

async fn inline(iam: &Client, group: &str, name: &str) -> Look<String> {
    let call = iam.get_group_policy().group_name(group).policy_name(name);
    let answer = call.send().await.judge(GET_GROUP_POLICY)?;
    decode(&answer.policy_document).map_err(Trouble::failed)
}

pub(super) async fn policy(iam: &Client, change: &GroupPolicy) -> Look<State> {
    let document = optional(inline(iam, &change.group, &change.name).await)?;
    Ok(document.map_or(State::Absent, State::Document))
}

pub(super) async fn put_policy(iam: &Client, change: &GroupPolicy) -> Look<()> {
    match &change.after {
        Some(document) => {
            let call = iam
                .put_group_policy()
                .group_name(&change.group)
                .policy_name(&change.name)
                .policy_document(document);
            call.send().await.judge(PUT_GROUP_POLICY).map(drop)
        }
        None => {
            let call = iam
                .delete_group_policy()
                .group_name(&change.group)
                .policy_name(&change.name);
            call.send().await.judge(DELETE_GROUP_POLICY).map(drop)
        }
    }
}

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
pub(super) async fn describe(iam: &Client, group: &str) -> Look<Value> {
    let pages = iam
        .list_group_policies()
        .group_name(group)
        .into_paginator()
        .items()
        .send();
    let names: Vec<String> = pages.collect::<Result<_, _>>().await.judge(LIST_GROUP_POLICIES)?;
    let mut policies = BTreeMap::new();
    for name in names {
        let document = inline(iam, group, &name).await?;
        policies.insert(name, document);
    }
    Ok(json!({ "GroupName": group, "Users": users(iam, group).await?, "InlinePolicies": policies }))
}
