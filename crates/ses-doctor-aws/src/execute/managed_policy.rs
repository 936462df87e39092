//! Versions of customer managed policies, known by what they say.

use crate::collect::document::decode;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{
    CREATE_POLICY_VERSION, DELETE_POLICY_VERSION, GET_POLICY_VERSION, LIST_POLICY_VERSIONS,
    SET_DEFAULT_POLICY_VERSION,
};
use aws_config::retry::RetryConfig;
use aws_sdk_iam::Client;
use serde_json::{Value, json};
use ses_doctor_core::action::{DefaultVersion, PolicyVersion, State};
use ses_doctor_core::fix::{KEPT_VERSIONS, KnownVersion};

/// The versions of a policy, in IAM's order.
pub(super) async fn versions(iam: &Client, policy: &str) -> Look<Vec<KnownVersion>> {
    let pages = iam
        .list_policy_versions()
        .policy_arn(policy)
        .into_paginator()
        .items()
        .send();
    let listed: Vec<_> = pages
        .collect::<Result<_, _>>()
        .await
        .judge(LIST_POLICY_VERSIONS)?;
    let mut versions = Vec::new();
    for version in listed {
        let id = version
            .version_id
            .ok_or_else(|| Trouble::failed("IAM listed a version without an id"))?;
        let call = iam.get_policy_version().policy_arn(policy).version_id(&id);
        let answer = call.send().await.judge(GET_POLICY_VERSION)?.policy_version;
        let document = answer
            .and_then(|version| version.document)
            .ok_or_else(|| Trouble::failed("iam:GetPolicyVersion gave no document"))?;
        versions.push(KnownVersion {
            id,
            is_default: version.is_default_version,
            document: decode(&document).map_err(Trouble::failed)?,
        });
    }
    Ok(versions)
}

/// The version that says this, the default one only if it is asked for.
async fn saying(iam: &Client, policy: &str, document: &str, or_default: bool) -> Look<Option<KnownVersion>> {
    let mut versions = versions(iam, policy).await?.into_iter();
    Ok(versions.find(|version| (or_default || !version.is_default) && says(version, document)))
}

fn says(version: &KnownVersion, document: &str) -> bool {
    State::Document(version.document.clone()).agrees_with(&State::Document(document.to_owned()))
}

/// An old version that is to go is known by its id as well: another one may say the same.
fn is_old(version: &KnownVersion, change: &PolicyVersion) -> bool {
    change.version.as_ref().is_none_or(|id| version.id == *id)
}

pub(super) async fn version(iam: &Client, change: &PolicyVersion) -> Look<State> {
    let versions = versions(iam, &change.policy).await?;
    let is_this =
        |version: &KnownVersion| says(version, &change.document) && (change.after || is_old(version, change));
    let wants_room = change.after && !change.is_history && change.in_place_of.is_none();
    Ok(if versions.iter().any(is_this) {
        State::Present
    } else if wants_room && versions.len() >= KEPT_VERSIONS {
        // A plan made now would have a step before this one.
        State::Word(format!(
            "not there, and without room: IAM keeps {KEPT_VERSIONS} versions of a policy, and all places are taken"
        ))
    } else {
        State::Absent
    })
}

pub(super) async fn put_version(iam: &Client, change: &PolicyVersion) -> Look<()> {
    if change.after {
        // Made twice, it would be there twice: whether a lost answer was a yes is seen by reading.
        let once = aws_sdk_iam::config::Config::builder().retry_config(RetryConfig::disabled());
        let call = iam
            .create_policy_version()
            .policy_arn(&change.policy)
            .policy_document(&change.document)
            .set_as_default(false)
            .customize()
            .config_override(once);
        return call.send().await.judge(CREATE_POLICY_VERSION).map(drop);
    }
    let mut versions = versions(iam, &change.policy).await?.into_iter();
    let found = versions
        .find(|version| !version.is_default && says(version, &change.document) && is_old(version, change));
    let Some(version) = found else {
        return Err(Trouble::Missing);
    };
    let call = iam
        .delete_policy_version()
        .policy_arn(&change.policy)
        .version_id(version.id);
    call.send().await.judge(DELETE_POLICY_VERSION).map(drop)
}

pub(super) async fn default(iam: &Client, change: &DefaultVersion) -> Look<State> {
    let mut versions = versions(iam, &change.policy).await?.into_iter();
    let default = versions.find(|version| version.is_default);
    Ok(default.map_or(State::Absent, |version| State::Document(version.document)))
}

pub(super) async fn set_default(iam: &Client, change: &DefaultVersion) -> Look<()> {
    let Some(version) = saying(iam, &change.policy, &change.after, true).await? else {
        return Err(Trouble::Missing);
    };
    let call = iam
        .set_default_policy_version()
        .policy_arn(&change.policy)
        .version_id(version.id);
    call.send().await.judge(SET_DEFAULT_POLICY_VERSION).map(drop)
}

pub(super) async fn describe(iam: &Client, policy: &str) -> Look<Value> {
    let versions = versions(iam, policy).await?.into_iter().map(|version| {
        json!({
            "VersionId": version.id,
            "IsDefaultVersion": version.is_default,
            "Document": version.document,
        })
    });
    Ok(json!({ "Arn": policy, "Versions": versions.collect::<Vec<_>>() }))
}
