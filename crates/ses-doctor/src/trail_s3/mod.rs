//! CloudTrail's files where they were delivered: in a bucket of S3. Listed without what the filter rules out by region and day
//! ([`walk`]), fetched several side by side, and given to the same search as files ([`fetch`]).

mod estimate;
mod fetch;
mod place;
mod ranges;
mod walk;

pub(crate) use estimate::{Estimate, estimate};
pub(crate) use place::Place;

use ses_doctor_aws::{Aws, Bucket, ListingPage};
use ses_doctor_core::Observed;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use trail_scan::{Filter, Source, Unfetched};
use walk::{Ask, Lists, Walk};

/// Objects on their way, beside those that are being searched.
const SIDE_BY_SIDE: usize = 16;

/// The way to S3. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    aws: Aws,
    runtime: Handle,
    /// Bytes of objects that may wait to be searched.
    memory: usize,
    tally: Arc<Tally>,
}

/// What was listed so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Pages of listings.
    pub(crate) requests: AtomicU64,
    /// Objects to read.
    pub(crate) objects: AtomicU64,
    /// Their bytes.
    pub(crate) bytes: AtomicU64,
    /// Folders that were not entered.
    pub(crate) passed: AtomicU64,
    /// Buckets of which the listing has not ended.
    pub(crate) open: AtomicU64,
}

impl Tally {
    /// The objects that were listed, as long as there may be more.
    pub(crate) fn so_far(&self) -> Option<u64> {
        let objects = self.objects.load(Ordering::Relaxed);
        (self.open.load(Ordering::Relaxed) > 0).then_some(objects)
    }

    /// Adds to a count.
    fn add(count: &AtomicU64, number: u64) {
        count.fetch_add(number, Ordering::Relaxed);
    }
}

impl Remote {
    /// Within a runtime. A scan that may take `memory` leaves an eighth of it to objects that wait.
    pub(crate) fn new(aws: Aws, memory: usize) -> Self {
        Self {
            aws,
            runtime: Handle::current(),
            memory: memory / 8,
            tally: Arc::default(),
        }
    }

    /// What was listed so far.
    pub(crate) fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }

    /// So many places will be listed.
    pub(crate) fn expect(&self, places: u64) {
        Tally::add(&self.tally.open, places);
    }

    /// What is in the bucket at that place, in the order of its keys. Not for a thread of the runtime: it waits.
    pub(crate) fn sources(
        &self,
        place: &Place,
        filter: &Filter,
    ) -> impl Iterator<Item = Source> + Send + use<> {
        let lists = Listed {
            bucket: self.aws.bucket(&place.bucket),
            tally: Arc::clone(&self.tally),
        };
        let bucket = lists.bucket.clone();
        let name = format!("s3://{}", bucket.name());
        let (send, mut sources) = mpsc::channel(SIDE_BY_SIDE);
        let walk = Walk::new(lists, place.named.clone(), filter.clone());
        let feed = fetch::Feed::new(bucket, self.clone(), send);
        self.runtime.spawn(feed.all(walk));
        let mut ended = false;
        std::iter::from_fn(move || match sources.blocking_recv() {
            Some(source) => {
                ended = source.is_none();
                source
            }
            None if ended => None,
            None => {
                ended = true;
                Some(fetch::broken_off(&name))
            }
        })
    }
}

/// A bucket, each page of which is counted.
#[derive(Debug, Clone)]
struct Listed {
    bucket: Bucket,
    tally: Arc<Tally>,
}

impl Lists for Listed {
    async fn page(&self, ask: Ask) -> Result<ListingPage, Unfetched> {
        Tally::add(&self.tally.requests, 1);
        told(self.bucket.list(ask.listing()).await, LISTING)
    }
}

const LISTING: &str =
    "it takes s3:ListBucket on the bucket, and s3:GetObject on what is in it: `ses-doctor permissions scan`";
const GETTING: &str = "it takes s3:GetObject on the bucket's objects: `ses-doctor permissions scan`";
const DECRYPTING: &str = "it takes kms:Decrypt on the key that encrypts the trail, by the policy of the key too: `ses-doctor permissions scan`";
const GONE: &str = "it was listed a moment ago: see what deletes there, and scan it where it is now";
const FAILED: &str = "see the reason, and scan it by itself";

/// A value, or why there is none and what to do.
fn told<T>(observed: Observed<T>, denied: &'static str) -> Result<T, Unfetched> {
    let failed = |why, help| Unfetched {
        denied: false,
        why,
        help,
    };
    Err(match observed {
        Observed::Known(value) => return Ok(value),
        Observed::Missing => failed("it is not there any more".to_owned(), GONE),
        Observed::Denied { action, message } => {
            let help = if message.contains("kms:Decrypt") {
                DECRYPTING
            } else {
                denied
            };
            Unfetched {
                denied: true,
                why: format!("{action} was denied: {message}"),
                help,
            }
        }
        Observed::Failed { why } => failed(why, FAILED),
        Observed::NotAsked => failed("it was not asked".to_owned(), FAILED),
    })
}
