//! AWS accounts of a world: IAM and SES state.

use serde::Deserialize;

use super::health::SupportPlan;
use super::metric::Metric;
use super::secret::Secret;
use super::stored::{StoredParameter, StoredSecret};
use super::vpc::{SecurityGroup, VpcEndpoint};
use super::when::When;

/// One AWS account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// Its name in the organization.
    pub name: Option<String>,
    /// Its support plan, which AWS Health asks for.
    #[serde(default)]
    pub support_plan: SupportPlan,
    /// Access keys of the root user.
    #[serde(default)]
    pub root_key: Vec<Key>,
    /// IAM users.
    #[serde(default)]
    pub user: Vec<User>,
    /// IAM groups.
    #[serde(default)]
    pub group: Vec<Group>,
    /// Customer managed policies.
    #[serde(default)]
    pub policy: Vec<ManagedPolicy>,
    /// SES, region by region; a region that is absent is a sandbox without identities.
    #[serde(default)]
    pub ses: Vec<Ses>,
    /// VPC endpoints of SES SMTP.
    #[serde(default)]
    pub vpc_endpoint: Vec<VpcEndpoint>,
    /// Security groups.
    #[serde(default)]
    pub security_group: Vec<SecurityGroup>,
    /// Secrets of Secrets Manager.
    #[serde(default)]
    pub secret: Vec<StoredSecret>,
    /// Parameters of Systems Manager.
    #[serde(default)]
    pub parameter: Vec<StoredParameter>,
}

/// An IAM user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user name.
    pub name: String,
    /// The path, `/` if absent.
    #[serde(default = "root_path")]
    pub path: String,
    /// When it was created.
    #[serde(default = "a_year_ago")]
    pub created: When,
    /// Names of the groups it is in.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Inline policies.
    #[serde(default)]
    pub policy: Vec<InlinePolicy>,
    /// ARNs of attached managed policies.
    #[serde(default)]
    pub attached: Vec<String>,
    /// ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// Access keys, at most two.
    #[serde(default)]
    pub key: Vec<Key>,
}

/// An access key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// `AKIA` and sixteen characters.
    pub id: String,
    /// The secret access key, forty characters.
    pub secret: Secret,
    /// Its status.
    #[serde(default)]
    pub status: KeyStatus,
    /// When it was created.
    #[serde(default = "half_a_year_ago")]
    pub created: When,
    /// Its last use, if any.
    pub last_used: Option<LastUsed>,
}

/// Status of an access key; `Expired` is the newest value of IAM's enum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum KeyStatus {
    /// It works.
    #[default]
    Active,
    /// It was switched off.
    Inactive,
    /// Its time is over. That SMTP refuses it with the common 535 is unsourced.
    Expired,
}

impl KeyStatus {
    /// The word that IAM uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Expired => "Expired",
        }
    }
}

/// Where and when a key was last used.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastUsed {
    /// The service, as `ses`; which word AWS shows after an SMTP login is unsourced.
    pub service: String,
    /// The region.
    pub region: String,
    /// The time.
    pub at: When,
}

/// A policy inside a user, group or SES identity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InlinePolicy {
    /// Its name.
    pub name: String,
    /// The JSON text.
    pub document: String,
}

/// An IAM group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The group name.
    pub name: String,
    /// Inline policies.
    #[serde(default)]
    pub policy: Vec<InlinePolicy>,
    /// ARNs of attached managed policies.
    #[serde(default)]
    pub attached: Vec<String>,
}

/// A customer managed policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedPolicy {
    /// Its name; the ARN is `arn:aws:iam::ACCOUNT:policy/NAME`.
    pub name: String,
    /// The JSON text of the default version.
    pub document: String,
    /// The number of the default version.
    #[serde(default = "first_version")]
    pub version: u32,
    /// Further versions, which are not in force.
    #[serde(default)]
    pub other_version: Vec<PolicyVersion>,
}

/// A version of a managed policy that is not its default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyVersion {
    /// Its number: 3 for `v3`.
    pub number: u32,
    /// The JSON text.
    pub document: String,
}

