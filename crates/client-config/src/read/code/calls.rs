//! Calls that set up a mail client, by the name of the function and the order of its arguments.

use super::{Argument, Found};
use crate::entry::{Quoting, Value};
use std::ops::Range;

/// The last part of the function's name in lower case, and the settings that its literal arguments are, in order.
/// Sources: the signatures of smtplib, net/smtp, gomail, System.Net.Mail, MailKit and Net::SMTP.
const CALLS: &[(&str, &[&str])] = &[
    ("smtp", &["host", "port"]),
    ("smtp_ssl", &["host", "port"]),
    ("smtpclient", &["host", "port"]),
    ("newdialer", &["host", "port", "username", "password"]),
    ("newplaindialer", &["host", "port", "username", "password"]),
    ("plainauth", &["", "username", "password", "auth_host"]),
    ("sendmail", &["host"]),
    ("networkcredential", &["username", "password"]),
    ("connect", &["host", "port", "secure_socket_options"]),
    ("connectasync", &["host", "port", "secure_socket_options"]),
    ("authenticate", &["username", "password"]),
    ("authenticateasync", &["username", "password"]),
    ("login", &["username", "password"]),
    ("passwordauthentication", &["username", "password"]),
    ("credentials", &["username", "password"]),
];

/// Functions whose two arguments are a name and a value.
const PAIRS: [&str; 9] = [
    "define",
    "put",
    "setproperty",
    "set",
    "setenv",
    "putenv",
    "option",
    "add_option",
    "property",
];

/// Adds what a call sets.
pub(super) fn entries(
    callee: &str,
    place: &Range<usize>,
    arguments: &[Argument],
    scope: &[String],
    found: &mut Found,
) {
    let last = callee.rsplit(['.', ':', '>', '$']).next().unwrap_or(callee);
    let lower = last.to_ascii_lowercase();
    let mut one = |key: &str, value: Value| found.add(scope, key, place.clone(), value);
    match lower.as_str() {
        // Python's `smtplib.SMTP_SSL` is TLS from the first byte; `starttls()` is STARTTLS.
        "smtp_ssl" => one("use_ssl", Value::new("true", place.clone(), Quoting::Bare)),
        "starttls" | "start_tls" => one("starttls", Value::new("true", place.clone(), Quoting::Bare)),
        "smtphandler" => return handler(arguments, scope, found),
        _ => {}
    }
    if PAIRS.contains(&lower.as_str())
        && let [Argument::Value(name), Argument::Value(value), ..] = arguments
    {
        let parts: Vec<String> = name.text().split('.').map(str::to_owned).collect();
        if let Some((key, inner)) = parts.split_last() {
            let scope: Vec<String> = scope.iter().chain(inner).cloned().collect();
            found.add(&scope, key, name.span.clone(), value.clone());
        }
        return;
    }
    let setter = lower
        .strip_prefix("set")
        .or_else(|| lower.strip_prefix("with"))
        .unwrap_or(&lower);
    if let ([Argument::Value(value)], true) = (arguments, is_setter(setter, last)) {
        found.add(
            scope,
            last.get(last.len() - setter.len()..).unwrap_or(last),
            place.clone(),
            value.clone(),
        );
        return;
    }
    let Some((_, names)) = CALLS.iter().find(|(name, _)| *name == lower) else {
        return;
    };
    for (name, argument) in names.iter().zip(arguments) {
        if let (false, Argument::Value(value)) = (name.is_empty(), argument) {
            found.add(scope, name, place.clone(), value.clone());
        }
    }
}

fn is_setter(name: &str, written: &str) -> bool {
    const NAMES: [&str; 14] = [
        "host",
        "hostname",
        "smtphost",
        "smtpport",
        "port",
        "username",
        "user",
        "password",
        "authentication",
        "sslonconnect",
        "starttlsenabled",
        "starttlsrequired",
        "encryption",
        "from",
    ];
    NAMES.contains(&name) && written.len() > 3
}

/// Python's `SMTPHandler((host, port), from, to, subject, (user, password), secure)`: without the last one it never
/// starts TLS (`logging.handlers`).
pub(super) fn handler(arguments: &[Argument], scope: &[String], found: &mut Found) {
    let [Argument::Group(server), rest @ ..] = (match arguments {
        [Argument::Group(inner)] => inner.as_slice(),
        other => other,
    }) else {
        return;
    };
    let mut add = |key: &str, argument: Option<&Argument>| {
        if let Some(Argument::Value(value)) = argument {
            found.add(scope, key, value.span.clone(), value.clone());
        }
    };
    add("host", server.first());
    add("port", server.get(1));
    add("from", rest.first());
    let Some(Argument::Group(pair)) = rest.get(3) else {
        return;
    };
    add("username", pair.first());
    add("password", pair.get(1));
    let Some(Argument::Value(host)) = server.first() else {
        return;
    };
    let (key, text) = if rest.len() == 4 {
        ("smtphandler_secure", "never")
    } else {
        ("starttls", "true")
    };
    found.add(
        scope,
        key,
        host.span.clone(),
        Value::new(text, host.span.clone(), Quoting::Bare),
    );
}
