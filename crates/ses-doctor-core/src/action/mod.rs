//! The writes that a plan may hold: a closed list, one file a family.
//!
//! An action is the passage of one thing from the state `before` to the state `after`. Everything else follows from
//! that: its precondition is that the thing is found in `before`, its inverse is the way back, and whether a call whose
//! answer was lost has been carried out is seen by reading the thing again.

mod access_key;
mod access_key_deletion;
mod as_code;
mod attached_policy;
mod call;
mod identity;
mod local_file;
mod login_proof;
mod managed_policy;
mod named_policy;
mod new_access_key;
mod quiet_key;
mod security_group;
mod sending;
mod state;
mod store;
mod stored_pair;
mod tenant;
mod vpc_endpoint;
mod writable_store;

pub use access_key::AccessKeyStatus;
pub use access_key_deletion::AccessKeyDeletion;
pub use as_code::{Argument, ByHand, Code, Identity, Thing};
pub use attached_policy::AttachedPolicy;
pub use call::Call;
pub use identity::IdentityConfigurationSet;
pub use local_file::LocalFile;
pub use login_proof::{LoginProof, ProvenLogin};
pub use managed_policy::{DefaultVersion, PolicyVersion};
pub use named_policy::{
    GroupPolicy, IdentityPolicy, NamedPolicy, OfGroup, OfIdentity, OfUser, PolicyOwner, UserPolicy, Whose,
};
pub use new_access_key::{NewAccessKey, NewKey};
pub use quiet_key::{QuietKey, span};
pub use security_group::Ingress;
pub use sending::{AccountSending, ConfigurationSetSending};
pub use state::State;
pub use store::{FileForm, Holds, Store};
pub use stored_pair::{NEW_PAIR, StoredPair, Which};
pub use tenant::{TenantResource, TenantSending};
pub use vpc_endpoint::EndpointPolicy;
pub use writable_store::WritableStore;

use as_code::AsCode;
use serde::{Deserialize, Serialize};

/// What every action can say of itself.
trait Change {
    /// The thing that changes, in words.
    fn resource(&self) -> String;
    /// As it has to be found.
    fn before(&self) -> State;
    /// As it will be.
    fn after(&self) -> State;
    /// The way back.
    fn inverse(&self) -> Action;
    /// The exact call.
    fn call(&self) -> Call;
    /// The IAM actions of the call and of the reads around it.
    fn permissions(&self) -> &'static [&'static str];
    /// Why its inverse does not bring back exactly what was there; `None` when it does.
    fn one_way(&self) -> Option<&'static str> {
        None
    }
    /// It changes nothing: what stands behind it waits until it is passed, in each process anew.
    fn is_gate(&self) -> bool {
        false
    }
    /// Nothing takes it back: an undoing leaves it out, and says so.
    fn is_final(&self) -> bool {
        false
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $id:literal),* $(,)?) => {
        /// One write.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        pub enum Action {
            $($(#[$doc])* #[serde(rename = $id)] $name($name),)*
        }

        impl Action {
            /// The kind's id. Kebab-case and eternal.
            pub fn id(&self) -> &'static str {
                match self { $(Self::$name(_) => $id,)* }
            }

            fn change(&self) -> &dyn Change {
                match self { $(Self::$name(change) => change,)* }
            }

            fn code(&self) -> &dyn AsCode {
                match self { $(Self::$name(change) => change,)* }
            }
        }

        $(impl From<$name> for Action {
            fn from(change: $name) -> Self {
                Self::$name(change)
            }
        })*
    };
}

