//! What an operator has to be allowed, as policies that can be attached as they are. Each action says how narrowly AWS lets
//! it be granted (Service Authorization Reference), how often it is called and what it tells; which action belongs to
//! which need stands in [`crate::PERMISSIONS`] alone.

mod actions;
mod engines;
mod narrower;
mod plan;
mod policy;
mod query;
mod scope;

pub use actions::ACTIONS;
pub use narrower::{Narrower, narrower};
pub use plan::{PlanGrant, for_plan};
pub use policy::{Policy, document, policies};
pub use query::{Query, ResultsInTrail};
pub use scope::{S3Place, Scope};

use crate::permissions::{
    ACCESS_ANALYZER_PERMISSIONS, APPLY_PERMISSIONS, GLUE_CREATE_TABLE, PERMISSIONS, ROTATION_PERMISSIONS,
    TRAIL_BUCKET_PERMISSIONS, TRAIL_HISTORY_PERMISSIONS,
};
use ses_doctor_core::Need;

/// One IAM action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// As in a policy.
    pub name: &'static str,
    /// How narrowly it can be granted.
    pub level: Level,
    /// How often it is called.
    pub calls: Calls,
    /// What the answer tells.
    pub tells: &'static str,
    /// Whether it belongs into the least policy.
    pub use_: Use,
}

/// The resource that AWS checks for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// None: AWS takes `*` and nothing else.
    Nothing,
    /// There may be one; AWS's reference for it could not be read, so that `*` is the safe grant.
    Unread,
    /// An event of AWS Health, any of them.
    HealthEvent,
    /// The SMTP user.
    User,
    /// A user, and no managed policies but those that are named.
    AttachedUser,
    /// A user that is not known before the answer.
    UnknownUser,
    /// A group of the SMTP user.
    Group,
    /// A managed policy, of the account or of AWS.
    ManagedPolicy,
    /// A managed policy of the account.
    OwnPolicy,
    /// An SES identity: of sender or recipient.
    Identity,
    /// An SES identity, and the configuration set that it is to have.
    IdentityAndSet,
    /// A security group of EC2.
    SecurityGroup,
    /// A VPC endpoint.
    VpcEndpoint,
    /// An SES configuration set.
    ConfigurationSet,
    /// A secret of Secrets Manager.
    Secret,
    /// A parameter of Systems Manager.
    Parameter,
    /// A KMS key of the account: which one encrypts a secret is known only once it is read.
    EncryptionKey,
    /// The account in its organization.
    OrganizationAccount,
    /// The account or an organizational unit above it.
    OrganizationChild,
    /// An organizational unit.
    OrganizationalUnit,
    /// Root, unit or account.
    OrganizationTarget,
    /// An SCP or RCP.
    ControlPolicy,
    /// A bucket of S3.
    Bucket,
    /// The objects of a bucket.
    Objects,
    /// A workgroup of Athena.
    WorkGroup,
    /// A database of the Glue Data Catalog, the catalog, and the database `default`.
    CatalogDatabase,
    /// A table of the Glue Data Catalog, its database, and the catalog.
    CatalogTable,
    /// What CloudTrail has delivered for Athena to read.
    DeliveredObjects,
    /// The bucket of Athena's results.
    ResultsBucket,
    /// Athena's results.
    Results,
    /// An event data store of CloudTrail Lake.
    EventDataStore,
    /// The KMS key of a trail's files.
    TrailKey,
    /// The KMS key of Athena's results.
    ResultsKey,
    /// The KMS key of an event data store.
    StoreKey,
}

