//! When each need was asked for and met, and the longest chain of needs that waited for each other.

use ses_doctor_core::Need;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// The book of one collection.
#[derive(Debug)]
pub(crate) struct Schedule {
    started: Instant,
    flights: BTreeMap<Need, Flight>,
}

#[derive(Debug)]
struct Flight {
    begun: Instant,
    after: Option<Need>,
    took: Option<Duration>,
}

/// How long a collection took, and the chain that it could not have been shorter than.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timing {
    /// All of it.
    pub(crate) elapsed: Duration,
    /// The sum of the chain.
    pub(crate) critical_path: Duration,
    /// The chain, first to last.
    pub(crate) chain: Vec<(Need, Duration)>,
}

impl Schedule {
    /// Opens the book.
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            flights: BTreeMap::new(),
        }
    }

    /// A need is asked for, because `after` was met (or at the start).
    pub(crate) fn begin(&mut self, need: Need, after: Option<Need>) {
        self.flights.insert(
            need,
            Flight {
                begun: Instant::now(),
                after,
                took: None,
            },
        );
    }

    /// A need is met. False for what was never booked: what was known at the start and is only refined.
    pub(crate) fn finish(&mut self, need: Need) -> bool {
        let Some(flight) = self.flights.get_mut(&need) else {
            return false;
        };
        flight.took = Some(flight.begun.elapsed());
        true
    }

    /// Everything asked for so far.
    pub(crate) fn begun(&self) -> BTreeSet<Need> {
        self.flights.keys().copied().collect()
    }

    /// Asked for and not met.
    pub(crate) fn in_flight(&self) -> Vec<Need> {
        self.flights
            .iter()
            .filter(|(_, flight)| flight.took.is_none())
            .map(|(need, _)| *need)
            .collect()
    }

    /// How many are met.
    pub(crate) fn done(&self) -> usize {
        self.flights
            .values()
            .filter(|flight| flight.took.is_some())
            .count()
    }

    /// Closes the book.
    pub(crate) fn timing(&self) -> Timing {
        let chains = self.flights.keys().map(|need| self.chain_to(*need));
        let longest = chains.max_by_key(|chain| chain.iter().map(|(_, took)| *took).sum::<Duration>());
        let chain = longest.unwrap_or_default();
        Timing {
            elapsed: self.started.elapsed(),
            critical_path: chain.iter().map(|(_, took)| *took).sum(),
            chain,
        }
    }

    fn chain_to(&self, last: Need) -> Vec<(Need, Duration)> {
        let mut chain = Vec::new();
        let mut next = Some(last);
        while let Some((need, flight)) = next.and_then(|need| self.flights.get_key_value(&need)) {
            chain.push((*need, flight.took.unwrap_or_else(|| flight.begun.elapsed())));
            // A need begins after others only, so this ends; the bound is for readers.
            next = flight.after.filter(|_| chain.len() <= self.flights.len());
        }
        chain.reverse();
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_follows_what_was_waited_for() {
        let mut schedule = Schedule::start();
        schedule.begin(Need::Probe, None);
        schedule.begin(Need::Caller, None);
        assert!(schedule.finish(Need::Caller));
        std::thread::sleep(Duration::from_millis(2));
        assert!(schedule.finish(Need::Probe));
        schedule.begin(Need::Regions, Some(Need::Probe));
        assert!(schedule.finish(Need::Regions));
        let chain: Vec<Need> = schedule
            .timing()
            .chain
            .into_iter()
            .map(|(need, _)| need)
            .collect();
        assert_eq!(chain, [Need::Probe, Need::Regions]);
        assert!(!schedule.finish(Need::User));
    }
}
