//! [`Need::Tenant`](ses_doctor_core::Need::Tenant): SES `GetTenant` and `ListTenantResources`; of a tenant that may not send
//! also `GetReputationEntity`, which tells who switched it off.

use super::{region_of, told};
use crate::client::Aws;
use crate::outcome::{Judge, Look};
use crate::permissions::{GET_REPUTATION_ENTITY, GET_TENANT, LIST_TENANT_RESOURCES};
use crate::subject::Subject;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{ReputationEntityType, SendingStatus, StatusRecord};
use ses_doctor_core::evidence::{Tenant, TenantStatuses};

/// The resources of one tenant are few; whoever has more than these gets an error in place of a part.
const MOST_PAGES: usize = 20;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<Tenant> {
    let name = told(subject.tenant.as_ref(), "the tenant")?;
    let region = region_of(subject)?;
    let ses = aws.ses(region);
    // Neither waits for the other: both take the name alone.
    let (tenant, resources) = futures::join!(tenant(&ses, name), resources(&ses, name));
    let tenant = tenant?;
    let arn = tenant.as_ref().and_then(|tenant| tenant.tenant_arn.clone());
    let status = tenant.and_then(|tenant| tenant.sending_status);
    let statuses = match (&arn, &status) {
        (Some(arn), Some(SendingStatus::Disabled)) => Some(statuses(&ses, arn).await),
        _ => None,
    };
    let words = |trouble: crate::outcome::Trouble| aws.clean(&trouble.reason());
    Ok(Tenant {
        region: region.to_owned(),
        name: name.to_owned(),
        arn,
        sending_status: status.map(|status| status.as_str().to_owned()),
        resources: resources.map_err(words),
        statuses: statuses.map(|look| look.map_err(words)),
    })
}

async fn tenant(ses: &Client, name: &str) -> Look<Option<aws_sdk_sesv2::types::Tenant>> {
    let answer = ses.get_tenant().tenant_name(name).send().await;
    Ok(answer.judge(GET_TENANT)?.tenant)
}

pub(crate) async fn resources(ses: &Client, name: &str) -> Look<Vec<String>> {
    let mut arns = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let call = ses
            .list_tenant_resources()
            .tenant_name(name)
            .set_next_token(token);
        let page = call.send().await.judge(LIST_TENANT_RESOURCES)?;
        let resources = page.tenant_resources.unwrap_or_default();
        arns.extend(resources.into_iter().filter_map(|resource| resource.resource_arn));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(arns);
        }
    }
    Err(crate::outcome::Trouble::failed(format!(
        "{LIST_TENANT_RESOURCES}: more than {MOST_PAGES} pages"
    )))
}

