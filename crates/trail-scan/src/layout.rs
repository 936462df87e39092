//! What a folder of CloudTrail's layout may hold, so that what is ruled out need not even be listed.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::filter::Filter;

/// What is wanted of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Nothing: all in it is of another region, another time, or not of CloudTrail's events.
    Nothing,
    /// Some of the folders in it.
    Part,
    /// Everything in it.
    Whole,
    /// It does not belong to the layout, as far as its name tells.
    Unknown,
}

/// What of a folder is wanted, by its name, which ends in a slash:
/// `[prefix/]AWSLogs/[o-ID/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/`. (CloudTrail User Guide, "Finding your CloudTrail log
/// files".) What other services deliver beside `CloudTrail/`, and CloudTrail's digests, hold no events.
pub fn extent(folder: &str, filter: &Filter) -> Extent {
    let names: Vec<&str> = folder.trim_end_matches('/').split('/').collect();
    // Whoever copies an archive may put it below another of that name; the last one is CloudTrail's.
    let Some(at) = names.iter().rposition(|name| *name == "AWSLogs") else {
        return Extent::Unknown;
    };
    let rest = names.get(at + 1..).unwrap_or_default();
    let below = match rest {
        [organization, below @ ..] if organization.starts_with("o-") => below,
        below => below,
    };
    match below {
        [] => Extent::Part,
        [account] if is_account(account) => Extent::Part,
        [account, service, place @ ..] if is_account(account) => match *service {
            "CloudTrail" => of_place(place, filter),
            // CloudTrail's other kinds of events have names of their own, and a layout that is not sourced.
            other if other.starts_with("CloudTrail-") && other != "CloudTrail-Digest" => Extent::Unknown,
            _ => Extent::Nothing,
        },
        _ => Extent::Unknown,
    }
}

fn is_account(name: &str) -> bool {
    name.len() == 12 && name.bytes().all(|digit| digit.is_ascii_digit())
}

/// `REGION/YYYY/MM/DD`, as far as it goes.
fn of_place(place: &[&str], filter: &Filter) -> Extent {
    let any_time = filter.since.is_none() && filter.until.is_none();
    let [region, day @ ..] = place else {
        return match any_time && filter.regions.is_empty() {
            true => Extent::Whole,
            false => Extent::Part,
        };
    };
    if !is_region(region) {
        return Extent::Unknown;
    }
    if !filter.regions.is_empty() && !filter.regions.iter().any(|name| name.matches(region)) {
        return Extent::Nothing;
    }
    if day.is_empty() {
        return if any_time { Extent::Whole } else { Extent::Part };
    }
    match days(day) {
        Some((first, end)) => of_time(first, end, filter),
        None => Extent::Unknown,
    }
}

/// `eu-west-1`, `us-gov-east-1`.
fn is_region(name: &str) -> bool {
    let mut parts = name.split('-');
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_lowercase());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    let last = parts.next_back();
    last.is_some_and(is_number) && parts.clone().count() >= 2 && parts.all(is_word)
}

/// The first day of a year, a month or a day, and the one behind its last.
fn days(names: &[&str]) -> Option<(Date, Date)> {
    let number = |name: &str, digits: usize| {
        let plain = name.len() == digits && name.bytes().all(|digit| digit.is_ascii_digit());
        plain.then(|| name.parse::<i16>().ok()).flatten()
    };
    let part = |name| i8::try_from(number(name, 2)?).ok();
    let (year, month, day, span) = match names {
        [year] => (year, 1, 1, 1.year()),
        [year, month] => (year, part(month)?, 1, 1.month()),
        [year, month, day] => (year, part(month)?, part(day)?, 1.day()),
        _ => return None,
    };
    let first = Date::new(number(year, 4)?, month, day).ok()?;
    Some((first, first.checked_add(span).ok()?))
}

/// Files stand in the folder of the day of their delivery, which is after their events: minutes as a rule, of which AWS gives no
/// bound, so that only a day after the last wanted moment counts as too late.
fn of_time(first: Date, end: Date, filter: &Filter) -> Extent {
    let midnight = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let (Some(from), Some(to)) = (midnight(first), midnight(end)) else {
        return Extent::Unknown;
    };
    let latest = filter.until.map(latest_delivery);
    if filter.since.is_some_and(|since| to <= since) || latest.is_some_and(|latest| from > latest) {
        return Extent::Nothing;
    }
    let inside = filter.since.is_none_or(|since| since <= from) && latest.is_none_or(|latest| to <= latest);
    let is_day = end.duration_since(first) <= SignedDuration::from_hours(24);
    match inside || is_day {
        true => Extent::Whole,
        false => Extent::Part,
    }
}

