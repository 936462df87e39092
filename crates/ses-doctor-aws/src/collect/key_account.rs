//! [`Need::KeyAccount`](ses_doctor_core::Need::KeyAccount): STS `GetAccessKeyInfo`, which answers for keys of any account.

use super::key_of;
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::GET_ACCESS_KEY_INFO;
use crate::subject::Subject;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<String> {
    let sts = aws.sts(subject.region.as_deref());
    let answer = sts
        .get_access_key_info()
        .access_key_id(key_of(subject)?)
        .send()
        .await;
    let account = answer.judge(GET_ACCESS_KEY_INFO)?.account;
    account.ok_or_else(|| Trouble::failed("sts:GetAccessKeyInfo named no account"))
}