/// How often an action is called in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    /// At most so often, pages and retries not counted.
    AtMost(u32),
    /// Once for each of these.
    Each(&'static str),
    /// Not by this program: by the service that it asks, with the permissions of whoever asks.
    OnBehalf(&'static str),
}

/// Why an action is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A conclusion stands on it.
    Conclusion,
    /// Only when another one is refused: no part of the least policy.
    InPlaceOf(&'static str),
    /// It spares calls or adds names, no conclusion: no part of the least policy.
    Comfort(&'static str),
    /// Not everybody needs it: a part of the least policy only where its resource is named.
    OnceNamed(&'static str),
}

/// What the permissions are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// `diagnose`, and whatever else reads an account.
    Diagnose,
    /// `policy compare --access-analyzer`.
    Compare,
    /// `apply`, of any fix.
    Apply,
    /// `rotate`.
    Rotate,
    /// `trail history`.
    History,
    /// `trail scan` of a bucket.
    Scan,
    /// `trail athena`.
    Athena,
    /// `trail lake`.
    Lake,
}

impl Action {
    /// The action of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|action| action.name == name)
    }

    /// The needs that it serves.
    pub fn needs(&self) -> Vec<Need> {
        let serving = PERMISSIONS
            .iter()
            .filter(|(_, actions)| actions.contains(&self.name));
        serving.map(|(need, _)| *need).collect()
    }

    /// Why it is called, now that these resources are named.
    pub fn use_in(&self, scope: &Scope) -> Use {
        match self.use_ {
            Use::OnceNamed(_) if !scope.resources(self.level).is_empty() => Use::Conclusion,
            other => other,
        }
    }

    /// It changes something, or may.
    pub fn is_write(&self) -> bool {
        const READS: [&str; 8] = [
            "Get", "List", "Lookup", "Describe", "Simulate", "Decrypt", "Validate", "Check",
        ];
        let verb = self.name.split(':').nth(1).unwrap_or_default();
        !READS.iter().any(|read| verb.starts_with(read))
    }

    /// It is asked of the organization's management account or a delegated administrator.
    pub fn is_of_organization(&self) -> bool {
        self.name.starts_with("organizations:")
    }
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 8] = [
        Self::Diagnose,
        Self::Compare,
        Self::Apply,
        Self::Rotate,
        Self::History,
        Self::Scan,
        Self::Athena,
        Self::Lake,
    ];

    /// The actions that it may call.
    pub fn actions(self) -> Vec<&'static Action> {
        let names: Vec<&str> = match self {
            Self::Diagnose => PERMISSIONS
                .iter()
                .flat_map(|(_, actions)| *actions)
                .copied()
                .collect(),
            Self::Compare => ACCESS_ANALYZER_PERMISSIONS.to_vec(),
            Self::Apply => APPLY_PERMISSIONS.to_vec(),
            Self::Rotate => ROTATION_PERMISSIONS.to_vec(),
            Self::History => TRAIL_HISTORY_PERMISSIONS.to_vec(),
            Self::Scan => TRAIL_BUCKET_PERMISSIONS.to_vec(),
            Self::Athena => return engines::ATHENA.iter().collect(),
            Self::Lake => return engines::LAKE.iter().collect(),
        };
        ACTIONS
            .iter()
            .filter(|action| names.contains(&action.name))
            .collect()
    }

    /// The same, without those of places that a rotation does not write to, and without making a table that is there.
    pub fn actions_in(self, scope: &Scope) -> Vec<&'static Action> {
        let mut actions = self.actions();
        if scope.query.existing_table {
            actions.retain(|action| action.name != GLUE_CREATE_TABLE);
        }
        if self == Self::Rotate {
            actions.retain(|action| match action.name.split(':').next() {
                Some("secretsmanager") => !scope.secrets.is_empty(),
                Some("ssm") => !scope.parameters.is_empty(),
                Some("kms") => !scope.secrets.is_empty() || !scope.parameters.is_empty(),
                _ => true,
            });
        }
        actions
    }

    /// How often it calls an action.
    pub fn calls(self, action: &Action) -> Calls {
        match self {
            Self::Diagnose | Self::Compare | Self::Athena | Self::Lake => action.calls,
            Self::Scan if action.level == Level::EncryptionKey => Calls::Each("object that is read, by S3"),
            Self::Scan => action.calls,
            Self::History => Calls::Each("50 events of a region"),
            Self::Apply | Self::Rotate => {
                Calls::Each("step that it belongs to, and for each look before and after")
            }
        }
    }
}

