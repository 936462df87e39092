//! Configuration sets: made, read, switched, deleted.

use serde_json::{Value, json};

use super::subject;
use crate::aws::Operation;
use crate::aws::error::ApiError;
use crate::world::{ConfigurationSet, Ses};

pub(super) fn answer(ses: &mut Ses, operation: &Operation) -> Result<Value, ApiError> {
    let name = subject(operation, "configurationSetName")?;
    if operation.name == "CreateConfigurationSet" {
        return create(ses, name, operation);
    }
    let set = ses.configuration_set.iter_mut().find(|set| set.name == name);
    let set = set.ok_or_else(|| {
        let message = format!("Configuration set <{name}> does not exist.");
        ApiError::new(404, "NotFoundException", message)
    })?;
    match operation.name.as_str() {
        "PutConfigurationSetSendingOptions" => {
            // A switch that is left out is off, as SES's own JSON reader takes it.
            set.sending_enabled = switch(operation.parameters.get("sendingEnabled"), false);
            Ok(json!({}))
        }
        "DeleteConfigurationSet" => {
            ses.configuration_set.retain(|set| set.name != name);
            Ok(json!({}))
        }
        _ => Ok(json!({
            "ConfigurationSetName": set.name,
            "SendingOptions": { "SendingEnabled": set.sending_enabled },
            "ReputationOptions": { "ReputationMetricsEnabled": false },
            "Tags": [],
        })),
    }
}

fn create(ses: &mut Ses, name: &str, operation: &Operation) -> Result<Value, ApiError> {
    if ses.configuration_set.iter().any(|set| set.name == name) {
        let message = format!("Configuration set <{name}> already exists.");
        return Err(ApiError::new(400, "AlreadyExistsException", message));
    }
    let options = operation.parameters.get("sendingOptions");
    let sending = options.and_then(|options| options.get("SendingEnabled"));
    ses.configuration_set.push(ConfigurationSet {
        name: name.to_owned(),
        sending_enabled: switch(sending, true),
    });
    Ok(json!({}))
}

fn switch(value: Option<&Value>, default: bool) -> bool {
    value.and_then(Value::as_bool).unwrap_or(default)
}
