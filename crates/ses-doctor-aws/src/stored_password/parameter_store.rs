//! Systems Manager: `GetParameter` for the value, `DescribeParameters` beside it for who wrote it.

use super::{About, StoredAt, StoredPassword, Unread, content, text, time};
use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::permissions::{DECRYPT, DESCRIBE_PARAMETERS, GET_PARAMETER, PUT_PARAMETER};
use crate::signed::{Json, Service, Signed};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use ses_doctor_core::evidence::StoredVersion;

pub(super) const VALUE: &str = GET_PARAMETER;

const SERVICE: Service<Json> = Service {
    id: "SSM",
    name: "ssm",
    version: "2014-11-06",
    protocol: Json {
        target: "AmazonSSM",
        version: "1.1",
    },
};

pub(super) async fn read(
    aws: &Aws,
    at: &StoredAt,
    region: &str,
    version: StoredVersion,
) -> Result<StoredPassword, Unread> {
    let (service, sealed) = (
        aws.signed(SERVICE, region),
        aws.signed(SERVICE, region).sensitive(),
    );
    let (answer, writer) = futures::join!(value(&sealed, &at.id), writer(&service, &at.id));
    let mut answer = answer?;
    let number = |answer: &Value| answer.get("Version").and_then(Value::as_u64);
    let mut before = number(&answer)
        .and_then(|number| number.checked_sub(1))
        .filter(|number| *number > 0);
    if version == StoredVersion::Previous {
        let number = before.ok_or(Trouble::Missing)?;
        answer = value(&sealed, &format!("{}:{number}", at.id)).await?;
        before = number.checked_sub(1).filter(|number| *number > 0);
    }
    let (written_by, unread) = match writer {
        Ok(writer) => (writer, None),
        Err(trouble) => (None, Some(aws.clean(&trouble.reason()))),
    };
    let kept = answer.get("Value").and_then(Value::as_str).unwrap_or_default();
    let content = content::read(&SecretString::from(kept.to_owned()), at.key.as_deref())?;
    let written = time(answer.get("LastModifiedDate"));
    Ok(StoredPassword {
        username: content.username,
        password: content.password,
        about: About {
            name: text(&answer, "Name").unwrap_or_default(),
            version: number(&answer).map(|number| number.to_string()),
            written,
            changed: written,
            written_by: written_by.filter(|_| version == StoredVersion::Current),
            previous: before.map(|number| number.to_string()),
            unread,
            ..About::default()
        },
    })
}

async fn value(service: &Signed<Json>, name: &str) -> Look<Value> {
    let question = json!({ "Name": name, "WithDecryption": true });
    let answer = service.call(GET_PARAMETER, &question).await;
    let mut answer = answer.map_err(judged)?;
    let parameter = answer.get_mut("Parameter").map(Value::take);
    parameter.ok_or_else(|| Trouble::failed(format!("{GET_PARAMETER}: the answer has no parameter")))
}

/// The number and the value of a version; the current one without a number.
pub(super) async fn version(
    aws: &Aws,
    at: &StoredAt,
    region: &str,
    number: Option<&str>,
) -> Look<(String, SecretString)> {
    let sealed = aws.signed(SERVICE, region).sensitive();
    let name = match number {
        Some(number) => format!("{}:{number}", at.id),
        None => at.id.clone(),
    };
    let answer = value(&sealed, &name).await?;
    let number = answer.get("Version").and_then(Value::as_u64).unwrap_or_default();
    let kept = text(&answer, "Value").unwrap_or_default();
    Ok((number.to_string(), SecretString::from(kept)))
}

/// Writes a value. One that is there is only written over if that is said.
pub(super) async fn put(
    aws: &Aws,
    at: &StoredAt,
    region: &str,
    value: &SecretString,
    overwrite: bool,
) -> Look<()> {
    let mut question = json!({
        "Name": name_of(&at.id),
        "Value": value.expose_secret(),
        "Overwrite": overwrite,
    });
    if let Some(fields) = question.as_object_mut().filter(|_| !overwrite) {
        fields.insert("Type".to_owned(), json!("SecureString"));
    }
    let sealed = aws.signed(SERVICE, region).sensitive();
    sealed
        .call(PUT_PARAMETER, &question)
        .await
        .map(drop)
        .map_err(judged)
}

/// The parameter with all that is told about it; no value.
pub(super) async fn described(aws: &Aws, at: &StoredAt, region: &str) -> Look<Value> {
    let filter = json!([{ "Key": "Name", "Option": "Equals", "Values": [name_of(&at.id)] }]);
    let question = json!({ "ParameterFilters": filter });
    aws.signed(SERVICE, region)
        .call(DESCRIBE_PARAMETERS, &question)
        .await
}

/// Of an ARN, the name is what follows `parameter`.
fn name_of(id: &str) -> &str {
    match id.split_once(":parameter") {
        Some((_, name)) if name.matches('/').count() == 1 => name.trim_start_matches('/'),
        Some((_, name)) => name,
        None => id,
    }
}

/// `ParameterNotFound` is Systems Manager's word for what is not there; a refused decryption is told by its text alone.
fn judged(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Refused { code, .. }
            if matches!(code.as_str(), "ParameterNotFound" | "ParameterVersionNotFound") =>
        {
            Trouble::Missing
        }
        Trouble::Denied { message, .. } if message.contains(DECRYPT) => Trouble::Denied {
            action: DECRYPT.to_owned(),
            message,
        },
        Trouble::Missing | Trouble::Denied { .. } | Trouble::Refused { .. } | Trouble::Failed { .. } => {
            trouble
        }
    }
}

/// ARN of who wrote the current version.
async fn writer(service: &Signed<Json>, id: &str) -> Look<Option<String>> {
    let filter = json!([{ "Key": "Name", "Option": "Equals", "Values": [name_of(id)] }]);
    let answer = service
        .call(DESCRIBE_PARAMETERS, &json!({ "ParameterFilters": filter }))
        .await?;
    let first = answer.get("Parameters").and_then(|list| list.get(0));
    Ok(first.and_then(|parameter| text(parameter, "LastModifiedUser")))
}
