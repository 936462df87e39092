//! Probing one endpoint: the facts always, the probe itself with the `net` feature.

#[cfg(feature = "net")]
mod connect;
#[cfg(feature = "net")]
mod dialogue;
mod facts;
#[cfg(feature = "net")]
mod request;
#[cfg(feature = "net")]
mod run;
#[cfg(test)]
#[cfg(feature = "net")]
mod tests;

pub use facts::{
    AuthAttempt, CertificateFacts, CertificateProblem, DnsFacts, Ehlo, Failure, FailureKind, Mechanism,
    ProbeFacts, Target, TlsFacts, TlsMode,
};
#[cfg(feature = "net")]
pub use request::{Goal, ProbeRequest, Prober};
