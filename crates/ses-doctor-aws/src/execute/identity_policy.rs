//! Policies of SES identities.

use crate::outcome::{Judge, Look};
use crate::permissions::{
    CREATE_IDENTITY_POLICY, DELETE_IDENTITY_POLICY, GET_IDENTITY_POLICIES, UPDATE_IDENTITY_POLICY,
};
use aws_sdk_sesv2::Client;
use serde_json::{Value, json};
use ses_doctor_core::action::{IdentityPolicy, State};
use std::collections::BTreeMap;

async fn all(ses: &Client, identity: &str) -> Look<BTreeMap<String, String>> {
    let call = ses.get_email_identity_policies().email_identity(identity);
    let policies = call.send().await.judge(GET_IDENTITY_POLICIES)?.policies;
    Ok(policies.into_iter().flatten().collect())
}

pub(super) async fn policy(ses: &Client, change: &IdentityPolicy) -> Look<State> {
    let document = all(ses, &change.identity).await?.remove(&change.name);
    Ok(document.map_or(State::Absent, State::Document))
}

pub(super) async fn put(ses: &Client, change: &IdentityPolicy) -> Look<()> {
    let (identity, name) = (&change.identity, &change.name);
    match (&change.before, &change.after) {
        (None, Some(document)) => {
            let call = ses.create_email_identity_policy().email_identity(identity);
            let call = call.policy_name(name).policy(document);
            call.send().await.judge(CREATE_IDENTITY_POLICY).map(drop)
        }
        (Some(_), Some(document)) => {
            let call = ses.update_email_identity_policy().email_identity(identity);
            let call = call.policy_name(name).policy(document);
            call.send().await.judge(UPDATE_IDENTITY_POLICY).map(drop)
        }
        (_, None) => {
            let call = ses.delete_email_identity_policy().email_identity(identity);
            let call = call.policy_name(name);
            call.send().await.judge(DELETE_IDENTITY_POLICY).map(drop)
        }
    }
}

pub(super) async fn describe(ses: &Client, identity: &str) -> Look<Value> {
    Ok(json!({ "EmailIdentity": identity, "Policies": all(ses, identity).await? }))
}
