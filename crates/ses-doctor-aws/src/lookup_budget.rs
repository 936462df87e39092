//! The budget of `LookupEvents`: two requests a second for each account and region (botocore's model of CloudTrail).
//! Every collector of one diagnosis draws from the same one, so that none of them is throttled by another.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A little more than the second in which two may be made: requests do not all travel equally fast.
const WINDOW: Duration = Duration::from_millis(1050);

/// When the last two requests of each region were, or are to be, made.
#[derive(Debug)]
pub(crate) struct LookupBudget {
    window: Duration,
    regions: Mutex<BTreeMap<String, [Option<Instant>; 2]>>,
}

impl Default for LookupBudget {
    fn default() -> Self {
        Self::of(WINDOW)
    }
}

impl LookupBudget {
    /// Two requests in each `window`.
    pub(crate) fn of(window: Duration) -> Self {
        Self {
            window,
            regions: Mutex::default(),
        }
    }

    /// Waits until one more request may be made in `region`.
    pub(crate) async fn turn(&self, region: &str) {
        let at = self.reserve(region, Instant::now());
        sleep_until(at).await;
    }

    /// Somebody else spends the same budget: nobody here asks before `pause` is over.
    pub(crate) fn hold(&self, region: &str, pause: Duration) {
        let until = Instant::now() + pause;
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let [_, last] = regions.entry(region.to_owned()).or_default();
        *last = (*last).max(Some(until));
    }

    fn reserve(&self, region: &str, now: Instant) -> Instant {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let [before, last] = regions.entry(region.to_owned()).or_default();
        let free = before.map(|at| at + self.window);
        let at = [free, *last].into_iter().flatten().fold(now, Instant::max);
        (*before, *last) = (*last, Some(at));
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offsets(budget: &LookupBudget, region: &str, requests: u32) -> Vec<u128> {
        let start = Instant::now();
        let all = (0..requests).map(|_| budget.reserve(region, start));
        all.map(|at| (at - start).as_millis()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn two_go_at_once_and_every_further_pair_a_window_later() {
        let budget = LookupBudget::default();
        assert_eq!(offsets(&budget, "us-east-1", 5), [0, 0, 1050, 1050, 2100]);
        assert_eq!(
            offsets(&budget, "eu-west-1", 2),
            [0, 0],
            "each region has its own budget"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_throttle_everybody_waits() {
        let budget = LookupBudget::default();
        budget.hold("us-east-1", Duration::from_secs(2));
        assert_eq!(offsets(&budget, "us-east-1", 2), [2000, 3050]);
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_three(waits in proptest::collection::vec(0_u64..2500, 1..40)) {
            let budget = LookupBudget::default();
            let mut now = Instant::now();
            let mut made: Vec<Instant> = Vec::new();
            for wait in waits {
                now += Duration::from_millis(wait);
                made.push(budget.reserve("us-east-1", now));
            }
            for three in made.windows(3) {
                prop_assert!(three[2] - three[0] >= WINDOW, "{three:?}");
            }
        }
    }
}
