//! Events of the CloudTrail history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One event of `LookupEvents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// `sourceIPAddress`.
    pub source_ip: Option<String>,
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
}

impl TrailEvent {
    /// The call was carried out.
    pub fn succeeded(&self) -> bool {
        self.error_code.is_none()
    }
}
