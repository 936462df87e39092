//! The reads of kept values against a scripted AWS.

use super::*;
use crate::testing::{Answer, Call, Calls, aws};
use secrecy::ExposeSecret;
use serde_json::json;
use ses_doctor_core::Observed;

const VALUE: &str = "canary-of-a-kept-password-0123456789";

fn at(keeper: Keeper, id: &str) -> StoredAt {
    StoredAt {
        keeper,
        id: id.to_owned(),
        key: None,
        region: Some("eu-west-1".to_owned()),
    }
}

async fn read(
    at: &StoredAt,
    version: StoredVersion,
    script: impl Fn(&Call) -> Answer + Send + Sync + 'static,
) -> (ReadPassword, Calls) {
    let (aws, calls) = aws(script);
    (aws.stored_password(at, version).await, calls)
}

fn value(kept: ReadPassword) -> Observation<StoredPassword> {
    match kept {
        Ok(observation) => observation,
        Err(error) => panic!("{error}"),
    }
}

fn secret(call: &Call) -> Answer {
    match call.action.as_str() {
        "GetSecretValue" => Answer::ok(
            json!({
                "Name": "prod/smtp", "VersionId": "v-2", "CreatedDate": 1_700_000_000.5,
                "SecretString": json!({ "username": "AKIAIOSFODNN7EXAMPLE", "password": VALUE }).to_string(),
                "VersionStages": ["AWSCURRENT"],
            })
            .to_string(),
        ),
        _ => Answer::ok(
            json!({
                "Name": "prod/smtp", "RotationEnabled": true, "LastRotatedDate": 1_700_000_001.0,
                "VersionIdsToStages": { "v-1": ["AWSPREVIOUS"], "v-2": ["AWSCURRENT", "AWSPENDING"] },
            })
            .to_string(),
        ),
    }
}

#[tokio::test]
async fn a_secret_is_two_calls_side_by_side() {
    let (kept, calls) = read(
        &at(Keeper::SecretsManager, "prod/smtp"),
        StoredVersion::Current,
        secret,
    )
    .await;
    let observation = value(kept);
    assert_eq!(observation.source, "secretsmanager:GetSecretValue in eu-west-1");
    let stored = observation.known().unwrap().clone();
    assert_eq!(stored.password.expose_secret(), VALUE);
    assert_eq!(stored.username.as_deref(), Some("AKIAIOSFODNN7EXAMPLE"));
    let about = &stored.about;
    assert_eq!(
        (about.version.as_deref(), about.previous.as_deref()),
        (Some("v-2"), Some("v-1"))
    );
    assert_eq!(
        (about.rotation_enabled, about.pending.as_deref()),
        (Some(true), None)
    );
    assert_eq!(
        about.written.map(Timestamp::as_millisecond),
        Some(1_700_000_000_500)
    );
    assert_eq!(calls.all().len(), 2);
    assert_eq!(calls.all()[0].host, "secretsmanager.eu-west-1.amazonaws.com");
    assert!(
        !format!("{stored:?}").contains(VALUE),
        "what is debugged is redacted"
    );
}

#[tokio::test]
async fn an_arn_names_its_region_and_the_previous_version_its_stage() {
    let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/smtp-AbCdEf";
    let (_, calls) = read(&at(Keeper::SecretsManager, arn), StoredVersion::Previous, secret).await;
    let call = calls
        .all()
        .into_iter()
        .find(|call| call.action == "GetSecretValue")
        .unwrap();
    assert_eq!(call.host, "secretsmanager.us-east-1.amazonaws.com");
    assert!(call.body.contains("AWSPREVIOUS"));
}

#[tokio::test]
async fn each_way_of_failing_is_its_own() {
    let denied = "User: x is not authorized to perform: secretsmanager:GetSecretValue";
    let cases = [
        (
            "AccessDeniedException",
            denied,
            Some("secretsmanager:GetSecretValue"),
        ),
        (
            "AccessDeniedException",
            "Access to KMS is not allowed",
            Some("kms:Decrypt"),
        ),
        (
            "ResourceNotFoundException",
            "can't find the specified secret.",
            None,
        ),
    ];
    for (code, message, action) in cases {
        let script = move |_: &Call| Answer::json_error(400, code, message);
        let (kept, _) = read(
            &at(Keeper::SecretsManager, "prod/smtp"),
            StoredVersion::Current,
            script,
        )
        .await;
        match (value(kept).observed, action) {
            (Observed::Denied { action, .. }, Some(expected)) => assert_eq!(action, expected),
            (Observed::Missing, None) => {}
            (other, _) => panic!("{code}: {other:?}"),
        }
    }
    for (code, message, words) in [
        (
            "InvalidRequestException",
            "it was marked for deletion.",
            "marked for deletion",
        ),
        ("ThrottlingException", "Rate exceeded", "throttled"),
    ] {
        let script = move |_: &Call| Answer::json_error(400, code, message);
        let (kept, _) = read(
            &at(Keeper::SecretsManager, "prod/smtp"),
            StoredVersion::Current,
            script,
        )
        .await;
        let why = value(kept).unavailable().unwrap();
        assert!(why.contains(words), "{why}");
    }
}

