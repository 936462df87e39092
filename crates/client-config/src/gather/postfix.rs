//! The logins of Postfix: its relay, and the entries of password maps.

use crate::client::Client;
use crate::entry::Value;
use crate::postfix::{MapEntry, Postfix};
use crate::settings::{Field, Settings, TlsChoice, TlsField};

/// The login of Postfix towards its relay.
pub(crate) fn postfix(postfix: &Postfix) -> Option<Settings> {
    let field = |name: &str| {
        let parameter = postfix.parameter(name)?;
        Some(Field {
            name: name.to_owned(),
            key: parameter.at.clone(),
            value: parameter.value.clone(),
        })
    };
    let mut settings = Settings::of(Client::Postfix);
    settings.host = Some(field("relayhost")?);
    settings.auth = field("smtp_sasl_auth_enable");
    let level = field("smtp_tls_security_level")
        .filter(|level| level.told().is_some() || level.value.text() == "none");
    let choices = [
        level.and_then(|field| Some((postfix_level(field.value.text())?, field))),
        field("smtp_tls_wrappermode")
            .filter(|field| field.switch() == Some(true))
            .map(|field| (TlsChoice::Wrapper, field)),
        field("smtp_use_tls")
            .filter(|field| field.switch() == Some(true))
            .map(|field| (TlsChoice::StartTlsIfOffered, field)),
        field("smtp_enforce_tls")
            .filter(|field| field.switch() == Some(true))
            .map(|field| (TlsChoice::StartTls, field)),
    ];
    settings.tls = choices
        .into_iter()
        .flatten()
        .map(|(choice, field)| TlsField { field, choice })
        .collect();
    Some(settings)
}

/// TLS_README, "smtp_tls_security_level".
fn postfix_level(level: &str) -> Option<TlsChoice> {
    match level.trim() {
        "none" => Some(TlsChoice::Plain),
        "may" => Some(TlsChoice::StartTlsIfOffered),
        "encrypt" | "dane" | "dane-only" | "fingerprint" | "verify" | "secure" => Some(TlsChoice::StartTls),
        _ => None,
    }
}

/// The login in an entry of a password map.
pub(crate) fn map(entry: &MapEntry) -> Settings {
    let client = if entry.exim { Client::Exim } else { Client::Postfix };
    let field = |value: &Value| Field {
        name: "the map".to_owned(),
        key: value.span.clone(),
        value: value.clone(),
    };
    let mut settings = Settings::of(client);
    settings.host = Some(field(&entry.key));
    settings.username = entry.username.as_ref().map(field);
    settings.password = entry.password.as_ref().map(field);
    // A map says nothing of TLS.
    let unsaid = field(&entry.key);
    settings.tls = vec![TlsField {
        field: unsaid,
        choice: TlsChoice::ByPort,
    }];
    settings
}
