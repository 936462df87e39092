//! The host that was talked to, its port, and how TLS began, as far as the words around a host name tell.

use ses_smtp::endpoint::{Endpoint, EndpointKind};
use ses_smtp::probe::TlsMode;

/// Where a client connected to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) port: Option<u16>,
    pub(crate) tls: Option<TlsMode>,
}

/// A host name as it stands in the text.
struct Mention<'a> {
    before: &'a str,
    after: &'a str,
    endpoint: Endpoint,
}

/// The place in a text: a host of SES before another provider's, and one that is introduced as the server before any other.
pub(crate) fn place(text: &str) -> Place {
    let best = mentions(text).min_by_key(|mention| rank(mention));
    let Some(mention) = best.filter(|mention| rank(mention) < UNTOLD) else {
        return Place {
            port: port_in_words(text),
            ..Place::default()
        };
    };
    let mode = scheme(mention.before);
    Place {
        port: port_after(mention.after).or_else(|| port_in_words(text)),
        tls: mode,
        endpoint: Some(mention.endpoint),
    }
}

const UNTOLD: u8 = 9;

fn rank(mention: &Mention<'_>) -> u8 {
    let cued = is_introduced(mention.before);
    match (&mention.endpoint.kind, cued) {
        // SES's banner bears this name in every region.
        (EndpointKind::BannerName, false) => UNTOLD,
        (
            EndpointKind::Public | EndpointKind::Fips | EndpointKind::VpcEndpoint | EndpointKind::MailManager,
            true,
        ) => 0,
        (
            EndpointKind::Public | EndpointKind::Fips | EndpointKind::VpcEndpoint | EndpointKind::MailManager,
            false,
        ) => 1,
        (EndpointKind::AwsOther, _) if !names_mail(&mention.endpoint.host) => UNTOLD,
        (
            EndpointKind::Api
            | EndpointKind::Inbound
            | EndpointKind::Feedback
            | EndpointKind::WorkMail
            | EndpointKind::BannerName
            | EndpointKind::AwsOther,
            _,
        ) => 2,
        (EndpointKind::OtherProvider(_), true) => 3,
        (EndpointKind::OtherProvider(_), false) if mention.endpoint.host.contains("smtp") => 4,
        (EndpointKind::Other | EndpointKind::Loopback | EndpointKind::Address, true) => 5,
        _ => UNTOLD,
    }
}

fn names_mail(host: &str) -> bool {
    ["smtp", "email", "ses", "mail"]
        .iter()
        .any(|word| host.contains(word))
}

/// The words before the name say that it is the server.
fn is_introduced(before: &str) -> bool {
    const CUES: [&str; 32] = [
        "relay=",
        "host=",
        "host ",
        "host: ",
        "server ",
        "server: ",
        "connect to ",
        "connecting to ",
        "connected to ",
        "connection to ",
        "://",
        "h=",
        "enotfound ",
        "eai_again ",
        "econnrefused ",
        "dial tcp ",
        "lookup ",
        "trying ",
        "with host \"",
        "resolve host ",
        "resolve host: ",
        "address=",
        "hostname ",
        "hostname: ",
        "established to ",
        "lost connection with ",
        "conversation with ",
        "-connect ",
        "host\":\"",
        "host: \"",
        "host: '",
        "unknownhostexception: ",
    ];
    let tail = tail(before, 32).to_ascii_lowercase();
    let bare = tail.trim_end_matches(['[', '"', '\'', '(', '`']);
    CUES.iter().any(|cue| tail.ends_with(cue) || bare.ends_with(cue))
}

fn mentions(text: &str) -> impl Iterator<Item = Mention<'_>> {
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at + rest.find(is_host)?;
            let word = text.get(start..)?;
            let length = word.find(|c| !is_host(c)).unwrap_or(word.len());
            at = start + length;
            let name = word.get(..length)?.trim_matches(['.', '-', '_']);
            if let Some(mention) = mention(text, start, at, name) {
                return Some(mention);
            }
        }
    })
}

fn mention<'a>(text: &'a str, start: usize, end: usize, name: &str) -> Option<Mention<'a>> {
    let has_letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_own = name == "localhost" || name == "127.0.0.1";
    if !is_own && (!name.contains('.') || !has_letters || name.len() > 253) {
        return None;
    }
    let before = text.get(..start)?;
    let of_address = before.ends_with('@') && !is_in_url(before);
    if of_address {
        return None;
    }
    Some(Mention {
        before,
        after: text.get(end..)?,
        endpoint: Endpoint::parse(name),
    })
}

