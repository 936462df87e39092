//! When an account stopped sending, told from the series of its sends alone.
//!
//! Silence at the end of the series counts only if the past does not explain it. It is measured against two things, so
//! that nights, week-ends and rare newsletters are not taken for trouble:
//!
//! - against every earlier silence: it is more than twice as long as the longest of them, in a series that reaches back
//!   further than the silence does. For a sender whose pauses are random, twice the longest of *n* pauses comes about by
//!   chance once in *n*²/2 times, which is why a handful of sends proves nothing;
//! - against the same hours a week earlier: mail went out in several periods of them.
//!
//! A fall that is not to nothing, as when one of several senders stops, gives no onset.

use super::MetricSeries;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Data points come late: the end of the series is not judged. Five to ten minutes are general knowledge, unsourced.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// A shorter silence is none.
const SHORTEST: SignedDuration = SignedDuration::from_mins(15);
/// Fewer periods with mail do not make a habit.
const FEWEST: usize = 8;
/// The habit is at least so old.
const HABIT: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many periods with mail in the same hours a week earlier.
const FEWEST_A_WEEK_EARLIER: usize = 5;

/// The end of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onset {
    /// The beginning of the last period in which mail was sent.
    pub last_sent: Timestamp,
    /// The end of that period: nothing was sent from then on.
    pub since: Timestamp,
}

pub(super) fn onset(sends: &MetricSeries, from: Timestamp, until: Timestamp) -> Option<Onset> {
    let period = SignedDuration::from_secs(i64::from(sends.period_seconds));
    let with_mail: Vec<Timestamp> = sends
        .points()
        .filter(|(_, sent)| *sent > 0.0)
        .map(|(at, _)| at)
        .collect();
    let (first, last_sent) = (*with_mail.first()?, *with_mail.last()?);
    let since = last_sent.checked_add(period).ok()?;
    let end = until.checked_sub(LATE).ok()?;
    let silence = end.duration_since(since);
    if silence < SHORTEST {
        return None;
    }
    let habit = with_mail.len() >= FEWEST && last_sent.duration_since(first) >= HABIT.max(silence);
    let unusual = habit && silence > longest_pause(&with_mail, period).saturating_mul(2);
    let missed = mail_a_week_earlier(&with_mail, since, end, from);
    (unusual || missed).then_some(Onset { last_sent, since })
}

fn longest_pause(with_mail: &[Timestamp], period: SignedDuration) -> SignedDuration {
    let pauses = with_mail
        .iter()
        .zip(with_mail.iter().skip(1))
        .map(|(one, next)| next.duration_since(*one) - period);
    pauses.max().unwrap_or_default()
}

fn mail_a_week_earlier(with_mail: &[Timestamp], since: Timestamp, end: Timestamp, from: Timestamp) -> bool {
    let (Ok(begin), Ok(end)) = (since.checked_sub(WEEK), end.checked_sub(WEEK)) else {
        return false;
    };
    let then = with_mail.iter().filter(|at| **at >= begin && **at < end);
    begin >= from && then.count() >= FEWEST_A_WEEK_EARLIER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::SendingMetrics;
    use proptest::prelude::*;

    const PERIOD: i64 = 300;
    /// A Wednesday, 12:00.
    const NOW: i64 = 1_789_560_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn weeks_before_now(weeks: i64) -> i64 {
        NOW - weeks * 7 * 86_400
    }

    /// Two weeks of sends, one for each period in which `sends` holds, up to `minutes` before now.
    fn stopped(minutes: i64, sends: impl Fn(i64) -> bool) -> Option<Onset> {
        let begin = weeks_before_now(2);
        let points = (begin..NOW - minutes * 60)
            .step_by(300)
            .filter(|second| sends(*second))
            .map(|second| (at(second), 3.0));
        let series = MetricSeries::of_points("Send", 300, (at(begin), at(NOW)), points);
        let metrics = SendingMetrics {
            region: "eu-west-1".into(),
            from: at(begin),
            until: at(NOW),
            series: vec![series],
        };
        metrics.onset()
    }

    fn hour(second: i64) -> i64 {
        second.div_euclid(3600) % 24
    }

    fn weekday(second: i64) -> i64 {
        // 1970-01-01 was a Thursday.
        (second.div_euclid(86_400) + 3) % 7
    }

    #[test]
    fn a_steady_sender_that_falls_silent_has_an_onset_to_the_period() {
        let onset = stopped(60, |_| true).unwrap();
        assert_eq!(onset.since, at(NOW - 3600));
        assert_eq!(onset.last_sent, at(NOW - 3600 - PERIOD));
        assert_eq!(stopped(20, |_| true), None, "data points come late");
    }

    #[test]
    fn office_hours_are_told_from_an_outage_within_them() {
        assert_eq!((hour(NOW), weekday(NOW)), (12, 2));
        let office = |second| weekday(second) < 5 && (8..18).contains(&hour(second));
        assert_eq!(stopped(0, office), None);
        assert!(stopped(60, office).is_some(), "an hour of silence before noon");
        let morning = |second| (8..11).contains(&hour(second));
        assert_eq!(stopped(0, morning), None, "every day is over by eleven");
    }

    #[test]
    fn a_newsletter_a_week_and_a_single_burst_are_no_habit() {
        let newsletter = |second| weekday(second) == 1 && hour(second) == 10;
        assert_eq!(stopped(0, newsletter), None);
        let burst = |second| (NOW - 7200..NOW - 3600).contains(&second);
        assert_eq!(stopped(0, burst), None);
    }

    #[test]
    fn an_account_that_never_sent_did_not_stop() {
        assert_eq!(stopped(0, |_| false), None);
    }

    #[test]
    fn days_of_silence_are_seen_as_well() {
        let office = |second| weekday(second) < 5 && (8..18).contains(&hour(second));
        let onset = stopped(2 * 24 * 60, office).unwrap();
        assert_eq!(onset.since, at(NOW - 2 * 86_400));
    }

    proptest! {
        #[test]
        fn an_onset_is_after_all_mail_and_in_the_window(
            minutes in 0_i64..3000,
            gone in proptest::collection::vec(any::<bool>(), 1..50),
        ) {
            let pick = |second: i64| {
                let index = usize::try_from(second.div_euclid(PERIOD)).unwrap() % gone.len();
                gone[index]
            };
            if let Some(onset) = stopped(minutes, pick) {
                prop_assert!(onset.last_sent < onset.since);
                prop_assert!(onset.since < at(NOW - minutes * 60 + PERIOD));
            }
        }
    }
}
