//! The keys of a user, and when each was last used.

use crate::client::Aws;
use crate::collect::convert::timestamp;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::{GET_ACCESS_KEY_LAST_USED, LIST_ACCESS_KEYS};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::StatusType;
use jiff::Timestamp;
use ses_doctor_core::rotation::KeyFacts;

/// A key as `ListAccessKeys` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserKey {
    pub(crate) id: String,
    /// The word of IAM's enum.
    pub(crate) status: String,
    pub(crate) created: Option<Timestamp>,
}

impl UserKey {
    /// It is none of those that are neither active nor of use.
    pub(crate) fn is_active(&self) -> bool {
        self.status == StatusType::Active.as_str()
    }
}

/// All keys of the user.
pub(crate) async fn user_keys(iam: &Client, user: &str) -> Look<Vec<UserKey>> {
    let pages = iam
        .list_access_keys()
        .user_name(user)
        .into_paginator()
        .items()
        .send();
    let keys: Vec<_> = pages.collect::<Result<_, _>>().await.judge(LIST_ACCESS_KEYS)?;
    let keys = keys.into_iter();
    Ok(keys
        .filter_map(|key| {
            Some(UserKey {
                id: key.access_key_id?,
                status: key.status?.as_str().to_owned(),
                created: key.create_date.as_ref().and_then(timestamp),
            })
        })
        .collect())
}

/// When a key was last used, and whose it is; `None`: never, as far as AWS knows.
pub(crate) async fn last_use(iam: &Client, key: &str) -> Look<(Option<String>, Option<Timestamp>)> {
    let answer = iam.get_access_key_last_used().access_key_id(key).send().await;
    let answer = answer.judge(GET_ACCESS_KEY_LAST_USED)?;
    let last = answer.access_key_last_used.as_ref();
    let last = last
        .and_then(|last| last.last_used_date.as_ref())
        .and_then(timestamp);
    Ok((answer.user_name, last))
}

impl Aws {
    /// The keys of a user, with their use.
    ///
    /// # Errors
    /// When IAM does not tell.
    pub async fn keys_of(&self, user: &str, region: &str) -> Result<Vec<KeyFacts>, String> {
        let iam = self.iam(Some(region));
        let look = async {
            let mut facts = Vec::new();
            for key in user_keys(&iam, user).await? {
                facts.push(KeyFacts {
                    last_used: last_use(&iam, &key.id).await?.1,
                    active: key.is_active(),
                    created: key.created,
                    id: key.id,
                });
            }
            Ok(facts)
        };
        self.told(self.within(LIST_ACCESS_KEYS, look).await)
    }

    /// The user that owns a key of this account.
    ///
    /// # Errors
    /// When IAM does not tell, or no user has it.
    pub async fn owner_of(&self, key: &str, region: &str) -> Result<String, String> {
        let iam = self.iam(Some(region));
        let look = async {
            let (owner, _) = last_use(&iam, key).await?;
            owner
                .filter(|owner| !owner.is_empty())
                .ok_or_else(|| Trouble::failed(format!("the access key {key} belongs to no user")))
        };
        self.told(self.within(GET_ACCESS_KEY_LAST_USED, look).await)
    }

    /// A look whose trouble is told in words.
    pub(crate) fn told<T>(&self, look: Look<T>) -> Result<T, String> {
        look.map_err(|trouble| self.clean(&trouble.reason()))
    }
}
