//! A scan of generated archives finds what a reader finds that parses everything.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use trail_scan::{Filter, Name, SourceIp};

use crate::watched::{SETTINGS, folder, gzip, scanned_as, zstd};

const KEYS: [&str; 3] = ["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "AKIA"];
const USERS: [&str; 4] = ["mailer", "mail er", "m\u{e9}", "a\"b\\c/d"];
const ACTIONS: [&str; 4] = ["GetAccount", "SendEmail", "GetSendQuota", "Ge"];
const CODES: [&str; 3] = ["AccessDenied", "AccessDeniedException", "Throttling"];
const ADDRESSES: [&str; 4] = ["203.0.113.7", "203.0.114.9", "2001:db8::7", "ses.amazonaws.com"];
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const TEXTS: [&str; 4] = ["GetAc", "a\"b", "m\u{e9}", "deep er"];

fn record() -> impl Strategy<Value = Value> {
    let text = |from: &'static [&'static str]| prop::option::weighted(0.8, select(from));
    (
        (text(&KEYS), text(&USERS), text(&ACTIONS), text(&CODES), text(&ADDRESSES), text(&REGIONS)),
        (0u32..4, any::<bool>(), any::<bool>(), "[a-z{}\\[\\]\",:\\\\ ]{0,9}"),
    )
        .prop_map(|((key, user, action, code, address, region), (minute, role, nested, noise))| {
            let inner = json!({"eventVersion": "1", "eventName": action, "errorCode": code});
            let mut record = json!({
                "eventVersion": "1.08", "eventTime": format!("2026-03-04T05:0{minute}:00Z"), "eventSource": "ses.amazonaws.com",
                "eventName": action.unwrap_or("Other"), "awsRegion": region, "sourceIPAddress": address, "errorCode": code,
                "userIdentity": {"type": "IAMUser", "userName": user, "accessKeyId": key},
                "requestParameters": {"noise": noise, "deep": ["deep er", {"noise": noise}]},
                "eventID": format!("e-{minute}"),
            });
            if role {
                record["userIdentity"] = json!({"type": "AssumedRole", "accessKeyId": key,
                    "sessionContext": {"sessionIssuer": {"userName": user, "arn": "arn:aws:iam::1:role/r"}}});
            }
            if nested {
                record["requestParameters"]["like"] = json!([{"x": 1}, inner, inner]);
            }
            record
        })
}

/// JSON as writers differ: spread over lines or not, letters escaped or not.
fn written(record: &Value, pretty: bool, escaped: bool) -> String {
    let text = match pretty {
        true => serde_json::to_string_pretty(record).unwrap(),
        false => record.to_string(),
    };
    if !escaped {
        return text;
    }
    let mut out = String::new();
    let mut after_backslash = false;
    for letter in text.chars() {
        match letter {
            'A' | 'G' | 'm' | 'é' | '/' if !after_backslash => {
                write!(out, "\\u{:04x}", u32::from(letter)).unwrap()
            }
            _ => out.push(letter),
        }
        after_backslash = letter == '\\' && !after_backslash;
    }
    out
}

/// The file's records, in one of the forms that are read, and the file.
fn file() -> impl Strategy<Value = (Vec<String>, String, Vec<u8>)> {
    let records = prop::collection::vec((record(), prop::bool::weighted(0.2)), 0..9);
    (records, 0..6u8, any::<bool>()).prop_map(|(records, form, spaced)| {
        let pretty = form == 3;
        let records: Vec<String> = records
            .iter()
            .map(|(record, escaped)| written(record, pretty, *escaped))
            .collect();
        let comma = if spaced { " , " } else { "," };
        let text = match form {
            0..=2 => format!("{{\"Records\":[{}]}}", records.join(comma)),
            3 | 4 => records.join("\n"),
            _ => records
                .iter()
                .map(|record| format!("{{\"Records\":[{record}]}}"))
                .collect(),
        };
        match form {
            0 | 3 => (records, "json.gz".to_owned(), gzip(text.as_bytes())),
            1 => (records, "json.zst".to_owned(), zstd(text.as_bytes())),
            _ => (records, "json".to_owned(), text.into_bytes()),
        }
    })
}

