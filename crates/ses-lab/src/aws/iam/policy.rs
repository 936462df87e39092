//! Inline and attached policies of users, and managed policies.

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

fn no_inline(name: &str) -> ApiError {
    ApiError::no_such_entity(format!("The user policy with name {name} cannot be found."))
}

pub(super) fn put_inline(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("policyName")?.to_owned();
    let document = call.operation.required("policyDocument")?.to_owned();
    if !serde_json::from_str::<serde_json::Value>(&document).is_ok_and(|value| value.is_object()) {
        return Err(ApiError::new(
            400,
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        ));
    }
    let policies = &mut call.user_mut()?.policy;
    policies.retain(|policy| policy.name != name);
    policies.push(InlinePolicy { name, document });
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
        return Err(ApiError::no_such_entity(format!("Policy {arn} was not found.")));
    }
    attached.retain(|other| *other != arn);
    Ok(String::new())
}

struct Managed {
    name: String,
    version: String,
    document: String,
}

fn managed_policy(call: &Call<'_>, arn: &str) -> Result<Managed, ApiError> {
    if let Some(policy) = managed::by_arn(arn) {
        return Ok(Managed {
            name: policy.name.to_owned(),
            version: policy.version.to_owned(),
            document: policy.document.to_owned(),
        });
    }
    let account = call.account()?;
    let found = account
        .policy
        .iter()
        .find(|p| arn == format!("arn:aws:iam::{}:policy/{}", account.id, p.name));
    let own = found.map(|policy| Managed {
        name: policy.name.clone(),
        version: "v1".to_owned(),
        document: policy.document.clone(),
    });
    own.ok_or_else(|| ApiError::no_such_entity(format!("Policy {arn} was not found.")))
}

fn created(call: &Call<'_>) -> String {
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

pub(super) fn version(call: &mut Call<'_>) -> Answer {
    let (arn, wanted) = (
        call.operation.required("policyArn")?,
        call.operation.required("versionId")?,
    );
    let policy = managed_policy(call, arn)?;
    if policy.version != wanted {
        let message = format!("Policy {arn} version {wanted} does not exist or is not attachable.");
        return Err(ApiError::no_such_entity(message));
    }
    let document = tag("Document", &percent_encode(&policy.document));
    Ok(wrap(
        "PolicyVersion",
        &format!("{document}{}", version_xml(call, &policy)),
    ))
}

pub(super) fn versions(call: &mut Call<'_>) -> Answer {
    let policy = managed_policy(call, call.operation.required("policyArn")?)?;
    page(call.operation, "Versions", &[version_xml(call, &policy)])
}

fn version_xml(call: &Call<'_>, policy: &Managed) -> String {
    [
        tag("VersionId", &policy.version),
        tag("IsDefaultVersion", "true"),
        tag("CreateDate", &created(call)),
    ]
    .concat()
}