#[tokio::test]
async fn a_value_without_its_description_is_a_value() {
    let (kept, _) = read(
        &at(Keeper::SecretsManager, "prod/smtp"),
        StoredVersion::Current,
        |call| match call.action.as_str() {
            "GetSecretValue" => secret(call),
            _ => Answer::json_error(400, "AccessDeniedException", "not authorized"),
        },
    )
    .await;
    let about = value(kept).known().unwrap().about.clone();
    assert!(
        about
            .unread
            .unwrap()
            .contains("secretsmanager:DescribeSecret was denied")
    );
    assert_eq!(
        (about.previous, about.rotation_enabled),
        (None, None),
        "not read is not absent"
    );
}

#[tokio::test]
async fn bytes_are_text_or_unfit() {
    let binary = |encoded: &'static str| {
        move |call: &Call| match call.action.as_str() {
            "GetSecretValue" => Answer::ok(json!({ "Name": "s", "SecretBinary": encoded }).to_string()),
            _ => secret(call),
        }
    };
    let at = at(Keeper::SecretsManager, "s");
    let (kept, _) = read(&at, StoredVersion::Current, binary("cHc=")).await;
    assert_eq!(value(kept).known().unwrap().password.expose_secret(), "pw");
    let (kept, _) = read(&at, StoredVersion::Current, binary("/wA=")).await;
    assert!(matches!(kept, Err(ContentError::NotText)));
}

fn parameter(call: &Call) -> Answer {
    match call.action.as_str() {
        "GetParameter" => {
            let number = if call.body.contains(":2") { 2 } else { 3 };
            Answer::ok(
                json!({ "Parameter": {
                    "Name": "/prod/smtp", "Type": "SecureString", "Version": number, "Value": format!("{VALUE}{number}"),
                    "LastModifiedDate": 1_700_000_000,
                } })
                .to_string(),
            )
        }
        _ => Answer::ok(
            json!({ "Parameters": [{ "LastModifiedUser": "arn:aws:iam::111122223333:user/rotator" }] })
                .to_string(),
        ),
    }
}

#[tokio::test]
async fn a_parameter_tells_its_number_and_writer_and_gives_the_version_before() {
    let at = at(Keeper::ParameterStore, "/prod/smtp");
    let (kept, calls) = read(&at, StoredVersion::Current, parameter).await;
    let stored = value(kept).known().unwrap().clone();
    assert_eq!(
        (stored.about.version.as_deref(), stored.about.previous.as_deref()),
        (Some("3"), Some("2"))
    );
    assert_eq!(
        stored.about.written_by.as_deref(),
        Some("arn:aws:iam::111122223333:user/rotator")
    );
    assert!(
        calls
            .all()
            .iter()
            .any(|call| call.body.contains("WithDecryption\":true"))
    );
    let (kept, _) = read(&at, StoredVersion::Previous, parameter).await;
    let stored = value(kept).known().unwrap().clone();
    assert_eq!(stored.password.expose_secret(), format!("{VALUE}2"));
}

#[tokio::test]
async fn a_parameter_that_is_not_there_or_not_to_be_decrypted() {
    let at = at(Keeper::ParameterStore, "/prod/smtp");
    let missing = |_: &Call| Answer::json_error(400, "ParameterNotFound", "");
    assert!(value(read(&at, StoredVersion::Current, missing).await.0).is_missing());
    let sealed = |_: &Call| {
        let message = "User: x is not authorized to perform: kms:Decrypt on resource: key";
        Answer::json_error(400, "AccessDeniedException", message)
    };
    let observed = value(read(&at, StoredVersion::Current, sealed).await.0).observed;
    assert!(matches!(observed, Observed::Denied { action, .. } if action == "kms:Decrypt"));
}
