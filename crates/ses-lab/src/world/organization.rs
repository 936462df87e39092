//! The organization that accounts of a world may belong to: units, and control policies along the way to an account.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::managed;

/// The name of the root where policies are attached.
pub(crate) const ROOT: &str = "root";

/// Units nest this deep at most (Organizations quotas).
pub(super) const DEEPEST: usize = 5;

/// AWS Organizations, seen from the accounts of the world.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Twelve digits; the account need not be described in this world. It stands under the root.
    pub management_account: String,
    /// Member accounts directly under the root.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Member accounts that may read the organization as the management account does.
    #[serde(default)]
    pub delegated: Vec<String>,
    /// Organizational units.
    #[serde(default)]
    pub unit: Vec<Unit>,
    /// SCPs and RCPs beside `FullAWSAccess` and `RCPFullAWSAccess`.
    #[serde(default)]
    pub policy: Vec<ControlPolicy>,
    /// Targets from which `FullAWSAccess` was detached; another SCP must be there.
    #[serde(default)]
    pub without_full_access: Vec<String>,
    /// Policy types that are switched off: then nothing of that type is attached.
    #[serde(default)]
    pub switched_off: Vec<PolicyType>,
}

/// An organizational unit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name, which no other unit has.
    pub name: String,
    /// The name of the unit above; the root if absent.
    pub parent: Option<String>,
    /// Member accounts directly in it.
    #[serde(default)]
    pub accounts: Vec<String>,
}

/// A service control policy or a resource control policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlPolicy {
    /// Its name.
    pub name: String,
    /// SCP unless said otherwise.
    #[serde(default, rename = "type")]
    pub kind: PolicyType,
    /// The JSON text.
    pub document: String,
    /// `root`, names of units, ids of accounts.
    #[serde(default)]
    pub attached: Vec<String>,
}

/// The policy types of Organizations that authorisation knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PolicyType {
    /// SCP.
    #[default]
    ServiceControlPolicy,
    /// RCP.
    ResourceControlPolicy,
}

impl PolicyType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ServiceControlPolicy, Self::ResourceControlPolicy];

    /// The word that the API uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::ServiceControlPolicy => "SERVICE_CONTROL_POLICY",
            Self::ResourceControlPolicy => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// The policy of AWS that is attached everywhere while the type is switched on.
    fn full_access(self) -> Policy<'static> {
        let (id, policy) = match self {
            Self::ServiceControlPolicy => ("p-FullAWSAccess", &managed::FULL_ACCESS),
            Self::ResourceControlPolicy => ("p-RCPFullAWSAccess", &managed::RCP_FULL_ACCESS),
        };
        Policy {
            id: id.to_owned(),
            name: policy.name,
            kind: self,
            aws_managed: true,
            document: policy.document,
        }
    }
}

/// An attached policy as Organizations shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy<'a> {
    pub(crate) id: String,
    pub(crate) name: &'a str,
    pub(crate) kind: PolicyType,
    pub(crate) aws_managed: bool,
    pub(crate) document: &'a str,
}

/// What policies can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    Root,
    Unit(&'a str),
    Account(&'a str),
}

impl<'a> Target<'a> {
    /// As world files name it.
    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::Root => ROOT,
            Self::Unit(name) | Self::Account(name) => name,
        }
    }
}

impl Organization {
    /// An ARN of something in the organization.
    pub(crate) fn arn(&self, rest: &str) -> String {
        format!("arn:aws:organizations::{}:{rest}", self.management_account)
    }

    /// The ARN of a policy.
    pub(crate) fn arn_of(&self, policy: &Policy<'_>) -> String {
        let kind = policy.kind.word().to_ascii_lowercase();
        match policy.aws_managed {
            true => format!("arn:aws:organizations::aws:policy/{kind}/{}", policy.id),
            false => self.arn(&format!("policy/{}/{kind}/{}", self.id(), policy.id)),
        }
    }

    /// The account belongs to it.
    pub(crate) fn has(&self, account: &str) -> bool {
        self.members().any(|member| member == account)
    }

    /// The account may read the whole of it.
    pub(crate) fn may_read(&self, account: &str) -> bool {
        account == self.management_account || self.delegated.iter().any(|other| other == account)
    }

