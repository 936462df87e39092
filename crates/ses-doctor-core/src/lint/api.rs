//! SMTP credentials given to the HTTPS API, and the API where SMTP is set up.

use super::{Finding, Place, Relevance};
use crate::verdict::Certainty;
use client_config::{Field, Settings, Transport};
use secrecy::SecretString;
use ses_smtp::credential::{PasswordShape, inspect};

/// Judges the transport of one login.
pub(super) fn findings(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Vec<Finding> {
    let secret = settings.api_secret.as_ref().or_else(|| api_password(settings));
    let used = secret.and_then(|secret| smtp_password_for_api(at, secret));
    let transport = (relevance == Relevance::Ses)
        .then(|| api_beside_smtp(at, settings))
        .flatten();
    used.into_iter().chain(transport).collect()
}

/// The password of a DSN of the API.
fn api_password(settings: &Settings) -> Option<&Field> {
    let is_api = settings.url.is_some() && matches!(settings.transport, Some((_, Transport::Api)));
    settings.password.as_ref().filter(|_| is_api)
}

/// A secret access key has 40 characters, an SMTP password 44 and a version byte.
fn smtp_password_for_api(at: &Place<'_>, secret: &Field) -> Option<Finding> {
    let shape = inspect("", &SecretString::from(secret.told()?)).password.shape;
    if !matches!(shape, PasswordShape::SmtpV4 | PasswordShape::SmtpV2) {
        return None;
    }
    let message =
        "this is an SMTP password; the API wants the secret access key, and answers SignatureDoesNotMatch";
    let finding = at
        .finding(
            "smtp-credentials-used-for-api",
            Certainty::Confirmed,
            &secret.value.span,
            message,
        )
        .weighing(9);
    Some(finding.advice("use the key's secret access key here, or use this pair over SMTP"))
}

/// `MAIL_MAILER=ses` beside SMTP settings of SES: they are not used.
fn api_beside_smtp(at: &Place<'_>, settings: &Settings) -> Option<Finding> {
    let (field, Transport::Api) = settings.transport.as_ref()? else {
        return None;
    };
    settings.endpoint().filter(|endpoint| {
        endpoint.is_ses_smtp() && settings.url.is_none() && settings.api_secret.is_none()
    })?;
    let message = format!(
        "{} sends through the HTTPS API, so the SMTP settings here are not used",
        field.name
    );
    let finding = at.finding("ses-api-not-smtp", Certainty::Likely, &field.value.span, message);
    Some(finding.advice("set the transport to smtp, or give the API its own keys"))
}
