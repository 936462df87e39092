//! When a client's log shows the failure that was taken from it as the symptom.

use crate::error::CliError;
use client_log::{Event, Group, Log, Worked, moment};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use ses_doctor_core::evidence::{LogTime, LoggedFailures};

/// The clock of a log whose times bear no zone.
#[derive(Debug, Clone)]
pub(crate) struct LogClock {
    now: Timestamp,
    zone: TimeZone,
    told: bool,
}

impl LogClock {
    /// As the person told, else this computer's own.
    pub(crate) fn new(zone: Option<&str>) -> Result<Self, CliError> {
        let found = match zone {
            Some(name) => named(name)?,
            None => TimeZone::system(),
        };
        Ok(Self {
            now: Timestamp::now(),
            zone: found,
            told: zone.is_some(),
        })
    }

    fn time(&self, line: &str) -> Option<LogTime> {
        let moment = moment(line, self.now, &self.zone)?;
        let assumed = !moment.zoned && !self.told;
        let name = || {
            let name = self.zone.iana_name();
            name.unwrap_or("this computer's time zone").to_owned()
        };
        Some(LogTime {
            at: moment.at,
            assumed_zone: assumed.then(name),
        })
    }
}

/// An IANA name, or an offset.
fn named(name: &str) -> Result<TimeZone, CliError> {
    let found = match name.starts_with(['+', '-']) {
        true => fixed(name),
        false => TimeZone::get(name).ok(),
    };
    found.ok_or_else(|| {
        CliError::usage(
            format!("no time zone is called {name}"),
            "write an IANA name, such as Europe/Berlin or UTC, or an offset, such as +02:00",
        )
    })
}

/// The offset by which midnight there differs from midnight in UTC.
fn fixed(offset: &str) -> Option<TimeZone> {
    let midnight = |zone: &str| format!("2026-01-01T00:00{zone}").parse::<Timestamp>().ok();
    let seconds = midnight("Z")?.as_second() - midnight(offset)?.as_second();
    let offset = Offset::from_seconds(i32::try_from(seconds).ok()?).ok()?;
    Some(TimeZone::fixed(offset))
}

/// The failures of one group, and what the log shows to have worked.
pub(crate) fn of_log(log: &Log, group: &Group, clock: &LogClock) -> LoggedFailures {
    let time = |text: &Option<String>| text.as_deref().and_then(|text| clock.time(text));
    let last = |worked: Worked| {
        let groups = log.groups.iter().filter(|other| is_success(other, worked));
        groups
            .filter_map(|other| time(&other.last_time))
            .max_by_key(|time| time.at)
    };
    LoggedFailures {
        count: group.count,
        first: time(&group.first_time),
        last: time(&group.last_time),
        last_login: last(Worked::Login),
        last_sent: last(Worked::Sent),
    }
}

/// A line that a person gave, when it bears a time.
pub(crate) fn of_line(line: &str, clock: &LogClock) -> Option<LoggedFailures> {
    let time = clock.time(line)?;
    Some(LoggedFailures {
        count: 1,
        first: Some(time.clone()),
        last: Some(time),
        last_login: None,
        last_sent: None,
    })
}

/// With SES, as far as the log tells where.
fn is_success(group: &Group, kind: Worked) -> bool {
    match &group.event {
        Event::Worked(success) => {
            let endpoint = success.endpoint.as_ref();
            let elsewhere = endpoint.is_some_and(|endpoint| !endpoint.is_ses_smtp());
            kind == success.what && !elsewhere
        }
        Event::Failed(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_file::LogFile;

    fn clock(zone: &str) -> LogClock {
        LogClock {
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
            ..LogClock::new(Some(zone)).unwrap()
        }
    }

    #[test]
    fn a_log_tells_first_and_last_failure_and_what_worked_before() {
        let relay = "relay=email-smtp.eu-west-1.amazonaws.com[198.51.100.9]:587";
        let refused = "dsn=4.7.8, status=deferred (SASL authentication failed; server \
                       email-smtp.eu-west-1.amazonaws.com[198.51.100.9] said: 535 Authentication Credentials Invalid)";
        let text = format!(
            "Feb 28 10:00:00 mx postfix/smtp[1]: A: to=<a@x.example>, {relay}, dsn=2.0.0, status=sent (250 Ok 0107-x)\n\
             Feb 28 10:05:00 mx postfix/smtp[1]: B: to=<a@x.example>, {relay}, {refused}\n\
             Feb 28 11:05:00 mx postfix/smtp[1]: C: to=<a@x.example>, {relay}, {refused}\n"
        );
        let file = LogFile::of_text(&text);
        let mut groups = file.log.groups.iter();
        let failed = groups.find(|group| matches!(group.event, Event::Failed(_)));
        let logged = of_log(&file.log, failed.unwrap(), &clock("+02:00"));
        let at = |time: &Option<LogTime>| time.as_ref().map(|time| time.at.to_string());
        assert_eq!(logged.count, 2);
        assert_eq!(at(&logged.first).as_deref(), Some("2026-02-28T08:05:00Z"));
        assert_eq!(at(&logged.last).as_deref(), Some("2026-02-28T09:05:00Z"));
        assert_eq!(at(&logged.last_sent).as_deref(), Some("2026-02-28T08:00:00Z"));
        assert_eq!(
            logged.first.unwrap().assumed_zone,
            None,
            "the person told the zone"
        );
    }

    #[test]
    fn a_zone_that_is_none_is_refused() {
        for zone in ["Mars/Olympus", "+99:99", "-", ""] {
            assert!(LogClock::new(Some(zone)).is_err(), "{zone}");
        }
        assert!(LogClock::new(Some("UTC")).is_ok());
    }
}
