//! A large object, read range after range: the next is on its way while one is searched.

use super::{GETTING, told};
use ses_doctor_aws::{Bucket, ListedObject, ObjectBytes};
use ses_doctor_core::Observed;
use std::io::{self, Read};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Two of them are held.
const RANGE: u64 = 2 * 1024 * 1024;

/// An object under way. Nothing is fetched before the first reading.
pub(super) struct Ranges {
    bucket: Bucket,
    object: Arc<ListedObject>,
    runtime: Handle,
    /// What was asked for so far.
    asked: u64,
    next: Option<JoinHandle<Observed<ObjectBytes>>>,
    bytes: Option<ObjectBytes>,
    read: usize,
}

impl Ranges {
    pub(super) fn new(bucket: Bucket, object: ListedObject, runtime: Handle) -> Self {
        Self {
            bucket,
            object: Arc::new(object),
            runtime,
            asked: 0,
            next: None,
            bytes: None,
            read: 0,
        }
    }

    fn ask(&mut self) {
        let (from, size) = (self.asked, self.object.size);
        if from >= size {
            return;
        }
        let to = size.min(from.saturating_add(RANGE));
        self.asked = to;
        let (bucket, object) = (self.bucket.clone(), Arc::clone(&self.object));
        self.next = Some(
            self.runtime
                .spawn(async move { bucket.get(&object, Some(from..to)).await }),
        );
    }

    /// The next range, while the one after it is asked for. False at the end.
    fn advance(&mut self) -> io::Result<bool> {
        self.bytes = None;
        self.read = 0;
        if self.next.is_none() {
            self.ask();
        }
        let Some(next) = self.next.take() else {
            return Ok(false);
        };
        let observed = self.runtime.block_on(next).map_err(io::Error::other)?;
        self.bytes = Some(told(observed, GETTING)?);
        self.ask();
        Ok(true)
    }
}

impl Read for Ranges {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self
                .bytes
                .as_ref()
                .and_then(|bytes| bytes.as_ref().get(self.read..));
            if let Some(mut left) = left.filter(|left| !left.is_empty()) {
                let read = left.read(into)?;
                self.read += read;
                return Ok(read);
            }
            if into.is_empty() || !self.advance()? {
                return Ok(0);
            }
        }
    }
}
