//! A world: one TOML file that says what is there, what is broken and what the person sees.

mod account;
mod chance;
mod client;
mod disturbance;
mod dns;
mod endpoint;
mod error;
mod health;
mod history;
pub(crate) mod managed;
mod metric;
pub(crate) mod organization;
mod refusal;
mod region;
mod secret;
mod stored;
mod validate;
mod vpc;
mod when;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

pub use account::{
    Account, ConfigurationSet, Enforcement, Group, Identity, InlinePolicy, Key, KeyStatus, LastUsed,
    MailFrom, ManagedPolicy, PolicyVersion, Ses, Tenant, TenantStatus, User,
};
pub use chance::Chance;
pub use client::{Client, ConfigFile, Operator, PropagationError, TlsMode, Trust};
pub use disturbance::{Disturbance, Fault};
pub use dns::DnsAnswer;
pub use endpoint::{Certificate, Endpoint, Impostor, PORTS};
pub use error::WorldError;
pub use health::{HealthCategory, HealthEvent, SupportPlan};
pub use history::{Event, EventResource, Faults};
pub use metric::{METRICS, Metric};
pub use organization::{ControlPolicy, Organization, PolicyType, Unit};
pub use refusal::Refusal;
pub use region::{API_ONLY_REGIONS, SMTP_REGIONS, has_smtp};
pub use secret::{Damage, Secret, Submitted};
pub use stored::{StoredParameter, StoredSecret, StoredVersion};
pub use vpc::{Ingress, SecurityGroup, VpcEndpoint};
pub use when::When;

/// A whole world, as read from one TOML file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// One line.
    pub title: String,
    /// Two or three sentences: what the person sees.
    pub story: String,
    /// The true causes, top first; empty only in a healthy world.
    pub causes: Vec<String>,
    /// Nothing is wrong.
    #[serde(default)]
    pub healthy: bool,
    /// Causes that may be named as possible without being wrong.
    #[serde(default)]
    pub possible: Vec<String>,
    /// Causes that this world resembles and that do not hold.
    #[serde(default)]
    pub near_misses: Vec<String>,
    /// The person with the trouble.
    pub client: Client,
    /// The person who helps; absent: no AWS credentials.
    pub operator: Option<Operator>,
    /// AWS accounts.
    #[serde(default)]
    pub account: Vec<Account>,
    /// The organization that accounts belong to; absent: they belong to none.
    pub organization: Option<Organization>,
    /// CloudTrail entries from before.
    #[serde(default)]
    pub event: Vec<Event>,
    /// What AWS Health tells.
    #[serde(default)]
    pub health_event: Vec<HealthEvent>,
    /// ARNs of the topics of SNS.
    #[serde(default)]
    pub topic: Vec<String>,
    /// SMTP endpoints that differ from healthy ones, or that are needed beyond the regions mentioned elsewhere.
    #[serde(default)]
    pub smtp: Vec<Endpoint>,
    /// Names that the name server answers differently.
    #[serde(default)]
    pub dns: BTreeMap<String, DnsAnswer>,
    /// What goes wrong with the AWS APIs.
    #[serde(default)]
    pub faults: Faults,
}

impl World {
    /// Reads a world from TOML; `name` is what error messages call it.
    pub fn parse(name: &str, text: &str) -> Result<Self, WorldError> {
        let world: Self = toml::from_str(text).map_err(|error| WorldError {
            message: error.message().to_owned(),
            span: error.span(),
            name: name.to_owned(),
            text: text.to_owned(),
        })?;
        validate::check(&world, name, text)?;
        Ok(world)
    }

    /// Reads a world from a file.
    pub fn read(path: &Path) -> Result<Self, WorldError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| WorldError {
            message: format!("cannot be read: {error}"),
            span: None,
            name: name.clone(),
            text: String::new(),
        })?;
        Self::parse(&name, &text)
    }

    /// The endpoint of a region: as written, else healthy if SES offers SMTP there.
    pub fn endpoint(&self, region: &str) -> Option<Endpoint> {
        let written = self.smtp.iter().find(|endpoint| endpoint.region == region);
        written
            .cloned()
            .or_else(|| has_smtp(region).then(|| Endpoint::healthy(region)))
    }

    /// Regions whose SMTP endpoint can be reached: all that the world mentions, the client's first.
    ///
    /// A region whose name does not resolve has none: there would be nothing to connect to.
    pub fn smtp_regions(&self) -> Vec<String> {
        let mut mentioned = vec![self.client.region.clone()];
        mentioned.extend(self.client.host_name().split('.').nth(1).map(str::to_owned));
        mentioned.extend(self.smtp.iter().map(|endpoint| endpoint.region.clone()));
        mentioned.extend(
            [&self.client.username, &self.client.password]
                .into_iter()
                .filter_map(|v| v.derive.clone()),
        );
        mentioned.extend(
            self.account
                .iter()
                .flat_map(|a| &a.ses)
                .map(|ses| ses.region.clone()),
        );
        let mut seen = BTreeSet::new();
        mentioned.retain(|region| {
            seen.insert(region.clone()) && self.endpoint(region).is_some() && self.resolves(region)
        });
        mentioned
    }

    fn resolves(&self, region: &str) -> bool {
        let answer = self.dns.get(&format!("email-smtp.{region}.amazonaws.com"));
        !matches!(
            answer,
            Some(DnsAnswer::NoSuchName | DnsAnswer::ServerFailure | DnsAnswer::Silent)
        )
    }

    /// The key with this id, wherever it is.
    pub fn key(&self, id: &str) -> Option<&Key> {
        self.account.iter().find_map(|account| account.key(id))
    }
}

impl Account {
    /// All keys of the account.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.root_key
            .iter()
            .chain(self.user.iter().flat_map(|user| &user.key))
    }

    /// The key with this id.
    pub fn key(&self, id: &str) -> Option<&Key> {
        self.keys().find(|key| key.id == id)
    }

    /// The user with this name.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.user.iter().find(|user| user.name == name)
    }

    /// The user that has this key; `None` for a root key.
    pub fn owner(&self, key: &str) -> Option<&User> {
        self.user.iter().find(|user| user.key.iter().any(|k| k.id == key))
    }

    /// SES in this region.
    pub fn ses(&self, region: &str) -> Ses {
        self.ses
            .iter()
            .find(|ses| ses.region == region)
            .cloned()
            .unwrap_or_else(|| Ses::untouched(region))
    }

    /// SES in this region, for a change.
    pub(crate) fn ses_mut(&mut self, region: &str) -> Option<&mut Ses> {
        if !self.ses.iter().any(|ses| ses.region == region) {
            self.ses.push(Ses::untouched(region));
        }
        self.ses.iter_mut().find(|ses| ses.region == region)
    }
}
