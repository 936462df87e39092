//! Probing one endpoint: the facts always, the probe itself with the `net` feature.

mod facts;

pub use facts::{
    AuthAttempt, CertificateFacts, CertificateProblem, DnsFacts, Ehlo, Failure, FailureKind, Mechanism,
    ProbeFacts, Target, TlsFacts, TlsMode,
};
