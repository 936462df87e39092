//! [`Need::SesAccount`](ses_doctor_core::Need::SesAccount): SES `GetAccount`.

use super::region_of;
use crate::client::Aws;
use crate::outcome::{Judge, Look};
use crate::permissions::GET_ACCOUNT;
use crate::subject::Subject;
use ses_doctor_core::evidence::SesAccount;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<SesAccount> {
    let region = region_of(subject)?;
    let answer = aws.ses(region).get_account().send().await.judge(GET_ACCOUNT)?;
    let quota = answer.send_quota.as_ref();
    Ok(SesAccount {
        region: region.to_owned(),
        production_access: answer.production_access_enabled,
        sending_enabled: answer.sending_enabled,
        enforcement_status: answer.enforcement_status.clone(),
        max_24_hour_send: quota.map(|quota| quota.max24_hour_send),
        max_send_rate: quota.map(|quota| quota.max_send_rate),
        sent_last_24_hours: quota.map(|quota| quota.sent_last24_hours),
    })
}
