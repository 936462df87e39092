//! [`Need::Caller`](ses_doctor_core::Need::Caller): STS `GetCallerIdentity`.

use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble, observed};
use crate::permissions::GET_CALLER_IDENTITY;
use crate::subject::Subject;
use ses_doctor_core::Observed;
use ses_doctor_core::evidence::Caller;

impl Aws {
    /// Who reads AWS, outside of a diagnosis.
    pub async fn caller(&self, region: &str) -> Observed<Caller> {
        let subject = Subject {
            region: Some(region.to_owned()),
            ..Subject::default()
        };
        let look = self.within(GET_CALLER_IDENTITY, look(self, &subject)).await;
        observed(look, |text| self.clean(text))
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, CANARY, aws, aws_as, evidence};
    use aws_credential_types::Credentials;
    use ses_doctor_core::{Evidence, Need};

    async fn collected(aws: &Aws) -> Evidence {
        let mut evidence = evidence();
        let fact = aws.collect(Need::Caller, &Subject::of(&evidence)).await;
        evidence.record(fact);
        evidence
    }

    fn why(evidence: &Evidence) -> String {
        evidence.unavailable(Need::Caller).unwrap()
    }

    #[tokio::test]
    async fn the_operator_is_told_by_the_sts_that_no_account_can_switch_off() {
        let arn = "arn:aws:iam::123456789012:user/ops";
        let xml = format!("<Arn>{arn}</Arn><UserId>U</UserId><Account>123456789012</Account>");
        let (aws, calls) = aws(move |_| Answer::xml("GetCallerIdentity", &xml));
        let evidence = collected(&aws).await;
        assert_eq!(evidence.caller.known().unwrap().arn, arn);
        assert_eq!(evidence.caller.source, "sts:GetCallerIdentity");
        assert!(evidence.caller.observed_at.is_some());
        assert_eq!(calls.all()[0].host, "sts.us-east-1.amazonaws.com");
    }

    #[tokio::test]
    async fn without_credentials_nothing_is_called_and_the_reason_stands() {
        let (aws, calls) = aws_as(
            Err("no AWS credentials were found: give --profile".to_owned()),
            |_| Answer::Never,
        );
        assert!(why(&collected(&aws).await).starts_with("no AWS credentials were found"));
        assert!(aws.unavailable().await.is_some());
        assert!(calls.all().is_empty());
    }

    #[tokio::test]
    async fn expired_credentials_are_told_and_no_error_text_holds_a_secret() {
        for (code, words) in [
            ("ExpiredToken", "have expired"),
            ("InvalidClientTokenId", "does not accept"),
            ("SignatureDoesNotMatch", "refused the signature"),
            ("InternalFailure", "failed with InternalFailure"),
        ] {
            let message = format!("it was {CANARY} / wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY9");
            let status = if code == "InternalFailure" { 400 } else { 403 };
            let (aws, _) = aws(move |_| Answer::xml_error(status, code, &message));
            let why = why(&collected(&aws).await);
            assert!(why.contains(words), "{why}");
            assert!(!why.contains(CANARY) && !why.contains("wJalr"), "{why}");
        }
    }

    #[tokio::test]
    async fn the_operators_secret_is_given_for_a_long_term_key_only() {
        use secrecy::ExposeSecret;
        let (aws, _) = aws(|_| Answer::Never);
        assert_eq!(
            aws.secret_of_operator("AKIAOPERATOR00000001")
                .await
                .unwrap()
                .expose_secret(),
            CANARY
        );
        assert!(aws.secret_of_operator("AKIAANOTHER000000001").await.is_none());
        let temporary = Credentials::new(
            "ASIAOPERATOR00000001",
            CANARY,
            Some("token".to_owned()),
            None,
            "test",
        );
        let (aws, _) = aws_as(Ok(temporary), |_| Answer::Never);
        assert!(aws.secret_of_operator("ASIAOPERATOR00000001").await.is_none());
        assert!(!format!("{aws:?}").contains(CANARY));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unreachable_endpoint_is_told_after_retries() {
        let (aws, calls) = aws(|_| Answer::Refused);
        let why = why(&collected(&aws).await);
        assert!(why.contains("could not be reached: Connection refused"), "{why}");
        assert_eq!(calls.all().len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_at_the_deadline() {
        let (aws, _) = aws(|_| Answer::Never);
        let why = why(&collected(&aws).await);
        assert!(
            why.starts_with("no answer within 10 s from sts:GetCallerIdentity"),
            "{why}"
        );
    }

    #[tokio::test]
    async fn what_is_no_answer_of_aws_is_told() {
        for (status, body, words) in [
            (404, "<html>Not Found</html>", "does not know"),
            (501, "", "does not know"),
            (200, "<html>hello", "is this an AWS endpoint?"),
            (200, "", "is this an AWS endpoint?"),
        ] {
            let (aws, _) = aws(move |_| Answer::Http(status, body.to_owned()));
            let why = why(&collected(&aws).await);
            assert!(why.contains(words), "{status}: {why}");
        }
    }
}
