//! Maintenance windows: days of the week and a span of time on the clock of one place.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use serde::Deserialize;

/// One window. A span that ends before it begins goes on until the next day; the days are those on which it begins.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    /// Days on which it opens.
    days: Vec<Day>,
    /// When it opens.
    from: Time,
    /// When it closes.
    until: Time,
    /// IANA name of the zone, such as `Europe/Berlin`.
    zone: String,
    /// Only for accounts with this label.
    label: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }
}

impl Window {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.days.is_empty() {
            return Err("a window needs days, such as [\"sat\", \"sun\"]".to_owned());
        }
        TimeZone::get(&self.zone)
            .map(drop)
            .map_err(|error| error.to_string())
    }

    /// Whether it counts for accounts with this label.
    pub(super) fn is_of(&self, label: Option<&str>) -> bool {
        let wanted = self.label.as_deref();
        wanted.is_none_or(|wanted| label.is_some_and(|label| label.eq_ignore_ascii_case(wanted)))
    }

    /// Whether it is open. A zone that is not known any more opens nothing.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        let Ok(zone) = TimeZone::get(&self.zone) else {
            return false;
        };
        let local = now.to_zoned_datetime(zone);
        let (day, time) = (local.weekday(), local.time());
        let opens = |day: Weekday| self.days.iter().any(|open| open.weekday() == day);
        if self.from < self.until {
            return opens(day) && self.from <= time && time < self.until;
        }
        (opens(day) && self.from <= time) || (opens(day.previous()) && time < self.until)
    }

    /// In words.
    pub(crate) fn words(&self) -> String {
        let days: Vec<String> = self
            .days
            .iter()
            .map(|day| format!("{day:?}").to_lowercase())
            .collect();
        let clock = |time: Time| time.strftime("%H:%M").to_string();
        format!(
            "{} {} to {} ({})",
            days.join(", "),
            clock(self.from),
            clock(self.until),
            self.zone
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(days: &str, from: &str, until: &str, zone: &str) -> Window {
        toml::from_str(&format!(
            "days = [{days}]\nfrom = \"{from}\"\nuntil = \"{until}\"\nzone = \"{zone}\"\n"
        ))
        .unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_opens() {
        // 2026-11-21 is a Saturday.
        let night = window("\"sat\"", "22:00", "04:00", "UTC");
        assert!(!night.is_open(at("2026-11-21T21:59:59Z")));
        assert!(night.is_open(at("2026-11-21T22:00:00Z")));
        assert!(night.is_open(at("2026-11-22T03:59:59Z")));
        assert!(!night.is_open(at("2026-11-22T04:00:00Z")));
        assert!(!night.is_open(at("2026-11-21T03:00:00Z")), "Friday's night");
    }

    #[test]
    fn the_clock_is_that_of_the_place_in_summer_and_in_winter() {
        let noon = window("\"mon\", \"wed\"", "12:00", "13:00", "Europe/Berlin");
        assert!(noon.is_open(at("2026-07-01T10:30:00Z")) && !noon.is_open(at("2026-07-01T11:30:00Z")));
        assert!(noon.is_open(at("2026-11-23T11:30:00Z")) && !noon.is_open(at("2026-11-23T10:30:00Z")));
        assert!(!noon.is_open(at("2026-11-24T11:30:00Z")), "a Tuesday");
        assert_eq!(noon.words(), "mon, wed 12:00 to 13:00 (Europe/Berlin)");
    }

    #[test]
    fn equal_times_are_a_whole_day() {
        let day = window("\"sun\"", "06:00", "06:00", "UTC");
        assert!(day.is_open(at("2026-11-22T06:00:00Z")) && day.is_open(at("2026-11-23T05:59:00Z")));
        assert!(!day.is_open(at("2026-11-23T06:00:00Z")));
    }
}
