//! Events of the CloudTrail history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one question to the event history gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailHistory {
    /// The region whose history it is.
    pub region: String,
    /// What it was asked for: names of resources, of a service, of events.
    pub asked: Vec<String>,
    /// How many times `LookupEvents` was called.
    pub lookups: u32,
    /// False when events that were asked for may lie behind the last page that was read.
    pub complete: bool,
    /// Newest first.
    pub events: Vec<TrailEvent>,
}

impl TrailHistory {
    /// A history that holds all there is, read in one look-up.
    pub fn whole(region: impl Into<String>, events: Vec<TrailEvent>) -> Self {
        Self {
            region: region.into(),
            asked: Vec::new(),
            lookups: 1,
            complete: true,
            events,
        }
    }
}

/// What a key was used for, by CloudTrail's files. Data events are among it where a trail records them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ArchivedUse {
    /// Calls that the key signed.
    pub calls: u64,
    /// The first of them.
    pub first: Option<Timestamp>,
    /// The last of them.
    pub last: Option<Timestamp>,
    /// The last that was carried out.
    pub last_success: Option<Timestamp>,
    /// Those that were refused, the most frequent first.
    pub refused: Vec<CallCount>,
    /// False when a part of the files could not be read.
    pub complete: bool,
}

/// Calls of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallCount {
    /// `eventSource`.
    pub source: String,
    /// `eventName`.
    pub name: String,
    /// `errorCode`.
    pub error_code: String,
    /// How many.
    pub count: u64,
    /// The first.
    pub first: Timestamp,
    /// The last.
    pub last: Timestamp,
}

/// One event of `LookupEvents`, or of CloudTrail's files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TrailEvent {
    /// Event id.
    pub id: String,
    /// Event time.
    pub at: Timestamp,
    /// `eventName`.
    pub name: String,
    /// `eventSource`.
    pub source: String,
    /// Who acted: ARN or user name.
    pub actor: Option<String>,
    /// What else `userIdentity` tells of them.
    #[serde(default)]
    pub identity: UserIdentity,
    /// `sourceIPAddress`: an address, or the name of the AWS service that called.
    pub source_ip: Option<String>,
    /// `userAgent`.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The console made the call (`sessionCredentialFromConsole`).
    #[serde(default)]
    pub from_console: bool,
    /// `errorCode` of a failed call.
    pub error_code: Option<String>,
    /// Names of the resources acted upon.
    pub resources: Vec<String>,
    /// `requestParameters.userName`.
    pub user_name: Option<String>,
    /// `requestParameters.accessKeyId`, or the new key's id.
    pub access_key_id: Option<String>,
    /// `requestParameters.status`.
    pub status: Option<String>,
    /// Other request parameters that tell what changed; never a document or a secret.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

/// `userIdentity` of an event (CloudTrail User Guide: CloudTrail userIdentity element).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserIdentity {
    /// `type`: `IAMUser`, `AssumedRole`, `Root`, `AWSService` …
    pub kind: Option<String>,
    /// ARN of the role behind an assumed role (`sessionContext.sessionIssuer.arn`).
    pub issuer: Option<String>,
    /// `invokedBy`: the AWS service that called on somebody's behalf.
    pub invoked_by: Option<String>,
}

impl TrailEvent {
    /// The call was carried out.
    pub fn succeeded(&self) -> bool {
        self.error_code.is_none()
    }

    /// A request parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}