/// SES in one region of one account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ses {
    /// The region.
    pub region: String,
    /// Out of the sandbox.
    #[serde(default)]
    pub production_access: bool,
    /// `SendingEnabled` of the account.
    #[serde(default = "yes")]
    pub sending_enabled: bool,
    /// `HEALTHY`, `PROBATION` or `SHUTDOWN`.
    #[serde(default)]
    pub enforcement_status: Enforcement,
    /// The account has signed up for SES.
    #[serde(default = "yes")]
    pub subscribed: bool,
    /// Messages in 24 hours; -1 is unlimited.
    #[serde(default = "sandbox_day")]
    pub max_24_hour_send: f64,
    /// Messages in a second.
    #[serde(default = "sandbox_rate")]
    pub max_send_rate: f64,
    /// Messages sent in the last 24 hours.
    #[serde(default)]
    pub sent_last_24_hours: f64,
    /// Verified and unverified identities.
    #[serde(default)]
    pub identity: Vec<Identity>,
    /// Configuration sets.
    #[serde(default)]
    pub configuration_set: Vec<ConfigurationSet>,
    /// Tenants.
    #[serde(default)]
    pub tenant: Vec<Tenant>,
    /// What CloudWatch counted.
    #[serde(default)]
    pub metric: Vec<Metric>,
}

impl Ses {
    /// A region that nobody has touched: sandbox, nothing verified.
    pub fn untouched(region: &str) -> Self {
        Self {
            region: region.to_owned(),
            production_access: false,
            sending_enabled: true,
            enforcement_status: Enforcement::Healthy,
            subscribed: true,
            max_24_hour_send: sandbox_day(),
            max_send_rate: sandbox_rate(),
            sent_last_24_hours: 0.0,
            identity: Vec::new(),
            configuration_set: Vec::new(),
            tenant: Vec::new(),
            metric: Vec::new(),
        }
    }
}

/// What AWS thinks of the account's sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Enforcement {
    /// No complaint.
    #[default]
    Healthy,
    /// Under review, still sending.
    Probation,
    /// Paused.
    Shutdown,
}

impl Enforcement {
    /// The word that the API uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Probation => "PROBATION",
            Self::Shutdown => "SHUTDOWN",
        }
    }
}

/// A domain or an address that may be sent from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// `example.com` or `user@example.com`.
    pub name: String,
    /// Whether it may be sent from.
    #[serde(default = "yes")]
    pub verified: bool,
    /// The custom MAIL FROM domain.
    pub mail_from: Option<MailFrom>,
    /// The default configuration set.
    pub configuration_set: Option<String>,
    /// Sending authorization policies.
    #[serde(default)]
    pub policy: Vec<InlinePolicy>,
}

/// A custom MAIL FROM domain.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailFrom {
    /// The domain.
    pub domain: String,
    /// `SUCCESS`, `PENDING`, `FAILED` or `TEMPORARY_FAILURE`.
    #[serde(default = "success")]
    pub status: String,
    /// `USE_DEFAULT_VALUE` or `REJECT_MESSAGE`.
    #[serde(default = "use_default")]
    pub behavior_on_mx_failure: String,
}

/// A configuration set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationSet {
    /// Its name.
    pub name: String,
    /// Whether mail that names it is sent.
    #[serde(default = "yes")]
    pub sending_enabled: bool,
}

/// A tenant: what belongs together in one account that sends for several customers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Its name.
    pub name: String,
    /// What is associated with it, as `identity/example.com` or `configuration-set/news`.
    #[serde(default)]
    pub resources: Vec<String>,
    /// The account's own switch.
    #[serde(default)]
    pub customer_status: TenantStatus,
    /// What SES says; the tenant may send if neither is `DISABLED`.
    #[serde(default)]
    pub ses_status: TenantStatus,
    /// Why SES has disabled it.
    pub cause: Option<String>,
}

impl Tenant {
    /// The status that the two make together.
    pub fn status(&self) -> TenantStatus {
        match (self.ses_status, self.customer_status) {
            (TenantStatus::Disabled, _) => TenantStatus::Disabled,
            (_, customer) => customer,
        }
    }
}

/// Whether a tenant may send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum TenantStatus {
    /// It may.
    #[default]
    Enabled,
    /// It may, although there are findings.
    Reinstated,
    /// It may not.
    Disabled,
}

impl TenantStatus {
    /// The word that the API uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Reinstated => "REINSTATED",
            Self::Disabled => "DISABLED",
        }
    }
}

fn yes() -> bool {
    true
}

fn first_version() -> u32 {
    1
}

fn root_path() -> String {
    "/".to_owned()
}

fn a_year_ago() -> When {
    When::days_ago(365)
}

fn half_a_year_ago() -> When {
    When::days_ago(180)
}

fn sandbox_day() -> f64 {
    200.0
}

fn sandbox_rate() -> f64 {
    1.0
}

fn success() -> String {
    "SUCCESS".to_owned()
}

fn use_default() -> String {
    "USE_DEFAULT_VALUE".to_owned()
}
