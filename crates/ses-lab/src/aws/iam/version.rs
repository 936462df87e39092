//! Versions of managed policies: up to five, of which one is the default (IAM User Guide, "Versioning IAM policies").

use super::policy::{created, managed_policy, no_policy, well_formed};
use super::{Answer, Call};
use crate::aws::error::ApiError;
use crate::aws::query::{page, tag, wrap};
use crate::password::percent_encode;
use crate::world::{ManagedPolicy, PolicyVersion};

const QUOTA: usize = 5;

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let (arn, wanted) = (
        call.operation.required("policyArn")?,
        call.operation.required("versionId")?,
    );
    let policy = managed_policy(call, arn)?;
    let default = (policy.version.clone(), policy.document);
    let mut all = std::iter::once(default).chain(policy.others);
    let (id, document) = all
        .find(|(id, _)| id == wanted)
        .ok_or_else(|| no_version(arn, wanted))?;
    let document = tag("Document", &percent_encode(&document));
    let about = xml(call, &id, id == policy.version);
    Ok(wrap("PolicyVersion", &format!("{document}{about}")))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let policy = managed_policy(call, call.operation.required("policyArn")?)?;
    let others = policy.others.iter().map(|(id, _)| xml(call, id, false));
    let default = xml(call, &policy.version, true);
    let all: Vec<String> = std::iter::once(default).chain(others).collect();
    page(call.operation, "Versions", &all)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let document = call.operation.required("policyDocument")?.to_owned();
    let as_default = call.operation.parameter("setAsDefault") == Some("true");
    well_formed(&document)?;
    let policy = own(call)?;
    if policy.other_version.len() + 1 >= QUOTA {
        let message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";
        return Err(ApiError::new(409, "LimitExceeded", message));
    }
    // AWS gives no number twice, even if the version that had it is gone; the lab does not remember those.
    let highest = policy.other_version.iter().map(|version| version.number).max();
    let number = highest.unwrap_or_default().max(policy.version) + 1;
    policy.other_version.push(PolicyVersion { number, document });
    if as_default {
        make_default(policy, number);
    }
    let about = xml(call, &format!("v{number}"), as_default);
    Ok(wrap("PolicyVersion", &about))
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let (arn, wanted) = named(call)?;
    let policy = own(call)?;
    if wanted == format!("v{}", policy.version) {
        let message = "Cannot delete the default version of a policy.";
        return Err(ApiError::new(409, "DeleteConflict", message));
    }
    let before = policy.other_version.len();
    policy
        .other_version
        .retain(|version| wanted != format!("v{}", version.number));
    match policy.other_version.len() < before {
        true => Ok(String::new()),
        false => Err(no_version(&arn, &wanted)),
    }
}

pub(super) fn set_default(call: &mut Call<'_>) -> Answer {
    let (arn, wanted) = named(call)?;
    let policy = own(call)?;
    let mut others = policy.other_version.iter();
    let found = others.find(|version| wanted == format!("v{}", version.number));
    match found.map(|version| version.number) {
        Some(number) => make_default(policy, number),
        None if wanted == format!("v{}", policy.version) => {}
        None => return Err(no_version(&arn, &wanted)),
    }
    Ok(String::new())
}

fn named(call: &Call<'_>) -> Result<(String, String), ApiError> {
    let arn = call.operation.required("policyArn")?.to_owned();
    Ok((arn, call.operation.required("versionId")?.to_owned()))
}

/// A policy of the account itself: those of AWS cannot be changed.
fn own<'a>(call: &'a mut Call<'_>) -> Result<&'a mut ManagedPolicy, ApiError> {
    let arn = call.operation.required("policyArn")?.to_owned();
    let account = call.account_mut()?;
    let id = account.id.clone();
    let is_this = |policy: &&mut ManagedPolicy| arn == format!("arn:aws:iam::{id}:policy/{}", policy.name);
    account
        .policy
        .iter_mut()
        .find(is_this)
        .ok_or_else(|| no_policy(&arn))
}

/// The versions change places; they stay sorted, as they were made.
fn make_default(policy: &mut ManagedPolicy, number: u32) {
    let Some(at) = policy
        .other_version
        .iter()
        .position(|version| version.number == number)
    else {
        return;
    };
    let chosen = policy.other_version.remove(at);
    let document = std::mem::replace(&mut policy.document, chosen.document);
    let number = std::mem::replace(&mut policy.version, chosen.number);
    policy.other_version.push(PolicyVersion { number, document });
    policy.other_version.sort_by_key(|version| version.number);
}

fn no_version(arn: &str, wanted: &str) -> ApiError {
    let message = format!("Policy {arn} version {wanted} does not exist or is not attachable.");
    ApiError::no_such_entity(message)
}

fn xml(call: &Call<'_>, id: &str, is_default: bool) -> String {
    [
        tag("VersionId", id),
        tag("IsDefaultVersion", if is_default { "true" } else { "false" }),
        tag("CreateDate", &created(call)),
    ]
    .concat()
}
