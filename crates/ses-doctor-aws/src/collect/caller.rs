//! [`Need::Caller`](ses_doctor_core::Need::Caller): STS `GetCallerIdentity`.

use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::GET_CALLER_IDENTITY;
use crate::subject::Subject;
use ses_doctor_core::evidence::Caller;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<Caller> {
    let sts = aws.sts(subject.region.as_deref());
    let answer = sts
        .get_caller_identity()
        .send()
        .await
        .judge(GET_CALLER_IDENTITY)?;
    match (answer.account, answer.arn) {
        (Some(account), Some(arn)) => Ok(Caller { account, arn }),
        _ => Err(Trouble::failed("sts:GetCallerIdentity named no account")),
    }
}
