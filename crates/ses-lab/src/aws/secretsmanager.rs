//! Secrets Manager: secrets, their versions and staging labels. JSON 1.1; words and members as in botocore's model.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::{decode_marker, encode_marker, small_first};
use super::request::{Caller, Reply, Request, resource};
use super::{Operation, Service, fault, stable_id};
use crate::state::{Live, Shared, uuid};
use crate::stored::{CURRENT, Keeper, Stored, Version};

pub(super) const SERVICE: Service = Service {
    signing_name: "secretsmanager",
    prefix: "secretsmanager",
    source: "secretsmanager.amazonaws.com",
    protocol: Protocol::Json,
    operation,
    answer,
};

/// Without the values: CloudTrail never holds them.
fn operation(request: &Request) -> Option<Operation> {
    let name = request.header("x-amz-target")?.rsplit('.').next()?.to_owned();
    let mut parameters = request.json();
    parameters.retain(|name, _| name != "SecretString" && name != "SecretBinary");
    let secret = parameters.get("SecretId").and_then(Value::as_str);
    Some(Operation {
        resources: secret
            .map(|id| resource("AWS::SecretsManager::Secret", id))
            .into_iter()
            .collect(),
        name,
        parameters: parameters
            .into_iter()
            .map(|(name, value)| (small_first(&name), value))
            .collect(),
    })
}

fn answer(
    shared: &Shared,
    caller: &Caller,
    operation: &Operation,
    request: &Request,
) -> Result<Reply, ApiError> {
    let body = request.json();
    let call = Call {
        shared,
        caller,
        body: &body,
    };
    let value = match operation.name.as_str() {
        "GetSecretValue" => call.value()?,
        "DescribeSecret" => call.described()?,
        "PutSecretValue" => call.put()?,
        "UpdateSecretVersionStage" => call.stage()?,
        "CreateSecret" => call.create()?,
        "ListSecretVersionIds" => call.versions()?,
        "ListSecrets" => call.list()?,
        "TagResource" => call.tag()?,
        other => {
            let message = format!("the lab has no operation {other} in Secrets Manager");
            return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
        }
    };
    Ok(Reply::json(&value))
}

fn refused(code: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

fn not_found() -> ApiError {
    refused(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    )
}

fn arn(secret: &Stored) -> String {
    let Stored {
        account,
        region,
        name,
        ..
    } = secret;
    let suffix: String = stable_id("", &format!("{account}/{region}/{name}"))
        .chars()
        .take(6)
        .collect();
    format!("arn:aws:secretsmanager:{region}:{account}:secret:{name}-{suffix}")
}

/// A secret is named by its name, its ARN, or its ARN without the six characters at its end.
fn is_named(secret: &Stored, id: &str) -> bool {
    let arn = arn(secret);
    let partial = arn.rsplit_once('-').map_or("", |(partial, _)| partial);
    [secret.name.as_str(), arn.as_str(), partial].contains(&id)
}

/// The ARN of the secret that a call names, as permissions are asked for it.
pub(super) fn arn_of(live: &Live, caller: &Caller, operation: &Operation) -> Option<String> {
    let id = operation.parameter("secretId")?;
    let mut here = live.stored.iter().filter(|secret| {
        secret.keeper == Keeper::SecretsManager
            && secret.account == caller.account
            && secret.region == caller.region
    });
    here.find(|secret| is_named(secret, id)).map(arn)
}

fn time(at: Timestamp) -> Value {
    json!(at.as_second())
}

/// A call with what it reads.
#[derive(Clone, Copy)]
struct Call<'a> {
    shared: &'a Shared,
    caller: &'a Caller,
    body: &'a Map<String, Value>,
}

