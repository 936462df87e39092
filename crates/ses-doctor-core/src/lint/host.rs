//! The host field: look-alikes, regions without SMTP, and what stands around the name.

use super::{Edit, Finding, Place};
use crate::verdict::Certainty;
use client_config::{Client, Field, Format, Settings};
use ses_smtp::endpoint::{HostDamage, has_smtp, smtp_host};
use ses_smtp::{Endpoint, EndpointKind};

/// Judges the host of one login.
pub(super) fn findings(at: &Place<'_>, settings: &Settings) -> Vec<Finding> {
    let (Some(field), Some(endpoint)) = (&settings.host, settings.endpoint()) else {
        return Vec::new();
    };
    let kind = of_kind(at, settings, field, &endpoint);
    let region = endpoint
        .is_ses_smtp()
        .then(|| without_smtp(at, field, &endpoint))
        .flatten();
    let damage = (endpoint.is_ses_smtp() && kind.is_none())
        .then(|| around(at, settings, field, &endpoint))
        .flatten();
    let own_region = (kind.is_none())
        .then(|| contradicted(at, settings, &endpoint))
        .flatten();
    [kind, region, damage, own_region].into_iter().flatten().collect()
}

/// A host of AWS that takes no mail from clients.
fn of_kind(at: &Place<'_>, settings: &Settings, field: &Field, endpoint: &Endpoint) -> Option<Finding> {
    let host = &endpoint.host;
    let span = &field.value.span;
    if settings.client == Client::Api {
        return endpoint.is_ses_smtp().then(|| to_api(at, field, endpoint));
    }
    let (cause, certainty, message) = match endpoint.kind {
        EndpointKind::Api => (
            "api-endpoint-as-smtp-host",
            Certainty::Confirmed,
            format!("{host} is the HTTPS API of SES and speaks no SMTP"),
        ),
        EndpointKind::Inbound => (
            "wrong-host-or-region-endpoint",
            Certainty::Confirmed,
            format!("{host} receives mail for SES and takes no login"),
        ),
        EndpointKind::Feedback => (
            "wrong-host-or-region-endpoint",
            Certainty::Confirmed,
            format!("{host} receives bounces for SES and takes no login"),
        ),
        EndpointKind::BannerName => (
            "wrong-host-or-region-endpoint",
            Certainty::Confirmed,
            format!(
                "{host} is only the name in the banner of every region; the host to connect to names its region"
            ),
        ),
        EndpointKind::MailManager if !is_ingress_user(settings) => (
            "mail-manager-endpoint",
            Certainty::Likely,
            "this is a Mail Manager ingress endpoint, which knows no SES SMTP credentials".to_owned(),
        ),
        EndpointKind::AwsOther | EndpointKind::Other => {
            endpoint.suggestion()?;
            (
                "wrong-host-or-region-endpoint",
                Certainty::Likely,
                format!("there is no SES SMTP host with the name {host}"),
            )
        }
        EndpointKind::Public
        | EndpointKind::Fips
        | EndpointKind::VpcEndpoint
        | EndpointKind::MailManager
        | EndpointKind::WorkMail
        | EndpointKind::OtherProvider(_)
        | EndpointKind::Loopback
        | EndpointKind::Address
        | _ => return None,
    };
    let finding = at.finding(cause, certainty, span, message);
    Some(match endpoint.suggestion() {
        Some(right) => {
            let edit = Edit {
                file: at.file,
                span: span.clone(),
                text: with_surroundings(field, endpoint, &right),
            };
            finding.repair(format!("use {right}"), vec![edit])
        }
        None => finding.advice("use email-smtp.REGION.amazonaws.com with the region of the credentials"),
    })
}

fn to_api(at: &Place<'_>, field: &Field, endpoint: &Endpoint) -> Finding {
    let region = endpoint.region.as_deref().unwrap_or("REGION");
    let message = "this client speaks the HTTPS API, but the host is SES's SMTP endpoint";
    let finding = at.finding(
        "wrong-host-or-region-endpoint",
        Certainty::Likely,
        &field.value.span,
        message,
    );
    finding.advice(format!(
        "use email.{region}.amazonaws.com with API keys, or an SMTP client with this host"
    ))
}

fn is_ingress_user(settings: &Settings) -> bool {
    settings
        .username
        .as_ref()
        .is_none_or(|username| username.told().is_none_or(|name| name.starts_with("inp-")))
}

/// The right host with what the field held around the wrong one: brackets and a port are no part of the fault.
fn with_surroundings(field: &Field, endpoint: &Endpoint, right: &str) -> String {
    let text = field.value.text();
    let lower = text.to_ascii_lowercase();
    if lower.contains(&endpoint.host) {
        lower.replace(&endpoint.host, right)
    } else {
        right.to_owned()
    }
}

