//! What IAM lets the key's user send: one message is several authorisations, each of which must get through every layer of
//! policies.
//!
//! [`send`] says what IAM is asked, [`layer`] by which policies, [`decide`] what one layer answers, [`judgement`] what the
//! answers mean for a cause, and [`question`] puts all layers into one request.

pub mod decide;
pub mod judgement;
pub mod layer;
pub mod question;
mod remedy;
pub mod send;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use judgement::judge;
pub use judgement::{Denial, TurnsOn, denials};
pub use layer::Layer;
pub(crate) use layer::is_whole;
pub(crate) use remedy::show_decision;
