//! A tenant that may not send: switched off by the account itself, or without something that the message uses. What SES has
//! switched off, only SES switches on.

use super::{Fix, Wishes, request};
use crate::action::{TenantResource, TenantSending};
use crate::causes;
use crate::diagnosis::Judged;
use crate::evidence::{Evidence, Tenant};
use crate::plan::{Risk, Step};

const OFF: &str = "DISABLED";
const ON: &str = "ENABLED";

/// The account's own switch, where that alone is off.
pub(super) fn resume(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    let by_account = evidence.tenant.known().filter(|tenant| is_off_by_account(tenant));
    let Some((tenant, arn)) = by_account.and_then(|tenant| Some((tenant, tenant.arn.clone()?))) else {
        return request::by_remedy(evidence, judged).into();
    };
    Step {
        causes: vec![judged.cause.id.to_owned()],
        action: TenantSending {
            tenant: tenant.name.clone(),
            arn,
            before: OFF.to_owned(),
            after: ON.to_owned(),
        }
        .into(),
        why: format!("switches sending for the tenant {} on again", tenant.name),
        risk: Risk::Medium,
        risk_why: "somebody of the account switched it off, perhaps for this tenant's bounces: ask why"
            .to_owned(),
        blast_radius: vec![format!(
            "everybody whose messages name the tenant {}",
            tenant.name
        )],
        proof: vec!["SES itself lets the tenant send: the account's own switch alone is off".to_owned()],
    }
    .into()
}

fn is_off_by_account(tenant: &Tenant) -> bool {
    let Some(Ok(statuses)) = &tenant.statuses else {
        return false;
    };
    let may = |status: Option<&str>| status.is_some_and(|status| status != OFF);
    statuses.customer.as_deref() == Some(OFF) && may(statuses.ses.as_deref())
}

/// What the message uses, and the tenant does not have yet.
pub(super) fn associate(evidence: &Evidence, judged: &Judged, _: &Wishes) -> Fix {
    let tenant = evidence.tenant.known();
    let place = tenant.and_then(|tenant| {
        let parts: Vec<&str> = tenant.arn.as_deref()?.splitn(6, ':').take(5).collect();
        Some((tenant, parts.join(":")))
    });
    let lacking = causes::lacking_of_tenant(evidence);
    let Some((tenant, place)) = place.filter(|_| !lacking.is_empty()) else {
        return request::by_remedy(evidence, judged).into();
    };
    let step = |resource: String| Step {
        causes: vec![judged.cause.id.to_owned()],
        action: TenantResource {
            tenant: tenant.name.clone(),
            resource: format!("{place}:{resource}"),
            before: false,
            after: true,
        }
        .into(),
        why: format!("lets the tenant {} send with {resource}", tenant.name),
        risk: Risk::Medium,
        risk_why: "if the tenants are kept apart on purpose, see that this one is to have it".to_owned(),
        blast_radius: vec![
            format!("everybody whose messages name the tenant {}", tenant.name),
            "what belongs to one tenant may belong to others: they keep it".to_owned(),
        ],
        proof: vec![format!(
            "SES lists what belongs to {}, and {resource} is not in the list",
            tenant.name
        )],
    };
    Fix {
        steps: lacking.into_iter().map(step).collect(),
        ..Fix::default()
    }
}
