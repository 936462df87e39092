//! [`Need::AccessKeys`](ses_doctor_core::Need::AccessKeys): IAM `ListAccessKeys` of the user that owns the key.
//!
//! When the operator may not ask whose key it is, the first hundred users are asked for their keys instead. When IAM
//! has no such key but its history names a user, that user's other keys are listed: one may have taken its place.

use super::convert::timestamp;
use super::{key_of, user_of};
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{LIST_ACCESS_KEYS, LIST_USERS};
use crate::subject::{Owner, Subject};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{AccessKeyMetadata, StatusType};
use futures::stream::{self, StreamExt, TryStreamExt};
use ses_doctor_core::evidence::{AccessKey, AccessKeys, KeyStatus};

const MOST_USERS: i32 = 100;
const AT_A_TIME: usize = 8;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<AccessKeys> {
    let iam = aws.iam(subject.region.as_deref());
    match &subject.owner {
        Owner::User(name) => of_user(&iam, name).await,
        Owner::NoKey if subject.user_name.is_none() => Err(Trouble::Missing),
        Owner::Denied(why) => search(&iam, key_of(subject)?, why).await,
        Owner::NoKey | Owner::Unasked | Owner::NoUser | Owner::Failed(_) => {
            of_user(&iam, user_of(subject)?).await
        }
    }
}

async fn of_user(iam: &Client, user: &str) -> Look<AccessKeys> {
    let pages = iam
        .list_access_keys()
        .user_name(user)
        .into_paginator()
        .items()
        .send();
    let keys: Vec<_> = pages.collect::<Result<_, _>>().await.judge(LIST_ACCESS_KEYS)?;
    Ok(AccessKeys {
        user_name: user.to_owned(),
        keys: keys.iter().filter_map(access_key).collect(),
    })
}

/// Asks a bounded number of users for their keys until one has `key`. `denied` is why the owner cannot be asked for.
async fn search(iam: &Client, key: &str, denied: &str) -> Look<AccessKeys> {
    let users = iam
        .list_users()
        .max_items(MOST_USERS)
        .send()
        .await
        .judge(LIST_USERS)?;
    // Collected, since a borrowing iterator held across an await would keep the future from being `Send`.
    let names: Vec<String> = users.users.iter().map(|user| user.user_name.clone()).collect();
    let mut answers = stream::iter(names)
        .map(|name| async move { of_user(iam, &name).await })
        .buffer_unordered(AT_A_TIME);
    while let Some(keys) = answers.try_next().await? {
        if keys.keys.iter().any(|candidate| candidate.id == key) {
            return Ok(keys);
        }
    }
    match users.is_truncated {
        true => Err(Trouble::failed(format!(
            "none of the first {MOST_USERS} users has the key, and {denied}"
        ))),
        false => Err(Trouble::Missing),
    }
}

fn access_key(key: &AccessKeyMetadata) -> Option<AccessKey> {
    Some(AccessKey {
        id: key.access_key_id.clone()?,
        status: key.status.as_ref().map_or(KeyStatus::Other, status),
        created: key.create_date.as_ref().and_then(timestamp),
    })
}

