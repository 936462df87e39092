//! Tenants: who may send with which resources. Paths as in botocore's model of SES v2.

use serde_json::{Value, json};

use super::{list, subject};
use crate::aws::error::ApiError;
use crate::aws::request::{Caller, Request};
use crate::aws::{Operation, stable_id};
use crate::world::{Ses, Tenant, TenantStatus};

/// The operation of a path, and what its path names.
pub(super) fn operation<'a>(
    method: &str,
    path: &[&'a str],
) -> Option<(&'static str, Option<(&'static str, &'a str)>)> {
    Some(match (method, path) {
        ("POST", ["tenants"]) => ("CreateTenant", None),
        ("POST", ["tenants", "get"]) => ("GetTenant", None),
        ("POST", ["tenants", "list"]) => ("ListTenants", None),
        ("POST", ["tenants", "delete"]) => ("DeleteTenant", None),
        ("POST", ["tenants", "resources"]) => ("CreateTenantResourceAssociation", None),
        ("POST", ["tenants", "resources", "list"]) => ("ListTenantResources", None),
        ("POST", ["tenants", "resources", "delete"]) => ("DeleteTenantResourceAssociation", None),
        ("POST", ["resources", "tenants", "list"]) => ("ListResourceTenants", None),
        ("GET", ["reputation", "entities", "RESOURCE", arn]) => {
            ("GetReputationEntity", Some(("reputationEntityReference", *arn)))
        }
        (
            "PUT",
            [
                "reputation",
                "entities",
                "RESOURCE",
                arn,
                "customer-managed-status",
            ],
        ) => (
            "UpdateReputationEntityCustomerManagedStatus",
            Some(("reputationEntityReference", *arn)),
        ),
        _ => return None,
    })
}

pub(super) fn answer(
    ses: &mut Ses,
    caller: &Caller,
    operation: &Operation,
    request: &Request,
) -> Result<Value, ApiError> {
    let place = Place {
        region: ses.region.clone(),
        account: caller.account.clone(),
    };
    match operation.name.as_str() {
        "ListTenants" => list(request, "Tenants", &ses.tenant, |tenant| place.short(tenant)),
        "ListResourceTenants" => of_resource(ses, &place, operation, request),
        "CreateTenant" => create(ses, &place, operation),
        "GetReputationEntity" | "UpdateReputationEntityCustomerManagedStatus" => {
            reputation(ses, &place, operation)
        }
        _ => of_tenant(ses, &place, operation, request),
    }
}

struct Place {
    region: String,
    account: String,
}

impl Place {
    fn arn(&self, rest: &str) -> String {
        format!("arn:aws:ses:{}:{}:{rest}", self.region, self.account)
    }

    fn id(&self, tenant: &Tenant) -> String {
        stable_id(
            "tn-",
            &format!("{}/{}/{}", self.account, self.region, tenant.name),
        )
        .to_ascii_lowercase()
    }

    fn arn_of(&self, tenant: &Tenant) -> String {
        self.arn(&format!("tenant/{}/{}", tenant.name, self.id(tenant)))
    }

    /// As `ListTenants` shows it. When a tenant of the world was made is not told; the lab says the epoch of its kind.
    fn short(&self, tenant: &Tenant) -> Value {
        json!({
            "TenantName": tenant.name,
            "TenantId": self.id(tenant),
            "TenantArn": self.arn_of(tenant),
            "CreatedTimestamp": CREATED,
            "SendingStatus": tenant.status().word(),
        })
    }
}

/// 1 August 2025, the month in which SES announced tenants.
const CREATED: i64 = 1_754_006_400;

fn of_tenant(
    ses: &mut Ses,
    place: &Place,
    operation: &Operation,
    request: &Request,
) -> Result<Value, ApiError> {
    let name = subject(operation, "tenantName")?;
    let tenant = ses.tenant.iter_mut().find(|tenant| tenant.name == name);
    let tenant = tenant.ok_or_else(|| missing(&format!("Tenant {name} does not exist.")))?;
    match operation.name.as_str() {
        "GetTenant" => Ok(json!({ "Tenant": place.short(tenant) })),
        "DeleteTenant" => {
            ses.tenant.retain(|tenant| tenant.name != name);
            Ok(json!({}))
        }
        "ListTenantResources" => {
            let wanted = operation
                .parameters
                .get("filter")
                .and_then(|filter| filter.get("RESOURCE_TYPE"));
            let wanted = wanted.and_then(Value::as_str);
            let of_kind = |resource: &&String| wanted.is_none_or(|wanted| kind(resource) == wanted);
            let resources: Vec<String> = tenant.resources.iter().filter(of_kind).cloned().collect();
            list(
                request,
                "TenantResources",
                &resources,
                |resource| json!({ "ResourceType": kind(resource), "ResourceArn": place.arn(resource) }),
            )
        }
        association => {
            let arn = subject(operation, "resourceArn")?;
            let resource = arn.splitn(6, ':').nth(5).unwrap_or_default().to_owned();
            let known = tenant.resources.contains(&resource);
            match (association, known) {
                ("DeleteTenantResourceAssociation", true) => tenant.resources.retain(|own| *own != resource),
                ("DeleteTenantResourceAssociation", false) => {
                    return Err(missing(&format!(
                        "Resource {arn} is not associated with tenant {name}."
                    )));
                }
                (_, true) => {
                    let message = format!("Resource {arn} is already associated with tenant {name}.");
                    return Err(ApiError::new(400, "AlreadyExistsException", message));
                }
                (_, false) => {
                    exists(ses, &resource, arn)?;
                    let tenant = ses.tenant.iter_mut().find(|tenant| tenant.name == name);
                    tenant
                        .into_iter()
                        .for_each(|tenant| tenant.resources.push(resource.clone()));
                }
            }
            Ok(json!({}))
        }
    }
}

