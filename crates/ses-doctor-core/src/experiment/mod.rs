//! Differential experiments: one circumstance of the login is varied at a time until the outcome flips. *The difference is
//! the bug.*
//!
//! Pure: a [`Design`] says what may vary, a [`Planner`] says what to try next and what the trials so far show. Whoever
//! makes the trials hands each outcome back. What needs no login is tried without one.

mod chance;
mod conclusion;
mod design;
mod factor;
mod finding;
mod planner;
mod trial;

pub use conclusion::{Conclusion, Experiment, Flip, Tally};
pub use design::{Alternative, Design, Limits, Reachable};
pub use factor::Factor;
pub use finding::difference;
pub use planner::{Attempt, Planner};
pub use trial::{Purpose, Reach, Setup, Stop, Trial, TrialOutcome};

#[cfg(test)]
mod tests;