fn without_smtp(at: &Place<'_>, field: &Field, endpoint: &Endpoint) -> Option<Finding> {
    let region = endpoint.region.as_deref()?;
    (has_smtp(region) == Some(false)).then(|| {
        let message = format!("according to AWS, SES has no SMTP endpoint in {region}");
        let finding = at.finding(
            "region-without-smtp",
            Certainty::Likely,
            &field.value.span,
            message,
        );
        finding.advice("use a region with an SMTP endpoint, and credentials made for it")
    })
}

/// What the client takes for a part of the name.
fn around(at: &Place<'_>, settings: &Settings, field: &Field, endpoint: &Endpoint) -> Option<Finding> {
    let takes = |damage: &&HostDamage| !is_understood(at, settings, **damage);
    let damage = endpoint.damage.iter().find(takes)?;
    let what = match damage {
        HostDamage::Whitespace => "white space stands around the host name",
        HostDamage::Quoted => "quotes are part of the host name",
        HostDamage::Scheme => "the host field holds a URL; this client wants the name alone",
        HostDamage::UserInformation => "the host field holds a user name too",
        HostDamage::Path => "a slash or a path follows the host name",
        HostDamage::PortInHost => "the port stands in the host field, which this client does not take apart",
        HostDamage::Brackets => {
            "brackets stand around the host name; only Postfix, Exim and sendmail know them"
        }
        HostDamage::TrailingDot => "a dot follows the host name, and the certificate's name has none",
        _ => return None,
    };
    let certainty = if *damage == HostDamage::TrailingDot {
        Certainty::Possible
    } else {
        Certainty::Likely
    };
    let edit = Edit {
        file: at.file,
        span: field.value.span.clone(),
        text: endpoint.host.clone(),
    };
    let finding = at.finding(
        "wrong-host-or-region-endpoint",
        certainty,
        &field.value.span,
        what,
    );
    Some(match (endpoint.port, &settings.port) {
        // The port would be lost.
        (Some(port), None) => finding.advice(format!(
            "write {} here and {port} in the port's own field",
            endpoint.host
        )),
        _ => finding.repair(format!("write {}", endpoint.host), vec![edit]),
    })
}

/// A URL in the place of a name: PHPMailer takes its schemes of TLS, and a client that is not known may; nobody takes a web
/// address.
fn is_scheme_understood(at: &Place<'_>, settings: &Settings) -> bool {
    let Some(host) = &settings.host else { return true };
    let scheme = host
        .value
        .text()
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("http" | "https")) {
        return false;
    }
    let in_shell = at
        .document()
        .is_some_and(|document| document.reading.format == Format::Shell);
    settings.url.is_some() || matches!(settings.client, Client::PhpMailer | Client::Unknown) || in_shell
}

fn is_understood(at: &Place<'_>, settings: &Settings, damage: HostDamage) -> bool {
    let client = settings.client;
    let relay = matches!(client, Client::Postfix | Client::Exim | Client::Sendmail);
    match damage {
        HostDamage::Brackets => relay || client == Client::Unknown,
        HostDamage::PortInHost => {
            // Told apart by those of which it is known that they do not.
            let separate = matches!(
                client,
                Client::Django
                    | Client::Rails
                    | Client::Nodemailer
                    | Client::JavaMail
                    | Client::Keycloak
                    | Client::DotNet
                    | Client::Laravel
            );
            !separate || settings.url.is_some()
        }
        HostDamage::Scheme => is_scheme_understood(at, settings),
        HostDamage::Whitespace => settings
            .host
            .as_ref()
            .is_some_and(|host| host.value.quoting == client_config::Quoting::Bare),
        HostDamage::UserInformation => settings.url.is_some(),
        HostDamage::Quoted | HostDamage::Path | HostDamage::TrailingDot | _ => false,
    }
}

/// `AWS_SES_REGION`, a DSN's `region` and the like, beside a host of another region.
fn contradicted(at: &Place<'_>, settings: &Settings, endpoint: &Endpoint) -> Option<Finding> {
    if settings.client == Client::Terraform {
        return None;
    }
    let field = settings.region.as_ref()?;
    let (told, of_host) = (field.told()?.trim(), endpoint.region.as_deref()?);
    let is_region = ses_smtp::endpoint::region_exists_shape(told);
    if !is_region || told == of_host || !endpoint.is_ses_smtp() {
        return None;
    }
    let of_ses = field.name.to_ascii_lowercase().contains("ses") || settings.url.is_some();
    let certainty = if of_ses {
        Certainty::Likely
    } else {
        Certainty::Possible
    };
    let message = format!(
        "{} is {told}, but the SMTP host is in {of_host}: an SMTP password is good in one region only",
        field.name
    );
    let finding = at.finding("client-config-conflict", certainty, &field.value.span, message);
    Some(finding.advice(format!(
        "if the credentials were made for {told}, the host is {}",
        smtp_host(told)
    )))
}
