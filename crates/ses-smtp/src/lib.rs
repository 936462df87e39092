//! What did this Amazon SES SMTP endpoint say, and what does it mean?
//!
//! Without the `net` feature the crate is pure: credentials, endpoints, replies, their meanings and the facts of a
//! probe. With it, [`Prober`] talks to an endpoint and gives those facts.

pub mod catalogue;
pub mod credential;
#[cfg(feature = "net")]
pub mod dns;
pub mod endpoint;
pub mod probe;
pub mod reply;
#[cfg(feature = "net")]
pub mod session;
pub mod smtp_endpoints;
pub mod timeouts;
#[cfg(feature = "net")]
pub mod tls;
pub mod transcript;

pub use catalogue::{FoundReply, Mark, Meaning, Retry, find_in_text, recognise};
pub use credential::{CredentialFacts, identify, inspect, repairs, smtp_password, smtp_password_v2};
pub use endpoint::{Endpoint, EndpointKind, smtp_host, tls_mode_of_port};
#[cfg(feature = "net")]
pub use probe::{Goal, ProbeRequest, Prober};
pub use probe::{Mechanism, ProbeFacts, TlsMode};
pub use reply::{Phase, Reply};
#[cfg(feature = "net")]
pub use session::{Message, Session};
pub use smtp_endpoints::{SmtpEndpointError, SmtpEndpoints};
pub use timeouts::Timeouts;
#[cfg(feature = "net")]
pub use tls::TrustRoots;
pub use transcript::Transcript;
