//! Access keys.

use jiff::Timestamp;

use super::{Answer, Call};
use crate::aws::error::ApiError;
use crate::aws::query::{page, tag, wrap};
use crate::aws::request::resource;
use crate::state::{access_key_id, fresh_secret};
use crate::trail::seconds;
use crate::world::{Key, KeyStatus, Secret, When};

/// Keys of one user, not adjustable.
const QUOTA: usize = 2;

fn no_key(id: &str) -> ApiError {
    ApiError::no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

fn xml(user: &str, key: &Key, start: Timestamp) -> String {
    [
        tag("UserName", user),
        tag("AccessKeyId", &key.id),
        tag("Status", key.status.word()),
        tag("CreateDate", &seconds(key.created.resolve(start))),
    ]
    .concat()
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let named = call.operation.parameter("userName").is_some();
    let (name, keys) = if !named && call.caller.user == "root" {
        ("root", &call.account()?.root_key)
    } else {
        let user = call.user()?;
        (user.name.as_str(), &user.key)
    };
    let items: Vec<String> = keys.iter().map(|key| xml(name, key, call.start)).collect();
    page(call.operation, "AccessKeyMetadata", &items)
}

/// What AWS answers for a key of another account is unsourced; the lab says that there is none.
pub(super) fn last_used(call: &mut Call<'_>) -> Answer {
    let id = call.operation.required("accessKeyId")?;
    let account = call.account()?;
    let key = account.key(id).ok_or_else(|| no_key(id))?;
    let (service, region, date) = match &key.last_used {
        Some(used) => {
            let at = tag("LastUsedDate", &seconds(used.at.resolve(call.start)));
            (used.service.as_str(), used.region.as_str(), at)
        }
        None => ("N/A", "N/A", String::new()),
    };
    let used = [date, tag("ServiceName", service), tag("Region", region)].concat();
    // The model makes the name optional; that AWS leaves it out for a key of the root user is unsourced.
    let owner = account
        .owner(id)
        .map_or_else(String::new, |user| tag("UserName", &user.name));
    Ok([owner, wrap("AccessKeyLastUsed", &used)].concat())
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let start = call.start;
    let account = call.caller.account.clone();
    let user = call.user_mut()?;
    if user.key.len() >= QUOTA {
        let message = format!("Cannot exceed quota for AccessKeysPerUser: {QUOTA}");
        return Err(ApiError::new(409, "LimitExceeded", message));
    }
    let secret = fresh_secret();
    let key = Key {
        id: access_key_id(&account),
        secret: Secret::from(secret.clone()),
        status: KeyStatus::Active,
        created: When::At(Timestamp::now()),
        last_used: None,
    };
    let shown = format!(
        "{}{}",
        xml(&user.name, &key, start),
        tag("SecretAccessKey", &secret)
    );
    call.touched.push(resource("AWS::IAM::AccessKey", &key.id));
    call.user_mut()?.key.push(key);
    call.live.made_secrets.push(secret.into());
    Ok(wrap("AccessKey", &shown))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let id = call.operation.required("accessKeyId")?.to_owned();
    let status = match call.operation.required("status")? {
        "Active" => KeyStatus::Active,
        "Inactive" => KeyStatus::Inactive,
        other => return Err(ApiError::validation(format!("Invalid status {other}"))),
    };
    let key = call
        .user_mut()?
        .key
        .iter_mut()
        .find(|key| key.id == id)
        .ok_or_else(|| no_key(&id))?;
    key.status = status;
    Ok(String::new())
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = call.operation.required("accessKeyId")?.to_owned();
    let user = call.user_mut()?;
    if !user.key.iter().any(|key| key.id == id) {
        return Err(no_key(&id));
    }
    user.key.retain(|key| key.id != id);
    Ok(String::new())
}
