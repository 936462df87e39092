//! What IAM lets the key's user send: one message is several authorisations, each of which must get through every layer of
//! policies.
//!
//! [`message`] says which those are, [`send`] what the evidence tells of them, [`layer`] by which policies, [`decide`] what one layer answers, [`judgement`] what the
//! answers mean for a cause. [`question`] puts all layers into one request, as a [`case`]; [`inquiry`] does so for any other call.

pub mod case;
pub mod decide;
pub mod inquiry;
pub mod judgement;
pub mod keys;
pub mod layer;
pub mod message;
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
