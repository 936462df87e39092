//! The default configuration set of an identity.

use super::state::word;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// SES `PutEmailIdentityConfigurationSetAttributes`: for every message from this identity that names no set itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityConfigurationSet {
    /// The identity: an address or a domain.
    pub identity: String,
    /// The default set that it has.
    pub before: Option<String>,
    /// The one that it is to have.
    pub after: Option<String>,
    /// The default set that it has does not exist.
    #[serde(default)]
    pub names_nothing: bool,
}

impl Change for IdentityConfigurationSet {
    fn resource(&self) -> String {
        format!("the default configuration set of the identity {}", self.identity)
    }

    fn before(&self) -> State {
        word(self.before.as_ref())
    }

    fn after(&self) -> State {
        word(self.after.as_ref())
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after.clone(),
            after: self.before.clone(),
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        let call = Call::new("sesv2", "PutEmailIdentityConfigurationSetAttributes")
            .with("EmailIdentity", self.identity.as_str());
        match &self.after {
            Some(name) => call.with("ConfigurationSetName", name.as_str()),
            None => call,
        }
    }

    fn one_way(&self) -> Option<&'static str> {
        let forgets = self.names_nothing && self.after.is_none();
        forgets.then_some("a set that does not exist cannot be expected to be taken as the default again")
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[
            "ses:PutEmailIdentityConfigurationSetAttributes",
            "ses:GetEmailIdentity",
        ]
    }
}
