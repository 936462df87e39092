//! A gate: the new pair logs in. What stands behind it is not begun before.

use super::{Action, Call, Change, Holds, State, Store};
use serde::{Deserialize, Serialize};

/// SMTP logins with the new pair. They change nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProof {
    /// The regions, with the place that the pair is read from; without one, it is the pair as the run keeps it.
    pub logins: Vec<ProvenLogin>,
    /// It is proven now.
    pub before: bool,
    /// It is to be.
    pub after: bool,
}

/// One of the logins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenLogin {
    /// The region of the endpoint, and of the password.
    pub region: String,
    /// Where the pair is read from, and what is kept there.
    pub kept: Option<(Store, Holds)>,
}

fn state(proven: bool) -> State {
    State::Word(if proven { "proven" } else { "not proven" }.to_owned())
}

impl Change for LoginProof {
    fn resource(&self) -> String {
        let words = |login: &ProvenLogin| match &login.kept {
            Some((store, _)) => format!("{} as {} keeps it", login.region, store.words()),
            None => login.region.clone(),
        };
        let all: Vec<String> = self.logins.iter().map(words).collect();
        format!("the SMTP login with the new pair in {}", all.join(", and in "))
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
        let regions: Vec<&str> = self.logins.iter().map(|login| login.region.as_str()).collect();
        Call::new("smtp", "Auth").with("Regions", regions)
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[]
    }

    fn is_gate(&self) -> bool {
        true
    }
}
