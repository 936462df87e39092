//! Reads what AWS knows about an SES SMTP login, and carries out the plans that put it right. The only crate that names
//! `aws_sdk_*`, and the only one that changes anything outside: by [`carry_out`], of a checked plan, with a journal.
//!
//! One [`Need`](ses_doctor_core::Need) is one [`Aws::collect`]: independent of all others, with its own deadline, and
//! it always gives a [`Fact`](ses_doctor_core::Fact). A read that was denied stays denied, one that failed says why;
//! neither ever turns into "is not there". [`can_meet`] tells when a need may be collected, [`PERMISSIONS`] which
//! IAM actions that takes. [`Aws::validate_policy`] and its companions ask Access Analyzer for a second opinion on a policy.

mod access_analyzer;
mod client;
mod collect;
mod credentials;
mod execute;
pub mod grant;
mod http;
#[cfg(test)]
mod lab_tests;
mod ledger;
mod lookup;
mod lookup_budget;
mod notice;
mod outcome;
mod patience;
mod permissions;
mod query_engine;
mod reach;
mod readiness;
mod redact;
mod region;
pub mod reproduce;
mod rotation;
mod run;
mod s3;
#[cfg(test)]
mod session_tests;
mod settings;
mod signed;
mod stored_password;
mod subject;
#[cfg(test)]
mod testing;
mod xml;

pub use access_analyzer::{AccessCheck, PolicyRemark, RemarkKind};
pub use client::Aws;
pub use collect::{event_of_record, health_events};
pub use execute::{Actuator, AwsActuator, CallError};
pub use lookup::{LookedUp, Lookup, LookupBy, oldest_lookup};
pub use notice::{NAMESPACE, REMEDIATIONS};
pub use permissions::{
    ACCESS_ANALYZER_PERMISSIONS, PERMISSIONS, TRAIL_BUCKET_PERMISSIONS, TRAIL_HISTORY_PERMISSIONS,
};
pub use query_engine::{Engine, Phase, QueryPage, QueryState};
pub use readiness::{Readiness, can_meet};
pub use region::home_of;
pub use run::{
    Beginning, Finish, JournalFile, Kept, Listed, Patience, RunStore, StoreError, TargetLock, Vault,
    VaultRecord, carry_out, look, snapshot,
};
pub use s3::{Bucket, ListedObject, Listing, ListingPage, ObjectBytes};
pub use settings::Settings;
pub use stored_password::{
    About, ContentError, KeptNow, ReadPassword, StoredAt, StoredPassword, renewed_value,
};
pub use subject::{Owner, Subject};
