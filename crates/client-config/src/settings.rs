//! The settings of one login, typed.

use crate::client::Client;
use crate::entry::{Quoting, Value};
use ses_smtp::Endpoint;
use std::ops::Range;

/// A setting as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name as written.
    pub name: String,
    /// Where the name stands.
    pub key: Range<usize>,
    /// Its value.
    pub value: Value,
}

impl Field {
    /// The value, when it tells one.
    pub fn told(&self) -> Option<&str> {
        self.value.told().is_value().then(|| self.value.text())
    }

    /// A switch: `true`, `yes`, `1`, `on` and their opposites.
    pub fn switch(&self) -> Option<bool> {
        match self.value.text().trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" | "on" | "y" | "t" | "enable" | "enabled" | "always" => Some(true),
            "false" | "no" | "0" | "off" | "n" | "f" | "disable" | "disabled" | "never" | "none" | "null"
            | "nil" | "" => Some(false),
            _ => None,
        }
    }
}

/// What a setting says of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsChoice {
    /// TLS from the first byte.
    Wrapper,
    /// STARTTLS, or no mail.
    StartTls,
    /// STARTTLS where it is offered.
    StartTlsIfOffered,
    /// TLS wrapper on 465, STARTTLS elsewhere.
    ByPort,
    /// Not TLS from the first byte.
    NoWrapper,
    /// No STARTTLS.
    NoStartTls,
    /// No TLS at all.
    Plain,
}

/// A setting of TLS, and what it means to this client.
#[derive(Debug, Clone, PartialEq)]
pub struct TlsField {
    /// The setting.
    pub field: Field,
    /// Its meaning.
    pub choice: TlsChoice,
}

/// How mail leaves the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// SMTP.
    Smtp,
    /// The HTTPS API of SES.
    Api,
    /// Something else: a log, the local sendmail.
    Other,
}

/// A connection URL, taken apart without being trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Url {
    /// The setting that holds it.
    pub field: Field,
    /// In lower case: `smtp`, `smtps`, `ses+smtp` …
    pub scheme: String,
    /// The text between scheme and host, as written: it may hold the password.
    pub user_information: Option<Value>,
}

/// The settings of one login.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whose settings these are.
    pub client: Client,
    /// Host, as written.
    pub host: Option<Field>,
    /// Port; of the host field, when it stands there.
    pub port: Option<Field>,
    /// User name.
    pub username: Option<Field>,
    /// Password.
    pub password: Option<Field>,
    /// Sender.
    pub from: Option<Field>,
    /// AWS region, told apart from the host.
    pub region: Option<Field>,
    /// The switch of authentication.
    pub auth: Option<Field>,
    /// Everything said of TLS.
    pub tls: Vec<TlsField>,
    /// The transport, when it is said.
    pub transport: Option<(Field, Transport)>,
    /// The URL that host, port and pair stand in.
    pub url: Option<Url>,
    /// The id of an API key.
    pub api_key_id: Option<Field>,
    /// The secret of an API key.
    pub api_secret: Option<Field>,
    /// A setting whose name is almost that of the user name: `SMTP_USERNAMEc`.
    pub misspelt: Option<Field>,
}

impl Settings {
    /// Nothing set yet.
    pub(crate) fn of(client: Client) -> Self {
        Self {
            client,
            host: None,
            port: None,
            username: None,
            password: None,
            from: None,
            region: None,
            auth: None,
            tls: Vec::new(),
            transport: None,
            url: None,
            api_key_id: None,
            api_secret: None,
            misspelt: None,
        }
    }

    /// The host field taken apart; `None` when it is not told.
    pub fn endpoint(&self) -> Option<Endpoint> {
        let host = self.host.as_ref()?;
        host.told()
            .map(Endpoint::parse)
            .filter(|endpoint| !endpoint.host.is_empty())
    }

    /// The port, in its own field or behind the host.
    pub fn port_number(&self) -> Option<u16> {
        let own = self
            .port
            .as_ref()
            .and_then(|port| port.value.text().trim().parse().ok());
        own.or_else(|| self.endpoint().and_then(|endpoint| endpoint.port))
    }

    /// The field that the port stands in.
    pub fn port_field(&self) -> Option<&Field> {
        self.port.as_ref().or(self.host.as_ref())
    }

    /// The region told: of the host, else of its own field.
    pub fn region_name(&self) -> Option<String> {
        let of_host = self.endpoint().and_then(|endpoint| endpoint.region);
        of_host.or_else(|| self.region.as_ref().and_then(Field::told).map(str::to_owned))
    }

    /// How TLS begins, and the field that says so; the client's default when none does.
    pub fn tls_mode(&self) -> (TlsChoice, Option<&Field>) {
        let first = |wanted: TlsChoice| self.tls.iter().find(|tls| tls.choice == wanted);
        let order = [
            TlsChoice::Plain,
            TlsChoice::Wrapper,
            TlsChoice::StartTls,
            TlsChoice::NoStartTls,
            TlsChoice::StartTlsIfOffered,
            TlsChoice::ByPort,
        ];
        for choice in order {
            if let Some(tls) = first(choice) {
                let choice = if choice == TlsChoice::NoStartTls {
                    TlsChoice::Plain
                } else {
                    choice
                };
                return (choice, Some(&tls.field));
            }
        }
        let default = self.client.default_tls().choice();
        if default == TlsChoice::Plain {
            return (default, None);
        }
        (default, first(TlsChoice::NoWrapper).map(|tls| &tls.field))
    }

    /// Every value that may be a secret, and where it stands.
    pub fn secrets(&self) -> impl Iterator<Item = &Value> {
        let fields = [&self.password, &self.api_secret].into_iter().flatten();
        let of_fields = fields.map(|field| &field.value);
        // Without a colon, the whole of what stands before the host may be the password.
        let whole = self.url.iter().filter_map(|url| url.user_information.as_ref());
        of_fields.chain(whole.filter(|information| !information.text().contains(':')))
    }
}

impl Field {
    /// A field made of a part of another.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        Self {
            value: self.value.part(range),
            ..self.clone()
        }
    }

    pub(crate) fn bare(name: &str, at: Range<usize>, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: at.clone(),
            value: Value::new(text, at, Quoting::Bare),
        }
    }
}
