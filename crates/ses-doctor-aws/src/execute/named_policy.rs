//! Policies that are known by a name: the inline ones of users and groups, and those of SES identities.

use super::AwsActuator;
use crate::collect::document::decode;
use crate::outcome::{Judge, Look, Trouble, optional};
use crate::permissions::{
    CREATE_IDENTITY_POLICY, DELETE_GROUP_POLICY, DELETE_IDENTITY_POLICY, DELETE_USER_POLICY,
    GET_GROUP_POLICY, GET_IDENTITY_POLICIES, GET_USER_POLICY, LIST_GROUP_POLICIES, LIST_USER_POLICIES,
    PUT_GROUP_POLICY, PUT_USER_POLICY, UPDATE_IDENTITY_POLICY,
};
use serde_json::{Value, json};
use ses_doctor_core::action::{NamedPolicy, PolicyOwner, State, Whose};
use std::collections::BTreeMap;

pub(super) async fn state<O: PolicyOwner>(aws: &AwsActuator, change: &NamedPolicy<O>) -> Look<State> {
    let document = optional(document(aws, change.whose(), &change.name).await)?;
    Ok(document.map_or(State::Absent, State::Document))
}

pub(super) async fn put<O: PolicyOwner>(aws: &AwsActuator, change: &NamedPolicy<O>) -> Look<()> {
    let (owner, name) = (change.whose(), change.name.as_str());
    match (&change.before, &change.after) {
        (None, Some(document)) => make(aws, owner, name, document).await,
        (Some(_), Some(document)) => rewrite(aws, owner, name, document).await,
        (_, None) => remove(aws, owner, name).await,
    }
}

async fn document(aws: &AwsActuator, owner: Whose<'_>, name: &str) -> Look<String> {
    let document = match owner {
        Whose::User(user) => {
            let call = aws.iam().get_user_policy().user_name(user).policy_name(name);
            call.send().await.judge(GET_USER_POLICY)?.policy_document
        }
        Whose::Group(group) => {
            let call = aws.iam().get_group_policy().group_name(group).policy_name(name);
            call.send().await.judge(GET_GROUP_POLICY)?.policy_document
        }
        Whose::Identity(identity) => {
            let mut all = of_identity(aws, identity).await?;
            return all.remove(name).ok_or(Trouble::Missing);
        }
    };
    decode(&document).map_err(Trouble::failed)
}

async fn make(aws: &AwsActuator, owner: Whose<'_>, name: &str, document: &str) -> Look<()> {
    let Whose::Identity(identity) = owner else {
        return rewrite(aws, owner, name, document).await;
    };
    let call = aws.ses().create_email_identity_policy().email_identity(identity);
    let call = call.policy_name(name).policy(document);
    call.send().await.judge(CREATE_IDENTITY_POLICY).map(drop)
}

/// IAM makes the policy where there is none; SES does not.
async fn rewrite(aws: &AwsActuator, owner: Whose<'_>, name: &str, document: &str) -> Look<()> {
    match owner {
        Whose::User(user) => {
            let call = aws.iam().put_user_policy().user_name(user);
            let call = call.policy_name(name).policy_document(document);
            call.send().await.judge(PUT_USER_POLICY).map(drop)
        }
        Whose::Group(group) => {
            let call = aws.iam().put_group_policy().group_name(group);
            let call = call.policy_name(name).policy_document(document);
            call.send().await.judge(PUT_GROUP_POLICY).map(drop)
        }
        Whose::Identity(identity) => {
            let call = aws.ses().update_email_identity_policy().email_identity(identity);
            let call = call.policy_name(name).policy(document);
            call.send().await.judge(UPDATE_IDENTITY_POLICY).map(drop)
        }
    }
}

async fn remove(aws: &AwsActuator, owner: Whose<'_>, name: &str) -> Look<()> {
    match owner {
        Whose::User(user) => {
            let call = aws.iam().delete_user_policy().user_name(user).policy_name(name);
            call.send().await.judge(DELETE_USER_POLICY).map(drop)
        }
        Whose::Group(group) => {
            let call = aws
                .iam()
                .delete_group_policy()
                .group_name(group)
                .policy_name(name);
            call.send().await.judge(DELETE_GROUP_POLICY).map(drop)
        }
        Whose::Identity(identity) => {
            let call = aws.ses().delete_email_identity_policy().email_identity(identity);
            let call = call.policy_name(name);
            call.send().await.judge(DELETE_IDENTITY_POLICY).map(drop)
        }
    }
}

/// Every such policy of an owner, by its name.
pub(super) async fn all(aws: &AwsActuator, owner: Whose<'_>) -> Look<BTreeMap<String, String>> {
    let names: Vec<String> = match owner {
        Whose::User(user) => {
            let pages = aws.iam().list_user_policies().user_name(user).into_paginator();
            let names = pages.items().send().collect::<Result<_, _>>().await;
            names.judge(LIST_USER_POLICIES)?
        }
        Whose::Group(group) => {
            let pages = aws.iam().list_group_policies().group_name(group).into_paginator();
            let names = pages.items().send().collect::<Result<_, _>>().await;
            names.judge(LIST_GROUP_POLICIES)?
        }
        Whose::Identity(identity) => return of_identity(aws, identity).await,
    };
    let mut policies = BTreeMap::new();
    for name in names {
        let text = document(aws, owner, &name).await?;
        policies.insert(name, text);
    }
    Ok(policies)
}

async fn of_identity(aws: &AwsActuator, identity: &str) -> Look<BTreeMap<String, String>> {
    let call = aws.ses().get_email_identity_policies().email_identity(identity);
    let policies = call.send().await.judge(GET_IDENTITY_POLICIES)?.policies;
    Ok(policies.into_iter().flatten().collect())
}

/// The identity, by its policies alone.
pub(super) async fn describe_identity(aws: &AwsActuator, identity: &str) -> Look<Value> {
    Ok(json!({ "EmailIdentity": identity, "Policies": of_identity(aws, identity).await? }))
}
