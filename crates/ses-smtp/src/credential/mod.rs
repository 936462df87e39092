//! SES SMTP credentials: shapes, damage and derivation.

mod damage;
mod derive;
mod facts;
mod inspect;
mod mend;
mod shape;

pub use derive::{identify, smtp_password, smtp_password_v2};
pub use facts::{
    CredentialFacts, Damage, Derivation, PasswordFacts, PasswordShape, UsernameFacts, UsernameShape,
};
pub use inspect::inspect;
pub use mend::{Repair, repairs};
