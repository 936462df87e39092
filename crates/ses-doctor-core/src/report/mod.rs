//! Published forms of a diagnosis. Each version is frozen: fields may be added, never renamed or removed.

pub mod experiment_v1;
pub mod lint;
pub mod permissions;
pub mod policy_compare_v1;
pub mod policy_minimize_v1;
pub mod policy_simulate_v1;
pub mod policy_v1;
pub mod reproduction;
pub mod run_v1;
pub mod timeline_v1;
pub mod v1;
