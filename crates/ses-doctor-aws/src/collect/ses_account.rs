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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Trouble;
    use crate::testing::{Answer, aws, evidence};

    #[tokio::test]
    async fn sandbox_quota_and_enforcement_are_told_of_the_endpoints_region() {
        let body = r#"{"EnforcementStatus":"PROBATION","ProductionAccessEnabled":false,"SendingEnabled":true,
            "SendQuota":{"Max24HourSend":200.0,"MaxSendRate":1.0,"SentLast24Hours":7.0}}"#;
        let (aws, calls) = aws(move |_| Answer::ok(body));
        let account = look(&aws, &Subject::of(&evidence())).await.unwrap();
        assert!(!account.production_access && account.sending_enabled);
        assert_eq!(account.enforcement_status.as_deref(), Some("PROBATION"));
        assert_eq!(
            (account.max_24_hour_send, account.sent_last_24_hours),
            (Some(200.0), Some(7.0))
        );
        assert_eq!(calls.all()[0].host, "email.eu-west-1.amazonaws.com");
        assert!(calls.all()[0].user_agent.starts_with("aws-sdk-rust/"));
    }

    #[tokio::test]
    async fn a_stand_in_without_the_operation_is_a_failure_not_a_missing_account() {
        let (aws, _) = aws(|_| Answer::Http(404, "<!doctype html><title>404 Not Found</title>".to_owned()));
        let look = look(&aws, &Subject::of(&evidence())).await;
        assert_eq!(
            look,
            Err(Trouble::failed(
                "the endpoint does not know ses:GetAccount (HTTP 404)"
            ))
        );
    }
}
