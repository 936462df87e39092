//! Tenants of SES.

use crate::collect::tenant::{resources, statuses};
use crate::outcome::{Judge, Look};
use crate::permissions::{ADD_TENANT_RESOURCE, PUT_TENANT_STATUS, TAKE_TENANT_RESOURCE};
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{ReputationEntityType, SendingStatus};
use serde_json::{Value, json};
use ses_doctor_core::action::{State, TenantResource, TenantSending};

pub(super) async fn sending(ses: &Client, change: &TenantSending) -> Look<State> {
    let status = statuses(ses, &change.arn).await?.customer;
    Ok(status.map_or(State::Absent, State::Word))
}

pub(super) async fn put_sending(ses: &Client, change: &TenantSending) -> Look<()> {
    let call = ses
        .update_reputation_entity_customer_managed_status()
        .reputation_entity_type(ReputationEntityType::Resource)
        .reputation_entity_reference(&change.arn)
        .sending_status(SendingStatus::from(change.after.as_str()));
    call.send().await.judge(PUT_TENANT_STATUS).map(drop)
}

pub(super) async fn resource(ses: &Client, change: &TenantResource) -> Look<State> {
    let known = resources(ses, &change.tenant).await?;
    Ok(
        match known.iter().any(|arn| arn.eq_ignore_ascii_case(&change.resource)) {
            true => State::Present,
            false => State::Absent,
        },
    )
}

pub(super) async fn put_resource(ses: &Client, change: &TenantResource) -> Look<()> {
    let (tenant, arn) = (&change.tenant, &change.resource);
    match change.after {
        true => {
            let call = ses.create_tenant_resource_association();
            let call = call.tenant_name(tenant).resource_arn(arn);
            call.send().await.judge(ADD_TENANT_RESOURCE).map(drop)
        }
        false => {
            let call = ses.delete_tenant_resource_association();
            let call = call.tenant_name(tenant).resource_arn(arn);
            call.send().await.judge(TAKE_TENANT_RESOURCE).map(drop)
        }
    }
}

pub(super) async fn describe_sending(ses: &Client, change: &TenantSending) -> Look<Value> {
    let told = statuses(ses, &change.arn).await?;
    Ok(json!({
        "TenantArn": change.arn,
        "CustomerManagedStatus": told.customer,
        "AwsSesManagedStatus": told.ses,
        "Cause": told.cause,
    }))
}

pub(super) async fn describe_resources(ses: &Client, tenant: &str) -> Look<Value> {
    Ok(json!({ "TenantName": tenant, "Resources": resources(ses, tenant).await? }))
}
