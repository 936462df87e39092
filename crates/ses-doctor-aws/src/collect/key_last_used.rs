//! [`Need::KeyLastUsed`](ses_doctor_core::Need::KeyLastUsed): IAM `GetAccessKeyLastUsed`, which also tells the owner.
//!
//! What AWS answers for a key that is not of this account is general knowledge, not sourced: `AccessDenied` or
//! `NoSuchEntity`. The former stays denied, since it does not tell; the latter, and a refusal of the key id's form,
//! mean that the account has no such key. An answer without a user is taken for a root key's.

use super::convert::{meaningful, timestamp};
use super::key_of;
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::GET_ACCESS_KEY_LAST_USED;
use crate::subject::Subject;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ses_doctor_core::evidence::KeyLastUsed;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<KeyLastUsed> {
    let iam = aws.iam(subject.region.as_deref());
    let answer = iam
        .get_access_key_last_used()
        .access_key_id(key_of(subject)?)
        .send()
        .await;
    if answer
        .as_ref()
        .is_err_and(|error| is_about_the_form(error.code()))
    {
        return Err(Trouble::Missing);
    }
    let answer = answer.judge(GET_ACCESS_KEY_LAST_USED)?;
    let last = answer.access_key_last_used.as_ref();
    Ok(KeyLastUsed {
        user_name: answer.user_name.as_deref().and_then(meaningful),
        last_used: last
            .and_then(|last| last.last_used_date.as_ref())
            .and_then(timestamp),
        service: last.map(|last| last.service_name()).and_then(meaningful),
        region: last.map(|last| last.region()).and_then(meaningful),
    })
}

fn is_about_the_form(code: Option<&str>) -> bool {
    matches!(code, Some("ValidationError" | "ValidationException"))
}
