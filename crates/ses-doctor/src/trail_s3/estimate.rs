//! What a query over a trail's folders will read, before it does: the sizes of what is listed there.

use super::walk::{Found, Walk};
use super::{Listed, Place, Tally};
use jiff::Timestamp;
use ses_doctor_aws::Aws;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use trail_scan::Filter;

/// Pages of a listing, a thousand objects each, that are read to know a size.
const MOST_PAGES: u64 = 1000;

/// Seconds.
const DAY: i64 = 24 * 60 * 60;

/// What was listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Estimate {
    /// Files.
    pub(crate) objects: u64,
    /// Their bytes, packed as they are.
    pub(crate) bytes: u64,
    /// Why there may be more.
    pub(crate) incomplete: Option<String>,
}

/// Lists the places, but for the folders that the filter rules out. `so_far` is told how many files were listed.
pub(crate) async fn estimate(aws: &Aws, places: &[Place], filter: &Filter, so_far: impl Fn(u64)) -> Estimate {
    let mut estimate = Estimate::default();
    let filter = of_days(filter);
    let tally = Arc::new(Tally::default());
    for place in places {
        let lists = Listed {
            bucket: aws.bucket(&place.bucket),
            tally: Arc::clone(&tally),
        };
        let mut walk = Walk::new(lists, place.named.clone(), filter.clone());
        while let Some(found) = walk.next().await {
            match found {
                Found::Object(object) => {
                    estimate.objects += 1;
                    estimate.bytes = estimate.bytes.saturating_add(object.size);
                }
                Found::Barred(prefix, unfetched) => {
                    let why = || format!("s3://{}/{prefix}: {unfetched}", place.bucket);
                    estimate.incomplete.get_or_insert_with(why);
                }
                Found::RuledOut | Found::Passed => {}
            }
            so_far(estimate.objects);
            if tally.requests.load(Ordering::Relaxed) > MOST_PAGES {
                estimate.incomplete = Some(format!("the listing was left after {MOST_PAGES} pages"));
                return estimate;
            }
        }
    }
    estimate
}

/// The same filter by whole days of UTC, since a query reads a day's folder whole.
fn of_days(filter: &Filter) -> Filter {
    let moment = |at: Timestamp, of_day: i64| {
        let midnight = at.as_second().div_euclid(DAY) * DAY;
        Timestamp::from_second(midnight + of_day).unwrap_or(at)
    };
    Filter {
        since: filter.since.map(|at| moment(at, 0)),
        until: filter.until.map(|at| moment(at, DAY - 1)),
        ..filter.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_whole() {
        let filter = Filter {
            since: Some("2026-03-04T05:06:07Z".parse().unwrap()),
            until: Some("2026-03-05T00:00:00Z".parse().unwrap()),
            ..Filter::default()
        };
        let days = of_days(&filter);
        assert_eq!(days.since.unwrap().to_string(), "2026-03-04T00:00:00Z");
        assert_eq!(days.until.unwrap().to_string(), "2026-03-05T23:59:59Z");
    }
}
