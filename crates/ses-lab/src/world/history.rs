//! What happened before: CloudTrail entries; and what goes wrong with the APIs: faults.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::chance::Chance;
use super::refusal::Refusal;
use super::when::When;

/// A CloudTrail entry that was there before the lab started.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// `eventName`.
    pub name: String,
    /// `eventSource`; `iam.amazonaws.com` if absent.
    #[serde(default = "iam")]
    pub source: String,
    /// When.
    pub at: When,
    /// The region of the entry; `us-east-1` (where IAM's entries are) if absent.
    #[serde(default = "us_east_1")]
    pub region: String,
    /// The account; the first one if absent.
    pub account: Option<String>,
    /// The IAM user who called, or `root`; absent where a role or a service did.
    pub user: Option<String>,
    /// The role whose session called.
    pub role: Option<String>,
    /// The name of that session.
    pub session: Option<String>,
    /// The AWS service that called, by itself or for the role: `cloudformation.amazonaws.com`.
    pub invoked_by: Option<String>,
    /// This is what broke it: the diagnosis has to name it.
    #[serde(default)]
    pub at_fault: bool,
    /// The access key that signed the call; absent for the console.
    pub access_key: Option<String>,
    /// Where the call came from.
    #[serde(default = "an_address")]
    pub source_ip: String,
    /// The caller's program.
    #[serde(default = "console")]
    pub user_agent: String,
    /// What was acted upon.
    #[serde(default)]
    pub resource: Vec<EventResource>,
    /// `requestParameters`.
    #[serde(default)]
    pub request: serde_json::Map<String, serde_json::Value>,
    /// `errorCode`.
    pub error_code: Option<String>,
    /// `errorMessage`.
    pub error_message: Option<String>,
}

/// A resource of a CloudTrail entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventResource {
    /// As `AWS::IAM::AccessKey`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// What goes wrong with the AWS APIs. Calls are named `service:Operation`, as in `iam:ListAccessKeys`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// Calls the operator may not make; `service:*` for all of a service.
    #[serde(default)]
    pub denied: Vec<String>,
    /// Calls a second before throttling.
    #[serde(default)]
    pub throttle: BTreeMap<String, u32>,
    /// How many of the first calls fail with a server error.
    #[serde(default)]
    pub error_5xx: BTreeMap<String, u32>,
    /// Calls that are answered with no, and with which code.
    #[serde(default)]
    pub refused: BTreeMap<String, Refusal>,
    /// Milliseconds added to every call.
    #[serde(default)]
    pub latency_ms: u64,
    /// What strikes by chance.
    pub chance: Option<Chance>,
}

fn iam() -> String {
    "iam.amazonaws.com".to_owned()
}

fn us_east_1() -> String {
    "us-east-1".to_owned()
}

fn an_address() -> String {
    "203.0.113.24".to_owned()
}

fn console() -> String {
    "console.amazonaws.com".to_owned()
}
