//! Who is told before and after a change: a topic of SNS, or a webhook.

use serde::Deserialize;
use std::net::IpAddr;

/// One who is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notice {
    /// ARN of a topic.
    sns_topic: Option<String>,
    /// URL that takes a JSON object by POST. It may hold a secret, and is never shown.
    webhook: Option<String>,
    /// Nothing is changed, unless the notice before got through.
    #[serde(default)]
    pub(crate) required: bool,
}

/// How one is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Channel {
    /// ARN of the topic.
    Topic(String),
    /// A URL, as what stands before the path, and the path.
    Webhook(String, String),
}

impl Notice {
    pub(super) fn check(&self) -> Result<(), String> {
        self.channel().map(drop)
    }

    /// How.
    pub(crate) fn channel(&self) -> Result<Channel, String> {
        match (&self.sns_topic, &self.webhook) {
            (Some(topic), None) => match topic.split(':').collect::<Vec<_>>()[..] {
                ["arn", _, "sns", region, account, name]
                    if [region, account, name].iter().all(|it| !it.is_empty()) =>
                {
                    Ok(Channel::Topic(topic.clone()))
                }
                _ => Err(format!("`{topic}` is no ARN of a topic of SNS")),
            },
            (None, Some(url)) => webhook(url).ok_or_else(|| {
                "a webhook wants an https:// URL (http:// only to this computer itself)".to_owned()
            }),
            (Some(_), Some(_)) | (None, None) => {
                Err("a notice goes to one of sns_topic and webhook".to_owned())
            }
        }
    }
}

fn webhook(url: &str) -> Option<Channel> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, format!("/{path}")),
        None => (rest, "/".to_owned()),
    };
    let plain = |text: &str| text.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    let is_well = !authority.is_empty() && !authority.contains('@') && plain(authority) && plain(&path);
    let may = match scheme {
        "https" => true,
        "http" => is_this_computer(authority),
        _ => false,
    };
    (is_well && may).then(|| Channel::Webhook(format!("{scheme}://{authority}"), path))
}

fn is_this_computer(authority: &str) -> bool {
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Channel {
    /// In words, without what may be a secret.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Topic(arn) => format!("the topic {arn}"),
            Self::Webhook(place, _) => format!("the webhook at {place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_https_or_of_this_computer_and_its_path_is_not_told() {
        let channel = webhook("https://hooks.example/services/T0/secret?x=1").unwrap();
        assert_eq!(channel.words(), "the webhook at https://hooks.example");
        for good in ["http://127.0.0.1:8080/x", "http://[::1]:80", "https://a.example"] {
            assert!(webhook(good).is_some(), "{good}");
        }
        for bad in [
            "http://a.example/x",
            "ftp://a.example",
            "https://",
            "https://me:pass@a.example/",
            "a.example",
            "https://a b/",
        ] {
            assert!(webhook(bad).is_none(), "{bad}");
        }
    }
}
