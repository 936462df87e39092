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

/// Whether a text has the form of a long-term access key id, which is the user name of an SMTP login.
pub fn is_access_key_id(text: &str) -> bool {
    shape::username_shape(text) == UsernameShape::AccessKeyId
}
