//! How long to wait between trials, and when to end: a login too many helps nobody.

use crate::experiment::trial::{Purpose, Reach, Stop, Trial};
use std::time::Duration;

/// AWS's advice after a reply that asks for less: 5 s, 10 s, 30 s (developer guide, "Amazon SES SMTP issues"), at a pace of
/// one second.
const GROWING: [u32; 3] = [5, 10, 30];
/// Replies in a row that ask for less, after which it ends.
const BUSY: usize = 4;
/// Refusals in a row of a pair that was taken before, after which it ends.
const REFUSALS: usize = 3;

/// The wait before a trial that goes so far. Whatever touches a login keeps the whole pace; connections alone a fifth of it.
pub(super) fn before(trials: &[Trial], next: Reach, pace: Duration) -> Duration {
    let Some(last) = trials.last() else {
        return Duration::ZERO;
    };
    let usual = match (last.reach, next) {
        (Reach::Connection, Reach::Connection) => pace / 5,
        (Reach::Login, _) | (_, Reach::Login) => pace,
    };
    let busy = busy_in_a_row(trials);
    let growing = GROWING.get(busy.min(GROWING.len()).wrapping_sub(1)).copied();
    growing.map_or(usual, |times| (pace * times).max(usual))
}

/// What the last trials say against going on.
pub(super) fn sign_to_stop(trials: &[Trial]) -> Option<Stop> {
    if busy_in_a_row(trials) >= BUSY {
        return Some(Stop::Throttled);
    }
    let logins = || trials.iter().filter(|trial| trial.reach == Reach::Login);
    let refused = logins()
        .rev()
        .take_while(|trial| trial.outcome.refuses_pair())
        .count();
    let had_worked = logins().any(|trial| trial.outcome.works());
    (refused >= REFUSALS && had_worked).then_some(Stop::LockedOut)
}

fn busy_in_a_row(trials: &[Trial]) -> usize {
    let made = trials
        .iter()
        .rev()
        .filter(|trial| trial.purpose != Purpose::Given);
    made.take_while(|trial| trial.outcome.asks_for_less()).count()
}
