//! One SMTP message as IAM sees it: several authorisations of one action. Facts: SES Developer Guide, "Controlling access to
//! Amazon SES", and the Service Authorization Reference; that a default configuration set and, in the sandbox, recipients
//! are authorised too is known from denials that people posted, not from AWS.

use crate::reading;
use serde::Serialize;

/// The part that a resource plays in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The identity that the message is sent from.
    Sender,
    /// The configuration set that the message names, or that is the default of the sender's identity.
    ConfigurationSet,
    /// A recipient, which the sandbox asks about.
    Recipient,
}

impl Part {
    /// As in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::ConfigurationSet => "configuration-set",
            Self::Recipient => "recipient",
        }
    }

    /// In words, for a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sender => "the sender's identity",
            Self::ConfigurationSet => "the configuration set",
            Self::Recipient => "the recipient's identity, which the sandbox asks about",
        }
    }
}

/// One question to IAM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Authorization {
    /// ARN of the resource.
    pub resource: String,
    /// What it is in the message.
    pub part: Part,
    /// The reply of SES names it: IAM answered no.
    pub refused: bool,
}

/// Where a message is sent from: the first parts of every ARN of SES there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `aws`, `aws-us-gov`, …
    pub partition: String,
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
}

impl Place {
    /// From any ARN of SES.
    #[must_use]
    pub fn of(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", partition, "ses", region, account, _] => Some(Self {
                partition: (*partition).to_owned(),
                region: (*region).to_owned(),
                account: (*account).to_owned(),
            }),
            _ => None,
        }
    }

    fn arn(&self, kind: &str, name: &str) -> String {
        let Self {
            partition,
            region,
            account,
        } = self;
        format!("arn:{partition}:ses:{region}:{account}:{kind}/{name}")
    }
}

/// What is known of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The identity that SES takes for the From address: the address itself where it is an identity, else its domain.
    pub sender_identity: Option<String>,
    /// The configuration set.
    pub configuration_set: Option<String>,
    /// Recipients, where the account is in the sandbox.
    pub sandbox_recipients: Vec<String>,
}

impl Message {
    /// Everything that has to be allowed for this message, as far as it is known.
    #[must_use]
    pub fn authorizations(&self, place: &Place) -> Vec<Authorization> {
        let of = |part: Part, kind: &str, name: &String| Authorization {
            part,
            resource: place.arn(kind, name),
            refused: false,
        };
        let sender = self
            .sender_identity
            .iter()
            .map(|name| of(Part::Sender, "identity", name));
        let set = self
            .configuration_set
            .iter()
            .map(|name| of(Part::ConfigurationSet, "configuration-set", name));
        let recipients = self
            .sandbox_recipients
            .iter()
            .map(|name| of(Part::Recipient, "identity", name));
        sender.chain(set).chain(recipients).collect()
    }
}

/// Whether an identity can stand for an address: it is the address, its domain, or a domain above that.
#[must_use]
pub fn stands_for(identity: &str, address: &str) -> bool {
    reading::covers(&identity.to_lowercase(), &address.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_is_several_authorisations() {
        let place = Place::of("arn:aws:ses:eu-west-1:111122223333:identity/x").unwrap();
        let message = Message {
            sender_identity: Some("example.com".to_owned()),
            configuration_set: Some("default".to_owned()),
            sandbox_recipients: vec!["to@example.org".to_owned()],
        };
        let resources: Vec<String> = message
            .authorizations(&place)
            .into_iter()
            .map(|authorization| authorization.resource)
            .collect();
        assert_eq!(
            resources,
            [
                "arn:aws:ses:eu-west-1:111122223333:identity/example.com",
                "arn:aws:ses:eu-west-1:111122223333:configuration-set/default",
                "arn:aws:ses:eu-west-1:111122223333:identity/to@example.org",
            ]
        );
        assert_eq!(Place::of("arn:aws:s3:::bucket"), None);
    }

    #[test]
    fn an_identity_stands_for_its_address_and_its_domains_below() {
        for (identity, address, expected) in [
            ("example.com", "app@example.com", true),
            ("Example.com", "app@mail.example.COM", true),
            ("app@example.com", "App@example.com", true),
            ("ample.com", "app@example.com", false),
            ("other@example.com", "app@example.com", false),
        ] {
            assert_eq!(stands_for(identity, address), expected, "{identity} {address}");
        }
    }
}
