//! Runs that no person was at: a program began them, and would begin them again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// By what a run is known to be automatic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Automatic {
    /// It was said so.
    Told,
    /// The environment is that of a job of continuous integration (`CI`).
    Ci,
    /// There was no terminal at which somebody could have sat.
    NoTerminal,
}

impl Automatic {
    /// In words, after "automatic: ".
    pub fn words(self) -> &'static str {
        match self {
            Self::Told => "told by --automatic",
            Self::Ci => "the variable CI is set",
            Self::NoTerminal => "there was no terminal",
        }
    }
}