fn exists(ses: &Ses, resource: &str, arn: &str) -> Result<(), ApiError> {
    let found = match resource.split_once('/') {
        Some(("identity", name)) => ses.identity.iter().any(|own| own.name.eq_ignore_ascii_case(name)),
        Some(("configuration-set", name)) => ses.configuration_set.iter().any(|own| own.name == name),
        Some(_) | None => false,
    };
    match found {
        true => Ok(()),
        false => Err(missing(&format!("Resource {arn} does not exist."))),
    }
}

fn kind(resource: &str) -> &'static str {
    match resource.split_once('/') {
        Some(("configuration-set", _)) => "CONFIGURATION_SET",
        Some(("template", _)) => "EMAIL_TEMPLATE",
        Some(_) | None => "EMAIL_IDENTITY",
    }
}

fn of_resource(
    ses: &Ses,
    place: &Place,
    operation: &Operation,
    request: &Request,
) -> Result<Value, ApiError> {
    let arn = subject(operation, "resourceArn")?;
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default().to_owned();
    let having: Vec<Tenant> = ses
        .tenant
        .iter()
        .filter(|tenant| tenant.resources.contains(&resource))
        .cloned()
        .collect();
    list(request, "ResourceTenants", &having, |tenant| {
        json!({
            "TenantName": tenant.name,
            "TenantId": place.id(tenant),
            "ResourceArn": arn,
            "AssociatedTimestamp": CREATED,
        })
    })
}

fn create(ses: &mut Ses, place: &Place, operation: &Operation) -> Result<Value, ApiError> {
    let name = subject(operation, "tenantName")?.to_owned();
    if ses.tenant.iter().any(|tenant| tenant.name == name) {
        let message = format!("Tenant {name} already exists.");
        return Err(ApiError::new(400, "AlreadyExistsException", message));
    }
    let tenant = Tenant {
        name,
        resources: Vec::new(),
        customer_status: TenantStatus::Enabled,
        ses_status: TenantStatus::Enabled,
        cause: None,
    };
    let answer = place.short(&tenant);
    ses.tenant.push(tenant);
    Ok(answer)
}

/// Of a tenant only: it is the one entity that the lab keeps such statuses of.
fn reputation(ses: &mut Ses, place: &Place, operation: &Operation) -> Result<Value, ApiError> {
    let arn = subject(operation, "reputationEntityReference")?;
    let tenant = ses.tenant.iter_mut().find(|tenant| place.arn_of(tenant) == arn);
    let tenant = tenant.ok_or_else(|| missing(&format!("Reputation entity {arn} does not exist.")))?;
    if operation.name == "UpdateReputationEntityCustomerManagedStatus" {
        tenant.customer_status = match subject(operation, "sendingStatus")? {
            "ENABLED" => TenantStatus::Enabled,
            "REINSTATED" => TenantStatus::Reinstated,
            "DISABLED" => TenantStatus::Disabled,
            other => {
                let message = format!("Invalid sending status {other}.");
                return Err(ApiError::new(400, "BadRequestException", message));
            }
        };
        return Ok(json!({}));
    }
    let mut of_ses = json!({ "Status": tenant.ses_status.word(), "LastUpdatedTimestamp": CREATED });
    if let (Some(cause), Some(fields)) = (&tenant.cause, of_ses.as_object_mut()) {
        fields.insert("Cause".to_owned(), json!(cause));
    }
    Ok(json!({ "ReputationEntity": {
        "ReputationEntityReference": arn,
        "ReputationEntityType": "RESOURCE",
        "CustomerManagedStatus": { "Status": tenant.customer_status.word(), "LastUpdatedTimestamp": CREATED },
        "AwsSesManagedStatus": of_ses,
        "SendingStatusAggregate": tenant.status().word(),
    } }))
}

fn missing(message: &str) -> ApiError {
    ApiError::new(404, "NotFoundException", message)
}
