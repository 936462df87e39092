//! [`Need::AccountSummary`](ses_doctor_core::Need::AccountSummary): whether root has access keys.

use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::GET_ACCOUNT_SUMMARY;
use crate::subject::Subject;
use aws_sdk_iam::types::SummaryKeyType;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<bool> {
    let iam = aws.iam(subject.region.as_deref());
    let answer = iam
        .get_account_summary()
        .send()
        .await
        .judge(GET_ACCOUNT_SUMMARY)?;
    let present = answer
        .summary_map
        .and_then(|map| map.get(&SummaryKeyType::AccountAccessKeysPresent).copied());
    let present =
        present.ok_or_else(|| Trouble::failed("iam:GetAccountSummary does not tell of root access keys"))?;
    Ok(present > 0)
}