impl Call<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.body
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| {
            refused(
                "InvalidParameterException",
                format!("You must provide a value for {name}."),
            )
        })
    }

    fn is_here(&self, secret: &Stored) -> bool {
        secret.keeper == Keeper::SecretsManager
            && secret.account == self.caller.account
            && secret.region == self.caller.region
    }

    /// Does something with the secret that the call names.
    fn with<T>(&self, act: impl FnOnce(&mut Stored) -> Result<T, ApiError>) -> Result<T, ApiError> {
        let id = self.required("SecretId")?;
        let mut live = self.shared.live();
        let found = live
            .stored
            .iter_mut()
            .find(|secret| self.is_here(secret) && is_named(secret, id));
        act(found.ok_or_else(not_found)?)
    }

    fn value(&self) -> Result<Value, ApiError> {
        let (id, stage) = (self.text("VersionId"), self.text("VersionStage"));
        let denied = fault::is_denied(self.shared, "kms:Decrypt");
        self.with(|secret| {
            usable(secret)?;
            if denied {
                let message = "Access to KMS is not allowed";
                return Err(trouble(SERVICE.protocol, Trouble::Denied, message));
            }
            let stage = stage.or(id.is_none().then_some(CURRENT));
            let fits = |version: &&Version| {
                id.is_none_or(|id| version.id == id)
                    && stage.is_none_or(|stage| version.stages.iter().any(|own| own == stage))
            };
            let version = secret.versions.iter().find(fits).ok_or_else(|| {
                let label = stage.map_or_else(
                    || format!("VersionId: {}", id.unwrap_or_default()),
                    |stage| format!("staging label: {stage}"),
                );
                let message = format!("Secrets Manager can't find the specified secret value for {label}");
                refused("ResourceNotFoundException", message)
            })?;
            let key = if version.binary {
                "SecretBinary"
            } else {
                "SecretString"
            };
            Ok(json!({
                "ARN": arn(secret),
                "Name": secret.name,
                "VersionId": version.id,
                key: version.value.expose_secret(),
                "VersionStages": version.stages,
                "CreatedDate": time(version.created),
            }))
        })
    }

    fn described(&self) -> Result<Value, ApiError> {
        self.with(|secret| {
            let stages = secret
                .versions
                .iter()
                .filter(|version| !version.stages.is_empty());
            let stages: Map<_, _> = stages
                .map(|version| (version.id.clone(), json!(version.stages)))
                .collect();
            let mut value = listed(secret);
            if let Some(fields) = value.as_object_mut() {
                fields.remove("SecretVersionsToStages");
                fields.insert("VersionIdsToStages".to_owned(), Value::Object(stages));
            }
            Ok(value)
        })
    }

    fn put(&self) -> Result<Value, ApiError> {
        let version = self.version()?;
        let stages = self.body.get("VersionStages").and_then(Value::as_array);
        let stages = stages.map(|list| {
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        self.with(|secret| {
            usable(secret)?;
            if let Some(known) = secret.versions.iter().find(|known| known.id == version.id) {
                if known.value.expose_secret() != version.value.expose_secret() {
                    let message = "A resource with the ID you requested already exists.";
                    return Err(refused("ResourceExistsException", message));
                }
            } else {
                secret.versions.push(version.clone());
            }
            for stage in stages.unwrap_or_else(|| vec![CURRENT.to_owned()]) {
                secret.stage(&version.id, &stage);
            }
            let stages = secret.versions.iter().find(|known| known.id == version.id);
            let stages = stages.map(|known| known.stages.clone()).unwrap_or_default();
            Ok(json!({ "ARN": arn(secret), "Name": secret.name, "VersionId": version.id, "VersionStages": stages }))
        })
    }

    /// The version that a call brings.
    fn version(&self) -> Result<Version, ApiError> {
        let (text, binary) = (self.text("SecretString"), self.text("SecretBinary"));
        let value = text.or(binary).ok_or_else(|| {
            let message = "You must provide either SecretString or SecretBinary.";
            refused("InvalidRequestException", message)
        })?;
        Ok(Version {
            id: self.text("ClientRequestToken").map_or_else(uuid, str::to_owned),
            stages: Vec::new(),
            created: Timestamp::now(),
            by: self.caller.arn.clone(),
            value: SecretString::from(value.to_owned()),
            binary: text.is_none(),
        })
    }

    fn stage(&self) -> Result<Value, ApiError> {
        let stage = self.required("VersionStage")?;
        let (from, to) = (self.text("RemoveFromVersionId"), self.text("MoveToVersionId"));
        self.with(|secret| {
            let holder = secret.staged(stage).map(|version| version.id.clone());
            if to.is_some_and(|to| !secret.versions.iter().any(|version| version.id == to)) {
                return Err(not_found());
            }
            if let Some(holder) = holder.filter(|holder| to != Some(holder) && from != Some(holder)) {
                let message = format!(
                    "The parameter RemoveFromVersionId can't be empty. Staging label {stage} is currently attached to \
                     version {holder}, so you must explicitly reference that version in RemoveFromVersionId."
                );
                return Err(refused("InvalidParameterException", message));
            }
            match to {
                Some(to) => secret.stage(to, stage),
                None => secret
                    .versions
                    .iter_mut()
                    .for_each(|version| version.stages.retain(|own| own != stage)),
            }
            Ok(json!({ "ARN": arn(secret), "Name": secret.name }))
        })
    }

    fn create(&self) -> Result<Value, ApiError> {
        let name = self.required("Name")?;
        let mut live = self.shared.live();
        if live
            .stored
            .iter()
            .any(|secret| self.is_here(secret) && secret.name == name)
        {
            let message = format!("The operation failed because the secret {name} already exists.");
            return Err(refused("ResourceExistsException", message));
        }
        let Caller { account, region, .. } = self.caller;
        let mut secret = Stored::new(Keeper::SecretsManager, account, region, name);
        secret.tags = tags(self.body);
        let mut answer = json!({ "ARN": arn(&secret), "Name": name });
        if self.text("SecretString").or(self.text("SecretBinary")).is_some() {
            let version = self.version()?;
            if let Some(fields) = answer.as_object_mut() {
                fields.insert("VersionId".to_owned(), json!(version.id));
            }
            let id = version.id.clone();
            secret.versions.push(version);
            secret.stage(&id, CURRENT);
        }
        live.stored.push(secret);
        Ok(answer)
    }

    fn versions(&self) -> Result<Value, ApiError> {
        let all = self.body.get("IncludeDeprecated").and_then(Value::as_bool) == Some(true);
        self.with(|secret| {
            let shown = secret
                .versions
                .iter()
                .filter(|version| all || !version.stages.is_empty());
            let shown: Vec<Value> = shown
                .map(|version| {
                    json!({
                        "VersionId": version.id,
                        "VersionStages": version.stages,
                        "CreatedDate": time(version.created),
                    })
                })
                .collect();
            let mut value = self.page("Versions", &shown)?;
            value.insert("ARN".to_owned(), json!(arn(secret)));
            value.insert("Name".to_owned(), json!(secret.name));
            Ok(Value::Object(value))
        })
    }

    fn list(&self) -> Result<Value, ApiError> {
        let live = self.shared.live();
        let here = live
            .stored
            .iter()
            .filter(|secret| self.is_here(secret) && secret.deleted.is_none());
        let shown: Vec<Value> = here.map(listed).collect();
        Ok(Value::Object(self.page("SecretList", &shown)?))
    }

    fn page(&self, name: &str, items: &[Value]) -> Result<Map<String, Value>, ApiError> {
        let start = match self.text("NextToken") {
            None => 0,
            Some(token) => decode_marker(token)
                .filter(|start| *start <= items.len())
                .ok_or_else(|| refused("InvalidNextTokenException", "The NextToken value is invalid."))?,
        };
        let size = self.body.get("MaxResults").and_then(Value::as_u64);
        let size = usize::try_from(size.unwrap_or(100)).unwrap_or(100);
        let page: Vec<Value> = items.iter().skip(start).take(size).cloned().collect();
        let mut value = Map::from_iter([(name.to_owned(), Value::Array(page))]);
        if start + size < items.len() {
            value.insert("NextToken".to_owned(), json!(encode_marker(start + size)));
        }
        Ok(value)
    }

    fn tag(&self) -> Result<Value, ApiError> {
        self.with(|secret| {
            for (key, value) in tags(self.body) {
                secret.tags.retain(|(known, _)| *known != key);
                secret.tags.push((key, value));
            }
            Ok(json!({}))
        })
    }
}

fn usable(secret: &Stored) -> Result<(), ApiError> {
    match secret.deleted {
        Some(_) => Err(refused(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )),
        None => Ok(()),
    }
}

fn tags(body: &Map<String, Value>) -> Vec<(String, String)> {
    let list = body.get("Tags").and_then(Value::as_array);
    let text = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).map(str::to_owned);
    list.into_iter()
        .flatten()
        .filter_map(|tag| Some((text(tag, "Key")?, text(tag, "Value").unwrap_or_default())))
        .collect()
}

/// As `ListSecrets` shows it.
fn listed(secret: &Stored) -> Value {
    let created = secret.versions.iter().map(|version| version.created).min();
    let changed = secret.versions.iter().map(|version| version.created).max();
    let dates = [
        ("CreatedDate", created),
        ("LastChangedDate", changed.max(secret.deleted)),
        ("LastRotatedDate", secret.rotated),
        ("DeletedDate", secret.deleted),
    ];
    let stages = secret
        .versions
        .iter()
        .map(|version| (version.id.clone(), json!(version.stages)));
    let tags: Vec<Value> = secret
        .tags
        .iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    let mut value = json!({
        "ARN": arn(secret),
        "Name": secret.name,
        "RotationEnabled": secret.rotation,
        "SecretVersionsToStages": stages.collect::<Map<_, _>>(),
        "Tags": tags,
    });
    if let Some(fields) = value.as_object_mut() {
        let known = dates
            .into_iter()
            .filter_map(|(name, at)| Some((name.to_owned(), time(at?))));
        fields.extend(known);
    }
    value
}
