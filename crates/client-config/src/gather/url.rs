//! Connection URLs: `smtp://user:password@host:port`, also broken ones, and the DSNs of Symfony.

use super::{field, slice};
use crate::client::Client;
use crate::entry::{Encoding, Entry, Quoting, Value};
use crate::settings::{Field, Settings, TlsChoice, TlsField, Transport, Url};
use percent_encoding::percent_decode_str;

/// Schemes of mail, and what they say of TLS. `smtp+tls` and `smtp+ssl` are those of django-environ and dj-email-url.
const SCHEMES: &[(&str, Option<TlsChoice>)] = &[
    ("smtp", None),
    ("smtps", Some(TlsChoice::Wrapper)),
    ("smtp+tls", Some(TlsChoice::StartTls)),
    ("smtp+starttls", Some(TlsChoice::StartTls)),
    ("smtp+ssl", Some(TlsChoice::Wrapper)),
    ("smtp+insecure", Some(TlsChoice::StartTls)),
    ("submission", Some(TlsChoice::StartTls)),
    ("submissions", Some(TlsChoice::Wrapper)),
    ("ses+smtp", None),
    ("ses+smtps", Some(TlsChoice::Wrapper)),
    ("ses", None),
    ("ses+api", None),
    ("ses+https", None),
];

/// Whether a value begins with such a scheme.
pub(super) fn is_mail_url(text: &str) -> bool {
    scheme(text).is_some()
}

fn scheme(text: &str) -> Option<(&'static str, Option<TlsChoice>)> {
    let (written, _) = text.trim_start().split_once("://")?;
    let written = written.to_ascii_lowercase();
    SCHEMES.iter().find(|(known, _)| *known == written).copied()
}

/// The login in an entry's URL.
pub(super) fn settings(client: Client, entry: &Entry) -> Option<Settings> {
    of_field(client, field(entry))
}

/// URLs in a text that assigns nothing.
pub(super) fn bare(client: Client, text: &str) -> Vec<Settings> {
    let end = |c: char| c.is_whitespace() || "\"'`,;<>".contains(c);
    let words = text.split(end).filter(|word| is_mail_url(word));
    words
        .filter_map(|word| {
            let span = crate::entry::span_of(text, word);
            let value = Value::new(word, span.clone(), Quoting::Bare);
            of_field(
                client,
                Field {
                    name: "the URL".to_owned(),
                    key: span,
                    value,
                },
            )
        })
        .collect()
}

fn of_field(client: Client, field: Field) -> Option<Settings> {
    let text = field.value.text().to_owned();
    let (scheme, choice) = scheme(&text)?;
    let (_, rest) = text.split_once("://")?;
    let offset = text.len() - rest.len();
    let (information, place) = split_user(rest);
    let mut settings = Settings::of(client);
    if let Some(information) = information {
        let at = offset..offset + information.len();
        pair(&field, &text, information, &mut settings);
        settings.url = Some(Url {
            field: field.clone(),
            scheme: scheme.to_owned(),
            user_information: Some(field.value.part(at)),
        });
    } else {
        settings.url = Some(Url {
            field: field.clone(),
            scheme: scheme.to_owned(),
            user_information: None,
        });
    }
    place_of(&field, &text, place, &mut settings);
    settings.tls.extend(choice.map(|choice| TlsField {
        field: slice_of(&field, &text, text.get(..scheme_end(&text)).unwrap_or_default()),
        choice,
    }));
    settings.tls.extend(query_tls(&field, &text));
    if settings.tls.is_empty() && scheme == "smtp" && client == Client::Nodemailer {
        // Nodemailer takes `smtp:` as `secure: false`.
        settings.tls.push(TlsField {
            field: field.clone(),
            choice: TlsChoice::StartTlsIfOffered,
        });
    }
    let api = matches!(scheme, "ses" | "ses+api" | "ses+https");
    settings.transport = Some((field, if api { Transport::Api } else { Transport::Smtp }));
    Some(settings)
}

fn scheme_end(text: &str) -> usize {
    text.find("://").unwrap_or(0)
}