impl Level {
    /// Why nothing narrower than `*` is granted.
    pub fn star_because(self) -> Option<&'static str> {
        match self {
            Self::Nothing => Some("the API has no resource level: AWS takes nothing but `*`"),
            Self::HealthEvent => {
                Some("its resource is an event of AWS Health, and only the answer of another call names them")
            }
            Self::Unread => Some("which resource AWS checks for it is not sourced here"),
            Self::User
            | Self::AttachedUser
            | Self::UnknownUser
            | Self::Group
            | Self::ManagedPolicy
            | Self::OwnPolicy
            | Self::Identity
            | Self::IdentityAndSet
            | Self::SecurityGroup
            | Self::VpcEndpoint
            | Self::ConfigurationSet
            | Self::Secret
            | Self::Parameter
            | Self::EncryptionKey
            | Self::OrganizationAccount
            | Self::OrganizationChild
            | Self::OrganizationalUnit
            | Self::OrganizationTarget
            | Self::ControlPolicy
            | Self::Bucket
            | Self::Objects
            | Self::WorkGroup
            | Self::CatalogDatabase
            | Self::CatalogTable
            | Self::DeliveredObjects
            | Self::ResultsBucket
            | Self::Results
            | Self::EventDataStore
            | Self::TrailKey
            | Self::ResultsKey
            | Self::StoreKey => None,
        }
    }

    /// The name of the statement that grants it.
    fn sid(self, writes: bool) -> String {
        match (self, writes) {
            (Self::WorkGroup | Self::EventDataStore, true) => "StartAndStopQueries".to_owned(),
            (Self::CatalogTable, true) => "MakeTheTable".to_owned(),
            (_, true) => format!("Write{}", self.name()),
            (_, false) => self.name().to_owned(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "WithoutResourceLevel",
            Self::HealthEvent => "AnyHealthEvent",
            Self::Unread => "ResourceLevelNotSourced",
            Self::User => "SmtpUser",
            Self::AttachedUser => "AttachmentsToTheUser",
            Self::UnknownUser => "OwnerOfTheKey",
            Self::Group => "GroupsOfTheUser",
            Self::ManagedPolicy => "ManagedPolicies",
            Self::OwnPolicy => "CustomerManagedPolicies",
            Self::Identity => "Identities",
            Self::IdentityAndSet => "DefaultConfigurationSets",
            Self::SecurityGroup => "SecurityGroups",
            Self::VpcEndpoint => "VpcEndpoints",
            Self::ConfigurationSet => "ConfigurationSets",
            Self::Secret => "Secrets",
            Self::Parameter => "Parameters",
            Self::EncryptionKey => "EncryptionKeys",
            Self::OrganizationAccount => "AccountInOrganization",
            Self::OrganizationChild => "PathOfTheAccount",
            Self::OrganizationalUnit => "OrganizationalUnits",
            Self::OrganizationTarget => "AttachedControlPolicies",
            Self::ControlPolicy => "ControlPolicies",
            Self::Bucket => "BucketOfTheTrail",
            Self::Objects | Self::DeliveredObjects => "FilesOfTheTrail",
            Self::WorkGroup => "QueriesOfTheWorkGroup",
            Self::CatalogDatabase => "DatabaseOfTheTable",
            Self::CatalogTable => "Table",
            Self::ResultsBucket => "BucketOfTheResults",
            Self::Results => "Results",
            Self::EventDataStore => "QueriesOfTheStore",
            Self::TrailKey => "KeyOfTheTrail",
            Self::ResultsKey => "KeyOfTheResults",
            Self::StoreKey => "KeyOfTheStore",
        }
    }
}

/// Every action of a list has its line: a compiler's check, since a policy without it would be short.
const fn all_described(names: &[&str]) -> bool {
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        let mut lines = ACTIONS;
        let mut found = false;
        while let [line, more @ ..] = lines {
            found = found || same(name.as_bytes(), line.name.as_bytes());
            lines = more;
        }
        if !found {
            return false;
        }
        rest = tail;
    }
    true
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (one, other);
    while let ([a, one_rest @ ..], [b, other_rest @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

const fn all_needs_described(permissions: &[(Need, &[&str])]) -> bool {
    let mut rest = permissions;
    while let [(_, names), tail @ ..] = rest {
        if !all_described(names) {
            return false;
        }
        rest = tail;
    }
    true
}

const _: () = assert!(
    all_needs_described(PERMISSIONS)
        && all_described(ACCESS_ANALYZER_PERMISSIONS)
        && all_described(APPLY_PERMISSIONS)
        && all_described(ROTATION_PERMISSIONS)
        && all_described(TRAIL_HISTORY_PERMISSIONS)
        && all_described(TRAIL_BUCKET_PERMISSIONS),
    "an action of permissions.rs has no line in grant/actions.rs"
);

#[cfg(test)]
mod engines_tests;
#[cfg(test)]
mod left_out_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod tests;
