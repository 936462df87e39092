//! From what was typed to what is meant: one place decides between options, environment and defaults.

use crate::args::{EndpointArgs, MailArgs, Tls};
use crate::env;
use crate::error::CliError;
use ses_doctor_core::evidence::{Reported, Symptom};
use ses_smtp::endpoint;
use ses_smtp::endpoint::Endpoint;
use ses_smtp::probe::TlsMode;
use ses_smtp::{SmtpEndpoints, TrustRoots};
use std::path::Path;

/// The port that SES's own examples use.
pub(crate) const DEFAULT_PORT: u16 = 587;

/// Where the endpoint is, resolved.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Host that the client connects to; empty when none is known.
    pub(crate) host: String,
    /// Port that the client connects to.
    pub(crate) port: u16,
    /// How the client begins TLS; `None` to find out.
    pub(crate) tls: Option<TlsMode>,
    /// The region that the person named with `--region`.
    pub(crate) region_meant: Option<String>,
    /// Where regions are reached instead.
    pub(crate) redirections: SmtpEndpoints,
}

impl Place {
    /// Resolves options, environment and defaults.
    pub(crate) fn resolve(args: &EndpointArgs) -> Result<Self, CliError> {
        let region = args
            .region
            .clone()
            .or_else(|| args.host.is_none().then(|| env::first_of(&env::REGION)).flatten());
        if let Some(region) = &region {
            check_region(region)?;
        }
        let (host, port_in_host) = split_host(args.host.as_deref())?;
        let host = host
            .or_else(|| region.as_deref().map(endpoint::smtp_host))
            .unwrap_or_default();
        Ok(Self {
            host,
            port: args.port.or(port_in_host).unwrap_or(DEFAULT_PORT),
            tls: tls_mode(args.tls),
            region_meant: args.region.clone(),
            redirections: redirections(&args.smtp_endpoint)?,
        })
    }

    /// Refuses to go on without a host.
    pub(crate) fn require_host(self) -> Result<Self, CliError> {
        if self.host.is_empty() {
            let help = "give --region, for example --region eu-west-1, or the client's --host";
            return Err(CliError::usage(
                "no SMTP endpoint: neither a region nor a host is known",
                help,
            ));
        }
        Ok(self)
    }

    /// The region of the host name, else the one that was named.
    pub(crate) fn region(&self) -> Option<String> {
        let of_host = Endpoint::parse(&self.host)
            .region
            .filter(|_| !self.host.is_empty());
        of_host.or_else(|| self.region_meant.clone())
    }

    /// Where a host is reached instead: only SES's own SMTP names are ever redirected.
    pub(crate) fn dial(&self, host: &str, port: u16) -> Option<(String, u16)> {
        let endpoint = Endpoint::parse(host);
        let region = endpoint.region.as_deref().filter(|_| endpoint.is_ses_smtp())?;
        self.redirections.lookup(region, port)
    }

    /// The symptom of a client with these settings.
    pub(crate) fn symptom(&self, mail: &MailArgs, reported: Option<Reported>) -> Symptom {
        Symptom {
            host: self.host.clone(),
            port: self.port,
            tls: self.tls,
            region: self.region_meant.clone(),
            from: mail.from.clone(),
            to: mail.to.clone(),
            configuration_set: mail.configuration_set.clone(),
            tenant: mail.tenant.clone(),
            principal: None,
            reported,
        }
    }
}

/// The certificate authorities to trust: of a file, else of the system.
pub(crate) fn roots(file: Option<&Path>) -> Result<TrustRoots, CliError> {
    let Some(path) = file else {
        return Ok(TrustRoots::native());
    };
    let pem = crate::bounded_file::read(path).map_err(|source| CliError::read(path, source))?;
    TrustRoots::from_pem(&pem).map_err(|error| {
        let help = "--tls-ca wants a PEM file with at least one `BEGIN CERTIFICATE` block";
        CliError::usage(
            format!("{} holds no usable certificate: {error}", path.display()),
            help,
        )
    })
}

pub(crate) fn check_region(region: &str) -> Result<(), CliError> {
    if endpoint::region_exists_shape(region) {
        return Ok(());
    }
    let help = match endpoint::nearest_region(region) {
        Some(near) => format!(
            "did you mean {near}? SES has SMTP endpoints in: {}",
            endpoint::SMTP_REGIONS.join(", ")
        ),
        None => format!("SES has SMTP endpoints in: {}", endpoint::SMTP_REGIONS.join(", ")),
    };
    Err(CliError::usage(
        format!("`{region}` is not the name of an AWS region"),
        help,
    ))
}

/// A `host:port` in the host field is taken apart; a bare IPv6 address stays whole.
fn split_host(host: Option<&str>) -> Result<(Option<String>, Option<u16>), CliError> {
    let Some(host) = host.map(str::trim) else {
        return Ok((None, None));
    };
    if host.is_empty() {
        return Err(CliError::usage(
            "--host is empty",
            "give the host name that the mail client connects to",
        ));
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => match port.parse() {
            Ok(port) => Ok((Some(name.to_owned()), Some(port))),
            Err(_) => Ok((Some(host.to_owned()), None)),
        },
        Some(_) | None => Ok((Some(host.to_owned()), None)),
    }
}

fn tls_mode(tls: Tls) -> Option<TlsMode> {
    match tls {
        Tls::Auto => None,
        Tls::Starttls => Some(TlsMode::StartTls),
        Tls::Wrapper => Some(TlsMode::Wrapper),
        Tls::Plain => Some(TlsMode::Plain),
    }
}

fn redirections(given: &[String]) -> Result<SmtpEndpoints, CliError> {
    let given = given
        .iter()
        .map(String::as_str)
        .filter(|text| !text.trim().is_empty());
    SmtpEndpoints::parse(given).map_err(|error| {
        let help = "write it as REGION=HOST:PORT or REGION:PORT=HOST:PORT, e.g. eu-west-1=127.0.0.1:2587";
        CliError::usage(error.to_string(), help)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_the_host_is_split_off() {
        assert_eq!(
            split_host(Some("a.example:465")).unwrap(),
            (Some("a.example".into()), Some(465))
        );
        assert_eq!(split_host(Some("::1")).unwrap(), (Some("::1".into()), None));
        assert_eq!(
            split_host(Some("a.example:smtp")).unwrap(),
            (Some("a.example:smtp".into()), None)
        );
        assert!(split_host(Some(" ")).is_err());
    }

    #[test]
    fn a_mistyped_region_is_a_usage_error_with_a_suggestion() {
        let error = check_region("eu-west1").unwrap_err();
        assert_eq!(error.exit().code(), 2);
        assert!(format!("{:?}", miette::Report::new(error)).contains("eu-west-1"));
    }
}
