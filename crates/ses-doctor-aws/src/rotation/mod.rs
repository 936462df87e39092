//! What a rotation reads of a user's keys, and what it remembers while it runs.

mod keys;
mod memory;

pub(crate) use keys::{UserKey, last_use, user_keys};
pub(crate) use memory::Memory;
