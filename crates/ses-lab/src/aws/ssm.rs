//! Systems Manager: its Parameter Store. JSON 1.1; words and members as in botocore's model.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::small_first;
use super::request::{Caller, Reply, Request, resource};
use super::{Operation, Service, fault};
use crate::state::{Live, Shared, uuid};
use crate::stored::{Keeper, Stored, Version};

pub(super) const SERVICE: Service = Service {
    signing_name: "ssm",
    prefix: "ssm",
    source: "ssm.amazonaws.com",
    protocol: Protocol::Json,
    operation,
    answer,
};

/// Without the value: CloudTrail never holds it.
fn operation(request: &Request) -> Option<Operation> {
    let name = request.header("x-amz-target")?.rsplit('.').next()?.to_owned();
    let mut parameters = request.json();
    parameters.remove("Value");
    let parameter = parameters.get("Name").and_then(Value::as_str);
    Some(Operation {
        resources: parameter
            .map(|name| resource("AWS::SSM::Parameter", name))
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
        "GetParameter" => json!({ "Parameter": call.value(call.required("Name")?)? }),
        "GetParameters" => call.values()?,
        "PutParameter" => call.put()?,
        "DescribeParameters" => call.described(),
        "GetParameterHistory" => call.history()?,
        other => {
            let message = format!("the lab has no operation {other} in Systems Manager");
            return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
        }
    };
    Ok(Reply::json(&value))
}

fn refused(code: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::new(400, code, message)
}

fn arn(parameter: &Stored) -> String {
    let Stored {
        account,
        region,
        name,
        ..
    } = parameter;
    let slash = if name.starts_with('/') { "" } else { "/" };
    format!("arn:aws:ssm:{region}:{account}:parameter{slash}{name}")
}

/// The ARN of the parameter that a call names, as permissions are asked for it.
pub(super) fn arn_of(live: &Live, caller: &Caller, operation: &Operation) -> Option<String> {
    let named = operation.parameter("name")?;
    let plain = match named.rsplit_once(':') {
        Some((plain, number)) if number.bytes().all(|digit| digit.is_ascii_digit()) => plain,
        Some(_) | None => named,
    };
    let mut here = live.stored.iter().filter(|parameter| {
        parameter.keeper == Keeper::ParameterStore
            && parameter.account == caller.account
            && parameter.region == caller.region
    });
    here.find(|it| it.name == plain || arn(it) == plain).map(arn)
}

fn kind(parameter: &Stored) -> &'static str {
    if parameter.secure {
        "SecureString"
    } else {
        "String"
    }
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
        let missing = || ApiError::new(400, "ValidationException", format!("{name} is missing."));
        self.text(name).ok_or_else(missing)
    }

    fn flag(&self, name: &str) -> bool {
        self.body.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn is_here(&self, parameter: &Stored) -> bool {
        parameter.keeper == Keeper::ParameterStore
            && parameter.account == self.caller.account
            && parameter.region == self.caller.region
    }

    /// The parameter of this name or ARN, and the number behind a colon.
    fn find(&self, name: &str) -> Result<(Stored, Option<usize>), ApiError> {
        let (plain, selector) = match name.rsplit_once(':') {
            Some((plain, number)) if number.bytes().all(|digit| digit.is_ascii_digit()) => {
                (plain, number.parse::<usize>().ok())
            }
            Some(_) | None => (name, None),
        };
        let live = self.shared.live();
        let found = live
            .stored
            .iter()
            .find(|it| self.is_here(it) && (it.name == plain || arn(it) == plain));
        let found = found.ok_or_else(|| refused("ParameterNotFound", ""))?;
        Ok((found.clone(), selector))
    }

    fn value(&self, name: &str) -> Result<Value, ApiError> {
        let (parameter, selector) = self.find(name)?;
        let number = selector.unwrap_or(parameter.versions.len());
        let version = number
            .checked_sub(1)
            .and_then(|place| parameter.versions.get(place));
        let version = version.ok_or_else(|| {
            let message = format!(
                "Systems Manager could not find version {number} of {}.",
                parameter.name
            );
            refused("ParameterVersionNotFound", message)
        })?;
        Ok(json!({
            "Name": parameter.name,
            "Type": kind(&parameter),
            "Value": self.shown(&parameter, version)?,
            "Version": number,
            "LastModifiedDate": version.created.as_second(),
            "ARN": arn(&parameter),
            "DataType": "text",
        }))
    }

    /// The value, or what stands for its ciphertext.
    fn shown(&self, parameter: &Stored, version: &Version) -> Result<String, ApiError> {
        match (parameter.secure, self.flag("WithDecryption")) {
            (true, true) if fault::is_denied(self.shared, "kms:Decrypt") => {
                let message = format!(
                    "User: {} is not authorized to perform: kms:Decrypt on resource: \
                     arn:aws:kms:{}:{}:key/alias/aws/ssm because no identity-based policy allows the kms:Decrypt action \
                     (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)",
                    self.caller.arn, parameter.region, parameter.account
                );
                Err(trouble(SERVICE.protocol, Trouble::Denied, message))
            }
            (true, false) => Ok(STANDARD.encode(format!("sealed {}", version.id))),
            (true, true) | (false, _) => Ok(version.value.expose_secret().to_owned()),
        }
    }

    fn values(&self) -> Result<Value, ApiError> {
        let names = self.body.get("Names").and_then(Value::as_array);
        let (mut found, mut invalid) = (Vec::new(), Vec::new());
        for name in names.into_iter().flatten().filter_map(Value::as_str) {
            match self.value(name) {
                Ok(value) => found.push(value),
                Err(error) if error.code.starts_with("Parameter") => invalid.push(name),
                Err(error) => return Err(error),
            }
        }
        Ok(json!({ "Parameters": found, "InvalidParameters": invalid }))
    }

    fn put(&self) -> Result<Value, ApiError> {
        let (name, value) = (self.required("Name")?, self.required("Value")?);
        let version = Version {
            id: uuid(),
            stages: Vec::new(),
            created: Timestamp::now(),
            by: self.caller.arn.clone(),
            value: SecretString::from(value.to_owned()),
            binary: false,
        };
        let mut live = self.shared.live();
        let known = live
            .stored
            .iter_mut()
            .find(|it| self.is_here(it) && it.name == name);
        let number = match known {
            Some(_) if !self.flag("Overwrite") => {
                let message = "The parameter already exists. To overwrite this value, set the overwrite option in \
                               the request to true.";
                return Err(refused("ParameterAlreadyExists", message));
            }
            Some(parameter) => {
                parameter.versions.push(version);
                parameter.versions.len()
            }
            None => {
                let Caller { account, region, .. } = self.caller;
                let mut parameter = Stored::new(Keeper::ParameterStore, account, region, name);
                parameter.secure = self.text("Type") == Some("SecureString");
                parameter.versions.push(version);
                live.stored.push(parameter);
                1
            }
        };
        Ok(json!({ "Version": number, "Tier": "Standard" }))
    }

    fn described(&self) -> Value {
        let filters = self.body.get("ParameterFilters").and_then(Value::as_array);
        let wanted: Option<Vec<&str>> = filters.and_then(|filters| {
            let of_name = filters
                .iter()
                .find(|filter| filter.get("Key").and_then(Value::as_str) == Some("Name"))?;
            let values = of_name.get("Values").and_then(Value::as_array)?;
            Some(values.iter().filter_map(Value::as_str).collect())
        });
        let live = self.shared.live();
        let here = live.stored.iter().filter(|it| self.is_here(it));
        let shown = here
            .filter(|it| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(&it.name.as_str()))
            })
            .filter_map(|it| Some(metadata(it, it.versions.len(), it.versions.last()?)));
        json!({ "Parameters": shown.collect::<Vec<_>>() })
    }

    fn history(&self) -> Result<Value, ApiError> {
        let (parameter, _) = self.find(self.required("Name")?)?;
        let each = parameter.versions.iter().enumerate().map(|(place, version)| {
            let mut value = metadata(&parameter, place + 1, version);
            let shown = self.shown(&parameter, version)?;
            if let Some(fields) = value.as_object_mut() {
                fields.remove("ARN");
                fields.insert("Value".to_owned(), json!(shown));
            }
            Ok(value)
        });
        Ok(json!({ "Parameters": each.collect::<Result<Vec<_>, ApiError>>()? }))
    }
}

fn metadata(parameter: &Stored, number: usize, version: &Version) -> Value {
    let mut value = json!({
        "Name": parameter.name,
        "ARN": arn(parameter),
        "Type": kind(parameter),
        "LastModifiedDate": version.created.as_second(),
        "LastModifiedUser": version.by,
        "Version": number,
        "Tier": "Standard",
        "Policies": [],
        "DataType": "text",
    });
    if let Some(fields) = value.as_object_mut().filter(|_| parameter.secure) {
        fields.insert("KeyId".to_owned(), json!("alias/aws/ssm"));
    }
    value
}
