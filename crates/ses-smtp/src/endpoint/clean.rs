//! Taking everything off a host field that is not the host.

use serde::{Deserialize, Serialize};

/// What stood around the host name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum HostDamage {
    /// White space at an end.
    Whitespace,
    /// Quotes around it.
    Quoted,
    /// `https://`, `smtp://`, `ssl://` …
    Scheme,
    /// `user:password@`.
    UserInformation,
    /// A path, a query or a lone slash.
    Path,
    /// `host:587` in one field.
    PortInHost,
    /// `[host]`: Postfix's way to say that no MX is to be looked up.
    Brackets,
    /// A dot at the end.
    TrailingDot,
}

pub(super) struct Cleaned {
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) damage: Vec<HostDamage>,
}

pub(super) fn clean(field: &str) -> Cleaned {
    let mut damage = Vec::new();
    let mut note = |kind: HostDamage, changed: bool| {
        if changed {
            damage.push(kind);
        }
    };
    let trimmed = field.trim();
    note(HostDamage::Whitespace, trimmed.len() != field.len());
    let bare = trimmed.trim_matches(['"', '\'']).trim();
    note(HostDamage::Quoted, bare.len() != trimmed.len());
    let (rest, had_scheme) = after_scheme(bare);
    note(HostDamage::Scheme, had_scheme);
    let (rest, had_user) = after_user(rest, had_scheme);
    note(HostDamage::UserInformation, had_user);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    note(HostDamage::Path, authority.len() != rest.len());
    let (host, port, bracketed) = split_port(authority);
    note(HostDamage::PortInHost, port.is_some());
    note(HostDamage::Brackets, bracketed);
    let named = host.trim_end_matches('.');
    note(HostDamage::TrailingDot, named.len() != host.len());
    Cleaned {
        host: named.to_ascii_lowercase(),
        port,
        damage,
    }
}

fn after_scheme(text: &str) -> (&str, bool) {
    let scheme = |head: &str| {
        !head.is_empty()
            && head
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match text.split_once("://") {
        Some((head, rest)) if scheme(head) => (rest, true),
        _ => (text, false),
    }
}

/// The last `@` ends the user information. In a URL a raw `/` of the password may come before it.
fn after_user(text: &str, in_url: bool) -> (&str, bool) {
    match text.rsplit_once('@') {
        Some((head, rest)) if in_url || head.contains(':') => (rest, true),
        _ => (text, false),
    }
}

fn split_port(authority: &str) -> (&str, Option<u16>, bool) {
    if let Some((host, rest)) = authority
        .strip_prefix('[')
        .and_then(|inner| inner.split_once(']'))
    {
        let is_address = host.contains(':');
        return (
            host,
            rest.strip_prefix(':').and_then(|port| port.parse().ok()),
            !is_address,
        );
    }
    match authority.rsplit_once(':') {
        // An IPv6 address without brackets has several colons and no port.
        Some((host, port)) if !host.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port), false),
            Err(_) => (host, None, false),
        },
        _ => (authority, None, false),
    }
}
