//! What SES says of the account and its identities, per region.

use serde::{Deserialize, Serialize};

/// SES v2 `GetAccount`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SesAccount {
    /// Region asked.
    pub region: String,
    /// False means sandbox.
    pub production_access: bool,
    /// The switch of `PutAccountSendingAttributes`.
    pub sending_enabled: bool,
    /// `HEALTHY`, `PROBATION` or `SHUTDOWN`.
    pub enforcement_status: Option<String>,
    /// Messages in 24 hours; -1 is unlimited.
    pub max_24_hour_send: Option<f64>,
    /// Messages a second.
    pub max_send_rate: Option<f64>,
    /// Messages sent in the last 24 hours.
    pub sent_last_24_hours: Option<f64>,
}

/// SES v2 `GetEmailIdentity` of the most specific identity that exists: the address, else its domain and parent domains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Region asked.
    pub region: String,
    /// The identity's name: an address or a domain.
    pub name: String,
    /// May be sent from.
    pub verified_for_sending: bool,
    /// `PENDING`, `SUCCESS`, `FAILED`, `TEMPORARY_FAILURE`, `NOT_STARTED`.
    pub verification_status: Option<String>,
    /// Of the DKIM records, by which a domain is verified: the same words.
    #[serde(default)]
    pub dkim_status: Option<String>,
    /// Messages are signed with DKIM.
    #[serde(default)]
    pub dkim_signing: Option<bool>,
    /// Custom MAIL FROM domain.
    pub mail_from_domain: Option<String>,
    /// `PENDING`, `SUCCESS`, `FAILED`, `TEMPORARY_FAILURE`.
    pub mail_from_status: Option<String>,
    /// `USE_DEFAULT_VALUE` or `REJECT_MESSAGE`.
    pub behavior_on_mx_failure: Option<String>,
    /// The identity's default configuration set.
    pub configuration_set: Option<String>,
    /// Sending authorisation policies, by name.
    #[serde(default)]
    pub policies: Vec<IdentityPolicy>,
}

/// A sending authorisation policy: SES's resource policy, attached to the identity itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityPolicy {
    /// Its name.
    pub name: String,
    /// JSON text.
    pub document: String,
}

/// The sender's identity in one other region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityElsewhere {
    /// Region asked.
    pub region: String,
    /// The identity there; `None` when there is none; `Err` with the reason when it could not be read.
    pub identity: Result<Option<Identity>, String>,
}

/// SES v2 `GetConfigurationSet`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationSet {
    /// Its name.
    pub name: String,
    /// Sending through it is enabled.
    pub sending_enabled: bool,
}

/// SES v2 `GetTenant` with `ListTenantResources`, and `GetReputationEntity` of a tenant that may not send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Region asked.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// `ENABLED`, `REINSTATED` or `DISABLED`.
    pub sending_status: Option<String>,
    /// ARNs of the resources associated with it; `Err` with the reason when they could not be read.
    pub resources: Result<Vec<String>, String>,
    /// Who switched it off; read only when it may not send; `Err` with the reason when that could not be read.
    pub statuses: Option<Result<TenantStatuses, String>>,
}

/// The two statuses that the sending status of a tenant is made of: if either is `DISABLED`, it may not send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantStatuses {
    /// Of the account's own switch.
    pub customer: Option<String>,
    /// Of SES.
    pub ses: Option<String>,
    /// What SES, else the account, gives as the reason.
    pub cause: Option<String>,
}
