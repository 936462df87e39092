//! When the client's log shows the failure.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The failure that was taken from a log as the symptom, as the log counts and dates it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedFailures {
    /// How often it stands there.
    pub count: u64,
    /// The first one, when its time can be told.
    pub first: Option<LogTime>,
    /// The last one.
    pub last: Option<LogTime>,
    /// The last login that the log shows to have worked.
    pub last_login: Option<LogTime>,
    /// The last message that SES took.
    pub last_sent: Option<LogTime>,
}

/// A moment of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogTime {
    /// The moment.
    pub at: Timestamp,
    /// The log names no zone: `at` is right if its clock runs in this one.
    pub assumed_zone: Option<String>,
}
