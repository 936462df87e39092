//! Which records are wanted. Filters of one kind are alternatives; kinds combine.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;

use crate::event::Event;
use crate::json::end_of_string;

/// What is asked of a record. An empty list asks nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// The key that signed the request: `userIdentity.accessKeyId`.
    pub access_keys: Vec<Name>,
    /// IAM users, by name or ARN.
    pub users: Vec<Name>,
    /// Roles that were assumed, by name or ARN.
    pub roles: Vec<Name>,
    /// APIs: `eventName`.
    pub actions: Vec<Name>,
    /// Services: `eventSource`. Without a dot, `.amazonaws.com` is meant after it.
    pub sources: Vec<Name>,
    /// `errorCode`.
    pub error_codes: Vec<Name>,
    /// Addresses and networks: `sourceIPAddress`.
    pub source_ips: Vec<SourceIp>,
    /// `awsRegion`.
    pub regions: Vec<Name>,
    /// `requestID` or `eventID`.
    pub request_ids: Vec<Name>,
    /// Text anywhere in the record, in a name or a value, as it reads without JSON's escapes.
    pub texts: Vec<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// A value, in which `*` stands for any text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pieces: Vec<String>,
}

impl Name {
    /// A name as a person writes it.
    pub fn new(pattern: &str) -> Self {
        Self {
            pieces: pattern.split('*').map(str::to_owned).collect(),
        }
    }

    /// A service: `ses` is `ses.amazonaws.com`.
    pub fn source(pattern: &str) -> Self {
        match pattern.contains(['.', '*']) {
            true => Self::new(pattern),
            false => Self::new(&format!("{pattern}.amazonaws.com")),
        }
    }

    /// The text between the stars; a single piece when there is no star.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Whether it stands for `value`. Capitals count.
    pub fn matches(&self, value: &str) -> bool {
        let [first, middle @ .., last] = self.pieces.as_slice() else {
            return self.pieces.first().is_some_and(|whole| whole == value);
        };
        let Some(mut rest) = value.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            match rest.split_once(piece.as_str()) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

/// An address, a network, or the name that AWS writes in an address's place when a service called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceIp {
    /// An address or a network.
    Network(IpNet),
    /// `cloudformation.amazonaws.com`, `AWS Internal` and the like.
    Service(Name),
}

impl SourceIp {
    /// Reads an address, a network in CIDR notation, or a service's name.
    pub fn new(text: &str) -> Result<Self, NotAnAddress> {
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Self::Network(network));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Network(address.into()));
        }
        match text.contains('/') || text.is_empty() || text.starts_with(|first: char| first.is_ascii_digit())
        {
            true => Err(NotAnAddress(text.to_owned())),
            false => Ok(Self::Service(Name::new(text))),
        }
    }

    fn matches(&self, value: &str) -> bool {
        match self {
            Self::Network(network) => value
                .parse::<IpAddr>()
                .is_ok_and(|address| network.contains(&address)),
            Self::Service(name) => name.matches(value),
        }
    }
}

/// What was given is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address and no network, such as 203.0.113.7 or 203.0.113.0/24")]
pub struct NotAnAddress(String);

impl Filter {
    /// Whether a record is wanted.
    pub fn matches(&self, event: &Event<'_>, record: &[u8]) -> bool {
        let identity = &event.user_identity;
        let issuer = &identity.session_context.session_issuer;
        let any = |names: &[Name], values: &[Option<&str>]| {
            names.is_empty()
                || names
                    .iter()
                    .any(|name| values.iter().flatten().any(|value| name.matches(value)))
        };
        let address = event.source_ip_address.as_deref();
        any(&self.access_keys, &[identity.access_key_id.as_deref()])
            && any(&self.error_codes, &[event.error_code.as_deref()])
            && any(&self.sources, &[event.event_source.as_deref()])
            && any(&self.actions, &[event.event_name.as_deref()])
            && any(&self.regions, &[event.aws_region.as_deref()])
            && any(
                &self.request_ids,
                &[event.request_id.as_deref(), event.event_id.as_deref()],
            )
            && any(&self.users, &[identity.user_name.as_deref(), user_arn(event)])
            && any(&self.roles, &[issuer.user_name.as_deref(), issuer.arn.as_deref()])
            && (self.source_ips.is_empty()
                || self
                    .source_ips
                    .iter()
                    .any(|ip| address.is_some_and(|address| ip.matches(address))))
            && self.in_time(event)
            && (self.texts.is_empty() || self.texts.iter().any(|text| reads(record, text)))
    }

    fn in_time(&self, event: &Event<'_>) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        let Some(seconds) = event.seconds() else {
            return false;
        };
        self.since.is_none_or(|since| since.as_second() <= seconds)
            && self.until.is_none_or(|until| seconds < until.as_second())
    }
}

