//! Which entries belong to one login: those around the host that the client connects to.

use crate::client::Client;
use crate::entry::{Entry, span_of};
use crate::format::Format;
use crate::role::{self, Role};
use crate::settings::{Field, Settings, TlsChoice, TlsField, Transport};
use ses_smtp::{Endpoint, EndpointKind};

mod postfix;
mod url;

pub(crate) use postfix::{map, postfix};

/// An entry with what its name tells.
struct Named<'a> {
    entry: &'a Entry,
    words: Vec<String>,
    role: Option<Role>,
    /// The words of its own name before those that tell the role: `smtp` of `SMTP_HOST`.
    stem: Vec<String>,
}

/// More logins than this in one file are no configuration.
const MAX_LOGINS: usize = 256;
/// Entries beyond this many are not looked at.
const MAX_ENTRIES: usize = 20_000;

/// The logins of a file.
pub(crate) fn settings(format: Format, name: &str, text: &str, entries: &[Entry]) -> Vec<Settings> {
    if matches!(format, Format::PostfixMain | Format::PostfixMaster) {
        return Vec::new();
    }
    let client = client(format, name, text);
    let named: Vec<Named<'_>> = entries
        .iter()
        .take(MAX_ENTRIES)
        .filter(|e| !is_postconf(e))
        .map(Named::of)
        .collect();
    let mut all: Vec<Settings> = named
        .iter()
        .filter(|named| named.is_url())
        .filter_map(|named| url::settings(client, named.entry))
        .collect();
    if named.is_empty() {
        all.extend(url::bare(client, text));
    }
    let anchors: Vec<&Named<'_>> = named
        .iter()
        .filter(|named| named.is_host())
        .take(MAX_LOGINS)
        .collect();
    let alone = anchors.len() == 1;
    all.extend(anchors.iter().map(|anchor| {
        around(
            own_client(client, format, anchor, &named),
            format,
            anchor,
            alone,
            &named,
        )
    }));
    if all.is_empty() {
        all.extend(without_host(client, &named));
    }
    complete_urls(&mut all, &named);
    all.extend(api(&named));
    if let [only] = all.as_mut_slice() {
        only.misspelt = misspelt(only, &named);
    }
    all
}

fn is_postconf(entry: &Entry) -> bool {
    entry.scope().first().is_some_and(|scope| scope == "postconf")
}

fn client(format: Format, name: &str, text: &str) -> Client {
    let by_name = [
        ("ssmtp.conf", Client::Ssmtp),
        ("msmtprc", Client::Msmtp),
        ("grafana", Client::Grafana),
        ("alertmanager", Client::Alertmanager),
    ];
    let by_format = [
        (Format::Terraform, Client::Terraform),
        (Format::Sendmail, Client::Sendmail),
        (Format::EximPasswords, Client::Exim),
        (Format::PasswordMap, Client::Postfix),
    ];
    let of_format = by_format
        .iter()
        .find(|(known, _)| *known == format)
        .map(|(_, client)| *client);
    let of_name = || {
        by_name
            .iter()
            .find(|(part, _)| name.contains(part))
            .map(|(_, client)| *client)
    };
    let of_text = || Some(Client::of_text(text)).filter(|client| *client != Client::Unknown);
    let of_words = || (format == Format::Words && text.contains("account ")).then_some(Client::Msmtp);
    of_format
        .or_else(of_name)
        .or_else(of_text)
        .or_else(of_words)
        .unwrap_or(Client::Unknown)
}

/// In YAML several programs may stand in one file: the names beside the host tell whose it is.
fn own_client(of_file: Client, format: Format, host: &Named<'_>, all: &[Named<'_>]) -> Client {
    if format != Format::Yaml {
        return of_file;
    }
    let beside = all
        .iter()
        .filter(|named| named.entry.scope().starts_with(host.entry.scope()));
    let names: Vec<String> = beside.map(|named| named.entry.path.join(".")).collect();
    Client::of_text(&names.join("\n"))
}

