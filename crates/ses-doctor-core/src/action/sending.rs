//! The switches for sending: of the account in a region, and of a configuration set.

use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// SES `PutAccountSendingAttributes`: for everybody who sends with this account in this region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSending {
    /// Whether sending is on.
    pub before: bool,
    /// Whether it is to be.
    pub after: bool,
}

impl Change for AccountSending {
    fn resource(&self) -> String {
        "the switch for sending of the account in this region".to_owned()
    }

    fn before(&self) -> State {
        State::Switch(self.before)
    }

    fn after(&self) -> State {
        State::Switch(self.after)
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after,
            after: self.before,
        }
        .into()
    }

    fn call(&self) -> Call {
        Call::new("sesv2", "PutAccountSendingAttributes").with("SendingEnabled", self.after)
    }

    fn permissions(&self) -> &'static [&'static str] {
        &["ses:PutAccountSendingAttributes", "ses:GetAccount"]
    }
}

/// SES `PutConfigurationSetSendingOptions`: for every message through this set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationSetSending {
    /// The configuration set.
    pub name: String,
    /// Whether sending through it is on.
    pub before: bool,
    /// Whether it is to be.
    pub after: bool,
}

impl Change for ConfigurationSetSending {
    fn resource(&self) -> String {
        format!("the switch for sending of the configuration set {}", self.name)
    }

    fn before(&self) -> State {
        State::Switch(self.before)
    }

    fn after(&self) -> State {
        State::Switch(self.after)
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
        Call::new("sesv2", "PutConfigurationSetSendingOptions")
            .with("ConfigurationSetName", self.name.as_str())
            .with("SendingEnabled", self.after)
    }

    fn permissions(&self) -> &'static [&'static str] {
        &["ses:PutConfigurationSetSendingOptions", "ses:GetConfigurationSet"]
    }
}
