//! The certificates that a chain must lead to.

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::sync::Arc;

/// Trusted root certificates.
#[derive(Debug, Clone)]
pub struct TrustRoots {
    store: Arc<RootCertStore>,
}

/// Why a file gives no roots.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootsError {
    /// It is not PEM.
    #[error("the file is not PEM: {0}")]
    NotPem(String),
    /// It is PEM without a certificate.
    #[error("the file holds no certificate")]
    NoCertificate,
    /// A certificate in it cannot be a trust anchor.
    #[error("a certificate in the file cannot be a root: {0}")]
    NotARoot(String),
}

impl TrustRoots {
    /// No root at all: every certificate is untrusted.
    pub fn none() -> Self {
        Self {
            store: Arc::new(RootCertStore::empty()),
        }
    }

    /// The operating system's roots. Those that cannot be read are left out; none at all is what a container without
    /// `ca-certificates` has.
    pub fn native() -> Self {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self {
            store: Arc::new(store),
        }
    }

    /// The certificates of a PEM file, in place of the operating system's.
    pub fn from_pem(pem: &[u8]) -> Result<Self, RootsError> {
        Self::none().with_pem(pem)
    }

    /// The certificates of a PEM file added to these.
    pub fn with_pem(&self, pem: &[u8]) -> Result<Self, RootsError> {
        let mut store = RootCertStore::clone(&self.store);
        let before = store.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| RootsError::NotPem(error.to_string()))?;
            store
                .add(certificate)
                .map_err(|error| RootsError::NotARoot(error.to_string()))?;
        }
        if store.len() == before {
            return Err(RootsError::NoCertificate);
        }
        Ok(Self {
            store: Arc::new(store),
        })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.store.is_empty()
    }

    pub(super) fn store(&self) -> Arc<RootCertStore> {
        Arc::clone(&self.store)
    }
}

/// Always the same one, whatever the process has installed as its default.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
