//! What did this Amazon SES SMTP endpoint say, and what does it mean?

pub mod catalogue;
pub mod credential;
pub mod endpoint;
pub mod probe;
pub mod reply;
pub mod transcript;
