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

#[cfg(test)]
mod tests {
    use crate::subject::{Owner, Subject};
    use crate::testing::{Answer, KEY, aws, evidence};
    use ses_doctor_core::{Evidence, Need, Observed};

    async fn collected(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> (Evidence, Vec<String>) {
        let (aws, calls) = aws(move |call| answer(call.nth));
        let mut evidence = evidence();
        evidence.record(aws.collect(Need::KeyLastUsed, &Subject::of(&evidence)).await);
        let bodies = calls.all().into_iter().map(|call| call.body).collect();
        (evidence, bodies)
    }

    fn used() -> Answer {
        let last = "<LastUsedDate>2026-04-30T08:00:00Z</LastUsedDate><ServiceName>ses</ServiceName><Region>eu-west-1</Region>";
        let last = format!("<UserName>mailer</UserName><AccessKeyLastUsed>{last}</AccessKeyLastUsed>");
        Answer::xml("GetAccessKeyLastUsed", &last)
    }

    #[tokio::test]
    async fn the_answer_names_owner_time_and_service() {
        let (evidence, bodies) = collected(|_| used()).await;
        let key = evidence.key_last_used.known().unwrap();
        assert_eq!(key.user_name.as_deref(), Some("mailer"));
        assert_eq!(key.last_used.unwrap().to_string(), "2026-04-30T08:00:00Z");
        assert_eq!(key.service.as_deref(), Some("ses"));
        assert!(bodies[0].contains(&format!("AccessKeyId={KEY}")));
    }

    #[tokio::test]
    async fn a_key_never_used_or_without_a_user_is_known_all_the_same() {
        let last =
            "<AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed>";
        let (evidence, _) = collected(move |_| Answer::xml("GetAccessKeyLastUsed", last)).await;
        let key = evidence.key_last_used.known().unwrap();
        assert_eq!(
            (&key.user_name, &key.last_used, &key.service),
            (&None, &None, &None)
        );
        assert_eq!(Subject::of(&evidence).owner, Owner::NoUser);
    }

    #[tokio::test]
    async fn a_key_that_iam_does_not_know_is_missing() {
        for (status, code) in [(404, "NoSuchEntity"), (400, "ValidationError")] {
            let (evidence, _) = collected(move |_| Answer::xml_error(status, code, "no such key")).await;
            assert!(evidence.key_last_used.is_missing(), "{code}");
        }
    }

    #[tokio::test]
    async fn a_denial_stays_a_denial_with_its_action() {
        let message = "User: arn:aws:iam::123456789012:user/ops is not authorized";
        let (evidence, bodies) = collected(move |_| Answer::xml_error(403, "AccessDenied", message)).await;
        let denied = Observed::Denied {
            action: "iam:GetAccessKeyLastUsed".to_owned(),
            message: message.to_owned(),
        };
        assert_eq!(evidence.key_last_used.observed, denied);
        assert_eq!(bodies.len(), 1, "a denial is not tried again");
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_is_waited_out() {
        let throttled = || Answer::xml_error(400, "Throttling", "Rate exceeded");
        let (evidence, bodies) = collected(move |nth| if nth < 2 { throttled() } else { used() }).await;
        assert!(evidence.key_last_used.known().is_some());
        assert_eq!(bodies.len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn endless_throttling_is_a_failure_not_an_absence() {
        let (evidence, bodies) = collected(|_| Answer::xml_error(400, "Throttling", "Rate exceeded")).await;
        assert!(
            evidence
                .unavailable(Need::KeyLastUsed)
                .unwrap()
                .contains("still throttled")
        );
        assert_eq!(bodies.len(), 4);
    }
}
