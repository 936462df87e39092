//! What the fuzz target of `client-log` does with its input. The tests of `client-log` run it over the seeds and over random
//! input, so that it cannot rot.

use client_log::{Scanner, moment};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A canary: an SMTP password of AWS's own example key.
const PASSWORD: &str = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk";

/// A log, in pieces whose size the first byte tells. How it is cut must make no difference, and no password may be seen.
pub(crate) fn client_log(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else {
        return;
    };
    let whole = scan(bytes, bytes.len().max(1));
    let pieces = scan(bytes, usize::from(*size).max(1));
    assert_eq!(whole, pieces);
    let shown = format!(
        "{:?}",
        whole.groups.iter().map(|group| &group.sample).collect::<Vec<_>>()
    );
    let sound = String::from_utf8_lossy(bytes)
        .split_whitespace()
        .any(|word| word == PASSWORD);
    assert!(!sound || !shown.contains(PASSWORD));
}

fn scan(bytes: &[u8], size: usize) -> client_log::Log {
    let mut scanner = Scanner::new();
    bytes.chunks(size).for_each(|piece| scanner.push(piece));
    scanner.finish()
}

/// A log line, read on a day and in a zone that its first bytes tell. What it tells is in reach of a client's clock.
pub(crate) fn log_moment(data: &[u8]) {
    let [day, hour, line @ ..] = data else {
        return;
    };
    let now = Timestamp::from_second(1_700_000_000 + i64::from(*day) * 100_000).unwrap_or_default();
    let offset = i8::try_from(*hour % 27).map_or(0, |hour| hour - 12);
    let zone = TimeZone::fixed(jiff::tz::offset(offset));
    let line = String::from_utf8_lossy(line);
    let Some(told) = moment(&line, now, &zone) else {
        return;
    };
    let other = moment(&line, now, &TimeZone::UTC);
    assert!(
        !told.zoned || other == Some(told),
        "a zone that is named needs no other"
    );
}