    /// Every account in it, each once unless the world is wrong.
    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        let in_units = self.unit.iter().flat_map(|unit| &unit.accounts);
        let listed = self.accounts.iter().chain(in_units).map(String::as_str);
        std::iter::once(self.management_account.as_str()).chain(listed)
    }

    pub(crate) fn unit(&self, name: &str) -> Option<&Unit> {
        self.unit.iter().find(|unit| unit.name == name)
    }

    /// Everything that policies can be attached to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Target<'_>> {
        let units = self.unit.iter().map(|unit| Target::Unit(&unit.name));
        std::iter::once(Target::Root)
            .chain(units)
            .chain(self.members().map(Target::Account))
    }

    /// What stands directly above; `None` for the root and for what is not there.
    pub(crate) fn parent(&self, target: Target<'_>) -> Option<Target<'_>> {
        let above = match target {
            Target::Root => return None,
            Target::Unit(name) => self.unit(name)?.parent.as_deref(),
            Target::Account(id) if !self.has(id) => return None,
            Target::Account(id) => {
                let holds = |unit: &&Unit| unit.accounts.iter().any(|other| other == id);
                self.unit.iter().find(holds).map(|unit| unit.name.as_str())
            }
        };
        Some(above.map_or(Target::Root, Target::Unit))
    }

    /// The way from the root to the account, both included; empty for an account that does not belong to it.
    pub(crate) fn path<'a>(&'a self, account: &'a str) -> Vec<Target<'a>> {
        let first = Some(Target::Account(account)).filter(|_| self.has(account));
        let upwards = std::iter::successors(first, |target| self.parent(*target));
        let mut path: Vec<_> = upwards.take(DEEPEST + 2).collect();
        path.reverse();
        path
    }

    /// The policies of one type that are attached to a target itself.
    pub(crate) fn attached(&self, target: Target<'_>, kind: PolicyType) -> Vec<Policy<'_>> {
        if self.switched_off.contains(&kind) {
            return Vec::new();
        }
        let stays = kind == PolicyType::ResourceControlPolicy
            || !self.without_full_access.iter().any(|name| name == target.name());
        let own = self
            .policy
            .iter()
            .filter(|policy| policy.kind == kind && policy.attached.iter().any(|name| name == target.name()));
        let own = own.map(|policy| self.shown(policy));
        stays.then(|| kind.full_access()).into_iter().chain(own).collect()
    }

    /// The policy with this id.
    pub(crate) fn policy(&self, id: &str) -> Option<Policy<'_>> {
        let of_aws = PolicyType::ALL.map(PolicyType::full_access);
        let own = self.policy.iter().map(|policy| self.shown(policy));
        of_aws.into_iter().chain(own).find(|policy| policy.id == id)
    }

    fn shown<'a>(&self, policy: &'a ControlPolicy) -> Policy<'a> {
        Policy {
            id: format!("p-{}", self.letters(&["policy", &policy.name], 8)),
            name: &policy.name,
            kind: policy.kind,
            aws_managed: false,
            document: &policy.document,
        }
    }

    /// `o-…`.
    pub(crate) fn id(&self) -> String {
        format!("o-{}", self.letters(&["organization"], 10))
    }

    /// `r-…`, `ou-…`, or the account's id.
    pub(crate) fn id_of(&self, target: Target<'_>) -> String {
        let root = self.letters(&[ROOT], 4);
        match target {
            Target::Root => format!("r-{root}"),
            Target::Unit(name) => format!("ou-{root}-{}", self.letters(&["unit", name], 8)),
            Target::Account(id) => id.to_owned(),
        }
    }

    /// The target with this id.
    pub(crate) fn target(&self, id: &str) -> Option<Target<'_>> {
        self.targets().find(|target| self.id_of(*target) == id)
    }

    /// Small letters and digits as in ids, the same each time.
    fn letters(&self, seed: &[&str], length: usize) -> String {
        const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let digest = Sha256::digest([&[self.management_account.as_str()], seed].concat().join("/"));
        let digit = |byte: &u8| DIGITS.get(usize::from(byte % 36)).map_or('0', |d| char::from(*d));
        digest.iter().take(length).map(digit).collect()
    }
}
