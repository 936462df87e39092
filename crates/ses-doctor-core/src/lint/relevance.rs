//! Whether settings are those of SES, of somebody else, or do not say.

use super::{Document, Finding};
use crate::verdict::Certainty;
use client_config::{Client, Settings};
use secrecy::SecretString;
use ses_smtp::credential::{PasswordShape, UsernameShape, inspect};
use ses_smtp::{Endpoint, EndpointKind};

/// Whose settings these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relevance {
    /// Of SES, or meant for it.
    Ses,
    /// The host is not told here, and nothing else tells.
    Unknown,
    /// Of another service.
    OtherProvider,
}

/// Whose settings these are.
pub(super) fn relevance(settings: &Settings) -> Relevance {
    if settings.client == Client::Api {
        return Relevance::Ses;
    }
    match settings.endpoint() {
        Some(endpoint) => of_host(&endpoint),
        None if speaks_of_ses(settings) || looks_like_ses(settings) => Relevance::Ses,
        None => Relevance::Unknown,
    }
}

fn of_host(endpoint: &Endpoint) -> Relevance {
    let kind = &endpoint.kind;
    let receives = matches!(
        kind,
        EndpointKind::Inbound | EndpointKind::Feedback | EndpointKind::BannerName
    );
    let of_ses = endpoint.is_ses_smtp() || matches!(kind, EndpointKind::Api | EndpointKind::MailManager);
    if of_ses || receives || endpoint.suggestion().is_some() {
        Relevance::Ses
    } else if *kind == EndpointKind::Other && is_of_documentation(&endpoint.host) {
        // A name of documentation stands for one that is not told (RFC 2606).
        Relevance::Unknown
    } else {
        Relevance::OtherProvider
    }
}

fn is_of_documentation(host: &str) -> bool {
    [
        "example.com",
        "example.org",
        "example.net",
        ".example",
        ".test",
        ".invalid",
    ]
    .iter()
    .any(|end| host.ends_with(end))
}

/// The scheme of a URL, or the name of a variable.
fn speaks_of_ses(settings: &Settings) -> bool {
    let scheme = settings
        .url
        .as_ref()
        .is_some_and(|url| url.scheme.starts_with("ses"));
    let names = [&settings.host, &settings.username, &settings.password]
        .into_iter()
        .flatten();
    let said = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "ses" || word == "awsses")
    };
    scheme
        || names
            .into_iter()
            .any(|field| said(&field.name) || said(field.value.text()))
}

/// A key id or an SMTP password.
fn looks_like_ses(settings: &Settings) -> bool {
    let text = |field: &Option<client_config::Field>| {
        field
            .as_ref()
            .and_then(|f| f.told())
            .unwrap_or_default()
            .to_owned()
    };
    let facts = inspect(
        &text(&settings.username),
        &SecretString::from(text(&settings.password)),
    );
    let username = matches!(
        facts.username.mended_shape.unwrap_or(facts.username.shape),
        UsernameShape::AccessKeyId | UsernameShape::TemporaryKeyId | UsernameShape::ConsoleSmtpUserName
    );
    let password = matches!(
        facts.password.mended_shape.unwrap_or(facts.password.shape),
        PasswordShape::SmtpV4 | PasswordShape::SmtpV2
    );
    username || password
}

/// When every login is another provider's: there lies the trouble, or it is not ours.
pub(super) fn other_provider(documents: &[Document]) -> Option<Finding> {
    let logins = || {
        documents
            .iter()
            .enumerate()
            .flat_map(|(file, document)| document.reading.settings.iter().map(move |s| (file, s)))
    };
    let named = |settings: &Settings| {
        let host = settings.host.as_ref()?;
        let bare = host.told()?.trim_start_matches(['*', '.']).to_owned();
        let kind = Endpoint::parse(&bare).kind;
        let name = if let EndpointKind::OtherProvider(name) = kind {
            name
        } else {
            (kind == EndpointKind::WorkMail).then(|| "Amazon WorkMail".to_owned())?
        };
        Some((host.value.span.clone(), name))
    };
    let all_elsewhere = logins().all(|(_, settings)| named(settings).is_some() || settings.host.is_none());
    let (file, (span, name)) = logins().find_map(|(file, settings)| Some((file, named(settings)?)))?;
    let message = format!("these are settings of {name}, not of Amazon SES");
    all_elsewhere.then(|| Finding::new("not-ses", Certainty::Likely, documents, file, &span, message))
}