/// User information and the rest. The last `@` before a host counts: a raw `/` of the password may come before it.
fn split_user(rest: &str) -> (Option<&str>, &str) {
    match rest.rsplit_once('@') {
        Some((information, place)) if !place.contains(char::is_whitespace) => (Some(information), place),
        _ => (None, rest),
    }
}

fn pair(field: &Field, text: &str, information: &str, settings: &mut Settings) {
    let (user, password) = match information.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (information, None),
    };
    settings.username = Some(decoded(slice_of(field, text, user)));
    settings.password = password.map(|password| decoded(slice_of(field, text, password)));
}

/// A slice of a copy of the field's text, as a field.
fn slice_of(field: &Field, text: &str, part: &str) -> Field {
    let span = crate::entry::span_of(text, part);
    let own = field.value.text().get(span).unwrap_or_default();
    slice(field, own)
}

fn decoded(field: Field) -> Field {
    let text = percent_decode_str(field.value.text())
        .decode_utf8_lossy()
        .into_owned();
    if text == field.value.text() {
        return field;
    }
    let value = Value::new(text, field.value.span.clone(), field.value.quoting).encoded(Encoding::Percent);
    Field { value, ..field }
}

fn place_of(field: &Field, text: &str, place: &str, settings: &mut Settings) {
    let authority = place.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    // `default` is Symfony's way to say that the scheme has the host.
    if !host.is_empty() && host != "default" {
        settings.host = Some(slice_of(field, text, host));
    }
    if let Some((_, port)) = authority
        .rsplit_once(':')
        .filter(|(_, port)| port.parse::<u16>().is_ok())
    {
        settings.port = Some(slice_of(field, text, port));
    }
    settings.region = parameter(text, "region").map(|value| slice_of(field, text, value));
}

/// A parameter of the query.
fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = text.rsplit_once('?')?;
    let mut parameters = query.split('&').filter_map(|pair| pair.split_once('='));
    parameters
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn query_tls(field: &Field, text: &str) -> Option<TlsField> {
    let choice = |name: &str, value: &str| match (name, value.to_ascii_lowercase().as_str()) {
        ("encryption", "ssl") | ("secure" | "ssl", "true" | "1") => Some(TlsChoice::Wrapper),
        ("encryption", "tls") | ("tls" | "starttls" | "requireTLS", "true" | "1") => {
            Some(TlsChoice::StartTls)
        }
        ("auto_tls", "false" | "0") | ("ignoreTLS", "true") | ("disable_starttls", "true") => {
            Some(TlsChoice::Plain)
        }
        _ => None,
    };
    [
        "encryption",
        "secure",
        "ssl",
        "tls",
        "starttls",
        "requireTLS",
        "auto_tls",
        "ignoreTLS",
        "disable_starttls",
    ]
    .into_iter()
    .find_map(|name| {
        let value = parameter(text, name)?;
        Some(TlsField {
            field: slice_of(field, text, value),
            choice: choice(name, value)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Settings {
        bare(Client::Unknown, text).remove(0)
    }

    #[test]
    fn a_url_is_taken_apart() {
        let settings = read("smtps://AKIA:a%2Fb@email-smtp.eu-west-1.amazonaws.com:465/");
        assert_eq!(settings.endpoint().unwrap().region.as_deref(), Some("eu-west-1"));
        assert_eq!(settings.port_number(), Some(465));
        assert_eq!(settings.password.unwrap().value.text(), "a/b");
        assert_eq!(settings.tls[0].choice, TlsChoice::Wrapper);
    }

    #[test]
    fn a_raw_slash_does_not_hide_the_host() {
        let text = "smtp://AKIA:BE/x+@h.example:25";
        let settings = read(text);
        assert_eq!(settings.host.unwrap().value.text(), "h.example");
        let password = settings.password.unwrap().value;
        assert_eq!(text.get(password.span.clone()).unwrap(), "BE/x+");
    }

    #[test]
    fn a_dsn_has_its_region_in_the_query() {
        let settings = read("ses+smtp://$A:$B@default?region=eu-west-1");
        assert!(settings.host.is_none());
        assert_eq!(settings.region_name().as_deref(), Some("eu-west-1"));
    }
}
