//! Groups and their policies.

use super::policy::{attached_xml, well_formed};
use super::{Answer, Call};
use crate::aws::error::ApiError;
use crate::aws::query::{page, tag, wrap};
use crate::aws::stable_id;
use crate::password::percent_encode;
use crate::trail::seconds;
use crate::world::{Group, InlinePolicy, When};

fn group<'a>(call: &'a Call<'_>) -> Result<&'a Group, ApiError> {
    let name = call.operation.required("groupName")?;
    let found = call.account()?.group.iter().find(|group| group.name == name);
    found.ok_or_else(|| ApiError::no_such_entity(format!("The group with name {name} cannot be found.")))
}

pub(super) fn of_user(call: &mut Call<'_>) -> Answer {
    let items: Vec<String> = call.user()?.groups.iter().map(|name| xml(call, name)).collect();
    page(call.operation, "Groups", &items)
}

fn xml(call: &Call<'_>, name: &str) -> String {
    let account = &call.caller.account;
    [
        tag("Path", "/"),
        tag("GroupName", name),
        tag("GroupId", &stable_id("AGPA", &format!("{account}/{name}"))),
        tag("Arn", &format!("arn:aws:iam::{account}:group/{name}")),
        tag("CreateDate", &seconds(When::days_ago(600).resolve(call.start))),
    ]
    .concat()
}

/// The group with its users.
pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let name = group(call)?.name.clone();
    let users = call
        .account()?
        .user
        .iter()
        .filter(|user| user.groups.contains(&name));
    let users: Vec<String> = users
        .map(|user| super::user::xml(&call.caller.account, user, call.start))
        .collect();
    let page = page(call.operation, "Users", &users)?;
    Ok(format!("{}{page}", wrap("Group", &xml(call, &name))))
}

fn group_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Group, ApiError> {
    let name = call.operation.required("groupName")?.to_owned();
    let found = call
        .account_mut()?
        .group
        .iter_mut()
        .find(|group| group.name == name);
    found.ok_or_else(|| ApiError::no_such_entity(format!("The group with name {name} cannot be found.")))
}

fn no_inline(name: &str) -> ApiError {
    ApiError::no_such_entity(format!("The group policy with name {name} cannot be found."))
}

pub(super) fn put_inline(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("policyName")?.to_owned();
    let document = call.operation.required("policyDocument")?.to_owned();
    well_formed(&document)?;
    let policies = &mut group_mut(call)?.policy;
    match policies.iter_mut().find(|policy| policy.name == name) {
        Some(policy) => policy.document = document,
        None => policies.push(InlinePolicy { name, document }),
    }
    Ok(String::new())
}

pub(super) fn delete_inline(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("policyName")?.to_owned();
    let policies = &mut group_mut(call)?.policy;
    if !policies.iter().any(|policy| policy.name == name) {
        return Err(no_inline(&name));
    }
    policies.retain(|policy| policy.name != name);
    Ok(String::new())
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
        .ok_or_else(|| no_inline(name))?;
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
