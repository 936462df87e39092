//! The SDK's values in our own types.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// A time; `None` when it is out of range.
pub(crate) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// A text, unless it says nothing: `N/A` is IAM's word for "never used".
pub(super) fn meaningful(text: &str) -> Option<String> {
    (!text.is_empty() && text != "N/A").then(|| text.to_owned())
}

/// Seconds since 1970, as JSON protocols write times; `None` when it is out of range.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is out of range saturates, and is refused"
)]
pub(super) fn epoch(seconds: f64) -> Option<Timestamp> {
    let milliseconds = seconds * 1000.0;
    milliseconds
        .is_finite()
        .then(|| Timestamp::from_millisecond(milliseconds as i64).ok())?
}
