//! Given evidence, what is wrong with an Amazon SES SMTP login, and what would put it right?
//!
//! Pure and synchronous: the same evidence gives the same report. No I/O, no clock, no environment; `clippy.toml`
//! beside this crate says so to the compiler.
//!
//! Evidence is asked for by [`Need`], judged by the [`causes`], gathered into a [`Diagnosis`] and published as
//! [`report::v1`].

pub mod action;
pub mod as_code;
pub mod automatic;
pub mod bundle;
pub mod cause;
pub mod causes;
pub mod cost;
pub mod diagnosis;
pub mod digest;
pub mod evidence;
pub mod experiment;
pub mod explain;
pub mod fix;
pub mod journal;
pub mod lint;
pub mod need;
pub mod note;
pub mod observed;
pub mod permission;
pub mod plan;
mod policy_text;
mod reading;
pub mod report;
pub mod reproduction;
pub mod rollback;
pub mod rotation;
mod shell;
#[cfg(test)]
mod testimony;
pub mod timeline;
pub mod verdict;
pub mod verification;

pub use cause::{Cause, Group, Remedy, Step};
pub use diagnosis::{Access, Diagnosis, Outcome, diagnose, needs};
pub use evidence::{Evidence, Fact};
pub use need::Need;
pub use observed::{Observation, Observed, Waited};
pub use verdict::{Certainty, Finding, Verdict};
