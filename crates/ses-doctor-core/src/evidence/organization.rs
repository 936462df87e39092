//! Where an account stands in its organization, and the policies that bind it from there.

use serde::{Deserialize, Serialize};

/// AWS Organizations: the way from the root to the account, and the control policies attached along it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationPolicies {
    /// Id of the organization.
    pub organization: String,
    /// Its management account, which no SCP and no RCP binds (general knowledge: the sourced pages do not say it).
    pub management_account: String,
    /// The account that the path leads to.
    pub account: String,
    /// The root first, the account last. Empty only for a management account whose path could not be read.
    pub path: Vec<OrganizationLevel>,
}

impl OrganizationPolicies {
    /// The account manages the organization: its control policies do not bind it.
    pub fn is_management_account(&self) -> bool {
        self.account == self.management_account
    }
}

/// One step of the path.
///
/// While a policy type is switched on, every target has at least one policy of it attached (`FullAWSAccess` or
/// `RCPFullAWSAccess` to begin with): an empty list says that the type is switched off and takes no part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationLevel {
    /// What the policies are attached to.
    pub target: OrganizationTarget,
    /// Service control policies; the reason when they could not be read.
    pub service_control_policies: Result<Vec<ControlPolicy>, String>,
    /// Resource control policies; the reason when they could not be read.
    pub resource_control_policies: Result<Vec<ControlPolicy>, String>,
}

/// The root, an organizational unit, or the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationTarget {
    /// `r-…`, `ou-…`, or the account's id.
    pub id: String,
    /// Which of the three.
    pub kind: TargetKind,
    /// The name of a unit or an account, when it could be read.
    pub name: Option<String>,
}

/// What stands at a level of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// The root of the organization.
    Root,
    /// An organizational unit.
    OrganizationalUnit,
    /// The account itself.
    Account,
}

/// One attached SCP or RCP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlPolicy {
    /// `p-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// AWS wrote it: `FullAWSAccess`, `RCPFullAWSAccess`.
    pub aws_managed: bool,
    /// JSON text; the reason when it could not be read.
    pub document: Result<String, String>,
}
