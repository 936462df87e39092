//! The host that a client is configured with: what it is, what is wrong with its spelling, and what was meant.

mod clean;
mod kind;
mod port;
mod region;

pub use clean::HostDamage;
pub use kind::EndpointKind;
pub use port::{PORTS, Port, tls_mode_of_port};
pub use region::{
    REGIONS_WITHOUT_SMTP, SMTP_REGIONS, has_smtp, nearest_region, region_exists_shape, smtp_host,
};

use clean::clean;
use kind::classify;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A host field as configured, taken apart. User information of a URL is dropped, as it may hold the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The host alone: lower case, without scheme, port, path, trailing dot or white space.
    pub host: String,
    /// The port, when it stood in the same field.
    pub port: Option<u16>,
    /// What stands behind the host.
    pub kind: EndpointKind,
    /// The region in the host name.
    pub region: Option<String>,
    /// What had to be taken off to find the host. Clients that take the field as it is fail to resolve it.
    pub damage: Vec<HostDamage>,
}

impl Endpoint {
    /// Takes a host field apart. Any text has an answer; an empty one has an empty host.
    pub fn parse(field: &str) -> Self {
        let cleaned = clean(field);
        let (kind, region) = classify(&cleaned.host);
        Self {
            host: cleaned.host,
            port: cleaned.port,
            kind,
            region,
            damage: cleaned.damage,
        }
    }

    /// Whether SES's SMTP service of some region stands behind the host.
    pub fn is_ses_smtp(&self) -> bool {
        matches!(
            self.kind,
            EndpointKind::Public | EndpointKind::Fips | EndpointKind::VpcEndpoint
        )
    }

    /// The SES SMTP host that was most likely meant; `None` when the host is right, or when nothing is near.
    pub fn suggestion(&self) -> Option<String> {
        if self.is_ses_smtp() {
            return (!self.damage.is_empty()).then(|| self.host.clone());
        }
        let related = match self.kind {
            EndpointKind::Api | EndpointKind::Inbound | EndpointKind::Feedback => {
                return self.region.as_deref().map(smtp_host);
            }
            EndpointKind::AwsOther => true,
            EndpointKind::Other => resembles_ses(&self.host),
            EndpointKind::Public
            | EndpointKind::Fips
            | EndpointKind::VpcEndpoint
            | EndpointKind::MailManager
            | EndpointKind::WorkMail
            | EndpointKind::BannerName
            | EndpointKind::OtherProvider(_)
            | EndpointKind::Loopback
            | EndpointKind::Address => false,
        };
        if related {
            region_meant(&self.host).map(|region| smtp_host(&region))
        } else {
            None
        }
    }

    /// The names that a certificate of this host may bear: the host itself first, then the region's public name.
    pub fn acceptable_names(&self) -> Vec<String> {
        let public = self
            .region
            .as_deref()
            .filter(|_| self.is_ses_smtp())
            .map(smtp_host);
        let mut names: Vec<String> = vec![self.host.clone()];
        names.extend(public.filter(|name| *name != self.host));
        names
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

fn resembles_ses(host: &str) -> bool {
    host.starts_with("email-smtp")
        || host.contains("amazonaws")
        || host.contains("amazonses")
        || host.contains("ses-smtp")
        || (host.contains("amazon") && host.contains("smtp"))
}

/// The region somewhere in a misspelt name; SES has none in China, so those lead nowhere.
fn region_meant(host: &str) -> Option<String> {
    const SERVICES: [&str; 8] = [
        "email-smtp-",
        "email_smtp",
        "email-smtp",
        "ses-smtp-",
        "ses-smtp",
        "smtp",
        "email",
        "ses",
    ];
    let found = |label: &str| {
        let bare = SERVICES
            .iter()
            .find_map(|service| label.strip_prefix(service))
            .unwrap_or(label);
        let exact = region_exists_shape(bare).then(|| bare.to_owned());
        exact.or_else(|| nearest_region(bare).map(str::to_owned))
    };
    let labels: Vec<&str> = host.split('.').collect();
    let middle: String = labels
        .iter()
        .skip(1)
        .take_while(|label| !label.contains("amazon"))
        .copied()
        .collect();
    let region = labels
        .iter()
        .find_map(|label| found(label))
        .or_else(|| found(&middle))?;
    (!region.starts_with("cn-")).then_some(region)
}

#[cfg(test)]
mod tests;
