//! Who changes things: AWS through its APIs, and the files of this computer.

use crate::local_file;
use serde_json::{Value, json};
use ses_doctor_aws::{Actuator, AwsActuator, CallError};
use ses_doctor_core::action::{Action, State};

/// See the [module](self).
pub(crate) struct Hands {
    aws: AwsActuator,
}

impl Hands {
    /// AWS through this actuator, files directly.
    pub(crate) fn new(aws: AwsActuator) -> Self {
        Self { aws }
    }

    /// AWS.
    pub(crate) fn aws(&self) -> &AwsActuator {
        &self.aws
    }
}

impl Actuator for Hands {
    async fn read(&self, action: &Action) -> Result<State, String> {
        if let Action::LocalFile(change) = action {
            return local_file::read(change);
        }
        self.aws.read(action).await
    }

    async fn act(&self, action: &Action) -> Result<(), CallError> {
        if let Action::LocalFile(change) = action {
            return local_file::replace(change);
        }
        self.aws.act(action).await
    }

    async fn describe(&self, action: &Action) -> Result<Value, String> {
        if let Action::LocalFile(change) = action {
            // Its bytes may hold a password: they are kept beside the file, under its own mode.
            return Ok(
                json!({ "Path": change.path, "Sha256": change.before, "Copy": change.copy_of(&change.before) }),
            );
        }
        self.aws.describe(action).await
    }
}
