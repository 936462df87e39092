//! `trail`: CloudTrail, wherever its events are kept.

pub(crate) mod athena;
mod filter;
pub(crate) mod history;
pub(crate) mod lake;
mod query;
mod rows;
pub(crate) mod scan;
pub(crate) mod sources;
mod sql;
