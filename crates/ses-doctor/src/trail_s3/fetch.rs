//! Objects on their way: those that fit are fetched whole and wait, within the memory that is left to them; larger ones are read
//! in ranges by the thread that searches them.

use super::ranges::Ranges;
use super::walk::{self, Found, Lists, Walk};
use super::{GETTING, Remote, Tally, told};
use ses_doctor_aws::{Bucket, ListedObject, ObjectBytes};
use ses_doctor_core::Observed;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use trail_scan::Source;

/// What memory is counted in.
const UNIT: usize = 1024;

/// Names of objects that were listed ahead.
const LISTED_AHEAD: usize = 16 * 1024;

/// Where sources go; `None` when there are no more.
pub(super) struct Feed {
    bucket: Bucket,
    remote: Remote,
    memory: Arc<Semaphore>,
    send: mpsc::Sender<Option<Source>>,
}

/// Bytes, and the memory that is taken by them.
struct Held {
    bytes: ObjectBytes,
    _memory: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Feed {
    pub(super) fn new(bucket: Bucket, remote: Remote, send: mpsc::Sender<Option<Source>>) -> Self {
        let memory = Arc::new(Semaphore::new(remote.memory / UNIT));
        Self {
            bucket,
            remote,
            memory,
            send,
        }
    }

    /// Gives everything that the walk comes upon, until nobody wants more.
    pub(super) async fn all<L: Lists>(self, walk: Walk<L>) {
        let (listed, mut found) = mpsc::channel(LISTED_AHEAD);
        let listing = tokio::spawn(list(walk, listed, Arc::clone(&self.remote.tally)));
        while let Some(found) = found.recv().await {
            if let Some(source) = self.source(found).await
                && self.send.send(Some(source)).await.is_err()
            {
                return;
            }
        }
        let last = match listing.await {
            Ok(()) => None,
            Err(_) => Some(broken_off(&self.name(""))),
        };
        // Whoever has left does not want to know.
        let _ = self.send.send(last).await;
    }

    async fn source(&self, found: Found) -> Option<Source> {
        match found {
            Found::Object(object) => Some(self.object(object).await),
            Found::RuledOut => Some(Source::LeftOut),
            Found::Passed => None,
            Found::Barred(prefix, why) => Some(Source::Barred(self.name(&prefix), why.into())),
        }
    }

    fn name(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket.name())
    }

    async fn object(&self, object: ListedObject) -> Source {
        let name = self.name(&object.key);
        let runtime = self.remote.runtime.clone();
        let bucket = self.bucket.clone();
        let Some(memory) = self.memory(object.size).await else {
            return Source::Stream(name, Box::new(Ranges::new(bucket, object, runtime)));
        };
        let fetching = runtime.spawn(async move { (bucket.get(&object, None).await, memory) });
        Source::Object(name, Box::new(move || Ok(Box::new(wait(&runtime, fetching)?))))
    }

    /// Memory for an object; none when it is too large to wait in memory. What is fetched first is searched first, so that whoever
    /// waits for memory is waited for by nobody.
    async fn memory(&self, size: u64) -> Option<OwnedSemaphorePermit> {
        let fits = size <= self.remote.memory as u64 / 4;
        let units = u32::try_from(size / UNIT as u64 + 1).ok().filter(|_| fits)?;
        Arc::clone(&self.memory).acquire_many_owned(units).await.ok()
    }
}

type Fetching = JoinHandle<(Observed<ObjectBytes>, OwnedSemaphorePermit)>;

fn wait(runtime: &Handle, fetching: Fetching) -> io::Result<Held> {
    let (observed, memory) = runtime.block_on(fetching).map_err(io::Error::other)?;
    Ok(Held {
        bytes: told(observed, GETTING)?,
        _memory: memory,
    })
}

/// What did not come to its end must not look as if it had.
pub(super) fn broken_off(name: &str) -> Source {
    Source::Barred(name.to_owned(), walk::broken_off().into())
}

/// Listing goes ahead of fetching, so that it is soon known how much there is.
async fn list<L: Lists>(mut walk: Walk<L>, listed: mpsc::Sender<Found>, tally: Arc<Tally>) {
    while let Some(found) = walk.next().await {
        match &found {
            Found::Object(object) => {
                Tally::add(&tally.objects, 1);
                Tally::add(&tally.bytes, object.size);
            }
            Found::Passed => Tally::add(&tally.passed, 1),
            Found::RuledOut | Found::Barred(..) => {}
        }
        if listed.send(found).await.is_err() {
            return;
        }
    }
    tally.open.fetch_sub(1, Ordering::Relaxed);
}
