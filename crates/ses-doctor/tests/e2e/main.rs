//! End-to-end tests: the real binary against the lab, in a scrubbed environment.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected is to fail there"
)]

mod bad_input;
mod bundle;
mod compare_account;
mod experiment;
mod explain;
mod fix;
mod guards;
mod history;
mod lint;
mod offline;
mod outage;
mod permissions;
mod policy;
mod policy_change;
mod program;
mod propagation;
mod recovery;
mod reference;
mod reproduce;
mod rotate;
mod rotate_killed;
mod scenarios;
mod screen;
mod secrets;
mod simulate;
mod simulate_account;
mod stopping;
mod stored;
mod timeline;
mod trail;
mod ward;
