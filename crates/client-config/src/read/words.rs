//! Files of words: `key value` (msmtprc, monit, inspeqtor) and `Key=value` (ssmtp.conf), and Exim's transports and routers.

use super::{Found, unquoted};
use crate::entry::span_of;

/// Reads it. A word that ends in a colon opens a scope: `ses_smtp:` of Exim, `account ses` of msmtp.
pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    let mut scope: Vec<String> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        // `set name=value` of mailx.
        let trimmed = trimmed
            .strip_prefix("set ")
            .filter(|rest| rest.contains('='))
            .unwrap_or(trimmed);
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = trimmed.strip_suffix(':') {
            scope = vec![name.to_owned()];
            continue;
        }
        let Some(at) = trimmed.find(|c: char| c == '=' || c.is_whitespace()) else {
            // They hold for every account that follows.
            if trimmed == "defaults" {
                scope = vec!["account".to_owned()];
            }
            continue;
        };
        let (key, rest) = trimmed.split_at_checked(at).unwrap_or((trimmed, ""));
        let rest = rest.trim_start();
        let raw = rest.strip_prefix('=').map_or(rest, str::trim_start);
        match key {
            // A `default : ses` line of msmtp names no new account.
            "account" if !raw.starts_with("default") => scope = vec![key.to_owned(), raw.to_owned()],
            _ => {
                let raw = raw.strip_suffix(',').unwrap_or(raw);
                let value = unquoted(text, raw);
                found.add(&scope, key.trim_end_matches(':'), span_of(text, key), value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_programs_are_read() {
        let text = "defaults\ntls on\naccount ses\nhost h\nport 587\npassword \"p w\"\nmailhub=a:465\n  hosts_require_tls = *\n";
        let found = read(text);
        let shown: Vec<String> = found
            .entries
            .iter()
            .map(|entry| format!("{}={}", entry.path.join("/"), entry.value.text()))
            .collect();
        assert_eq!(
            shown,
            [
                "account/tls=on",
                "account/ses/host=h",
                "account/ses/port=587",
                "account/ses/password=p w",
                "account/ses/mailhub=a:465",
                "account/ses/hosts_require_tls=*",
            ]
        );
    }
}
