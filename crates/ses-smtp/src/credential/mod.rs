//! SES SMTP credentials: shapes, damage and derivation.

mod facts;

pub use facts::{CredentialFacts, Damage, Derivation, PasswordFacts, PasswordShape, UsernameFacts, UsernameShape};
