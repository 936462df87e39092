//! Switches, identities and tenants of SES, as code.

use super::{Argument, AsCode, ByHand, Code, Identity, Thing};
use crate::action::{
    AccountSending, ConfigurationSetSending, IdentityConfigurationSet, TenantResource, TenantSending,
};
use serde_json::{Value, json};

impl AsCode for AccountSending {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        Code::Nowhere("the AWS provider has no resource for the account's own switch")
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere("it has no resource type for the account's own switch")
    }
}

impl AsCode for ConfigurationSetSending {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let id = Identity::Id(self.name.clone());
        Code::Declared(
            Thing::of("aws_sesv2_configuration_set", &[&self.name], id)
                .with("configuration_set_name", self.name.as_str())
                .argument(
                    "sending_options",
                    Argument::Block(vec![("sending_enabled", Value::Bool(self.after))]),
                )
                .leaving(&[
                    "delivery_options",
                    "reputation_options",
                    "suppression_options",
                    "tags",
                    "tracking_options",
                    "vdm_options",
                ]),
        )
    }

    fn cloudformation(&self) -> Code {
        let id = Identity::Properties(vec![("Name", self.name.clone())]);
        Code::Declared(
            Thing::of("AWS::SES::ConfigurationSet", &[&self.name], id)
                .with("Name", self.name.as_str())
                .with("SendingOptions", json!({ "SendingEnabled": self.after }))
                .noting("Add what else the set has, as it is."),
        )
    }
}

impl AsCode for IdentityConfigurationSet {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let id = Identity::Id(self.identity.clone());
        let identity = Thing::of("aws_sesv2_email_identity", &[&self.identity], id)
            .with("email_identity", self.identity.as_str())
            .leaving(&["dkim_signing_attributes", "tags"]);
        Code::Declared(match &self.after {
            Some(set) => identity.with("configuration_set_name", set.as_str()),
            None => identity.noting("Without configuration_set_name it has no default set."),
        })
    }

    fn cloudformation(&self) -> Code {
        let id = Identity::Properties(vec![("EmailIdentity", self.identity.clone())]);
        let identity = Thing::of("AWS::SES::EmailIdentity", &[&self.identity], id)
            .with("EmailIdentity", self.identity.as_str());
        Code::Declared(match &self.after {
            Some(set) => identity
                .with(
                    "ConfigurationSetAttributes",
                    json!({ "ConfigurationSetName": set }),
                )
                .noting("Add what else the identity has, as it is."),
            None => identity.noting(
                "Without ConfigurationSetAttributes it has no default set. Add what else the identity has, as it is.",
            ),
        })
    }
}

impl AsCode for TenantSending {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        Code::Nowhere("sending_status of aws_sesv2_tenant can only be read")
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere("AWS::SES::Tenant has no property for the switch")
    }
}

impl AsCode for TenantResource {
    fn by_hand(&self) -> ByHand {
        ByHand::Call
    }

    fn terraform(&self) -> Code {
        let id = Identity::Id(format!("{}|{}", self.tenant, self.resource));
        let (_, short) = self.resource.rsplit_once(':').unwrap_or(("", &self.resource));
        Thing::of(
            "aws_sesv2_tenant_resource_association",
            &[&self.tenant, short],
            id,
        )
        .with("tenant_name", self.tenant.as_str())
        .with("resource_arn", self.resource.as_str())
        .presence(self.before, self.after)
    }

    fn cloudformation(&self) -> Code {
        Code::Nowhere(
            "ResourceAssociations of AWS::SES::Tenant names all that belongs to the tenant, of which the plan knows only this one; change \
             it where your template declares the tenant",
        )
    }
}
