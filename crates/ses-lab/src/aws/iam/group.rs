//! Groups and their policies.

use super::policy::attached_xml;
use super::{Answer, Call};
use crate::aws::error::ApiError;
use crate::aws::query::{page, tag};
use crate::aws::stable_id;
use crate::password::percent_encode;
use crate::trail::seconds;
use crate::world::{Group, When};

fn group<'a>(call: &'a Call<'_>) -> Result<&'a Group, ApiError> {
    let name = call.operation.required("groupName")?;
    let found = call.account()?.group.iter().find(|group| group.name == name);
    found.ok_or_else(|| ApiError::no_such_entity(format!("The group with name {name} cannot be found.")))
}

pub(super) fn of_user(call: &mut Call<'_>) -> Answer {
    let account = &call.caller.account;
    let created = seconds(When::days_ago(600).resolve(call.start));
    let show = |name: &String| {
        [
            tag("Path", "/"),
            tag("GroupName", name),
            tag("GroupId", &stable_id("AGPA", &format!("{account}/{name}"))),
            tag("Arn", &format!("arn:aws:iam::{account}:group/{name}")),
            tag("CreateDate", &created),
        ]
        .concat()
    };
    let items: Vec<String> = call.user()?.groups.iter().map(show).collect();
    page(call.operation, "Groups", &items)
}

pub(super) fn list_inline(call: &mut Call<'_>) -> Answer {
    let names: Vec<String> = group(call)?
        .policy
        .iter()
        .map(|policy| policy.name.clone())
        .collect();
    page(call.operation, "PolicyNames", &names)
}

pub(super) fn get_inline(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("policyName")?;
    let group = group(call)?;
    let policy = group
        .policy
        .iter()
        .find(|policy| policy.name == name)
        .ok_or_else(|| {
            ApiError::no_such_entity(format!("The group policy with name {name} cannot be found."))
        })?;
    let document = percent_encode(&policy.document);
    Ok([
        tag("GroupName", &group.name),
        tag("PolicyName", name),
        tag("PolicyDocument", &document),
    ]
    .concat())
}

pub(super) fn list_attached(call: &mut Call<'_>) -> Answer {
    let items: Vec<String> = group(call)?
        .attached
        .iter()
        .map(|arn| attached_xml(arn))
        .collect();
    page(call.operation, "AttachedPolicies", &items)
}
