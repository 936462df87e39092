//! One observation on its way into the evidence, and the one table that ties needs to slots.

use super::{
    AccessKeys, ArchivedUse, Caller, ConfigFault, ConfigurationSet, Evidence, HealthEvent, Identity,
    IdentityElsewhere, KeyLastUsed, LoggedFailures, OrganizationPolicies, PasswordSource, PolicyDocument,
    PortCheck, RegionLogin, RepairLogin, SendingMetrics, SesAccount, Simulation, StoredLogin, Symptom,
    Tenant, TrailHistory, User, VpcEndpoint,
};
use crate::experiment::Experiment;
use crate::need::Need;
use crate::observed::{Observation, Observed, Waited};
use jiff::Timestamp;
use ses_smtp::credential::CredentialFacts;
use ses_smtp::probe::ProbeFacts;

macro_rules! slots {
    ($($need:ident => $slot:ident : $type:ty),* $(,)?) => {
        /// What a collector hands over: an observation for the slot of its need.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "each lives for a moment, on its way into its slot")]
        pub enum Fact {
            $(#[doc = concat!("For [`Need::", stringify!($need), "`].")] $need(Observation<$type>),)*
        }

        impl Fact {
            /// The need that it meets.
            pub fn need(&self) -> Need {
                match self { $(Self::$need(_) => Need::$need,)* }
            }

            /// The same reason of unavailability for any need: no credentials, cancelled, past the deadline.
            pub fn failed(need: Need, source: &str, at: Timestamp, why: &str) -> Self {
                let why = why.to_owned();
                match need { $(Need::$need => Self::$need(Observation::new(source, at, Observed::Failed { why })),)* }
            }
        }

        impl Fact {
            /// With the IAM actions that were refused on the way, and what was waited out.
            #[must_use]
            pub fn looked_for(mut self, refused: Vec<String>, waiting: Option<Waited>) -> Self {
                match &mut self {
                    $(Self::$need(Observation { denied, waited, .. }) => {
                        *denied = refused;
                        *waited = waiting;
                    })*
                }
                self
            }

            /// Why the need could not be met, in words.
            pub fn unavailable(&self) -> Option<String> {
                match self { $(Self::$need(observation) => observation.unavailable(),)* }
            }
        }

        impl Evidence {
            /// The IAM actions that were refused when somebody looked.
            pub fn denied(&self, need: Need) -> Vec<&str> {
                match need { $(Need::$need => self.$slot.denied(),)* }
            }

            /// Puts an observation into its slot.
            pub fn record(&mut self, fact: Fact) {
                match fact { $(Fact::$need(observation) => self.$slot = observation,)* }
            }

            /// Nobody looked yet.
            pub fn is_not_asked(&self, need: Need) -> bool {
                match need { $(Need::$need => self.$slot.is_not_asked(),)* }
            }

            /// Somebody looked and was told, be it a value or its absence.
            pub fn is_settled(&self, need: Need) -> bool {
                match need { $(Need::$need => self.$slot.is_settled(),)* }
            }

            /// Why the need could not be met, in words.
            pub fn unavailable(&self, need: Need) -> Option<String> {
                match need { $(Need::$need => self.$slot.unavailable(),)* }
            }

            /// When somebody looked.
            pub fn observed_at(&self, need: Need) -> Option<Timestamp> {
                match need { $(Need::$need => self.$slot.observed_at,)* }
            }

            /// Source, time and value of a slot as JSON, for reports. `None` when nobody looked.
            pub fn exhibit(&self, need: Need) -> Option<Exhibit> {
                match need { $(Need::$need => Exhibit::of(&self.$slot),)* }
            }
        }
    };
}

slots! {
    Symptom => symptom: Symptom,
    ClientConfig => client_config: Vec<ConfigFault>,
    ClientLog => client_log: LoggedFailures,
    Credential => credential: CredentialFacts,
    Probe => probe: ProbeFacts,
    Regions => regions: Vec<RegionLogin>,
    Repairs => repairs: Vec<RepairLogin>,
    PasswordSource => password_source: PasswordSource,
    StoredLogins => stored_logins: Vec<StoredLogin>,
    Ports => ports: Vec<PortCheck>,
    Experiment => experiment: Experiment,
    Caller => caller: Caller,
    KeyAccount => key_account: String,
    KeyLastUsed => key_last_used: KeyLastUsed,
    AccessKeys => access_keys: AccessKeys,
    User => user: User,
    Policies => policies: Vec<PolicyDocument>,
    Organization => organization: OrganizationPolicies,
    VpcEndpoints => vpc_endpoints: Vec<VpcEndpoint>,
    Simulation => simulation: Simulation,
    AccountSummary => root_keys_present: bool,
    SesAccount => ses_account: SesAccount,
    SenderIdentity => sender_identity: Identity,
    SenderIdentityElsewhere => sender_identity_elsewhere: Vec<IdentityElsewhere>,
    RecipientIdentity => recipient_identity: Identity,
    ConfigurationSet => configuration_set: ConfigurationSet,
    Tenant => tenant: Tenant,
    KeyEvents => key_events: TrailHistory,
    UserEvents => user_events: TrailHistory,
    PolicyEvents => policy_events: TrailHistory,
    SesEvents => ses_events: TrailHistory,
    OrganizationEvents => organization_events: TrailHistory,
    VpcEvents => vpc_events: TrailHistory,
    SecretEvents => secret_events: TrailHistory,
    ArchivedEvents => archived_events: TrailHistory,
    ArchivedUse => archived_use: ArchivedUse,
    HealthEvents => health_events: Vec<HealthEvent>,
    SendingMetrics => sending_metrics: SendingMetrics,
}

/// A slot in the form of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Exhibit {
    /// Where it came from.
    pub source: String,
    /// When.
    pub observed_at: Option<Timestamp>,
    /// What was waited out first.
    pub waited: Option<Waited>,
    /// The value; JSON null when the source said that there is none; `Err` when it could not be had.
    pub value: Result<serde_json::Value, String>,
}

impl Exhibit {
    fn of<T: serde::Serialize>(observation: &Observation<T>) -> Option<Self> {
        let value = match &observation.observed {
            Observed::NotAsked => return None,
            Observed::Known(value) => {
                serde_json::to_value(value).map_err(|error| format!("cannot be shown: {error}"))
            }
            Observed::Missing => Ok(serde_json::Value::Null),
            Observed::Denied { .. } | Observed::Failed { .. } => {
                Err(observation.unavailable().unwrap_or_default())
            }
        };
        Some(Self {
            source: observation.source.clone(),
            observed_at: observation.observed_at,
            waited: observation.waited.clone(),
            value,
        })
    }
}
