//! `trail`: CloudTrail, wherever its events are kept.

mod filter;
pub(crate) mod history;
pub(crate) mod scan;
pub(crate) mod sources;