/// The ARN of an IAM user; that of a session is no user's.
fn user_arn<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    let arn = event.user_identity.arn.as_deref()?;
    arn.contains(":user/").then_some(arn)
}

/// Whether a record holds `text`, as it is written or behind JSON's escapes.
fn reads(record: &[u8], text: &str) -> bool {
    if memchr::memmem::find(record, text.as_bytes()).is_some() {
        return true;
    }
    let escaped = memchr::memchr(b'\\', record).is_some();
    escaped && strings(record).any(|string| unescaped(string).is_some_and(|string| string.contains(text)))
}

/// Names and values, with their quotes; however deep they stand.
fn strings(record: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr::memchr(b'"', record.get(at..)?)?;
        at = end_of_string(record, start)?;
        record.get(start..at)
    })
}

/// `None` where nothing is escaped, or it cannot be read.
fn unescaped(string: &[u8]) -> Option<String> {
    memchr::memchr(b'\\', string)?;
    serde_json::from_slice(string).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &[u8] = br#"{"eventTime":"2026-03-04T05:06:07Z","eventSource":"ses.amazonaws.com","eventName":"GetAccount",
        "awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","errorCode":"AccessDenied","requestID":"r-1","eventID":"e-1",
        "userAgent":"a \u003c b","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/mailer","userName":"mailer",
        "accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}"#;

    fn wants(filter: &Filter) -> bool {
        filter.matches(&Event::parse(RECORD).unwrap(), RECORD)
    }

    fn names(patterns: &[&str]) -> Vec<Name> {
        patterns.iter().map(|pattern| Name::new(pattern)).collect()
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, value, expected) in [
            ("Get*", "GetAccount", true),
            ("*Account", "GetAccount", true),
            ("G*A*t", "GetAccount", true),
            ("*", "", true),
            ("GetAccount", "GetAccounts", false),
            ("Get*x*t", "GetAccount", false),
            ("ab*ab", "ab", false),
            ("", "", true),
        ] {
            assert_eq!(Name::new(pattern).matches(value), expected, "{pattern} {value}");
        }
    }

    #[test]
    fn kinds_combine_and_within_a_kind_one_suffices() {
        let mut filter = Filter {
            error_codes: names(&["Throttling", "AccessDenied"]),
            sources: vec![Name::source("ses")],
            ..Filter::default()
        };
        assert!(wants(&filter));
        filter.actions = names(&["SendEmail"]);
        assert!(!wants(&filter));
    }

    #[test]
    fn addresses_networks_and_services_are_told_apart() {
        for (given, expected) in [
            ("203.0.113.7", true),
            ("203.0.113.0/24", true),
            ("203.0.114.0/24", false),
            ("2001:db8::/32", false),
            ("cloudformation.amazonaws.com", false),
        ] {
            let filter = Filter {
                source_ips: vec![SourceIp::new(given).unwrap()],
                ..Filter::default()
            };
            assert_eq!(wants(&filter), expected, "{given}");
        }
        assert!(SourceIp::new("203.0.113.0/33").is_err() && SourceIp::new("999.1.1.1").is_err());
    }

    #[test]
    fn time_is_from_and_before() {
        let at: Timestamp = "2026-03-04T05:06:07Z".parse().unwrap();
        let since = |since| Filter {
            since: Some(since),
            ..Filter::default()
        };
        let until = |until| Filter {
            until: Some(until),
            ..Filter::default()
        };
        assert!(wants(&since(at)) && !wants(&until(at)));
        let later: Timestamp = "2026-03-04T05:06:08Z".parse().unwrap();
        assert!(!wants(&since(later)) && wants(&until(later)));
    }

    #[test]
    fn text_is_found_behind_escapes() {
        let text = |text: &str| Filter {
            texts: vec![text.to_owned()],
            ..Filter::default()
        };
        assert!(wants(&text("user/mailer")) && wants(&text("a < b")) && !wants(&text("a > b")));
        let deep = format!(
            r#"{{"a":{}{{"b\u003c":"c\\"}}{}}}"#,
            "[".repeat(1000),
            "]".repeat(1000)
        );
        for (wanted, expected) in [("b<", true), ("c\\", true), ("b<c", false)] {
            let event = Event::parse(deep.as_bytes()).unwrap();
            assert_eq!(
                text(wanted).matches(&event, deep.as_bytes()),
                expected,
                "{wanted}"
            );
        }
    }

    #[test]
    fn a_user_is_named_by_name_or_arn() {
        for (given, expected) in [
            ("mailer", true),
            ("arn:aws:iam::1:user/mailer", true),
            ("mail", false),
        ] {
            let filter = Filter {
                users: names(&[given]),
                ..Filter::default()
            };
            assert_eq!(wants(&filter), expected, "{given}");
        }
        assert!(!wants(&Filter {
            roles: names(&["mailer"]),
            ..Filter::default()
        }));
    }
}