impl<'a> Named<'a> {
    fn of(entry: &'a Entry) -> Self {
        let words = role::words(&entry.path);
        let own = role::words(std::slice::from_ref(&entry.key().to_owned()));
        // The name itself tells best; some need the names around them: `[smtp] enable`, `starttls.enable`.
        let of_own = role::role(&own);
        let of_path = role::role(&words);
        let (role, before) = match (of_own, of_path) {
            (Some((role, before)), None) => (Some(role), before),
            (_, Some((role, before))) => (Some(role), (before + own.len()).saturating_sub(words.len())),
            (None, None) => (None, own.len()),
        };
        let stem = own.get(..before).unwrap_or_default().to_vec();
        Self {
            entry,
            words,
            role,
            stem,
        }
    }

    fn endpoint(&self) -> Option<Endpoint> {
        let value = &self.entry.value;
        let text = value.text().trim();
        let fits = value.told().is_value()
            && text.len() <= 253
            && !text.contains(char::is_whitespace)
            && !text.contains('@');
        fits.then(|| Endpoint::parse(text))
            .filter(|endpoint| !endpoint.host.is_empty())
    }

    /// A connection URL. One without a login in a field for the host is a host with too much around it.
    fn is_url(&self) -> bool {
        let text = self.entry.value.text();
        let in_place_of_a_name = self.role == Some(Role::Host) && !text.contains('@');
        url::is_mail_url(text) && !in_place_of_a_name
    }

    /// A host that mail is sent through: by its name, or because only mail is sent to such a host.
    fn is_host(&self) -> bool {
        if self.is_url() {
            return false;
        }
        let Some(endpoint) = self.endpoint() else {
            // A host that another place tells still is the middle of a login.
            return self.role == Some(Role::Host)
                && role::is_of_mail(&self.words)
                && self.entry.value.told() != crate::Told::Empty
                && !self.entry.value.text().contains('@');
        };
        let of_ses = endpoint.is_ses_smtp()
            || matches!(
                endpoint.kind,
                EndpointKind::Inbound
                    | EndpointKind::Feedback
                    | EndpointKind::MailManager
                    | EndpointKind::WorkMail
                    | EndpointKind::BannerName
            )
            || (endpoint.host.contains("smtp") && endpoint.kind == EndpointKind::AwsOther);
        let named = self.role == Some(Role::Host) && role::is_of_mail(&self.words);
        let names_a_host = named && (endpoint.host.contains('.') || endpoint.kind == EndpointKind::Loopback);
        // `SMTP_DOMAIN` and the like hold the client's own name.
        (of_ses && self.role != Some(Role::From))
            || names_a_host
            || (self.role == Some(Role::Host) && endpoint.suggestion().is_some())
    }

    /// Whether it belongs to the login around the host, and how surely.
    fn affinity(&self, host: &Self, format: Format, alone: bool) -> u8 {
        let (scope, of_host) = (self.entry.scope(), host.entry.scope());
        let is_below = scope.len() > of_host.len() && scope.starts_with(of_host);
        let mail = role::is_of_mail(&self.words);
        if scope == of_host {
            return if self.stem == host.stem {
                5
            } else if mail && (alone || shares_stem(&self.stem, &host.stem))
                || (self.stem.is_empty() && !scope.is_empty())
            {
                4
            } else {
                u8::from(format == Format::Code && self.stem.is_empty()) * 3
            };
        }
        if is_below {
            let inner = scope.get(of_host.len()..).unwrap_or_default();
            let inner_words = role::words(inner);
            let fits = role::is_of_mail(&inner_words)
                || inner_words.iter().any(|word| INNER.contains(&word.as_str()));
            return u8::from(fits) * 3;
        }
        // Brothers, uncles and cousins: when they speak of mail, or stand under the same roof.
        if format == Format::Words && of_host.starts_with(scope) {
            return 2;
        }
        let shared = scope.iter().zip(of_host).take_while(|(a, b)| a == b).count();
        let near = shared > 0 && shared + 1 >= of_host.len();
        match (mail, near || alone) {
            (true, true) => 2,
            (false, true) if format == Format::Code && self.stem.is_empty() => 1,
            _ => 0,
        }
    }
}

/// Names of objects in which a part of a login stands.
const INNER: [&str; 20] = [
    "client",
    "server",
    "mailer",
    "transporter",
    "smtpclient",
    "msg",
    "auth",
    "authentication",
    "credentials",
    "credential",
    "options",
    "tls",
    "ssl",
    "sender",
    "from",
    "properties",
    "login",
    "network",
    "env",
    "user",
];

