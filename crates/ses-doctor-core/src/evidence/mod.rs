//! The evidence of one diagnosis: one slot for each [`Need`], and what was told by the person.

mod client_log;
mod config;
mod fact;
mod health;
mod iam;
mod login;
mod metrics;
mod organization;
mod password_source;
mod ses;
mod simulation;
mod symptom;
mod trail;
mod vpc;
mod wire;

pub use client_log::{LogTime, LoggedFailures};
pub use config::ConfigFault;
pub use fact::Fact;
pub use health::{HealthCategory, HealthEvent, HealthStatus};
pub use iam::{AccessKey, AccessKeys, Attachment, Caller, KeyLastUsed, KeyStatus, PolicyDocument, User};
pub use login::{Login, Refusal};
pub use metrics::{MetricSeries, Onset, SendingMetrics};
pub use organization::{
    ControlPolicy, OrganizationLevel, OrganizationPolicies, OrganizationTarget, TargetKind,
};
pub use password_source::{Keeper, OwnPair, PasswordSource, StoredLogin, StoredVersion};
pub use ses::{
    ConfigurationSet, Identity, IdentityElsewhere, IdentityPolicy, SesAccount, Tenant, TenantStatuses,
};
pub use simulation::{EvalDecision, MatchedStatement, SimulatedDecision, Simulation};
pub use symptom::{Reported, Symptom};
pub use trail::{ArchivedUse, CallCount, TrailEvent, TrailHistory, UserIdentity};
pub use vpc::{IngressRule, SecurityGroup, VpcEndpoint};
pub use wire::{LoginOutcome, PortCheck, RegionLogin, RepairLogin};

use crate::experiment::Experiment;
#[cfg(doc)]
use crate::need::Need;
use crate::observed::Observation;
use serde::{Deserialize, Serialize};
use ses_smtp::credential::CredentialFacts;
use ses_smtp::probe::ProbeFacts;

/// Everything observed so far. It holds no secret and may be saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Evidence {
    /// [`Need::Symptom`].
    pub symptom: Observation<Symptom>,
    /// [`Need::ClientConfig`].
    pub client_config: Observation<Vec<ConfigFault>>,
    /// [`Need::ClientLog`].
    pub client_log: Observation<LoggedFailures>,
    /// [`Need::Credential`].
    pub credential: Observation<CredentialFacts>,
    /// [`Need::Probe`].
    pub probe: Observation<ProbeFacts>,
    /// [`Need::Regions`].
    pub regions: Observation<Vec<RegionLogin>>,
    /// [`Need::Repairs`].
    pub repairs: Observation<Vec<RepairLogin>>,
    /// [`Need::PasswordSource`].
    pub password_source: Observation<PasswordSource>,
    /// [`Need::StoredLogins`].
    pub stored_logins: Observation<Vec<StoredLogin>>,
    /// [`Need::Ports`].
    pub ports: Observation<Vec<PortCheck>>,
    /// [`Need::Experiment`].
    pub experiment: Observation<Experiment>,
    /// [`Need::Caller`].
    pub caller: Observation<Caller>,
    /// [`Need::KeyAccount`].
    pub key_account: Observation<String>,
    /// [`Need::KeyLastUsed`].
    pub key_last_used: Observation<KeyLastUsed>,
    /// [`Need::AccessKeys`].
    pub access_keys: Observation<AccessKeys>,
    /// [`Need::User`].
    pub user: Observation<User>,
    /// [`Need::Policies`].
    pub policies: Observation<Vec<PolicyDocument>>,
    /// [`Need::Organization`].
    pub organization: Observation<OrganizationPolicies>,
    /// [`Need::VpcEndpoints`].
    pub vpc_endpoints: Observation<Vec<VpcEndpoint>>,
    /// [`Need::Simulation`].
    pub simulation: Observation<Simulation>,
    /// [`Need::AccountSummary`]: whether root access keys exist.
    pub root_keys_present: Observation<bool>,
    /// [`Need::SesAccount`].
    pub ses_account: Observation<SesAccount>,
    /// [`Need::SenderIdentity`].
    pub sender_identity: Observation<Identity>,
    /// [`Need::SenderIdentityElsewhere`].
    pub sender_identity_elsewhere: Observation<Vec<IdentityElsewhere>>,
    /// [`Need::RecipientIdentity`].
    pub recipient_identity: Observation<Identity>,
    /// [`Need::ConfigurationSet`].
    pub configuration_set: Observation<ConfigurationSet>,
    /// [`Need::Tenant`].
    pub tenant: Observation<Tenant>,
    /// [`Need::KeyEvents`].
    pub key_events: Observation<TrailHistory>,
    /// [`Need::UserEvents`].
    pub user_events: Observation<TrailHistory>,
    /// [`Need::PolicyEvents`].
    pub policy_events: Observation<TrailHistory>,
    /// [`Need::SesEvents`].
    pub ses_events: Observation<TrailHistory>,
    /// [`Need::OrganizationEvents`].
    pub organization_events: Observation<TrailHistory>,
    /// [`Need::VpcEvents`].
    pub vpc_events: Observation<TrailHistory>,
    /// [`Need::SecretEvents`].
    #[serde(default)]
    pub secret_events: Observation<TrailHistory>,
    /// [`Need::ArchivedEvents`].
    #[serde(default)]
    pub archived_events: Observation<TrailHistory>,
    /// [`Need::ArchivedUse`].
    #[serde(default)]
    pub archived_use: Observation<ArchivedUse>,
    /// [`Need::HealthEvents`].
    pub health_events: Observation<Vec<HealthEvent>>,
    /// [`Need::SendingMetrics`].
    pub sending_metrics: Observation<SendingMetrics>,
}