/// The last moment at which an event from before `until` may be delivered.
pub(crate) fn latest_delivery(until: Timestamp) -> Timestamp {
    until
        .saturating_add(SignedDuration::from_hours(24))
        .unwrap_or(until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Name;
    use crate::walk::{Standing, standing};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn filter(region: Option<&str>, since: Option<&str>, until: Option<&str>) -> Filter {
        Filter {
            regions: region.map(Name::new).into_iter().collect(),
            since: since.map(|time| time.parse().unwrap()),
            until: until.map(|time| time.parse().unwrap()),
            ..Filter::default()
        }
    }

    #[test]
    fn what_is_not_of_cloudtrails_events_is_nothing_and_what_is_not_its_layout_unknown() {
        let none = Filter::default();
        for (folder, expected) in [
            ("", Extent::Unknown),
            ("logs/", Extent::Unknown),
            ("logs/AWSLogs/", Extent::Part),
            ("AWSLogs/o-abcdefghij/", Extent::Part),
            ("AWSLogs/111122223333/", Extent::Part),
            ("AWSLogs/backup/", Extent::Unknown),
            ("AWSLogs/111122223333/Config/", Extent::Nothing),
            ("AWSLogs/111122223333/CloudTrail-Digest/", Extent::Nothing),
            (
                "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/",
                Extent::Unknown,
            ),
            ("AWSLogs/111122223333/CloudTrail/", Extent::Whole),
            (
                "AWSLogs/o-abcdefghij/111122223333/CloudTrail/us-gov-east-1/",
                Extent::Whole,
            ),
            ("AWSLogs/111122223333/CloudTrail/old/", Extent::Unknown),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/13/",
                Extent::Unknown,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/30/",
                Extent::Unknown,
            ),
            (
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/03/more/",
                Extent::Unknown,
            ),
            (
                "AWSLogs/a/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/",
                Extent::Whole,
            ),
        ] {
            assert_eq!(extent(folder, &none), expected, "{folder}");
        }
    }

    #[test]
    fn regions_and_days_outside_are_nothing() {
        let wanted = filter(
            Some("eu-*"),
            Some("2026-03-05T00:00:00Z"),
            Some("2026-04-01T06:00:00Z"),
        );
        for (place, expected) in [
            ("", Extent::Part),
            ("us-east-1/", Extent::Nothing),
            ("eu-west-1/", Extent::Part),
            ("eu-west-1/2025/", Extent::Nothing),
            ("eu-west-1/2026/", Extent::Part),
            ("eu-west-1/2026/02/", Extent::Nothing),
            ("eu-west-1/2026/03/", Extent::Part),
            ("eu-west-1/2026/03/04/", Extent::Nothing),
            ("eu-west-1/2026/03/05/", Extent::Whole),
            ("eu-west-1/2026/03/31/", Extent::Whole),
            ("eu-west-1/2026/04/", Extent::Part),
            ("eu-west-1/2026/04/02/", Extent::Whole),
            ("eu-west-1/2026/04/03/", Extent::Nothing),
            ("eu-west-1/2027/", Extent::Nothing),
        ] {
            let folder = format!("AWSLogs/111122223333/CloudTrail/{place}");
            assert_eq!(extent(&folder, &wanted), expected, "{folder}");
        }
        let since = filter(None, Some("2026-03-05T00:00:00Z"), None);
        let year = |year: i16| format!("AWSLogs/111122223333/CloudTrail/eu-west-1/{year}/");
        assert_eq!(extent(&year(2027), &since), Extent::Whole);
    }

    fn moment() -> impl Strategy<Value = Timestamp> {
        let first = TimeZone::UTC
            .to_timestamp(date(2025, 12, 30).at(0, 0, 0, 0))
            .unwrap();
        (0i64..10 * 86_400).prop_map(move |after| first + SignedDuration::from_secs(after))
    }

    proptest! {
        /// No file whose name may hold what is wanted lies in a folder that is passed over.
        #[test]
        fn folders_rule_out_no_more_than_names(
            at in moment(),
            since in prop::option::of(moment()),
            until in prop::option::of(moment()),
            region in prop::sample::select(vec!["eu-west-1", "us-east-1"]),
            wanted in prop::option::of(prop::sample::select(vec!["eu-*", "us-east-1"])),
        ) {
            let filter = Filter { since, until, ..filter(wanted, None, None) };
            let account = "111122223333";
            let stamp = at.strftime("%Y%m%dT%H%MZ");
            let name = format!("{account}_CloudTrail_{region}_{stamp}_Abcdefgh12345678.json.gz");
            let folder = format!("logs/AWSLogs/{account}/CloudTrail/{region}/{}/", at.strftime("%Y/%m/%d"));
            let is_wanted = standing(&name, &filter) == Standing::Wanted;
            let above = folder.match_indices('/').filter_map(|(end, _)| folder.get(..=end));
            for folder in above {
                let extent = extent(folder, &filter);
                prop_assert!(!is_wanted || extent != Extent::Nothing, "{} {}", folder, name);
            }
        }

        #[test]
        fn any_name_has_an_extent(folder in "(AWSLogs/|o-a/|111122223333/|CloudTrail/|eu-west-1/|[0-9]{1,4}/|\\PC{0,3}/){0,9}") {
            let all = extent(&folder, &Filter::default());
            prop_assert!(all != Extent::Part || folder.contains("AWSLogs"));
        }
    }
}