fn shares_stem(left: &[String], right: &[String]) -> bool {
    left.first() == right.first()
}

/// The settings around a host.
fn around(client: Client, format: Format, host: &Named<'_>, alone: bool, all: &[Named<'_>]) -> Settings {
    let mut settings = Settings::of(client);
    settings.host = Some(field(host.entry));
    let best = |wanted: Role, accept: &dyn Fn(&Entry) -> bool| {
        let distance = |named: &&Named<'_>| named.entry.name.start.abs_diff(host.entry.name.start);
        all.iter()
            .filter(|named| {
                named.role == Some(wanted) && !std::ptr::eq(named.entry, host.entry) && accept(named.entry)
            })
            .map(|named| (named.affinity(host, format, alone), named))
            .filter(|(affinity, _)| *affinity > 0)
            .max_by_key(|(affinity, named)| (*affinity, usize::MAX - distance(named)))
            .map(|(_, named)| field(named.entry))
    };
    let any = |_: &Entry| true;
    let number =
        |entry: &Entry| entry.value.text().trim().parse::<u16>().is_ok() || !entry.value.told().is_value();
    settings.port = best(Role::Port, &number);
    settings.username = best(Role::Username, &any);
    settings.password = best(Role::Password, &any);
    settings.from = best(Role::From, &|entry| {
        entry.value.text().contains('@') || entry.value.text().starts_with("AKIA")
    });
    settings.auth = best(Role::Auth, &any);
    settings.region = best(Role::Region, &any).or_else(|| only_region(all));
    settings.transport = best(Role::Transport, &any).and_then(transport);
    if settings.username.is_none()
        && settings.password.is_none()
        && let Some(pair) = best(Role::Pair, &any)
    {
        split_pair(&pair, &mut settings);
    }
    let of_tls = all.iter().filter(|named| named.affinity(host, format, alone) > 1);
    settings.tls = of_tls.filter_map(|named| tls(client, named)).collect();
    if client == Client::Ssmtp && settings.tls.iter().any(|tls| tls.choice == TlsChoice::StartTls) {
        // UseTLS beside UseSTARTTLS only allows it.
        settings.tls.retain(|tls| tls.choice != TlsChoice::Wrapper);
    }
    scheme(&mut settings);
    settings
}

/// `ssl://host` and the like say how TLS begins.
fn scheme(settings: &mut Settings) {
    let Some(host) = &settings.host else { return };
    let choice = match host
        .value
        .text()
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase())
        .as_deref()
    {
        Some("ssl" | "smtps") => TlsChoice::Wrapper,
        Some("tls") if settings.client == Client::PhpMailer => TlsChoice::StartTls,
        _ => return,
    };
    settings.tls.push(TlsField {
        field: host.clone(),
        choice,
    });
}

fn tls(client: Client, named: &Named<'_>) -> Option<TlsField> {
    (named.role == Some(Role::Tls)).then_some(())?;
    let value = &named.entry.value;
    let empty = value.told() == crate::Told::Empty;
    // A member of an enumeration is the name of its own value.
    let member = value.told() == crate::Told::Reference && value.text().contains(['.', ':']);
    if !(value.told().is_value() || member || empty || matches!(value.text(), "none" | "null" | "nil")) {
        return None;
    }
    let choice = role::tls_choice(client, &named.words, value.text())?;
    Some(TlsField {
        field: field(named.entry),
        choice,
    })
}

fn transport(field: Field) -> Option<(Field, Transport)> {
    let value = field.value.text().to_ascii_lowercase();
    let transport = match value.as_str() {
        "smtp" | "smtps" => Transport::Smtp,
        "ses" | "ses-v2" | "ses+api" | "aws_ses" | "aws-ses" => Transport::Api,
        "log" | "array" | "sendmail" | "mail" | "file" | "test" => Transport::Other,
        other
            if other.contains("django_ses")
                || other.contains("sesbackend")
                || other.contains("amazon_ses") =>
        {
            Transport::Api
        }
        other if other.ends_with("smtp.emailbackend") => Transport::Smtp,
        _ => return None,
    };
    Some((field, transport))
}

