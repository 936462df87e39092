//! Users, and the account's summary.

use jiff::Timestamp;

use super::{Answer, Call};
use crate::aws::error::ApiError;
use crate::aws::query::{page, tag, wrap};
use crate::aws::user_id;
use crate::trail::seconds;
use crate::world::{User, When};

pub(super) fn xml(account: &str, user: &User, start: Timestamp) -> String {
    [
        tag("Path", &user.path),
        tag("UserName", &user.name),
        tag("UserId", &user_id(account, &user.name)),
        tag(
            "Arn",
            &format!("arn:aws:iam::{account}:user{}{}", user.path, user.name),
        ),
        tag("CreateDate", &seconds(user.created.resolve(start))),
    ]
    .concat()
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    if call.operation.parameter("userName").is_none() && call.caller.user == "root" {
        let account = &call.caller.account;
        let arn = tag("Arn", &format!("arn:aws:iam::{account}:root"));
        let created = tag("CreateDate", &seconds(When::days_ago(2000).resolve(call.start)));
        return Ok(wrap("User", &[tag("UserId", account), arn, created].concat()));
    }
    let user = call.user()?;
    let mut inner = xml(&call.caller.account, user, call.start);
    if let Some(arn) = &user.boundary {
        // The API model has `Policy` for an enum value that the documents call `PermissionsBoundaryPolicy`.
        let boundary = [
            tag("PermissionsBoundaryType", "Policy"),
            tag("PermissionsBoundaryArn", arn),
        ]
        .concat();
        inner.push_str(&wrap("PermissionsBoundary", &boundary));
    }
    Ok(wrap("User", &inner))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let prefix = call.operation.parameter("pathPrefix").unwrap_or("/");
    let users = call
        .account()?
        .user
        .iter()
        .filter(|user| user.path.starts_with(prefix));
    let items: Vec<String> = users
        .map(|user| xml(&call.caller.account, user, call.start))
        .collect();
    page(call.operation, "Users", &items)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("userName")?.to_owned();
    let path = call.operation.parameter("path").unwrap_or("/").to_owned();
    let boundary = call.operation.parameter("permissionsBoundary").map(str::to_owned);
    let (account, start) = (call.caller.account.clone(), call.start);
    let users = &mut call.account_mut()?.user;
    if users.iter().any(|user| user.name == name) {
        let message = format!("User with name {name} already exists.");
        return Err(ApiError::new(409, "EntityAlreadyExists", message));
    }
    let user = User {
        name,
        path,
        created: When::At(Timestamp::now()),
        groups: Vec::new(),
        policy: Vec::new(),
        attached: Vec::new(),
        boundary,
        key: Vec::new(),
    };
    let shown = xml(&account, &user, start);
    users.push(user);
    Ok(wrap("User", &shown))
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.operation.required("userName")?.to_owned();
    let user = call.user()?;
    let in_the_way = [
        (!user.key.is_empty(), "must delete access keys first."),
        (!user.policy.is_empty(), "must delete policies first."),
        (!user.attached.is_empty(), "must detach all policies first."),
        (!user.groups.is_empty(), "must remove users from group first."),
    ];
    if let Some((_, what)) = in_the_way.iter().find(|(there, _)| *there) {
        return Err(ApiError::new(
            409,
            "DeleteConflict",
            format!("Cannot delete entity, {what}"),
        ));
    }
    call.account_mut()?.user.retain(|user| user.name != name);
    Ok(String::new())
}

pub(super) fn summary(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let figures = [
        ("Users", account.user.len()),
        ("Groups", account.group.len()),
        ("Policies", account.policy.len()),
        (
            "AccountAccessKeysPresent",
            usize::from(!account.root_key.is_empty()),
        ),
        ("AccountMFAEnabled", 1),
        ("AccessKeysPerUserQuota", 2),
        ("UsersQuota", 5000),
    ];
    let entry = |(name, value): (&str, usize)| {
        wrap(
            "entry",
            &[tag("key", name), tag("value", &value.to_string())].concat(),
        )
    };
    Ok(wrap(
        "SummaryMap",
        &figures.into_iter().map(entry).collect::<String>(),
    ))
}