fn status(status: &StatusType) -> KeyStatus {
    match status {
        StatusType::Active => KeyStatus::Active,
        StatusType::Inactive => KeyStatus::Inactive,
        other if other.as_str() == "Expired" => KeyStatus::Expired,
        _ => KeyStatus::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Call, Calls, KEY, aws};

    fn member(id: &str, status: &str) -> String {
        format!("<member><AccessKeyId>{id}</AccessKeyId><Status>{status}</Status></member>")
    }

    fn keys(members: &str, marker: Option<&str>) -> Answer {
        let more = marker.map_or("<IsTruncated>false</IsTruncated>".to_owned(), |marker| {
            format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>")
        });
        Answer::xml(
            "ListAccessKeys",
            &format!("<AccessKeyMetadata>{members}</AccessKeyMetadata>{more}"),
        )
    }

    fn users(count: usize, truncated: bool) -> Answer {
        let member = |name: String| {
            format!(
                "<member><Path>/</Path><UserName>{name}</UserName><UserId>U</UserId><Arn>a</Arn>\
                 <CreateDate>2026-01-01T00:00:00Z</CreateDate></member>"
            )
        };
        let members: String = (0..count).map(|n| member(format!("user{n}"))).collect();
        Answer::xml(
            "ListUsers",
            &format!("<Users>{members}</Users><IsTruncated>{truncated}</IsTruncated>"),
        )
    }

    async fn looked(
        owner: Owner,
        script: impl Fn(&Call) -> Answer + Send + Sync + 'static,
    ) -> (Look<AccessKeys>, Calls) {
        let (aws, calls) = aws(script);
        let subject = Subject {
            access_key_id: Some(KEY.to_owned()),
            owner,
            ..Subject::default()
        };
        (look(&aws, &subject).await, calls)
    }

    #[tokio::test]
    async fn all_pages_are_read_and_every_status_is_kept() {
        let (look, calls) = looked(Owner::User("mailer".to_owned()), |call| match call.nth {
            0 => keys(
                &(member("AKIA1", "Active") + &member("AKIA2", "Expired")),
                Some("next"),
            ),
            _ => keys(&(member("AKIA3", "Inactive") + &member("AKIA4", "Paused")), None),
        })
        .await;
        let statuses: Vec<KeyStatus> = look.unwrap().keys.iter().map(|key| key.status).collect();
        assert_eq!(
            statuses,
            [
                KeyStatus::Active,
                KeyStatus::Expired,
                KeyStatus::Inactive,
                KeyStatus::Other
            ]
        );
        assert!(calls.all()[1].body.contains("Marker=next"));
    }

    #[tokio::test]
    async fn a_key_that_is_gone_without_a_trace_has_no_user_to_ask() {
        let (look, calls) = looked(Owner::NoKey, |_| Answer::Never).await;
        assert_eq!(look, Err(Trouble::Missing));
        assert!(calls.all().is_empty());
    }

    #[tokio::test]
    async fn the_other_keys_of_a_deleted_keys_user_are_listed() {
        let (aws, _) = aws(|_| keys(&member("AKIANEW", "Active"), None));
        let user_name = Some("mailer".to_owned());
        let subject = Subject {
            owner: Owner::NoKey,
            user_name,
            ..Subject::default()
        };
        assert_eq!(look(&aws, &subject).await.unwrap().keys[0].id, "AKIANEW");
    }

    #[tokio::test]
    async fn a_root_key_is_not_missing_but_without_a_user() {
        let (look, _) = looked(Owner::NoUser, |_| Answer::Never).await;
        assert!(look.unwrap_err().reason().contains("root key"));
    }

    #[tokio::test]
    async fn when_the_owner_may_not_be_asked_for_the_users_are() {
        let (look, calls) = looked(Owner::Denied("denied".to_owned()), |call| {
            match call.action.as_str() {
                "ListUsers" => users(30, false),
                _ if call.body.contains("UserName=user3&") || call.body.ends_with("UserName=user3") => {
                    keys(&member(KEY, "Inactive"), None)
                }
                _ => keys(&member("AKIAANOTHER", "Active"), None),
            }
        })
        .await;
        assert_eq!(look.unwrap().user_name, "user3");
        assert!(
            calls.all().len() <= 14,
            "it stops once the key is found: {}",
            calls.all().len()
        );
    }

    #[tokio::test]
    async fn a_search_that_ends_too_early_finds_nothing_out() {
        let search = |truncated| {
            looked(Owner::Denied("it was denied".to_owned()), move |call| {
                if call.action == "ListUsers" {
                    users(3, truncated)
                } else {
                    keys("", None)
                }
            })
        };
        assert_eq!(search(false).await.0, Err(Trouble::Missing));
        assert!(
            search(true)
                .await
                .0
                .unwrap_err()
                .reason()
                .contains("first 100 users")
        );
    }

    #[tokio::test]
    async fn a_denied_search_is_denied() {
        let (look, _) = looked(Owner::Denied("x".to_owned()), |_| {
            Answer::xml_error(403, "AccessDenied", "no")
        })
        .await;
        assert!(matches!(look, Err(Trouble::Denied { action, .. }) if action == "iam:ListUsers"));
    }
}