fn split_pair(pair: &Field, settings: &mut Settings) {
    let text = pair.value.text();
    if let Some((user, _)) = text
        .split_once(':')
        .filter(|_| pair.value.told().is_value() || text.contains("aws_"))
    {
        settings.username = Some(pair.part(0..user.len()));
        settings.password = Some(pair.part(user.len() + 1..text.len()));
    }
}

/// A user name or a password of mail whose host is told elsewhere.
fn without_host(client: Client, all: &[Named<'_>]) -> Option<Settings> {
    let of_mail = |role: Role| {
        let mut found = all
            .iter()
            .filter(move |named| named.role == Some(role) && role::is_of_mail(&named.words));
        found.next().map(|named| field(named.entry))
    };
    let mut settings = Settings::of(client);
    settings.username = of_mail(Role::Username);
    settings.password = of_mail(Role::Password);
    settings.port = of_mail(Role::Port);
    settings.from = of_mail(Role::From);
    settings.region = only_region(all);
    settings.auth = of_mail(Role::Auth);
    settings.tls = all
        .iter()
        .filter(|named| role::is_of_mail(&named.words))
        .filter_map(|named| tls(client, named))
        .collect();
    (settings.username.is_some() || settings.password.is_some()).then_some(settings)
}

/// What stands beside a URL: `secure: true`, a sender, a region.
fn complete_urls(all: &mut [Settings], named: &[Named<'_>]) {
    for settings in all.iter_mut().filter(|settings| settings.url.is_some()) {
        let of = |role: Role| {
            let mut found = named
                .iter()
                .filter(move |named| named.role == Some(role) && role::is_of_mail(&named.words));
            found.next().map(|named| field(named.entry))
        };
        settings.region = settings.region.take().or_else(|| only_region(named));
        settings.from = of(Role::From).filter(|from| from.value.text().contains('@'));
    }
}

/// Keys of the API beside each other.
fn api(all: &[Named<'_>]) -> Vec<Settings> {
    let secrets = all.iter().filter(|named| named.role == Some(Role::ApiSecret));
    let of = |secret: &Named<'_>| {
        let near = |role: Role| {
            let same = all
                .iter()
                .filter(move |named| named.role == Some(role) && named.entry.scope() == secret.entry.scope());
            same.min_by_key(|named| named.entry.name.start.abs_diff(secret.entry.name.start))
                .map(|named| field(named.entry))
        };
        let mut settings = Settings::of(Client::Api);
        settings.api_secret = Some(field(secret.entry));
        settings.api_key_id = near(Role::ApiKeyId);
        settings.region = near(Role::Region);
        settings.host = near(Role::Host).filter(|_| !secret.entry.scope().is_empty());
        settings.transport = Some((field(secret.entry), Transport::Api));
        settings
    };
    secrets.take(MAX_LOGINS).map(of).collect()
}

fn only_region(all: &[Named<'_>]) -> Option<Field> {
    let mut regions = all.iter().filter(|named| is_region(named));
    let first = regions.next()?;
    let same = regions.all(|other| other.entry.value.text() == first.entry.value.text());
    same.then(|| field(first.entry))
}

fn is_region(named: &Named<'_>) -> bool {
    let of_aws = named
        .words
        .iter()
        .any(|word| matches!(word.as_str(), "aws" | "ses" | "provider"));
    named.role == Some(Role::Region)
        && of_aws
        && ses_smtp::endpoint::region_exists_shape(named.entry.value.text().trim())
}

/// Every AWS region that a file tells.
pub(crate) fn regions(entries: &[Entry]) -> Vec<Field> {
    let named = entries.iter().take(MAX_ENTRIES).map(Named::of);
    named.filter(is_region).map(|named| field(named.entry)).collect()
}

fn misspelt(settings: &Settings, all: &[Named<'_>]) -> Option<Field> {
    let wanted = settings.username.is_none() && settings.password.is_some();
    let near = |named: &&Named<'_>| named.role.is_none() && role::is_nearly_username(named.entry.key());
    all.iter()
        .find(|named| wanted && near(named))
        .map(|named| field(named.entry))
}

/// An entry as a field.
pub(crate) fn field(entry: &Entry) -> Field {
    Field {
        name: entry.key().to_owned(),
        key: entry.name.clone(),
        value: entry.value.clone(),
    }
}

/// The part of a field that is this slice of its value.
fn slice(field: &Field, part: &str) -> Field {
    field.part(span_of(field.value.text(), part))
}
