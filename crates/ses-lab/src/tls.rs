//! Certificates of the lab: its own authority, one leaf for each region and behaviour.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::world::{Certificate, Endpoint};

/// A certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The certificate itself.
    #[error("make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The server's configuration.
    #[error("set up TLS")]
    Config(#[from] rustls::Error),
}

/// A certification authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    /// What a client must trust.
    pub(crate) pem: String,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// The one that stands in for Amazon's: its name begins as the one that signs the real endpoints.
    pub(crate) fn amazon() -> Result<Self, TlsError> {
        Self::new("Amazon", "Amazon RSA 2048 M01 (ses-lab)")
    }

    /// A company's TLS inspection.
    pub(crate) fn inspection() -> Result<Self, TlsError> {
        Self::new("Contoso Ltd", "Contoso TLS Inspection CA")
    }

    /// The only one that an outdated bundle knows.
    pub(crate) fn forgotten() -> Result<Self, TlsError> {
        Self::new("Old Trust Ltd", "Old Trust Root 2005")
    }

    fn new(organisation: &str, name: &str) -> Result<Self, TlsError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = names(Some(organisation), name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2099, 1, 1);
        let certificate = params.self_signed(&key)?;
        let (pem, der) = (certificate.pem(), certificate.der().clone());
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate: der,
            pem,
        })
    }
}

fn names(organisation: Option<&str>, common: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    if let Some(organisation) = organisation {
        names.push(DnType::OrganizationName, organisation);
    }
    names.push(DnType::CommonName, common);
    names
}

/// The authorities of a lab.
#[derive(Debug)]
pub(crate) struct Authorities {
    pub(crate) amazon: Authority,
    pub(crate) inspection: Authority,
    pub(crate) forgotten: Authority,
}

impl Authorities {
    pub(crate) fn new() -> Result<Self, TlsError> {
        Ok(Self {
            amazon: Authority::amazon()?,
            inspection: Authority::inspection()?,
            forgotten: Authority::forgotten()?,
        })
    }

    /// The TLS side of an endpoint; `None` where it speaks no TLS that anybody still uses.
    pub(crate) fn acceptor(&self, endpoint: &Endpoint) -> Result<Option<TlsAcceptor>, TlsError> {
        let offers = |version: &str| endpoint.tls_versions.iter().any(|offered| offered == version);
        let mut versions = Vec::new();
        if offers("1.3") {
            versions.push(&rustls::version::TLS13);
        }
        if offers("1.2") {
            versions.push(&rustls::version::TLS12);
        }
        if versions.is_empty() {
            return Ok(None);
        }
        let (chain, key) = self.leaf(endpoint)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions)?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Some(TlsAcceptor::from(Arc::new(config))))
    }

    fn leaf(
        &self,
        endpoint: &Endpoint,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let key = KeyPair::generate()?;
        let mut params = leaf_params(endpoint)?;
        params.not_before = date_time_ymd(2024, 1, 1);
        params.not_after = if endpoint.certificate == Certificate::Expired {
            date_time_ymd(2025, 1, 31)
        } else {
            date_time_ymd(2098, 1, 1)
        };
        let inspected = endpoint.certificate == Certificate::InterceptingProxy;
        let authority = if inspected { &self.inspection } else { &self.amazon };
        let chain = if endpoint.certificate == Certificate::SelfSigned {
            vec![params.self_signed(&key)?.der().clone()]
        } else {
            vec![
                params.signed_by(&key, &authority.issuer)?.der().clone(),
                authority.certificate.clone(),
            ]
        };
        Ok((
            chain,
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
        ))
    }
}

fn leaf_params(endpoint: &Endpoint) -> Result<CertificateParams, TlsError> {
    let region = &endpoint.region;
    let names_of = if endpoint.certificate == Certificate::OtherName {
        vec!["mail.contoso.example".to_owned()]
    } else {
        vec![
            format!("email-smtp.{region}.amazonaws.com"),
            format!("email-smtp-fips.{region}.amazonaws.com"),
            format!("*.email-smtp.{region}.vpce.amazonaws.com"),
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
        ]
    };
    let common = names_of.first().cloned().unwrap_or_default();
    let mut params = CertificateParams::new(names_of)?;
    params.distinguished_name = names(None, &common);
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}
