//! Which service a host name belongs to.

use super::region::region_exists_shape;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What stands behind a host name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EndpointKind {
    /// `email-smtp.<region>.amazonaws.com`: what a client should use.
    Public,
    /// `email-smtp-fips.<region>.amazonaws.com`.
    Fips,
    /// `vpce-….email-smtp.<region>.vpce.amazonaws.com`.
    VpcEndpoint,
    /// `email.<region>.amazonaws.com`, `email.<region>.api.aws`: the HTTPS API, which speaks no SMTP.
    Api,
    /// `inbound-smtp.<region>.amazonaws.com`: receives mail, takes no AUTH.
    Inbound,
    /// `feedback-smtp.<region>.amazonses.com`: the MX of a custom MAIL FROM domain.
    Feedback,
    /// `….mail-manager-smtp.amazonaws.com`: another service with its own user names and passwords.
    MailManager,
    /// `smtp.mail.<region>.awsapps.com`: WorkMail (unsourced, general knowledge).
    WorkMail,
    /// `email-smtp.amazonaws.com`: the name in every region's banner, not a host to connect to.
    BannerName,
    /// Another host of AWS, or an SES host with a mistake in it.
    AwsOther,
    /// A provider that is not AWS, by its name.
    OtherProvider(String),
    /// This machine.
    Loopback,
    /// An address literal.
    Address,
    /// Any other name: perhaps an alias, a relay or a proxy.
    Other,
}

/// Suffixes of other providers' submission hosts. General knowledge, unsourced.
const PROVIDERS: [(&str, &str); 24] = [
    ("gmail.com", "Gmail"),
    ("googlemail.com", "Gmail"),
    ("google.com", "Google Workspace"),
    ("office365.com", "Microsoft 365"),
    ("outlook.com", "Outlook"),
    ("live.com", "Outlook"),
    ("sendgrid.net", "SendGrid"),
    ("mailgun.org", "Mailgun"),
    ("mandrillapp.com", "Mandrill"),
    ("postmarkapp.com", "Postmark"),
    ("mailjet.com", "Mailjet"),
    ("sparkpostmail.com", "SparkPost"),
    ("sendinblue.com", "Brevo"),
    ("brevo.com", "Brevo"),
    ("mailtrap.io", "Mailtrap"),
    ("zoho.com", "Zoho"),
    ("zoho.eu", "Zoho"),
    ("yahoo.com", "Yahoo"),
    ("mail.me.com", "iCloud"),
    ("fastmail.com", "Fastmail"),
    ("elasticemail.com", "Elastic Email"),
    ("resend.com", "Resend"),
    ("ovh.net", "OVH"),
    ("ionos.com", "IONOS"),
];

/// The kind of a clean, lower-case host name, and the region in it.
pub(super) fn classify(host: &str) -> (EndpointKind, Option<String>) {
    if let Some(kind) = address_kind(host) {
        return (kind, None);
    }
    let labels: Vec<&str> = host.split('.').collect();
    let (kind, region) = aws_kind(&labels);
    match kind {
        Some(kind) => (
            kind,
            region.filter(|text| region_exists_shape(text)).map(str::to_owned),
        ),
        None => (
            provider(host).map_or(EndpointKind::Other, |name| {
                EndpointKind::OtherProvider(name.to_owned())
            }),
            None,
        ),
    }
}

fn address_kind(host: &str) -> Option<EndpointKind> {
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost"
        || host.ends_with(".localhost")
        || address.is_some_and(|address| address.is_loopback())
    {
        return Some(EndpointKind::Loopback);
    }
    address.map(|_| EndpointKind::Address)
}

fn aws_kind<'a>(labels: &[&'a str]) -> (Option<EndpointKind>, Option<&'a str>) {
    let (kind, region) = match labels {
        ["email-smtp", "amazonaws", "com"] => (EndpointKind::BannerName, None),
        ["email-smtp", region, "amazonaws", "com"] => (EndpointKind::Public, Some(*region)),
        ["email-smtp-fips", region, "amazonaws", "com"] => (EndpointKind::Fips, Some(*region)),
        [_, "email-smtp", region, "vpce", "amazonaws", "com"] => (EndpointKind::VpcEndpoint, Some(*region)),
        ["email" | "email-fips", region, "amazonaws", "com"]
        | ["email" | "email-fips", region, "api", "aws"] => (EndpointKind::Api, Some(*region)),
        ["inbound-smtp", region, "amazonaws", "com"] => (EndpointKind::Inbound, Some(*region)),
        ["feedback-smtp", region, "amazonses", "com"] => (EndpointKind::Feedback, Some(*region)),
        [.., "mail-manager-smtp", "amazonaws", "com"] => (EndpointKind::MailManager, None),
        ["smtp", "mail", region, "awsapps", "com"] => (EndpointKind::WorkMail, Some(*region)),
        [.., "amazonaws" | "amazonses" | "awsapps", "com"]
        | [.., "api", "aws"]
        | [.., "amazonaws", "com", "cn"] => (
            EndpointKind::AwsOther,
            labels.iter().find(|label| region_exists_shape(label)).copied(),
        ),
        _ => return (None, None),
    };
    // `email-smtp.eu-west1.amazonaws.com` is not a public endpoint: its region does not exist.
    let misspelt = region.is_some_and(|region| !region_exists_shape(region));
    (Some(if misspelt { EndpointKind::AwsOther } else { kind }), region)
}

fn provider(host: &str) -> Option<&'static str> {
    let belongs = |suffix: &str| {
        host.strip_suffix(suffix)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    PROVIDERS
        .iter()
        .find(|(suffix, _)| belongs(suffix))
        .map(|(_, name)| *name)
}
