//! Port against the way in which TLS begins.

use super::{Edit, Finding, Place, Relevance};
use crate::verdict::Certainty;
use client_config::{Client, Field, Format, Settings, TlsChoice};
use ses_smtp::endpoint::tls_mode_of_port;
use ses_smtp::probe::TlsMode;

/// Judges port and TLS of one login.
pub(super) fn findings(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Vec<Finding> {
    if settings.client == Client::Api || is_postfix_parameters(at) {
        return Vec::new();
    }
    let both = both_switches(at, settings);
    let mode = if both.is_none() {
        of_mode(at, settings, relevance)
    } else {
        None
    };
    let port = (relevance == Relevance::Ses)
        .then(|| foreign_port(at, settings))
        .flatten();
    [both, mode, port].into_iter().flatten().collect()
}

/// The parameters of Postfix have rules of their own.
fn is_postfix_parameters(at: &Place<'_>) -> bool {
    at.document().is_some_and(|document| {
        document.reading.format == Format::PostfixMain || !document.reading.postfix.parameters.is_empty()
    })
}

/// Django refuses to start with both.
fn both_switches(at: &Place<'_>, settings: &Settings) -> Option<Finding> {
    let find = |wanted: TlsChoice| settings.tls.iter().find(|tls| tls.choice == wanted);
    let (wrapper, starttls) = (find(TlsChoice::Wrapper)?, find(TlsChoice::StartTls)?);
    (settings.client == Client::Django).then(|| {
        let message = format!(
            "{} and {} exclude each other",
            wrapper.field.name, starttls.field.name
        );
        let finding = at.finding(
            "client-config-conflict",
            Certainty::Confirmed,
            &wrapper.field.value.span,
            message,
        );
        finding.advice("switch one off: USE_TLS with port 587, USE_SSL with port 465")
    })
}

fn of_mode(at: &Place<'_>, settings: &Settings, relevance: Relevance) -> Option<Finding> {
    let (choice, field) = settings.tls_mode();
    let port = settings.port_number();
    let wanted = port.and_then(tls_mode_of_port);
    match (wanted, choice) {
        (Some(TlsMode::Wrapper), TlsChoice::StartTls | TlsChoice::StartTlsIfOffered | TlsChoice::Plain) => {
            wrapper_wanted(at, settings, relevance, port?, field)
        }
        (Some(TlsMode::StartTls), TlsChoice::Wrapper) => {
            starttls_wanted(at, settings, relevance, port?, field?)
        }
        (Some(TlsMode::StartTls | TlsMode::Plain) | None, TlsChoice::Plain) => {
            plain(at, settings, relevance, field)
        }
        _ => None,
    }
}

fn capped(relevance: Relevance, certainty: Certainty) -> Certainty {
    if relevance == Relevance::Ses {
        certainty
    } else {
        certainty.min(Certainty::Possible)
    }
}

/// TLS from the first byte is due on this port, and the client begins in plaintext.
fn wrapper_wanted(
    at: &Place<'_>,
    settings: &Settings,
    relevance: Relevance,
    port: u16,
    field: Option<&Field>,
) -> Option<Finding> {
    let place = settings.port_field()?;
    let client = settings.client.name();
    let cause = "tls-wrapper-mismatch";
    if settings.client == Client::DotNet {
        let message = format!(
            "{client} knows no TLS from the first byte, so port {port} stays silent until it times out"
        );
        let finding = at.finding(
            cause,
            capped(relevance, Certainty::Likely),
            &place.value.span,
            message,
        );
        return Some(with_port(at, finding, settings, port));
    }
    let (certainty, message) = match field {
        // Laravel from version 9 on makes it a TLS wrapper; before, it was STARTTLS.
        Some(field) if settings.client == Client::Laravel => (
            Certainty::Possible,
            format!(
                "port {port} wants TLS from the first byte; {} = tls is STARTTLS up to Laravel 8",
                field.name
            ),
        ),
        Some(field) if !matches!(settings.client, Client::Unknown) => (
            Certainty::Confirmed,
            format!(
                "port {port} wants TLS from the first byte, but {} makes {client} begin in plaintext",
                field.name
            ),
        ),
        Some(field) => (
            Certainty::Likely,
            format!(
                "port {port} wants TLS from the first byte, but {} says otherwise",
                field.name
            ),
        ),
        None => (
            Certainty::Likely,
            format!(
                "port {port} wants TLS from the first byte, and {client} begins in plaintext unless told otherwise"
            ),
        ),
    };
    let finding = at.finding(cause, capped(relevance, certainty), &place.value.span, message);
    Some(with_port(at, finding, settings, port))
}

/// Going to the STARTTLS port is the smallest repair: every client can do it.
fn with_port(at: &Place<'_>, finding: Finding, settings: &Settings, port: u16) -> Finding {
    let other = if port == 2465 { "2587" } else { "587" };
    let what = format!("use port {other}, or switch on TLS from the first byte (often called SSL)");
    match number_edit(at, settings, port, other) {
        Some(edit) => finding.repair(what, vec![edit]),
        None => finding.advice(what),
    }
}

/// Replaces the port where it stands as a number.
fn number_edit(at: &Place<'_>, settings: &Settings, port: u16, other: &str) -> Option<Edit> {
    let field = settings.port_field()?;
    let written = at.written(&field.value.span);
    let number = port.to_string();
    let start = written.rfind(&number)?;
    let begin = field.value.span.start + start;
    Some(Edit {
        file: at.file,
        span: begin..begin + number.len(),
        text: other.to_owned(),
    })
}

/// STARTTLS is due on this port, and the client begins with TLS.
fn starttls_wanted(
    at: &Place<'_>,
    settings: &Settings,
    relevance: Relevance,
    port: u16,
    field: &Field,
) -> Option<Finding> {
    let client = settings.client.name();
    let certainty = if settings.client == Client::Laravel || settings.client == Client::Unknown {
        Certainty::Likely
    } else {
        Certainty::Confirmed
    };
    let message = format!(
        "{} makes {client} begin with TLS, but port {port} begins in plaintext and wants STARTTLS",
        field.name
    );
    let finding = at.finding(
        "tls-wrapper-mismatch",
        capped(relevance, certainty),
        &field.value.span,
        message,
    );
    let wrapper = if port == 2587 { "2465" } else { "465" };
    let what = format!("switch to STARTTLS on port {port}, or use port {wrapper}");
    Some(match opposite(settings.client, field, at) {
        Some(edit) => finding.repair(what, vec![edit]),
        None => finding.advice(what),
    })
}

/// The value that means STARTTLS, where one word decides.
fn opposite(client: Client, field: &Field, at: &Place<'_>) -> Option<Edit> {
    let text = match (field.value.text(), client) {
        ("true", _) if client != Client::Django => "false",
        ("True", _) if client != Client::Django => "False",
        ("ssl", Client::PhpMailer | Client::Laravel | Client::Nextcloud) => "tls",
        ("smtps", _) if field.value.text().len() == field.value.span.len() => "smtp",
        _ => return None,
    };
    Some(Edit {
        file: at.file,
        span: field.value.span.clone(),
        text: text.to_owned(),
    })
}

/// No TLS where SES takes no login without it.
fn plain(
    at: &Place<'_>,
    settings: &Settings,
    relevance: Relevance,
    field: Option<&Field>,
) -> Option<Finding> {
    let client = settings.client.name();
    let cause = "starttls-not-used";
    if let Some(field) = field {
        let certainty = if relevance == Relevance::Ses {
            Certainty::Confirmed
        } else {
            Certainty::Likely
        };
        let message = format!(
            "{} keeps {client} from starting TLS, and SES takes no login without it",
            field.name
        );
        let finding = at.finding(cause, certainty, &field.value.span, message);
        return Some(switched_on(at, finding, field));
    }
    let complete =
        settings.username.is_some() && settings.password.is_some() && settings.port_number().is_some();
    if relevance != Relevance::Ses || !complete || !is_whole(at) {
        return None;
    }
    let place = settings.port_field()?;
    let message =
        format!("nothing here switches TLS on, and {client} sends in plaintext unless told otherwise");
    Some(
        at.finding(cause, Certainty::Likely, &place.value.span, message)
            .advice(how_to_switch_on(settings.client)),
    )
}

/// Variables are only a part of a configuration: the program may switch TLS on itself.
fn is_whole(at: &Place<'_>) -> bool {
    at.document()
        .is_some_and(|document| match document.reading.format {
            Format::Dotenv
            | Format::Yaml
            | Format::Shell
            | Format::Dockerfile
            | Format::Systemd
            | Format::PasswordMap
            | Format::EximPasswords => false,
            Format::Toml
            | Format::Json
            | Format::Xml
            | Format::Ini
            | Format::Properties
            | Format::Terraform
            | Format::PostfixMain
            | Format::PostfixMaster
            | Format::Sendmail
            | Format::Words
            | Format::Code => true,
        })
}

fn switched_on(at: &Place<'_>, finding: Finding, field: &Field) -> Finding {
    let what = format!("switch {} on", field.name);
    let text = match at.written(&field.value.span) {
        "false" => "true",
        "False" => "True",
        "FALSE" => "TRUE",
        "off" => "on",
        "no" => "yes",
        "0" => "1",
        _ => return finding.advice("make STARTTLS mandatory"),
    };
    // A switch that is named after what it switches off is not to be switched on.
    let is_negative = field.name.to_ascii_lowercase().contains("ignore")
        || field.name.to_ascii_lowercase().contains("disable");
    if is_negative || field.value.text().len() != field.value.span.len() {
        return finding.advice("make STARTTLS mandatory");
    }
    finding.repair(
        what,
        vec![Edit {
            file: at.file,
            span: field.value.span.clone(),
            text: text.to_owned(),
        }],
    )
}

fn how_to_switch_on(client: Client) -> &'static str {
    const WAYS: [(Client, &str); 7] = [
        (Client::Django, "set EMAIL_USE_TLS = True (Flask: MAIL_USE_TLS)"),
        (
            Client::JavaMail,
            "set mail.smtp.starttls.enable and mail.smtp.starttls.required to true",
        ),
        (Client::Keycloak, "set starttls to true"),
        (Client::Msmtp, "add `tls on`"),
        (Client::Ssmtp, "add UseSTARTTLS=YES and UseTLS=YES"),
        (Client::DotNet, "set EnableSsl to true: this is STARTTLS here"),
        (Client::Smtplib, "call starttls() before login()"),
    ];
    let known = WAYS.iter().find(|(known, _)| *known == client);
    known.map_or("make STARTTLS mandatory", |(_, way)| way)
}

/// A port on which SES does not listen.
fn foreign_port(at: &Place<'_>, settings: &Settings) -> Option<Finding> {
    let port = settings.port_number()?;
    let endpoint = settings.endpoint().filter(|endpoint| endpoint.is_ses_smtp())?;
    if tls_mode_of_port(port).is_some() {
        return None;
    }
    let field = settings.port_field()?;
    let message = format!(
        "{} listens on 25, 465, 587, 2465 and 2587, not on {port}",
        endpoint.host
    );
    let finding = at.finding(
        "wrong-host-or-region-endpoint",
        Certainty::Likely,
        &field.value.span,
        message,
    );
    Some(match number_edit(at, settings, port, "587") {
        Some(edit) => finding.repair("use port 587 with STARTTLS", vec![edit]),
        None => finding.advice("use port 587 with STARTTLS"),
    })
}