pub(crate) async fn statuses(ses: &Client, arn: &str) -> Look<TenantStatuses> {
    let call = ses
        .get_reputation_entity()
        .reputation_entity_type(ReputationEntityType::Resource)
        .reputation_entity_reference(arn);
    let entity = call.send().await.judge(GET_REPUTATION_ENTITY)?.reputation_entity;
    let entity = entity.as_ref();
    let ses_managed = entity.and_then(|entity| entity.aws_ses_managed_status.as_ref());
    let customer_managed = entity.and_then(|entity| entity.customer_managed_status.as_ref());
    let status = |record: Option<&StatusRecord>| Some(record?.status.as_ref()?.as_str().to_owned());
    let records = [ses_managed, customer_managed].into_iter().flatten();
    let cause = records
        .filter(|record| record.status == Some(SendingStatus::Disabled))
        .find_map(|record| record.cause.clone());
    Ok(TenantStatuses {
        customer: status(customer_managed),
        ses: status(ses_managed),
        cause,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Trouble;
    use crate::testing::{Answer, Call, Calls, aws};

    const ARN: &str = "arn:aws:ses:eu-west-1:111122223333:tenant/acme/tn-1";

    async fn tenant_of(script: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> (Look<Tenant>, Calls) {
        let (aws, calls) = aws(script);
        let subject = Subject {
            region: Some("eu-west-1".to_owned()),
            tenant: Some("acme".to_owned()),
            ..Subject::default()
        };
        (look(&aws, &subject).await, calls)
    }

    fn with_status(status: &str) -> Answer {
        let tenant = serde_json::json!({ "TenantName": "acme", "TenantArn": ARN, "SendingStatus": status });
        Answer::ok(serde_json::json!({ "Tenant": tenant }).to_string())
    }

    fn page(resource: &str, token: Option<&str>) -> Answer {
        let resource = serde_json::json!({ "ResourceType": "EMAIL_IDENTITY", "ResourceArn": resource });
        let mut page = serde_json::json!({ "TenantResources": [resource] });
        if let (Some(token), Some(fields)) = (token, page.as_object_mut()) {
            fields.insert("NextToken".to_owned(), token.into());
        }
        Answer::ok(page.to_string())
    }

    #[tokio::test]
    async fn a_tenant_that_may_send_costs_two_calls_and_its_resources_come_in_pages() {
        let (look, calls) = tenant_of(|call| match (call.action.as_str(), call.nth) {
            ("POST /v2/email/tenants/get", _) => with_status("ENABLED"),
            (_, 0) => page("arn:1", Some("more")),
            _ => page("arn:2", None),
        })
        .await;
        let tenant = look.unwrap();
        assert_eq!(tenant.resources, Ok(vec!["arn:1".to_owned(), "arn:2".to_owned()]));
        assert_eq!(
            (tenant.sending_status.as_deref(), tenant.statuses),
            (Some("ENABLED"), None)
        );
        assert_eq!(calls.all().len(), 3);
    }

    #[tokio::test]
    async fn of_one_that_may_not_it_is_asked_who_switched_it_off() {
        let (look, _) = tenant_of(|call| match call.action.as_str() {
            "POST /v2/email/tenants/get" => with_status("DISABLED"),
            "POST /v2/email/tenants/resources/list" => page("arn:1", None),
            _ => {
                let entity = serde_json::json!({
                    "CustomerManagedStatus": { "Status": "ENABLED" },
                    "AwsSesManagedStatus": { "Status": "DISABLED", "Cause": "bounce rate" },
                });
                Answer::ok(serde_json::json!({ "ReputationEntity": entity }).to_string())
            }
        })
        .await;
        let statuses = look.unwrap().statuses.unwrap().unwrap();
        assert_eq!(
            (statuses.ses.as_deref(), statuses.customer.as_deref()),
            (Some("DISABLED"), Some("ENABLED"))
        );
        assert_eq!(statuses.cause.as_deref(), Some("bounce rate"));
    }

    #[tokio::test]
    async fn no_tenant_is_missing_and_a_denied_part_leaves_the_rest() {
        let none = |_: &Call| Answer::json_error(404, "NotFoundException", "Tenant does not exist.");
        assert_eq!(tenant_of(none).await.0, Err(Trouble::Missing));
        let (look, _) = tenant_of(|call| match call.action.as_str() {
            "POST /v2/email/tenants/get" => with_status("DISABLED"),
            _ => Answer::json_error(403, "AccessDeniedException", "not authorized"),
        })
        .await;
        let tenant = look.unwrap();
        assert!(
            tenant
                .resources
                .unwrap_err()
                .contains("ses:ListTenantResources was denied")
        );
        assert!(
            tenant
                .statuses
                .unwrap()
                .unwrap_err()
                .contains("ses:GetReputationEntity was denied")
        );
    }

    #[tokio::test]
    async fn throttling_in_the_end_is_a_failure_and_no_absence() {
        let (look, _) =
            tenant_of(|_| Answer::json_error(429, "TooManyRequestsException", "Rate exceeded")).await;
        assert!(matches!(look, Err(Trouble::Failed { why }) if why.contains("throttled")));
    }
}
