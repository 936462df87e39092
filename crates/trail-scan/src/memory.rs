//! The bytes that the buffers of all threads may take together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// What is left of a bound.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicUsize,
    tight: usize,
}

/// A buffer up to this size is every thread's own.
pub(crate) const OWN: usize = 256 * 1024;

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            left: AtomicUsize::new(bytes),
            tight: bytes / 4,
        }
    }

    /// Takes so many bytes, or nothing.
    fn take(&self, bytes: usize) -> bool {
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            });
        taken.is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }

    fn is_tight(&self) -> bool {
        self.left.load(Ordering::Relaxed) < self.tight
    }
}

/// A buffer that is kept from file to file, as far as the budget goes.
#[derive(Debug)]
pub(crate) struct Buffer<'b> {
    budget: &'b Budget,
    bytes: Vec<u8>,
    taken: usize,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Self {
            budget,
            bytes: Vec::new(),
            taken: 0,
        }
    }

    /// Makes room for `size` bytes, whatever stands in them; `None` when the budget does not go so far.
    pub(crate) fn room(&mut self, size: usize) -> Option<&mut [u8]> {
        if size > self.bytes.len() {
            // More than is asked for, so that it grows seldom; pages that are not touched take no memory.
            let size = self
                .take(size.saturating_add(size / 2))
                .or_else(|| self.take(size))?;
            // The old one goes first, so that both never exist together.
            self.bytes = Vec::new();
            self.bytes = vec![0; size];
        }
        self.bytes.get_mut(..size)
    }

    /// Takes what a buffer of that size needs beyond what this one has.
    fn take(&mut self, size: usize) -> Option<usize> {
        let more = size.saturating_sub(OWN).saturating_sub(self.taken);
        self.budget.take(more).then_some(())?;
        self.taken += more;
        Some(size)
    }

    /// After a file: gives back what others may want.
    pub(crate) fn settle(&mut self) {
        if self.taken > 0 && self.budget.is_tight() {
            self.bytes = Vec::new();
            self.budget.give_back(self.taken);
            self.taken = 0;
        }
    }
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.taken);
    }
}

/// How many may read piece by piece at once: what each needs has a bound, but no exact measure.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A place among those who read piece by piece.
#[derive(Debug)]
pub(crate) struct Slot<'s>(&'s Slots);

impl Slots {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count),
            freed: Condvar::new(),
        }
    }

    /// Waits for a place.
    pub(crate) fn enter(&self) -> Slot<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.freed.wait_while(free, |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Slot(self)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_take_no_more_than_there_is_and_give_it_back() {
        let budget = Budget::new(4 * OWN);
        let (mut one, mut other) = (Buffer::new(&budget), Buffer::new(&budget));
        assert_eq!(one.room(5 * OWN).unwrap().len(), 5 * OWN);
        assert!(other.room(2 * OWN).is_none());
        assert!(other.room(OWN).is_some());
        one.settle();
        assert!(one.room(OWN).is_some() && other.room(3 * OWN).is_some());
        drop((one, other));
        assert!(!budget.is_tight() && budget.left.into_inner() == 4 * OWN);
    }
}
