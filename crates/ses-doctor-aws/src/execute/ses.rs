//! Switches and defaults of SES.

use crate::outcome::{Judge, Look};
use crate::permissions::{
    GET_ACCOUNT, GET_CONFIGURATION_SET, GET_EMAIL_IDENTITY, PUT_ACCOUNT_SENDING, PUT_DEFAULT_SET,
    PUT_SET_SENDING,
};
use aws_sdk_sesv2::Client;
use serde_json::{Value, json};
use ses_doctor_core::action::{AccountSending, ConfigurationSetSending, IdentityConfigurationSet, State};

pub(super) async fn account_sending(ses: &Client) -> Look<State> {
    let answer = ses.get_account().send().await.judge(GET_ACCOUNT)?;
    Ok(State::Switch(answer.sending_enabled))
}

pub(super) async fn put_account_sending(ses: &Client, change: &AccountSending) -> Look<()> {
    let call = ses.put_account_sending_attributes().sending_enabled(change.after);
    call.send().await.judge(PUT_ACCOUNT_SENDING).map(drop)
}

async fn set(ses: &Client, name: &str) -> Look<bool> {
    let call = ses.get_configuration_set().configuration_set_name(name);
    let options = call.send().await.judge(GET_CONFIGURATION_SET)?.sending_options;
    // Sending options that are not listed are the default ones: enabled.
    Ok(options.is_none_or(|options| options.sending_enabled))
}

pub(super) async fn set_sending(ses: &Client, change: &ConfigurationSetSending) -> Look<State> {
    set(ses, &change.name).await.map(State::Switch)
}

pub(super) async fn put_set_sending(ses: &Client, change: &ConfigurationSetSending) -> Look<()> {
    let call = ses
        .put_configuration_set_sending_options()
        .configuration_set_name(&change.name)
        .sending_enabled(change.after);
    call.send().await.judge(PUT_SET_SENDING).map(drop)
}

pub(super) async fn default_set(ses: &Client, change: &IdentityConfigurationSet) -> Look<State> {
    let call = ses.get_email_identity().email_identity(&change.identity);
    let name = call
        .send()
        .await
        .judge(GET_EMAIL_IDENTITY)?
        .configuration_set_name;
    let name = name.filter(|name| !name.is_empty());
    Ok(name.map_or(State::Absent, State::Word))
}

pub(super) async fn put_default_set(ses: &Client, change: &IdentityConfigurationSet) -> Look<()> {
    let call = ses
        .put_email_identity_configuration_set_attributes()
        .email_identity(&change.identity)
        .set_configuration_set_name(change.after.clone());
    call.send().await.judge(PUT_DEFAULT_SET).map(drop)
}

pub(super) async fn describe_account(ses: &Client) -> Look<Value> {
    let answer = ses.get_account().send().await.judge(GET_ACCOUNT)?;
    Ok(json!({
        "SendingEnabled": answer.sending_enabled,
        "ProductionAccessEnabled": answer.production_access_enabled,
        "EnforcementStatus": answer.enforcement_status,
    }))
}

pub(super) async fn describe_set(ses: &Client, name: &str) -> Look<Value> {
    Ok(json!({ "ConfigurationSetName": name, "SendingEnabled": set(ses, name).await? }))
}

pub(super) async fn describe_identity(ses: &Client, identity: &str) -> Look<Value> {
    let call = ses.get_email_identity().email_identity(identity);
    let answer = call.send().await.judge(GET_EMAIL_IDENTITY)?;
    Ok(json!({
        "EmailIdentity": identity,
        "ConfigurationSetName": answer.configuration_set_name,
        "VerifiedForSendingStatus": answer.verified_for_sending_status,
        "Policies": answer.policies,
    }))
}
