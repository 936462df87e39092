//! From what was typed to the filter that all ways of searching CloudTrail share.

use crate::args::TrailFilterArgs;
use crate::error::CliError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};
use trail_scan::Filter;

/// The filter, with times counted from `now`.
pub(super) fn filter(args: &TrailFilterArgs, now: Timestamp) -> Result<Filter, CliError> {
    let since = args
        .since
        .as_deref()
        .map(|text| time("--since", text, now))
        .transpose()?;
    let until = args
        .until
        .as_deref()
        .map(|text| time("--until", text, now))
        .transpose()?;
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        let what = format!("nothing lies between --since {since} and --until {until}");
        return Err(CliError::usage(what, "exchange the two, or widen the time"));
    }
    Ok(Filter {
        access_keys: args.access_key.clone(),
        users: args.user.clone(),
        roles: args.role.clone(),
        actions: args.action.clone(),
        sources: args.event_source.clone(),
        error_codes: args.error_code.clone(),
        source_ips: args.source_ip.clone(),
        regions: args.region.clone(),
        request_ids: args.request_id.clone(),
        texts: args.text.clone(),
        since,
        until,
    })
}

fn time(option: &str, text: &str, now: Timestamp) -> Result<Timestamp, CliError> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let of_day = text
        .parse::<Date>()
        .ok()
        .and_then(|day| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    if let Some(midnight) = of_day {
        return Ok(midnight);
    }
    let span = text.trim_start_matches('-').parse::<Span>().ok();
    let back = span.and_then(|span| span.abs().to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    let before = back.and_then(|back| now.checked_sub(back).ok());
    before.ok_or_else(|| {
        CliError::usage(
            format!("`{text}` after {option} is no time"),
            "write 2026-03-04T05:06:07Z, 2026-03-04 (midnight UTC), or a span back from now such as 2h or 7d",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_days_and_spans_are_read() {
        let now: Timestamp = "2026-03-10T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z"),
            ("2026-03-04T05:06:07+02:00", "2026-03-04T03:06:07Z"),
            ("2026-03-04", "2026-03-04T00:00:00Z"),
            ("2h", "2026-03-10T10:00:00Z"),
            ("-7d", "2026-03-03T12:00:00Z"),
        ] {
            assert_eq!(
                time("--since", text, now).unwrap(),
                expected.parse().unwrap(),
                "{text}"
            );
        }
        assert!(time("--since", "yesterday", now).is_err());
    }
}
