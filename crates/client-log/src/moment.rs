//! The time at the head of a log line as a moment. Zones and years are often missing: the year is the last one in which the
//! date has been, the zone is the caller's to say.

use crate::time::time_of;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A moment that a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The moment.
    pub at: Timestamp,
    /// The line names its zone; otherwise `at` is right if its clock runs in the zone that was given.
    pub zoned: bool,
}

/// A date without a year may be so far ahead, where clocks and zones differ; else it was last year.
const AHEAD_DAYS: i64 = 1;

/// The moment at the head of a line; `None` when there is no time, or a clock without a date.
pub fn moment(line: &str, now: Timestamp, zone: &TimeZone) -> Option<Moment> {
    let text = time_of(line)?;
    if let Ok(at) = text.replace('/', "-").parse::<Timestamp>() {
        return Some(Moment { at, zoned: true });
    }
    let civil = dated(text)
        .or_else(|| slashed(text))
        .or_else(|| syslog(text, now, zone))?;
    let at = zone.to_timestamp(civil).ok()?;
    Some(Moment { at, zoned: false })
}

/// `2026-01-02 12:35:45`, `2026/01/02 12:35:45`.
fn dated(text: &str) -> Option<DateTime> {
    let iso = text.replace('/', "-").replacen(' ', "T", 1);
    iso.parse().ok().filter(|_| iso.contains('T'))
}

/// `30/May/2024:16:15:05`, `30-May-2024 16:15:05`.
fn slashed(text: &str) -> Option<DateTime> {
    let (day, rest) = text.split_once(['/', '-'])?;
    let (month, rest) = rest.split_once(['/', '-'])?;
    let (year, clock) = rest.split_once([':', ' '])?;
    let date = Date::new(year.parse().ok()?, number_of(month)?, day.parse().ok()?).ok()?;
    Some(date.to_datetime(time(clock)?))
}

/// `Jun  6 15:49:11`.
fn syslog(text: &str, now: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    let mut words = text.split_whitespace();
    let month = number_of(words.next()?)?;
    let day = words.next()?.parse().ok()?;
    let clock = time(words.next()?)?;
    let today = zone.to_datetime(now).date();
    let latest = today.checked_add(jiff::Span::new().days(AHEAD_DAYS)).ok()?;
    // Eight years hold a 29 February.
    let years = (0..8).filter_map(|back| Date::new(latest.year().checked_sub(back)?, month, day).ok());
    let date = years.filter(|date| *date <= latest).max()?;
    Some(date.to_datetime(clock))
}

fn time(clock: &str) -> Option<Time> {
    clock.parse().ok()
}

fn number_of(month: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let index = MONTHS.iter().position(|name| month.eq_ignore_ascii_case(name))?;
    i8::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::offset;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn told(line: &str) -> Option<(String, bool)> {
        let zone = TimeZone::fixed(offset(2));
        moment(line, now(), &zone).map(|moment| (moment.at.to_string(), moment.zoned))
    }

    #[test]
    fn a_zone_in_the_line_counts_before_the_given_one() {
        for line in [
            "2026-02-28T10:00:05+00:00 x",
            "t=2026-02-28T11:00:05+0100 x",
            "{\"time\":\"2026-02-28T10:00:05Z\"}",
        ] {
            assert_eq!(
                told(line),
                Some(("2026-02-28T10:00:05Z".to_owned(), true)),
                "{line}"
            );
        }
    }

    #[test]
    fn without_a_zone_the_given_one_counts() {
        for line in [
            "[2026-02-28 12:00:05] x",
            "2026/02/28 12:00:05 x",
            "28/Feb/2026:12:00:05 x",
            "Feb 28 12:00:05 mail postfix/smtp[1]: x",
        ] {
            assert_eq!(
                told(line),
                Some(("2026-02-28T10:00:05Z".to_owned(), false)),
                "{line}"
            );
        }
    }

    #[test]
    fn a_date_without_a_year_is_the_last_one_that_was() {
        let year = |line: &str| told(line).map(|(at, _)| at.chars().take(4).collect::<String>());
        assert_eq!(year("Mar  1 12:00:00 x").as_deref(), Some("2026"));
        assert_eq!(
            year("Mar  2 08:00:00 x").as_deref(),
            Some("2026"),
            "a clock that is ahead"
        );
        assert_eq!(year("Dec 31 23:59:59 x").as_deref(), Some("2025"));
        assert_eq!(year("Feb 29 12:00:00 x").as_deref(), Some("2024"));
    }

    #[test]
    fn a_clock_alone_is_no_moment() {
        assert_eq!(told("12:35:45,535 ERROR x"), None);
        assert_eq!(told("535 Authentication Credentials Invalid"), None);
    }

    proptest! {
        #[test]
        fn any_line_has_an_answer(line in "\\PC{0,60}") {
            let _ = told(&line);
        }

        #[test]
        fn any_numbers_have_an_answer(day in 0..40, month in "[A-Z][a-z]{2}", clock in "[0-9]{2}:[0-9]{2}:[0-9]{2}") {
            let _ = told(&format!("{month} {day:2} {clock} x"));
            let _ = told(&format!("{day:02}/{month}/2026:{clock} x"));
        }
    }
}
