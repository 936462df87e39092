//! [`Need::SendingMetrics`](ses_doctor_core::Need::SendingMetrics): the `AWS/SES` metrics of the whole account in the
//! endpoint's region, by one `GetMetricData`, over two weeks: long enough to hold every weekday twice, which tells a silent
//! night from an outage. The sends come in periods of five minutes, so that the end of sending is told to the minute almost; the
//! rest by the hour. That these metrics bear no dimensions is general knowledge, unsourced.
//!
//! CloudWatch bills seven metrics with less than a hundredth of a cent.

use super::region_of;
use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::permissions::GET_METRIC_DATA;
use crate::signed::CLOUDWATCH;
use crate::subject::Subject;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use ses_doctor_core::evidence::{MetricSeries, SendingMetrics};

const WINDOW: SignedDuration = SignedDuration::from_hours(14 * 24);
const FINE: u32 = 300;
const HOURLY: u32 = 3600;
/// The whole answer fits into one page of 100,800 data points; more pages are answered for what is slow to find.
const PAGES: usize = 10;

/// Metric, statistic, period in seconds.
const METRICS: [(&str, &str, u32); 7] = [
    ("Send", "Sum", FINE),
    ("Delivery", "Sum", HOURLY),
    ("Bounce", "Sum", HOURLY),
    ("Complaint", "Sum", HOURLY),
    ("Reject", "Sum", HOURLY),
    ("Reputation.BounceRate", "Average", HOURLY),
    ("Reputation.ComplaintRate", "Average", HOURLY),
];

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<SendingMetrics> {
    let region = region_of(subject)?;
    let cloudwatch = aws.signed(CLOUDWATCH, region);
    let (from, until) = window(Timestamp::now());
    let mut question = question(from, until);
    let mut points: Vec<Vec<(Timestamp, f64)>> = vec![Vec::new(); METRICS.len()];
    for _ in 0..PAGES {
        let page = cloudwatch.call(GET_METRIC_DATA, &question).await?;
        for result in results(&page)? {
            take(result, &mut points)?;
        }
        let Some(next) = page.get("NextToken").and_then(Value::as_str) else {
            complete(results(&page)?)?;
            let series = METRICS.iter().zip(points);
            return Ok(SendingMetrics {
                region: region.to_owned(),
                from,
                until,
                series: series
                    .map(|((metric, _, period), points)| {
                        MetricSeries::of_points(metric, *period, (from, until), points)
                    })
                    .collect(),
            });
        };
        if let Some(fields) = question.as_object_mut() {
            fields.insert("NextToken".to_owned(), json!(next));
        }
    }
    Err(Trouble::failed(format!(
        "{GET_METRIC_DATA} came to no end within {PAGES} pages"
    )))
}

/// Two weeks up to now, on whole hours and whole periods: CloudWatch aligns periods to the clock.
fn window(now: Timestamp) -> (Timestamp, Timestamp) {
    let floor = |at: Timestamp, to: u32| {
        let second = at.as_second();
        Timestamp::from_second(second - second.rem_euclid(i64::from(to))).unwrap_or(at)
    };
    let begin = now.checked_sub(WINDOW).unwrap_or(now);
    (floor(begin, HOURLY), floor(now, FINE))
}

fn question(from: Timestamp, until: Timestamp) -> Value {
    let queries = METRICS
        .iter()
        .enumerate()
        .map(|(n, (metric, statistic, period))| {
            json!({
                "Id": format!("m{n}"),
                "MetricStat": {
                    "Metric": { "Namespace": "AWS/SES", "MetricName": metric },
                    "Period": period,
                    "Stat": statistic,
                },
            })
        });
    json!({
        "MetricDataQueries": queries.collect::<Vec<_>>(),
        "StartTime": from.as_second(),
        "EndTime": until.as_second(),
        "ScanBy": "TimestampAscending",
    })
}

fn results(page: &Value) -> Look<&Vec<Value>> {
    page.get("MetricDataResults")
        .and_then(Value::as_array)
        .ok_or_else(|| Trouble::failed(format!("{GET_METRIC_DATA} answered without `MetricDataResults`")))
}

/// A series without its end would look like silence.
fn complete(results: &[Value]) -> Look<()> {
    let partial = |result: &Value| {
        result
            .get("StatusCode")
            .is_some_and(|status| status == "PartialData")
    };
    if results.iter().any(partial) {
        return Err(Trouble::failed(format!(
            "{GET_METRIC_DATA} answered with parts of the series only"
        )));
    }
    Ok(())
}

/// Adds what one result holds. A metric that CloudWatch could not read is no silence: it fails the whole look.
fn take(result: &Value, points: &mut [Vec<(Timestamp, f64)>]) -> Look<()> {
    let word = |name: &str| result.get(name).and_then(Value::as_str).unwrap_or_default();
    let status = word("StatusCode");
    if ["Forbidden", "InternalError"].contains(&status) {
        return Err(Trouble::failed(format!(
            "{GET_METRIC_DATA} could not read {}: {status}",
            word("Label")
        )));
    }
    let index = word("Id").strip_prefix('m').and_then(|n| n.parse::<usize>().ok());
    let Some(series) = index.and_then(|index| points.get_mut(index)) else {
        return Ok(());
    };
    let numbers = |name: &str| result.get(name).and_then(Value::as_array).into_iter().flatten();
    let times = numbers("Timestamps").map(|at| super::convert::epoch(at.as_f64()?));
    let pairs = times.zip(numbers("Values").map(Value::as_f64));
    series.extend(pairs.filter_map(|(at, value)| at.zip(value)));
    Ok(())
}