/// `smtp://user:password@`: what follows is a host, not the domain of an address.
fn is_in_url(before: &str) -> bool {
    tail(before, 200)
        .rsplit_once("://")
        .is_some_and(|(_, user)| !user.contains(char::is_whitespace))
}

/// How TLS begins by the URL's scheme. Names of schemes as PHP streams, nodemailer and Symfony use them.
fn scheme(before: &str) -> Option<TlsMode> {
    let scheme = before
        .trim_end_matches(|c: char| c != '/')
        .strip_suffix("://")
        .filter(|_| is_in_url(before) || before.ends_with("://"))?;
    let name = scheme
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '+')
        .next()?;
    match name.to_ascii_lowercase().as_str() {
        "ssl" | "smtps" | "tls" => Some(TlsMode::Wrapper),
        "tcp" => Some(TlsMode::StartTls),
        _ => None,
    }
}

/// `:587`, `[198.51.100.1]:587`, `" on port 587`, `, port: 465`.
fn port_after(after: &str) -> Option<u16> {
    let near = after.get(..after.floor_char_boundary(80)).unwrap_or(after);
    let near = near.lines().next().unwrap_or_default();
    let behind_address = near
        .strip_prefix('[')
        .or_else(|| near.strip_prefix(" ["))
        .or_else(|| near.strip_prefix("]"))
        .map_or(near, |rest| {
            if near.starts_with(']') {
                rest
            } else {
                rest.split_once(']').map_or("", |(_, rest)| rest)
            }
        });
    behind_address
        .strip_prefix(':')
        .and_then(number)
        .or_else(|| port_in_words(near))
}

fn port_in_words(text: &str) -> Option<u16> {
    let lower = text.to_ascii_lowercase();
    let mut found = lower.match_indices("port").filter_map(|(at, word)| {
        let rest = lower.get(at + word.len()..)?;
        number(rest.trim_start_matches([' ', ':', '=', '"', '\'', '>']))
    });
    found.find(|port| PORTS.contains(port))
}

const PORTS: [u16; 6] = [25, 465, 587, 2465, 2525, 2587];

fn number(text: &str) -> Option<u16> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits)?.parse().ok().filter(|port| *port > 0)
}

fn tail(text: &str, length: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(length))..)
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (String, Option<u16>, Option<TlsMode>) {
        let place = place(text);
        (
            place.endpoint.map(|endpoint| endpoint.host).unwrap_or_default(),
            place.port,
            place.tls,
        )
    }

    #[test]
    fn the_server_is_found_among_other_names() {
        for (text, host, port, tls) in [
            (
                "to=<a@gmail.com>, relay=email-smtp.us-west-2.amazonaws.com[198.51.100.84]:587, delay=2",
                "email-smtp.us-west-2.amazonaws.com",
                Some(587),
                None,
            ),
            (
                "Could not connect to SMTP host: email-smtp.us-west-2.amazonaws.com, port: 465, response: -1",
                "email-smtp.us-west-2.amazonaws.com",
                Some(465),
                None,
            ),
            (
                "with host \"ssl://email-smtp.eu-west-1.amazonaws.com:587\"",
                "email-smtp.eu-west-1.amazonaws.com",
                Some(587),
                Some(TlsMode::Wrapper),
            ),
            (
                "Connection to tcp://email-smtp.us-east-1.amazonaws.com:465 Timed Out",
                "email-smtp.us-east-1.amazonaws.com",
                Some(465),
                Some(TlsMode::StartTls),
            ),
            (
                "smtps://u:p@email-smtp.us-east-1.amazonaws.com",
                "email-smtp.us-east-1.amazonaws.com",
                None,
                Some(TlsMode::Wrapper),
            ),
            (
                "dial tcp: lookup email-smtp.eu-west1.amazonaws.com: no such host",
                "email-smtp.eu-west1.amazonaws.com",
                None,
                None,
            ),
            (
                "connect to mail.example.com[192.0.2.1]:25: Connection refused",
                "mail.example.com",
                Some(25),
                None,
            ),
            (
                "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X",
                "",
                None,
                None,
            ),
            ("mail for someone@gmail.com failed at smtplib.py", "", None, None),
            (
                "arn:aws:ses:us-east-1:111122223333:identity/example.com",
                "",
                None,
                None,
            ),
        ] {
            assert_eq!(read(text), (host.to_owned(), port, tls), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,120}") {
            let _ = place(&text);
        }
    }
}
