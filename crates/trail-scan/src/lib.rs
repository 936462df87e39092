//! Which events in these CloudTrail files match?
//!
//! Files are read whole and unpacked at once where they are small enough, else piece by piece; a byte search tells which
//! records can match, and only those are parsed ([`scan`]). Records come out byte for byte as they stand in the file.
//! Memory is bounded whatever the size of the archive: matches beyond the bound go to a temporary file.

mod cursor;
mod damage;
mod decompress;
mod event;
mod file;
mod filter;
mod json;
mod layout;
mod memory;
mod needle;
mod records;
mod scan;
mod search;
mod sort;
mod stream;
mod walk;

pub use damage::{Content, Damage, Fault, Loss, Unfetched, Unread};
pub use event::{Event, Identity, SessionContext, SessionIssuer, Text, Unreadable};
pub use filter::{Filter, Name, NotAnAddress, SourceIp};
pub use layout::{Extent, extent};
pub use scan::{Fetch, Fetched, Order, ScanError, Settings, Source, Summary, Watcher, scan};
pub use sort::Match;
pub use walk::{Standing, Walked, standing, walk};
