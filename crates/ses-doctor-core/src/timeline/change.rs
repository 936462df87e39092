//! Which changes can bring a cause about. What IAM, SES, Organizations and EC2 call them is from their API models
//! (botocore); how CloudTrail spells the parameters of SES and EC2 is general knowledge, not sourced.

use super::scene::Scene;
use crate::evidence::{Evidence, TrailEvent};
use crate::need::Need;

mod iam;
mod network;
mod organization;
mod ses;
mod stored;

/// What a change means for a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fit {
    /// What was changed. The last change of a thing decides how it stands.
    pub(super) thing: String,
    /// It brings the cause about; false when it takes it away.
    pub(super) breaks: bool,
    /// It shows the very state that the cause is, not only something that may lead to it.
    pub(super) exact: bool,
    /// Done again it changes something again, as writing a policy does; what is off cannot be switched off.
    pub(super) rewrites: bool,
    /// What it did, after "it".
    pub(super) did: String,
}

impl Fit {
    fn breaks(thing: impl Into<String>, did: impl Into<String>) -> Self {
        Self {
            thing: thing.into(),
            breaks: true,
            exact: false,
            rewrites: false,
            did: did.into(),
        }
    }

    fn exact(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }

    fn rewrites(mut self) -> Self {
        self.rewrites = true;
        self
    }

    fn unless(mut self, mends: bool) -> Self {
        self.breaks &= !mends;
        self
    }
}

/// The changes that can bring a cause about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changes {
    pub(super) cause: &'static str,
    /// The histories that hold them.
    needs: &'static [Need],
    /// Their names, where a history is searched by them: the newer API's first.
    pub(super) names: &'static [&'static str],
    pub(super) fit: fn(&TrailEvent, &Scene<'_>) -> Option<Fit>,
}

const OF_STORED: &[Need] = &[Need::SecretEvents];
const OF_KEY: &[Need] = &[Need::KeyEvents, Need::UserEvents];
const OF_POLICIES: &[Need] = &[Need::UserEvents, Need::PolicyEvents];
const OF_SES: &[Need] = &[Need::SesEvents];
const OF_ORGANIZATION: &[Need] = &[Need::OrganizationEvents];
const OF_VPC: &[Need] = &[Need::VpcEvents];

const CONTROL_POLICIES: &[&str] = &["UpdatePolicy", "AttachPolicy", "DetachPolicy", "MoveAccount"];
const DELETED_IDENTITY: &[&str] = &["DeleteEmailIdentity", "DeleteIdentity"];

const fn row(
    cause: &'static str,
    needs: &'static [Need],
    names: &'static [&'static str],
    fit: fn(&TrailEvent, &Scene<'_>) -> Option<Fit>,
) -> Changes {
    Changes {
        cause,
        needs,
        names,
        fit,
    }
}

