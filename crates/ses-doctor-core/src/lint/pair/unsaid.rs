//! What is not said, or said to be off: empty and masked values, authentication, the sender.

use crate::lint::{Finding, Place, Relevance};
use crate::verdict::Certainty;
use client_config::{Client, Field, Format, Settings, Told};
use secrecy::SecretString;
use ses_smtp::credential::{UsernameShape, inspect};

/// What stands in place of a value.
pub(super) fn not_told(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Vec<Finding> {
    let ses = relevance == Relevance::Ses;
    let mut found = Vec::new();
    if let Some(password) = settings
        .password
        .as_ref()
        .filter(|password| ses && password.value.told() == Told::Masked)
    {
        let message =
            "asterisks or dots stand in place of the password: if the program has them too, it sends them";
        let finding = at.finding(
            "masked-password-submitted",
            Certainty::Possible,
            &password.value.span,
            message,
        );
        found.push(finding.advice("enter the real password"));
    }
    let empty = |field: &Option<Field>| {
        field
            .as_ref()
            .is_some_and(|field| field.value.told() == Told::Empty)
    };
    if ses
        && !at.is_template()
        && !secret_elsewhere(at)
        && settings.client != Client::Api
        && (empty(&settings.username) || empty(&settings.password))
    {
        let field = [&settings.username, &settings.password]
            .into_iter()
            .flatten()
            .find(|f| f.value.told() == Told::Empty);
        found.extend(field.map(|field| {
            let message = format!("{} is empty", field.name);
            at.finding("empty-credentials", Certainty::Likely, &field.key, message)
                .advice("enter the SMTP credentials")
        }));
    }
    if let Some(misspelt) = &settings.misspelt {
        let message = format!(
            "no user name is set; {} may be meant to, but its name is misspelt",
            misspelt.name
        );
        let finding = at.finding(
            "client-not-sending-auth",
            Certainty::Possible,
            &misspelt.key,
            message,
        );
        found.push(finding.advice("correct the name"));
    }
    found
}

/// A chart's values and a manifest name the object that holds the secret.
fn secret_elsewhere(at: &Place<'_>) -> bool {
    const SIGNS: [&str; 5] = [
        "existingSecret",
        "secretKeyRef",
        "secretName",
        "secretRef",
        "valueFrom",
    ];
    at.document()
        .is_some_and(|document| SIGNS.iter().any(|sign| document.text.contains(sign)))
}

/// Authentication switched off, or not switched on where that is needed.
pub(super) fn switched_off(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Option<Finding> {
    if relevance != Relevance::Ses || settings.client == Client::Postfix {
        return None;
    }
    let cause = "client-not-sending-auth";
    match &settings.auth {
        Some(auth) if auth.switch() == Some(false) && auth.value.told() != Told::Empty => {
            let message = format!(
                "{} keeps the client from logging in, and SES takes no mail without a login",
                auth.name
            );
            Some(
                at.finding(cause, Certainty::Confirmed, &auth.value.span, message)
                    .advice("switch authentication on"),
            )
        }
        None if needs_switch(at, settings) => {
            let username = settings.username.as_ref()?;
            let message = format!(
                "{} logs in only when authentication is switched on, and nothing here does",
                settings.client.name()
            );
            let what = if settings.client == Client::PhpMailer {
                "set SMTPAuth = true"
            } else {
                "set auth to true"
            };
            Some(
                at.finding(cause, Certainty::Likely, &username.key, message)
                    .advice(what),
            )
        }
        _ => None,
    }
}

/// PHPMailer and Keycloak log in only when told to.
fn needs_switch(at: &Place<'_>, settings: &Settings) -> bool {
    let of_code = at.document().is_some_and(|document| {
        let of_php = settings.client == Client::PhpMailer && document.text.contains("->Username");
        of_php || (settings.client == Client::Keycloak && document.reading.format == Format::Json)
    });
    of_code && settings.username.is_some() && settings.password.is_some()
}

/// The user name as sender.
pub(super) fn sender(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Option<Finding> {
    let from = settings.from.as_ref().filter(|_| relevance == Relevance::Ses)?;
    let text = from.told()?.trim();
    let is_key = inspect(text, &SecretString::from("")).username.shape == UsernameShape::AccessKeyId;
    is_key.then(|| {
        let message = "the sender is the SMTP user name; SES wants an address of a verified identity";
        at.finding(
            "envelope-sender-is-login",
            Certainty::Confirmed,
            &from.value.span,
            message,
        )
        .advice("use a verified address as sender")
    })
}
