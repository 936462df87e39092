//! Which failures of sending mail does this log hold?
//!
//! Bytes go in piece by piece ([`Scanner`]); what comes out is a bounded number of [`Group`]s: failures told by the server
//! ([`Failure::reply`]) or by the client ([`Failure::signs`]), and successes, each with its count, its first and last place
//! and one redacted sample. The reply code decides, never the class of an exception. No file is opened, no clock read, and
//! nothing is judged: that is core's.

mod client;
mod event;
mod fingerprint;
mod group;
mod login;
mod marks;
mod moment;
mod place;
mod prefilter;
mod recognise;
mod record;
mod redact;
mod scan;
mod sign;
mod text;
mod time;

pub use client::Client;
pub use event::{Event, Failure, Side, Success, Worked};
pub use group::{Group, Log, visible};
pub use login::is_login;
pub use moment::{Moment, moment};
pub use recognise::recognise;
pub use redact::redact;
pub use scan::Scanner;
pub use sign::Sign;