/// What a filter asks, in words that both readers understand.
#[derive(Debug, Clone, Default)]
struct Asked {
    key: Vec<&'static str>,
    user: Vec<&'static str>,
    role: Vec<&'static str>,
    action: Vec<&'static str>,
    code: Vec<&'static str>,
    ip: Vec<&'static str>,
    region: Vec<&'static str>,
    text: Vec<&'static str>,
    since: Option<&'static str>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let some = |from: &'static [&'static str]| prop_oneof![3 => Just(Vec::new()), 2 => prop::collection::vec(select(from), 1..3)];
    let networks = &[
        "203.0.113.7",
        "203.0.113.0/24",
        "2001:db8::/32",
        "ses.amazonaws.com",
        "::1",
    ];
    (
        (
            some(&KEYS),
            some(&USERS),
            some(&USERS),
            some(&["GetAccount", "Get*", "*Quota", "Send*l", "Other"]),
        ),
        (some(&CODES), some(networks), some(&REGIONS), some(&TEXTS)),
        prop::option::weighted(0.2, Just("2026-03-04T05:02:00Z")),
    )
        .prop_map(
            |((key, user, role, action), (code, ip, region, text), since)| Asked {
                key,
                user,
                role,
                action,
                code,
                ip,
                region,
                text,
                since,
            },
        )
}

impl Asked {
    fn filter(&self) -> Filter {
        let names = |of: &[&str]| of.iter().map(|name| Name::new(name)).collect();
        Filter {
            access_keys: names(&self.key),
            users: names(&self.user),
            roles: names(&self.role),
            actions: names(&self.action),
            error_codes: names(&self.code),
            regions: names(&self.region),
            source_ips: self.ip.iter().map(|ip| SourceIp::new(ip).unwrap()).collect(),
            texts: self.text.iter().map(|text| (*text).to_owned()).collect(),
            since: self.since.map(|since| since.parse().unwrap()),
            ..Filter::default()
        }
    }

    /// The same, by a reader that shares nothing with the scan.
    fn wants(&self, record: &Value) -> bool {
        let identity = &record["userIdentity"];
        let issuer = &identity["sessionContext"]["sessionIssuer"];
        let is = |asked: &[&str], value: &Value| asked.is_empty() || asked.iter().any(|asked| value == asked);
        is(&self.key, &identity["accessKeyId"])
            && is(&self.user, &identity["userName"])
            && is(&self.role, &issuer["userName"])
            && is(&self.code, &record["errorCode"])
            && is(&self.region, &record["awsRegion"])
            && (self.action.is_empty() || self.action.iter().any(|asked| like(asked, &record["eventName"])))
            && (self.ip.is_empty()
                || self
                    .ip
                    .iter()
                    .any(|asked| within(asked, &record["sourceIPAddress"])))
            && (self.text.is_empty() || self.text.iter().any(|text| reads(record, text)))
            && self
                .since
                .is_none_or(|since| record["eventTime"].as_str().unwrap() >= since)
    }
}

fn like(asked: &str, value: &Value) -> bool {
    let value = value.as_str().unwrap_or_default();
    match asked.split_once('*') {
        None => asked == value,
        Some((head, tail)) => {
            value.len() >= head.len() + tail.len() && value.starts_with(head) && value.ends_with(tail)
        }
    }
}

fn within(asked: &str, value: &Value) -> bool {
    let Some(value) = value.as_str() else { return false };
    match (
        asked.parse::<IpNet>(),
        asked.parse::<IpAddr>(),
        value.parse::<IpAddr>(),
    ) {
        (Ok(network), _, Ok(address)) => network.contains(&address),
        (_, Ok(asked), Ok(address)) => asked == address,
        _ => asked == value,
    }
}

fn reads(value: &Value, text: &str) -> bool {
    match value {
        Value::String(value) => value.contains(text),
        Value::Array(items) => items.iter().any(|item| reads(item, text)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains(text) || reads(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn naive(files: &[(Vec<String>, String, Vec<u8>)], asked: &Asked) -> Vec<String> {
    let mut found = Vec::new();
    for text in files.iter().flat_map(|(records, ..)| records) {
        let record: Value = serde_json::from_str(text).unwrap();
        if asked.wants(&record) {
            let time: Timestamp = record["eventTime"].as_str().unwrap().parse().unwrap();
            found.push((Reverse(time), text.clone()));
        }
    }
    found.sort_by_key(|(time, _)| *time);
    found.into_iter().map(|(_, text)| text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_scan_finds_what_a_reader_of_everything_finds(
        files in prop::collection::vec(file(), 0..4),
        asked in asked(),
        threads in 1..4usize,
    ) {
        let names: Vec<String> = files.iter().enumerate().map(|(index, (_, end, _))| format!("{index}.{end}")).collect();
        let contents: Vec<(&str, &[u8])> =
            names.iter().zip(&files).map(|(name, (.., content))| (name.as_str(), content.as_slice())).collect();
        let folder = folder(&contents);
        let settings = trail_scan::Settings { threads, ..SETTINGS };
        let watched = scanned_as(folder.path(), &asked.filter(), settings);
        prop_assert_eq!(&watched.damaged, &[]);
        prop_assert_eq!(&watched.records, &naive(&files, &asked));
        prop_assert_eq!(watched.summary.matches, watched.records.len() as u64);
    }
}
