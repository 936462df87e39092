use super::*;
use crate::testing::{Answer, aws};
use proptest::prelude::*;
use std::time::Duration;

fn call(body: &str) -> Call {
    Call {
        operation: "SendEmail",
        method: "POST",
        path: "/v2/email/outbound-emails",
        body: body.to_owned(),
    }
}

fn key(token: Option<&str>) -> SigningKey {
    SigningKey {
        id: "AKIDEXAMPLE".to_owned(),
        secret: SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        session_token: token.map(SecretString::from),
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

async fn signed(body: &str, token: Option<&str>, seconds: u64) -> Result<Signed, ReproduceError> {
    let (aws, _) = aws(|_| Answer::Never);
    aws.sign(call(body), "eu-west-1", Some(key(token)), at(seconds))
        .await
}

#[tokio::test]
async fn the_parts_are_those_of_the_signature() {
    let signed = signed("{}", None, 1_440_938_160).await.unwrap();
    assert_eq!(signed.endpoint.url, "https://email.eu-west-1.amazonaws.com");
    assert!(
        signed
            .endpoint
            .decided_by
            .contains("rules of SES v2 for the region eu-west-1")
    );
    assert_eq!(signed.scope, "20150830/eu-west-1/ses/aws4_request");
    assert_eq!(
        signed.canonical_request,
        "POST\n/v2/email/outbound-emails\n\ncontent-type:application/json\nhost:email.eu-west-1.amazonaws.com\n\
         x-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n\
         44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    assert!(
        signed
            .string_to_sign
            .starts_with("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/eu-west-1/ses/")
    );
    assert!(
        signed
            .authorization
            .expose_secret()
            .contains("Credential=AKIDEXAMPLE/20150830/")
    );
    let shown = format!("{signed:?}");
    assert!(!shown.contains(signed.signature.expose_secret()), "{shown}");
}

#[tokio::test]
async fn the_operators_own_credentials_sign_where_no_key_is_given() {
    let (aws, _) = aws(|_| Answer::Never);
    let signed = aws.sign(call(""), "eu-west-1", None, at(0)).await.unwrap();
    assert!(
        signed
            .authorization
            .expose_secret()
            .contains(crate::testing::OPERATOR_KEY)
    );
    assert_eq!(signed.signed_headers, "host;x-amz-date", "no body, no type");
}

#[tokio::test]
async fn a_region_that_cannot_be_has_no_endpoint() {
    let (aws, _) = aws(|_| Answer::Never);
    let wrong = aws.sign(call(""), "no such region", Some(key(None)), at(0)).await;
    assert!(wrong.is_err(), "{wrong:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// `sign` compares with the SDK's signer, and gives an error where they differ.
    #[test]
    fn the_sdks_signer_agrees(body in "\\PC{0,80}", token in proptest::option::of("[A-Za-z0-9/+=]{1,60}"), seconds in 0..4_000_000_000_u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let signed = runtime.block_on(signed(&body, token.as_deref(), seconds));
        prop_assert!(signed.is_ok(), "{signed:?}");
    }
}
