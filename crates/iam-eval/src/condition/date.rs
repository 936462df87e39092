//! Dates: ISO 8601 as the W3C profile has it, or seconds since 1970.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Nanoseconds since 1970; nothing if it is no date. Four digits are a year, as in ISO 8601, not seconds.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_seconds = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_seconds && text.len() != 4 {
        let seconds: i64 = text.parse().ok()?;
        return Some(i128::from(seconds) * 1_000_000_000);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_nanosecond());
    }
    // A time without a zone is taken for UTC.
    let civil = match text.len() {
        4 => format!("{text}-01-01").parse::<Date>().ok()?.into(),
        7 => format!("{text}-01").parse::<Date>().ok()?.into(),
        _ => text.parse::<DateTime>().ok()?,
    };
    let instant = TimeZone::UTC.to_timestamp(civil).ok()?;
    Some(instant.as_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_instant_is_the_same_instant() {
        let forms = [
            "2024-01-01T00:00:00Z",
            "2024-01-01T01:00:00+01:00",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00.000Z",
            "2024-01-01",
            "2024-01",
            "2024",
            "1704067200",
        ];
        for form in forms {
            assert_eq!(parse(form), Some(1_704_067_200_000_000_000), "{form}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "2024-13-01",
            "2024-01-01T25:00:00Z",
            "-",
            "99999999999999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
