//! What `diagnose` takes from the client's own configuration files.

use super::lint::files;
use crate::args::{CredentialArgs, EndpointArgs, MailArgs, Tls};
use crate::error::CliError;
use crate::secret_input;
use client_config::{Field, Settings, TlsChoice};
use secrecy::SecretString;
use ses_doctor_core::evidence::ConfigFault;
use ses_doctor_core::lint::{Document, lint};
use std::path::PathBuf;

/// Settings found in the files, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct ClientSettings {
    place: Option<Settings>,
    pair: Option<Settings>,
    /// What `lint` finds.
    pub(crate) faults: Vec<ConfigFault>,
}

impl ClientSettings {
    /// Reads the files; one that cannot be read ends the command.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, CliError> {
        let read = files::read(paths);
        if let Some((file, message)) = read.unreadable.first() {
            let source = std::io::Error::other(message.clone());
            return Err(CliError::read(std::path::Path::new(file), source));
        }
        let faults = lint(&read.documents).findings;
        Ok(Self {
            place: best(&read.documents, |settings| settings.endpoint().is_some()),
            pair: best(&read.documents, |settings| {
                told(&settings.username) && told(&settings.password)
            }),
            faults: faults
                .iter()
                .map(|fault| ConfigFault::new(fault, &read.documents))
                .collect(),
        })
    }

    /// The options, with what they leave open taken from the files.
    pub(crate) fn complete(&self, endpoint: &EndpointArgs, mail: &MailArgs) -> (EndpointArgs, MailArgs) {
        let (mut endpoint, mut mail) = (endpoint.clone(), mail.clone());
        let Some(place) = &self.place else {
            return (endpoint, mail);
        };
        if endpoint.host.is_none() {
            endpoint.host = place.host.as_ref().and_then(Field::told).map(bare_host);
            endpoint.port = endpoint
                .port
                .or_else(|| place.port_number().filter(|port| *port > 0));
            if endpoint.tls == Tls::Auto {
                endpoint.tls = tls(place);
            }
        }
        let from = [&self.place, &self.pair]
            .into_iter()
            .flatten()
            .find_map(|settings| settings.from.as_ref()?.told());
        mail.from = mail.from.or_else(|| from.map(address));
        (endpoint, mail)
    }

    /// The pair of the options; of the files, where they give none.
    pub(crate) fn pair(
        &self,
        args: &CredentialArgs,
        kept: bool,
    ) -> Result<(Option<String>, Option<SecretString>), CliError> {
        let told = |field: &Option<Field>| field.as_ref().and_then(Field::told).map(str::to_owned);
        let named = args.password_stdin || args.password_file.is_some() || args.password_env.is_some();
        let of_files = self
            .pair
            .as_ref()
            .and_then(|pair| Some((told(&pair.username)?, told(&pair.password)?)));
        match of_files {
            Some((username, password)) if !named => Ok((
                args.username.clone().or(Some(username)),
                Some(SecretString::from(password)),
            )),
            Some((username, _)) => Ok((
                args.username.clone().or(Some(username)),
                secret_input::smtp_password(args, kept)?,
            )),
            None => Ok((args.username.clone(), secret_input::smtp_password(args, kept)?)),
        }
    }
}

fn told(field: &Option<Field>) -> bool {
    field.as_ref().is_some_and(|field| field.told().is_some())
}

/// The first settings of SES that tell what is wanted; else the first ones that do.
fn best(documents: &[Document], wanted: impl Fn(&Settings) -> bool) -> Option<Settings> {
    let all: Vec<&Settings> = documents
        .iter()
        .flat_map(|document| &document.reading.settings)
        .filter(|s| wanted(s))
        .collect();
    let of_ses = |settings: &&&Settings| settings.endpoint().is_some_and(|endpoint| endpoint.is_ses_smtp());
    all.iter()
        .find(of_ses)
        .or(all.first())
        .map(|settings| (*settings).clone())
}

/// Postfix writes its relay in brackets.
fn bare_host(text: &str) -> String {
    let endpoint = ses_smtp::Endpoint::parse(text);
    let understood = |damage: &ses_smtp::endpoint::HostDamage| {
        use ses_smtp::endpoint::HostDamage;
        matches!(damage, HostDamage::Brackets | HostDamage::PortInHost)
    };
    if endpoint.damage.iter().all(understood) {
        endpoint.host
    } else {
        text.trim().to_owned()
    }
}

fn tls(settings: &Settings) -> Tls {
    match settings.tls_mode().0 {
        TlsChoice::Wrapper => Tls::Wrapper,
        TlsChoice::StartTls | TlsChoice::StartTlsIfOffered => Tls::Starttls,
        TlsChoice::Plain | TlsChoice::NoStartTls if settings.tls_mode().1.is_some() => Tls::Plain,
        TlsChoice::Plain | TlsChoice::NoStartTls | TlsChoice::ByPort | TlsChoice::NoWrapper => Tls::Auto,
    }
}

/// `Name <address>` and the bare address.
fn address(text: &str) -> String {
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner
        .map_or(text.trim(), |(address, _)| address.trim())
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_with_a_name_is_an_address() {
        assert_eq!(address("Garden <a@garden.example>"), "a@garden.example");
        assert_eq!(address(" a@garden.example"), "a@garden.example");
    }

    #[test]
    fn a_relay_in_brackets_is_a_host() {
        assert_eq!(bare_host("[h.example]:587"), "h.example");
        assert_eq!(bare_host("https://h.example"), "https://h.example");
    }
}
