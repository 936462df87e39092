//! A gate: the place that is to keep the new pair can be written to. It is passed before the key is made, so that no key is
//! made whose secret nobody would take.

use super::{Action, Call, Change, State, Store};
use serde::{Deserialize, Serialize};

/// Tries a place by a write that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WritableStore {
    /// The place.
    pub store: Store,
    /// Its region, where it is in AWS and its id is no ARN.
    pub region: String,
    /// It is known now.
    pub before: bool,
    /// It is to be.
    pub after: bool,
}

fn state(known: bool) -> State {
    State::Word(if known { "writable" } else { "not tried" }.to_owned())
}

impl Change for WritableStore {
    fn resource(&self) -> String {
        format!("writing to {}", self.store.words())
    }

    fn before(&self) -> State {
        state(self.before)
    }

    fn after(&self) -> State {
        state(self.after)
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after,
            after: self.before,
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        match &self.store {
            // The present value under the id of the present version: AWS ignores it (PutSecretValue, ClientRequestToken).
            Store::Secret { id, .. } => Call::new("secretsmanager", "PutSecretValue")
                .with("SecretId", id.as_str())
                .with("ClientRequestToken", "present-version")
                .with("SecretString", "file://present-value"),
            // A parameter that exists is not overwritten unless that is said (PutParameter, Overwrite).
            Store::Parameter { id, .. } => Call::new("ssm", "PutParameter")
                .with("Name", id.as_str())
                .with("Value", "file://present-value")
                .with("Overwrite", false),
            Store::File { path, .. } => Call::new("file", "TryBeside").with("Path", path.as_str()),
            Store::Stdout => Call::new("file", "Flush"),
        }
    }

    fn permissions(&self) -> &'static [&'static str] {
        match self.store {
            Store::Secret { .. } => &["secretsmanager:PutSecretValue", "secretsmanager:GetSecretValue"],
            Store::Parameter { .. } => &["ssm:PutParameter", "ssm:GetParameter"],
            Store::File { .. } | Store::Stdout => &[],
        }
    }

    fn is_gate(&self) -> bool {
        true
    }
}
