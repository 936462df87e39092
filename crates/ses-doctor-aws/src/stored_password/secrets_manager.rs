//! Secrets Manager: `GetSecretValue` for the value, `DescribeSecret` beside it for the rest.

use super::{About, StoredAt, StoredPassword, Unread, content, text, time};
use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::permissions::{
    DECRYPT, DESCRIBE_SECRET, GET_SECRET_VALUE, PUT_SECRET_VALUE, UPDATE_SECRET_VERSION_STAGE,
};
use crate::signed::{Json, Service};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use ses_doctor_core::evidence::StoredVersion;

pub(super) const VALUE: &str = GET_SECRET_VALUE;

const SERVICE: Service<Json> = Service {
    id: "Secrets Manager",
    name: "secretsmanager",
    version: "2017-10-17",
    protocol: Json {
        target: "secretsmanager",
        version: "1.1",
    },
};

pub(super) async fn read(
    aws: &Aws,
    at: &StoredAt,
    region: &str,
    version: StoredVersion,
) -> Result<StoredPassword, Unread> {
    let service = aws.signed(SERVICE, region);
    let sealed = aws.signed(SERVICE, region).sensitive();
    let stage = match version {
        StoredVersion::Current => "AWSCURRENT",
        StoredVersion::Previous => "AWSPREVIOUS",
    };
    let question = json!({ "SecretId": at.id, "VersionStage": stage });
    let about = json!({ "SecretId": at.id });
    let (value, about) = futures::join!(
        sealed.call(GET_SECRET_VALUE, &question),
        service.call(DESCRIBE_SECRET, &about)
    );
    let value = value.map_err(judged)?;
    let content = content::read(&text_of(&value)?, at.key.as_deref())?;
    Ok(StoredPassword {
        username: content.username,
        password: content.password,
        about: told(aws, &value, about),
    })
}

/// The id and the value of the current version.
pub(super) async fn current(
    aws: &Aws,
    at: &StoredAt,
    region: &str,
) -> Result<(String, SecretString), Unread> {
    let sealed = aws.signed(SERVICE, region).sensitive();
    let question = json!({ "SecretId": at.id, "VersionStage": "AWSCURRENT" });
    let value = sealed.call(GET_SECRET_VALUE, &question).await.map_err(judged)?;
    let id = text(&value, "VersionId").unwrap_or_default();
    Ok((id, text_of(&value)?))
}

/// Writes a version under this id, and makes it the current one. A version that is there with the same value is left as it
/// is; with another value, AWS refuses (API reference, PutSecretValue, `ClientRequestToken`).
pub(super) async fn put(aws: &Aws, at: &StoredAt, region: &str, id: &str, value: &SecretString) -> Look<()> {
    let question = json!({
        "SecretId": at.id,
        "ClientRequestToken": id,
        "SecretString": value.expose_secret(),
        "VersionStages": ["AWSCURRENT"],
    });
    let sealed = aws.signed(SERVICE, region).sensitive();
    let answer = sealed.call(PUT_SECRET_VALUE, &question).await;
    answer.map(drop).map_err(judged)
}

/// Makes an earlier version the current one again.
pub(super) async fn restore(aws: &Aws, at: &StoredAt, region: &str, from: &str, to: &str) -> Look<()> {
    let question = json!({
        "SecretId": at.id,
        "VersionStage": "AWSCURRENT",
        "RemoveFromVersionId": from,
        "MoveToVersionId": to,
    });
    let answer = aws
        .signed(SERVICE, region)
        .call(UPDATE_SECRET_VERSION_STAGE, &question)
        .await;
    answer.map(drop)
}

/// The secret with all that is told about it; no value.
pub(super) async fn described(aws: &Aws, at: &StoredAt, region: &str) -> Look<Value> {
    let question = json!({ "SecretId": at.id });
    aws.signed(SERVICE, region).call(DESCRIBE_SECRET, &question).await
}

/// A refused decryption is refused in the name of `GetSecretValue` (AWS Secrets Manager user guide, "Troubleshoot"), and a secret
/// that is marked for deletion by a general error: in both, the text alone tells.
fn judged(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Denied { message, .. } if message.contains("KMS") || message.contains(DECRYPT) => {
            Trouble::Denied {
                action: DECRYPT.to_owned(),
                message,
            }
        }
        Trouble::Refused { code, why } if code == "InvalidRequestException" && why.contains("delet") => {
            Trouble::failed(
                "the secret is marked for deletion, so that nobody can read it: aws secretsmanager restore-secret brings it back",
            )
        }
        Trouble::Missing | Trouble::Denied { .. } | Trouble::Refused { .. } | Trouble::Failed { .. } => {
            trouble
        }
    }
}

/// The value: text, or bytes that are text.
fn text_of(answer: &Value) -> Result<SecretString, Unread> {
    if let Some(text) = answer.get("SecretString").and_then(Value::as_str) {
        return Ok(SecretString::from(text.to_owned()));
    }
    let encoded = answer.get("SecretBinary").and_then(Value::as_str);
    let bytes = encoded.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(SecretString::from(text.ok_or(super::ContentError::NotText)?))
}

fn told(aws: &Aws, value: &Value, about: Look<Value>) -> About {
    let known = About {
        name: text(value, "Name").unwrap_or_default(),
        version: text(value, "VersionId"),
        written: time(value.get("CreatedDate")),
        ..About::default()
    };
    let about = match about {
        Ok(about) => about,
        Err(trouble) => {
            return About {
                unread: Some(aws.clean(&trouble.reason())),
                ..known
            };
        }
    };
    let staged = |stage: &str| {
        let versions = about.get("VersionIdsToStages")?.as_object()?;
        let is_staged = |stages: &Value| {
            let stages = stages.as_array().into_iter().flatten();
            stages.filter_map(Value::as_str).any(|own| own == stage)
        };
        let found = versions.iter().find(|(_, stages)| is_staged(stages));
        found.map(|(id, _)| id.clone())
    };
    About {
        changed: time(about.get("LastChangedDate")),
        rotated: time(about.get("LastRotatedDate")),
        rotation_enabled: about
            .get("RotationEnabled")
            .and_then(Value::as_bool)
            .or(Some(false)),
        previous: staged("AWSPREVIOUS"),
        // The label stays on the current version once a rotation is over.
        pending: staged("AWSPENDING").filter(|id| Some(id) != known.version.as_ref()),
        ..known
    }
}
