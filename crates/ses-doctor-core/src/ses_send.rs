//! What SES authorises when one SMTP message is sent. Facts: developer guide, "Controlling access to Amazon SES", and the
//! Service Authorization Reference; that a default configuration set and, in the sandbox, recipients are authorised too is
//! known from denials that people posted, not from AWS.

use serde::Serialize;

/// The action of every message sent over SMTP.
pub const SMTP_ACTION: &str = "ses:SendRawEmail";

/// SES actions that send, for examples that a person knows.
pub const SEND_ACTIONS: [&str; 6] = [
    "ses:SendRawEmail",
    "ses:SendEmail",
    "ses:SendTemplatedEmail",
    "ses:SendBulkTemplatedEmail",
    "ses:SendBulkEmail",
    "ses:SendCustomVerificationEmail",
];

/// SES actions that do not send, for examples that a person knows.
pub const OTHER_ACTIONS: [&str; 6] = [
    "ses:GetAccount",
    "ses:GetSendQuota",
    "ses:ListIdentities",
    "ses:GetEmailIdentity",
    "ses:PutEmailIdentityMailFromAttributes",
    "ses:DeleteIdentity",
];

/// The context keys that SES gives to `ses:SendRawEmail`.
pub const SES_KEYS: [&str; 5] = [
    "ses:ApiVersion",
    "ses:FeedbackAddress",
    "ses:FromAddress",
    "ses:FromDisplayName",
    "ses:Recipients",
];

/// The AWS-wide context keys that SES implements (developer guide, 2023); a condition on any other may never match.
pub const AWS_KEYS: [&str; 5] = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:UserAgent",
];

/// Context keys that have several values.
pub const MULTIVALUED_KEYS: [&str; 5] = [
    "ses:Recipients",
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:ResourceOrgPaths",
    "aws:TagKeys",
];

/// Whether SES gives this key to `ses:SendRawEmail`.
#[must_use]
pub fn is_supported_key(key: &str) -> bool {
    SES_KEYS
        .iter()
        .chain(&AWS_KEYS)
        .any(|known| known.eq_ignore_ascii_case(key))
}

/// What of a message a resource stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The identity of the From address.
    Sender,
    /// The configuration set: named in the message, or the identity's default.
    ConfigurationSet,
    /// A recipient, in the sandbox.
    Recipient,
}

/// One authorisation of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Authorisation {
    /// What it is for.
    pub part: Part,
    /// The ARN that is authorised.
    pub resource: String,
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
    pub fn authorisations(&self, place: &Place) -> Vec<Authorisation> {
        let of = |part: Part, kind: &str, name: &String| Authorisation {
            part,
            resource: place.arn(kind, name),
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
    let Some((_, domain)) = address.rsplit_once('@') else {
        return identity.eq_ignore_ascii_case(address);
    };
    let (identity, domain) = (identity.to_ascii_lowercase(), domain.to_ascii_lowercase());
    identity == address.to_ascii_lowercase()
        || domain == identity
        || domain.ends_with(&format!(".{identity}"))
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
            .authorisations(&place)
            .into_iter()
            .map(|authorisation| authorisation.resource)
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

    #[test]
    fn keys_know_no_case() {
        assert!(is_supported_key("AWS:sourceip") && !is_supported_key("aws:SourceVpce"));
    }
}
