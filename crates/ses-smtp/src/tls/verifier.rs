//! A verifier that writes down what it thinks of a certificate, and lets the handshake finish. Proof that the server
//! holds the certificate's key is still demanded.

use super::roots::{TrustRoots, provider};
use crate::probe::CertificateProblem;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError};

type Seen = (Vec<CertificateDer<'static>>, Option<CertificateProblem>);

#[derive(Debug)]
pub(super) struct RecordingVerifier {
    /// `None` when there is no root to build one with.
    inner: Option<Arc<WebPkiServerVerifier>>,
    names: Vec<ServerName<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
    seen: Mutex<Seen>,
}

impl RecordingVerifier {
    pub(super) fn new(roots: &TrustRoots, names: Vec<ServerName<'static>>) -> Self {
        let inner = WebPkiServerVerifier::builder_with_provider(roots.store(), provider())
            .build()
            .ok();
        // Until a certificate is seen the answer is no.
        let unseen = (
            Vec::new(),
            Some(CertificateProblem::Other("no certificate was shown".to_owned())),
        );
        let algorithms = provider().signature_verification_algorithms;
        Self {
            inner,
            names,
            algorithms,
            seen: Mutex::new(unseen),
        }
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The verdict for the first name that fits, otherwise for the first name.
    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        ocsp: &[u8],
        now: UnixTime,
    ) -> Option<CertificateProblem> {
        let Some(inner) = &self.inner else {
            return Some(CertificateProblem::UntrustedIssuer);
        };
        let mut problem = None;
        for name in &self.names {
            match inner.verify_server_cert(leaf, rest, name, ocsp, now) {
                Ok(_) => return None,
                Err(error) => problem = problem.or_else(|| Some(problem_of(&error))),
            }
        }
        problem.or(Some(CertificateProblem::NameMismatch))
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls adds errors; all others keep the verifier's words"
)]
fn problem_of(error: &Error) -> CertificateProblem {
    let Error::InvalidCertificate(reason) = error else {
        return CertificateProblem::Other(error.to_string());
    };
    match reason {
        // A bad signature: a root of the issuer's name is trusted, but it has another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateProblem::UntrustedIssuer
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::NameMismatch
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateProblem::NotYetValid
        }
        other => CertificateProblem::Other(other.to_string()),
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(leaf)
            .chain(rest)
            .map(|der| der.clone().into_owned())
            .collect();
        let problem = self.judge(leaf, rest, ocsp, now);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = (chain, problem);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
