//! Systems Manager: `GetParameter` for the value, `DescribeParameters` beside it for who wrote it.

use super::{About, StoredAt, StoredPassword, Unread, content, text, time};
use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::permissions::{DECRYPT, DESCRIBE_PARAMETERS, GET_PARAMETER};
use crate::signed::{Json, Service, Signed};
use secrecy::SecretString;
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

/// `ParameterNotFound` is Systems Manager's word for what is not there; a refused decryption is told by its text alone.
fn judged(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Failed { why }
            if why.contains("ParameterNotFound") || why.contains("ParameterVersionNotFound") =>
        {
            Trouble::Missing
        }
        Trouble::Denied { message, .. } if message.contains(DECRYPT) => Trouble::Denied {
            action: DECRYPT.to_owned(),
            message,
        },
        Trouble::Missing | Trouble::Denied { .. } | Trouble::Failed { .. } => trouble,
    }
}

/// ARN of who wrote the current version.
async fn writer(service: &Signed<Json>, id: &str) -> Look<Option<String>> {
    // `DescribeParameters` finds by name: of an ARN, that is what follows `parameter`.
    let name = match id.split_once(":parameter") {
        Some((_, name)) if name.matches('/').count() == 1 => name.trim_start_matches('/'),
        Some((_, name)) => name,
        None => id,
    };
    let filter = json!([{ "Key": "Name", "Option": "Equals", "Values": [name] }]);
    let answer = service
        .call(DESCRIBE_PARAMETERS, &json!({ "ParameterFilters": filter }))
        .await?;
    let first = answer.get("Parameters").and_then(|list| list.get(0));
    Ok(first.and_then(|parameter| text(parameter, "LastModifiedUser")))
}
