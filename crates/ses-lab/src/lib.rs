//! A whole broken world in one TOML file: Amazon SES SMTP and the AWS APIs around it, on loopback, over real sockets.
//!
//! A [`World`] says which accounts, users, keys and identities exist, how the SMTP endpoints behave, what the person
//! with the trouble has configured, and what is truly wrong. [`Lab::start`] serves it: SMTP with STARTTLS and TLS
//! wrapper ports that authenticate against the passwords derived from the world's access keys and refuse where and
//! with the words that SES does; IAM, STS, SES v2, CloudTrail, Organizations, EC2 and Access Analyzer in their own wire protocols with
//! SigV4 checked; and a name server. Mail programs, the AWS CLI and the SDKs use it as they use AWS: only endpoints differ.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (name, text) = ses_lab::scenarios()[0];
//! let lab = ses_lab::Lab::start(ses_lab::World::parse(name, text)?, ses_lab::Options::default()).await?;
//! for (name, value) in lab.environment() {
//!     println!("export {name}='{value}'");
//! }
//! # Ok(())
//! # }
//! ```

mod authorize;
mod aws;
mod combine;
mod dns;
mod lab;
mod password;
mod scenario;
mod smtp;
mod state;
mod stored;
mod tls;
mod trail;
pub mod world;

pub use aws::HeldUp;
pub use combine::{Incompatible, Pair, pairs};
pub use lab::{Endpoints, Lab, LabError, OperatorCredentials, Options};
pub use scenario::{scenario, scenarios};
pub use smtp::SmtpPort;
pub use state::{Datum, Login, Message, Published};
pub use tls::TlsError;
pub use world::{World, WorldError};
