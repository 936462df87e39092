//! A configuration file of this computer. It may hold a password, so that a plan knows it by digests only; what stands in
//! it is made again from the file itself, and before it is changed it is copied beside itself.

use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// The mechanical repair that `lint --fix` makes, or the way back from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalFile {
    /// Absolute path.
    pub path: String,
    /// SHA-256 of the bytes that are there, in hexadecimal digits.
    pub before: String,
    /// SHA-256 of the bytes that are to be there.
    pub after: String,
}

impl LocalFile {
    /// Where the bytes with this digest are kept: beside the file, with its owner and mode.
    pub fn copy_of(&self, digest: &str) -> String {
        let short = digest.get(..12).unwrap_or(digest);
        format!("{}.bak-{short}", self.path)
    }
}

impl Change for LocalFile {
    fn resource(&self) -> String {
        format!("the file {}", self.path)
    }

    fn before(&self) -> State {
        State::File(self.before.clone())
    }

    fn after(&self) -> State {
        State::File(self.after.clone())
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
        Call::new("file", "Replace")
            .with("Path", self.path.as_str())
            .with("Sha256", self.after.as_str())
            .with("Copy", self.copy_of(&self.before))
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[]
    }
}