/// Causes that are not here are brought about by no change that CloudTrail records.
pub(super) const ALL: &[Changes] = &[
    row("key-inactive", OF_KEY, &[], iam::switched_off),
    row("key-deleted", OF_KEY, &[], iam::deleted),
    row("user-deleted", OF_KEY, &[], iam::user_deleted),
    row(
        "secret-not-reloaded",
        &[Need::KeyEvents, Need::UserEvents, Need::SecretEvents],
        &[],
        iam::retired,
    ),
    row("password-mismatch", OF_STORED, &[], stored::written),
    row("wrong-region-password", OF_STORED, &[], stored::written),
    row("raw-secret-key-as-password", OF_STORED, &[], stored::written),
    row("sigv2-password", OF_STORED, &[], stored::written),
    row("password-truncated-or-altered", OF_STORED, &[], stored::written),
    row("password-whitespace-or-newline", OF_STORED, &[], stored::written),
    row("password-url-encoding", OF_STORED, &[], stored::written),
    row("masked-password-submitted", OF_STORED, &[], stored::written),
    row("swapped-credentials", OF_STORED, &[], stored::written),
    row("temporary-credentials", OF_STORED, &[], stored::written),
    row("iam-username-as-login", OF_STORED, &[], stored::written),
    row("key-not-propagated", OF_KEY, &[], iam::made_usable),
    row("missing-send-permission", OF_POLICIES, &[], iam::allow_lost),
    row(
        "configuration-set-not-permitted",
        OF_POLICIES,
        &[],
        iam::allow_lost,
    ),
    row(
        "recipient-not-permitted-in-sandbox",
        OF_POLICIES,
        &[],
        iam::allow_lost,
    ),
    row("explicit-deny", OF_POLICIES, &[], iam::deny_gained),
    row("ip-condition", OF_POLICIES, &[], iam::policy_changed),
    row("from-address-condition", OF_POLICIES, &[], iam::policy_changed),
    row("unsupported-condition-key", OF_POLICIES, &[], iam::policy_changed),
    row("api-version-condition", OF_POLICIES, &[], iam::policy_changed),
    row("permission-boundary", OF_POLICIES, &[], iam::boundary_changed),
    row("quarantine-policy", &[Need::UserEvents], &[], iam::quarantined),
    row(
        "scp-deny",
        OF_ORGANIZATION,
        CONTROL_POLICIES,
        organization::service_control,
    ),
    row(
        "rcp-deny",
        OF_ORGANIZATION,
        CONTROL_POLICIES,
        organization::resource_control,
    ),
    row("vpc-endpoint-policy-deny", OF_VPC, &[], network::endpoint_policy),
    row(
        "security-group-blocks-endpoint",
        OF_VPC,
        &[],
        network::security_group,
    ),
    row(
        "identity-policy-deny",
        OF_SES,
        &[
            "UpdateEmailIdentityPolicy",
            "CreateEmailIdentityPolicy",
            "PutIdentityPolicy",
        ],
        ses::identity_policy,
    ),
    row(
        "identity-not-verified",
        OF_SES,
        DELETED_IDENTITY,
        ses::sender_deleted,
    ),
    row(
        "identity-in-another-region",
        OF_SES,
        DELETED_IDENTITY,
        ses::sender_deleted,
    ),
    row(
        "sandbox-recipient",
        OF_SES,
        DELETED_IDENTITY,
        ses::recipient_deleted,
    ),
    row(
        "sending-disabled",
        OF_SES,
        &["PutAccountSendingAttributes", "UpdateAccountSendingEnabled"],
        ses::sending_disabled,
    ),
    row(
        "configuration-set-missing",
        OF_SES,
        &[
            "DeleteConfigurationSet",
            "PutEmailIdentityConfigurationSetAttributes",
        ],
        ses::configuration_set_deleted,
    ),
    row(
        "configuration-set-paused",
        OF_SES,
        &[
            "PutConfigurationSetSendingOptions",
            "UpdateConfigurationSetSendingEnabled",
        ],
        ses::configuration_set_paused,
    ),
    row(
        "tenant-paused",
        OF_SES,
        &["UpdateReputationEntityCustomerManagedStatus"],
        ses::tenant_paused,
    ),
    row("tenant-missing", OF_SES, &["DeleteTenant"], ses::tenant_deleted),
    row(
        "tenant-resource-missing",
        OF_SES,
        &[
            "DeleteTenantResourceAssociation",
            "PutEmailIdentityConfigurationSetAttributes",
        ],
        ses::tenant_resource_removed,
    ),
    row(
        "mail-from-domain-invalid",
        OF_SES,
        &["PutEmailIdentityMailFromAttributes", "SetIdentityMailFromDomain"],
        ses::mail_from_changed,
    ),
];

impl Changes {
    /// The histories that hold them, here: where nothing keeps the password, nothing is recorded of it.
    pub(super) fn needs(&self, evidence: &Evidence) -> impl Iterator<Item = Need> {
        let kept = evidence.password_source.known().is_some();
        let needs = self.needs.iter().copied();
        needs.filter(move |need| kept || *need != Need::SecretEvents)
    }
}

/// The changes that can bring this cause about; `None` when no change that CloudTrail records can.
pub(super) fn changes_of(evidence: &Evidence, cause: &str) -> Option<&'static Changes> {
    let changes = ALL.iter().find(|changes| changes.cause == cause)?;
    changes.needs(evidence).next().map(|_| changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::by_id;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_of_a_cause_and_of_one_only() {
        let causes: BTreeSet<&str> = ALL.iter().map(|changes| changes.cause).collect();
        assert_eq!(causes.len(), ALL.len());
        for changes in ALL {
            assert!(by_id(changes.cause).is_some(), "{}", changes.cause);
            assert!(!changes.needs.is_empty(), "{}", changes.cause);
        }
    }
}