actions! {
    /// IAM `UpdateAccessKey`.
    AccessKeyStatus = "access-key-status",
    /// IAM `PutUserPolicy` or `DeleteUserPolicy`.
    UserPolicy = "user-policy",
    /// IAM `PutGroupPolicy` or `DeleteGroupPolicy`.
    GroupPolicy = "group-policy",
    /// IAM `AttachUserPolicy` or `DetachUserPolicy`.
    AttachedPolicy = "attached-policy",
    /// IAM `CreatePolicyVersion` or `DeletePolicyVersion`.
    PolicyVersion = "policy-version",
    /// IAM `SetDefaultPolicyVersion`.
    DefaultVersion = "default-policy-version",
    /// SES `PutAccountSendingAttributes`.
    AccountSending = "account-sending",
    /// SES `PutConfigurationSetSendingOptions`.
    ConfigurationSetSending = "configuration-set-sending",
    /// SES `PutEmailIdentityConfigurationSetAttributes`.
    IdentityConfigurationSet = "identity-configuration-set",
    /// SES `CreateEmailIdentityPolicy`, `UpdateEmailIdentityPolicy` or `DeleteEmailIdentityPolicy`.
    IdentityPolicy = "identity-policy",
    /// SES `UpdateReputationEntityCustomerManagedStatus` of a tenant.
    TenantSending = "tenant-sending",
    /// SES `CreateTenantResourceAssociation` or `DeleteTenantResourceAssociation`.
    TenantResource = "tenant-resource",
    /// EC2 `AuthorizeSecurityGroupIngress` or `RevokeSecurityGroupIngress`.
    Ingress = "security-group-ingress",
    /// EC2 `ModifyVpcEndpoint`.
    EndpointPolicy = "vpc-endpoint-policy",
    /// A file of this computer.
    LocalFile = "local-file",
    /// A write that changes nothing, to see whether there may be one that does.
    WritableStore = "writable-store",
    /// IAM `CreateAccessKey`.
    NewAccessKey = "new-access-key",
    /// SMTP logins with the new pair.
    LoginProof = "login-proof",
    /// The pair of a new key where its client finds it.
    StoredPair = "stored-pair",
    /// IAM `GetAccessKeyLastUsed`, until it is long enough ago.
    QuietKey = "quiet-key",
    /// IAM `DeleteAccessKey`.
    AccessKeyDeletion = "access-key-deletion",
}

impl Action {
    /// The thing that changes, in words.
    pub fn resource(&self) -> String {
        self.change().resource()
    }

    /// The state in which the thing has to be found: the precondition.
    pub fn before(&self) -> State {
        self.change().before()
    }

    /// The state in which it will be.
    pub fn after(&self) -> State {
        self.change().after()
    }

    /// The way back, to be carried out where this one was.
    #[must_use]
    pub fn inverse(&self) -> Self {
        self.change().inverse()
    }

    /// The exact call.
    pub fn call(&self) -> Call {
        self.change().call()
    }

    /// How a person does the same by the AWS CLI.
    pub fn by_hand(&self) -> ByHand {
        self.code().by_hand()
    }

    /// The exact call as a command in one line, where a command can make it.
    pub fn command_line(&self, region: &str) -> Option<String> {
        match self.by_hand() {
            ByHand::Instead(_) => None,
            ByHand::Call | ByHand::MakesVersion | ByHand::OnVersion { .. } | ByHand::LookUntil(_) => {
                self.call().command_line(region)
            }
        }
    }

    /// The thing that it changes, as Terraform declares it afterwards.
    pub fn terraform(&self) -> Code {
        self.code().terraform()
    }

    /// The thing that it changes, as CloudFormation declares it afterwards.
    pub fn cloudformation(&self) -> Code {
        self.code().cloudformation()
    }

    /// The IAM actions that it takes, those of the reads before and after it included.
    pub fn permissions(&self) -> &'static [&'static str] {
        self.change().permissions()
    }

    /// Why the way back does not lead to exactly what was there; `None` for what can be undone.
    pub fn one_way(&self) -> Option<&'static str> {
        self.change().one_way()
    }

    /// What a person may write to consent to it in place of its number: `delete-key:AKIA…`, `delete-version:NAME:v1`.
    pub fn consent(&self) -> Option<String> {
        if let Self::AccessKeyDeletion(deletion) = self {
            return (!deletion.after).then(|| deletion.consent());
        }
        if let Self::PolicyVersion(version) = self {
            return version.consent();
        }
        None
    }

    /// It changes nothing; what stands behind it waits until it is passed. An undoing has no use for it.
    pub fn is_gate(&self) -> bool {
        self.change().is_gate()
    }

    /// Nothing takes it back: an undoing leaves it out, and says so.
    pub fn is_final(&self) -> bool {
        self.change().is_final()
    }

    /// What has to be true for it to be carried out.
    pub fn precondition(&self) -> String {
        format!("{} is {}", self.resource(), self.before().words())
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
