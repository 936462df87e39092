//! What is told of a search in CloudTrail's history: how far it goes, and what is missing.

use super::plural;
use crate::commands::trail::history::{End, History};
use jiff::Timestamp;

/// When the filter has nothing that AWS could be asked by.
pub(crate) const ALL_EVENTS: &str = "the filter has no value that AWS could be asked by: every event of the time is read, 100 a second; --since narrows it";

/// One line about one region.
pub(crate) fn region(history: &History) -> String {
    let read = format!(
        "{}: {}, {} read",
        history.region,
        plural(u64::from(history.requests), "request"),
        plural(history.events as u64, "event")
    );
    let told = match &history.end {
        End::Complete => "complete".to_owned(),
        End::Cut(second) => format!(
            "CUT at --most-requests: nothing before {} was read for certain; the same command with --cache goes on",
            time(*second)
        ),
        End::Silent(why) => format!("NOT COMPLETE: {why}"),
    };
    match history.without_text {
        0 => format!("{read}; {told}"),
        count => format!("{read}; {told}; {} without text", plural(count as u64, "event")),
    }
}

/// One line about the whole.
pub(crate) fn found(events: u64, from: i64) -> String {
    format!(
        "{}; management events since {}: the history goes back 90 days, and holds no data events",
        plural(events, "event"),
        time(from)
    )
}

/// As CloudTrail writes it.
pub(crate) fn time(second: i64) -> String {
    Timestamp::from_second(second).map_or_else(|_| second.to_string(), |at| at.to_string())
}
