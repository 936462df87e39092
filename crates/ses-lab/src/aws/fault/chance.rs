//! Faults by chance. A draw depends on the seed, the call and how often it was made before, and on nothing else: calls
//! that run side by side do not change each other's luck.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::state::Shared;
use crate::world::Chance;

use super::super::error::{ApiError, Protocol, Trouble, trouble};

/// The luck of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw<'a> {
    chance: &'a Chance,
    call: &'a str,
    times: u64,
}

impl<'a> Draw<'a> {
    /// Draws for a call; `None` when nothing is left to chance.
    pub(crate) fn of(shared: &'a Shared, call: &'a str) -> Option<Self> {
        let chance = shared.world.faults.chance.as_ref()?;
        let mut live = shared.live();
        let made = live.calls_made.entry(call.to_owned()).or_default();
        *made += 1;
        Some(Self {
            chance,
            call,
            times: *made,
        })
    }

    /// Throttled, or failing.
    pub(crate) fn strikes(&self, protocol: Protocol) -> Result<(), ApiError> {
        if self.falls("throttled", self.chance.throttled) {
            return Err(trouble(protocol, Trouble::Throttled, "Rate exceeded"));
        }
        if self.falls("failing", self.chance.failing) {
            let message = "The service is unable to process the request at the moment.";
            return Err(trouble(protocol, Trouble::Broken, message));
        }
        Ok(())
    }

    /// The read sees an older state.
    pub(crate) fn is_stale(&self) -> bool {
        self.falls("stale", self.chance.stale)
    }

    /// How many seconds such a state is old.
    pub(crate) fn lag(&self) -> u32 {
        self.chance.stale_seconds
    }

    fn falls(&self, what: &str, probability: f64) -> bool {
        number(self.chance.seed, &format!("{what} {} {}", self.call, self.times)) < probability
    }
}

/// How long the nth request is held up.
pub(crate) fn delay(shared: &Shared) -> Duration {
    let Some(chance) = shared
        .world
        .faults
        .chance
        .as_ref()
        .filter(|chance| chance.latency_ms > 0)
    else {
        return Duration::ZERO;
    };
    let mut live = shared.live();
    let times = live.calls_made.entry(String::new()).or_default();
    *times += 1;
    Duration::from_millis(chance.latency_ms).mul_f64(number(chance.seed, &format!("latency {times}")))
}

/// A number from 0 to 1, the same each time for the same words.
fn number(seed: u64, words: &str) -> f64 {
    let digest = Sha256::digest(format!("{seed} {words}").as_bytes());
    let bytes = digest
        .iter()
        .take(4)
        .fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    f64::from(bytes) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_draw_the_same_and_all_numbers_come() {
        assert_eq!(number(7, "a").to_bits(), number(7, "a").to_bits());
        let drawn: Vec<f64> = (0..1000).map(|n| number(n, "x")).collect();
        assert!(drawn.iter().all(|number| (0.0..=1.0).contains(number)));
        let low = drawn.iter().filter(|number| **number < 0.2).count();
        assert!((150..250).contains(&low), "{low} of 1000 are below a fifth");
    }
}
