//! Inline and attached policies of users, and managed policies as far as they have no versions.

use super::{Answer, Call};
use crate::aws::error::ApiError;
use crate::aws::query::{page, tag, wrap};
use crate::aws::stable_id;
use crate::password::percent_encode;
use crate::trail::seconds;
use crate::world::{InlinePolicy, When, managed};

/// Name and ARN of an attached policy.
pub(super) fn attached_xml(arn: &str) -> String {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    [tag("PolicyName", name), tag("PolicyArn", arn)].concat()
}

pub(super) fn list_inline(call: &mut Call<'_>) -> Answer {
    let names: Vec<String> = call
        .user()?
        .policy
        .iter()
        .map(|policy| policy.name.clone())
        .collect();
    page(call.operation, "PolicyNames", &names)
}

pub(super) fn get_inline(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("policyName")?;
    let user = call.user()?;
    let policy = user
        .policy
        .iter()
        .find(|policy| policy.name == name)
        .ok_or_else(|| no_inline(name))?;
    let document = percent_encode(&policy.document);
    Ok([
        tag("UserName", &user.name),
        tag("PolicyName", name),
        tag("PolicyDocument", &document),
    ]
    .concat())
}

pub(super) fn no_policy(arn: &str) -> ApiError {
    ApiError::no_such_entity(format!("Policy {arn} was not found."))
}

fn no_inline(name: &str) -> ApiError {
    ApiError::no_such_entity(format!("The user policy with name {name} cannot be found."))
}

/// A policy document, as far as IAM looks at it first.
pub(super) fn well_formed(document: &str) -> Result<(), ApiError> {
    match serde_json::from_str::<serde_json::Value>(document) {
        Ok(value) if value.is_object() => Ok(()),
        _ => Err(ApiError::new(
            400,
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        )),
    }
}

pub(super) fn put_inline(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("policyName")?.to_owned();
    let document = call.operation.required("policyDocument")?.to_owned();
    well_formed(&document)?;
    let policies = &mut call.user_mut()?.policy;
    match policies.iter_mut().find(|policy| policy.name == name) {
        Some(policy) => policy.document = document,
        None => policies.push(InlinePolicy { name, document }),
    }
    Ok(String::new())
}

pub(super) fn delete_inline(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("policyName")?.to_owned();
    let policies = &mut call.user_mut()?.policy;
    if !policies.iter().any(|policy| policy.name == name) {
        return Err(no_inline(&name));
    }
    policies.retain(|policy| policy.name != name);
    Ok(String::new())
}

pub(super) fn list_attached(call: &mut Call<'_>) -> Answer {
    let items: Vec<String> = call
        .user()?
        .attached
        .iter()
        .map(|arn| attached_xml(arn))
        .collect();
    page(call.operation, "AttachedPolicies", &items)
}

pub(super) fn attach(call: &mut Call<'_>) -> Answer {
    let arn = call.operation.required("policyArn")?.to_owned();
    managed_policy(call, &arn)?;
    let attached = &mut call.user_mut()?.attached;
    if !attached.contains(&arn) {
        attached.push(arn);
    }
    Ok(String::new())
}

pub(super) fn detach(call: &mut Call<'_>) -> Answer {
    let arn = call.operation.required("policyArn")?.to_owned();
    let attached = &mut call.user_mut()?.attached;
    if !attached.contains(&arn) {
        return Err(no_policy(&arn));
    }
    attached.retain(|other| *other != arn);
    Ok(String::new())
}

pub(super) struct Managed {
    pub(super) name: String,
    /// As `v1`.
    pub(super) version: String,
    pub(super) document: String,
    /// Those that are not the default: version and document.
    pub(super) others: Vec<(String, String)>,
}

pub(super) fn managed_policy(call: &Call<'_>, arn: &str) -> Result<Managed, ApiError> {
    if let Some(policy) = managed::by_arn(arn) {
        return Ok(Managed {
            name: policy.name.to_owned(),
            version: policy.version.to_owned(),
            document: policy.document.to_owned(),
            others: Vec::new(),
        });
    }
    let account = call.account()?;
    let found = account
        .policy
        .iter()
        .find(|p| arn == format!("arn:aws:iam::{}:policy/{}", account.id, p.name));
    let own = found.map(|policy| Managed {
        name: policy.name.clone(),
        version: format!("v{}", policy.version),
        document: policy.document.clone(),
        others: policy
            .other_version
            .iter()
            .map(|version| (format!("v{}", version.number), version.document.clone()))
            .collect(),
    });
    own.ok_or_else(|| no_policy(arn))
}

pub(super) fn created(call: &Call<'_>) -> String {
    seconds(When::days_ago(700).resolve(call.start))
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let arn = call.operation.required("policyArn")?;
    let policy = managed_policy(call, arn)?;
    let attached = call
        .account()?
        .user
        .iter()
        .filter(|user| user.attached.iter().any(|a| a == arn))
        .count();
    let inner = [
        tag("PolicyName", &policy.name),
        tag("PolicyId", &stable_id("ANPA", arn)),
        tag("Arn", arn),
        tag("Path", "/"),
        tag("DefaultVersionId", &policy.version),
        tag("AttachmentCount", &attached.to_string()),
        tag("IsAttachable", "true"),
        tag("CreateDate", &created(call)),
        tag("UpdateDate", &created(call)),
    ];
    Ok(wrap("Policy", &inner.concat()))
}

/// Users and groups that have the policy, and users whose boundary it is; the lab has no roles.
pub(super) fn entities(call: &mut Call<'_>) -> Answer {
    let arn = call.operation.required("policyArn")?;
    managed_policy(call, arn)?;
    let account = call.account()?;
    let has = |attached: &[String]| attached.iter().any(|other| other == arn);
    let users = account.user.iter();
    let users = users.filter(|user| has(&user.attached) || user.boundary.as_deref() == Some(arn));
    let groups = account.group.iter().filter(|group| has(&group.attached));
    let named = |kind: &str, name: &str, prefix: &str| {
        let id = stable_id(prefix, &format!("{}/{name}", account.id));
        wrap(
            "member",
            &[tag(&format!("{kind}Name"), name), tag(&format!("{kind}Id"), &id)].concat(),
        )
    };
    let users: String = users.map(|user| named("User", &user.name, "AIDA")).collect();
    let groups: String = groups.map(|group| named("Group", &group.name, "AGPA")).collect();
    let lists = [
        ("PolicyGroups", groups),
        ("PolicyUsers", users),
        ("PolicyRoles", String::new()),
    ];
    let lists: String = lists.iter().map(|(name, members)| wrap(name, members)).collect();
    Ok(format!("{}{lists}", tag("IsTruncated", "false")))
}
