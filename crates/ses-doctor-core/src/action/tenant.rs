//! Tenants of SES: the account's own switch, and what belongs to one. Operations as in botocore's model of SES v2.

use super::state::presence;
use super::{Action, Call, Change, State};
use serde::{Deserialize, Serialize};

/// SES `UpdateReputationEntityCustomerManagedStatus`: the account's own switch of a tenant, not that of SES.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSending {
    /// The tenant's name.
    pub tenant: String,
    /// Its ARN.
    pub arn: String,
    /// `ENABLED`, `REINSTATED` or `DISABLED`, as it is.
    pub before: String,
    /// As it is to be.
    pub after: String,
}

impl Change for TenantSending {
    fn resource(&self) -> String {
        format!(
            "the account's own switch for sending of the tenant {}",
            self.tenant
        )
    }

    fn before(&self) -> State {
        State::Word(self.before.clone())
    }

    fn after(&self) -> State {
        State::Word(self.after.clone())
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after.clone(),
            after: self.before.clone(),
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        Call::new("sesv2", "UpdateReputationEntityCustomerManagedStatus")
            .with("ReputationEntityType", "RESOURCE")
            .with("ReputationEntityReference", self.arn.as_str())
            .with("SendingStatus", self.after.as_str())
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[
            "ses:UpdateReputationEntityCustomerManagedStatus",
            "ses:GetReputationEntity",
        ]
    }
}

/// SES `CreateTenantResourceAssociation` or `DeleteTenantResourceAssociation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantResource {
    /// The tenant's name.
    pub tenant: String,
    /// ARN of the identity or configuration set.
    pub resource: String,
    /// Whether it belongs to the tenant.
    pub before: bool,
    /// Whether it is to.
    pub after: bool,
}

impl Change for TenantResource {
    fn resource(&self) -> String {
        format!(
            "{} among what belongs to the tenant {}",
            self.resource, self.tenant
        )
    }

    fn before(&self) -> State {
        presence(self.before)
    }

    fn after(&self) -> State {
        presence(self.after)
    }

    fn inverse(&self) -> Action {
        Self {
            before: self.after,
            after: self.before,
            ..self.clone()
        }
        .into()
    }

    fn call(&self) -> Call {
        let operation = match self.after {
            true => "CreateTenantResourceAssociation",
            false => "DeleteTenantResourceAssociation",
        };
        Call::new("sesv2", operation)
            .with("TenantName", self.tenant.as_str())
            .with("ResourceArn", self.resource.as_str())
    }

    fn permissions(&self) -> &'static [&'static str] {
        &[
            "ses:CreateTenantResourceAssociation",
            "ses:DeleteTenantResourceAssociation",
            "ses:ListTenantResources",
        ]
    }
}
