//! What CloudWatch counted of the account's sending.

mod onset;

pub use onset::Onset;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Metrics of the namespace `AWS/SES`, of the whole account in one region.
///
/// SES counts messages that it accepted; no metric counts refused logins, and a period in which nothing was sent has no
/// data point at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendingMetrics {
    /// Region asked.
    pub region: String,
    /// Where the series begin.
    pub from: Timestamp,
    /// Where the series end: the last moment for which counts were asked.
    pub until: Timestamp,
    /// One series a metric; a metric without any data point has an empty one.
    pub series: Vec<MetricSeries>,
}

/// One metric over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricSeries {
    /// As `Send` or `Reputation.BounceRate`.
    pub metric: String,
    /// The length of one period.
    pub period_seconds: u32,
    /// The beginning of the first period in `values`.
    pub start: Option<Timestamp>,
    /// One value a period from `start` on; `null` where CloudWatch has no data point. It ends with the last data point.
    pub values: Vec<Option<f64>>,
}

impl SendingMetrics {
    /// The series of one metric.
    pub fn series(&self, metric: &str) -> Option<&MetricSeries> {
        self.series.iter().find(|series| series.metric == metric)
    }

    /// When the account stopped sending, if the silence at the end of `Send` is one that its past does not explain.
    pub fn onset(&self) -> Option<Onset> {
        onset::onset(self.series("Send")?, self.from, self.until)
    }
}

impl MetricSeries {
    /// A series from data points in any order. Points off the grid of periods are put into the period that they are in;
    /// what lies outside of `from` and `until`, or is no number, is left out.
    pub fn of_points(
        metric: &str,
        period_seconds: u32,
        (from, until): (Timestamp, Timestamp),
        points: impl IntoIterator<Item = (Timestamp, f64)>,
    ) -> Self {
        let period = i64::from(period_seconds.max(1));
        let period_of = |at: Timestamp| at.as_second().div_euclid(period);
        let inside = |(at, value): &(Timestamp, f64)| *at >= from && *at < until && value.is_finite();
        let placed: BTreeMap<i64, f64> = points
            .into_iter()
            .filter(inside)
            .map(|(at, value)| (period_of(at), value))
            .collect();
        let first = placed.keys().next().copied();
        let last = placed.keys().next_back().copied();
        let numbers = first.zip(last).into_iter().flat_map(|(first, last)| first..=last);
        let values = numbers.map(|number| placed.get(&number).copied()).collect();
        let start = first.and_then(|number| Timestamp::from_second(number.checked_mul(period)?).ok());
        Self {
            metric: metric.to_owned(),
            period_seconds,
            start,
            values,
        }
    }

    /// The data points, oldest first, each at the beginning of its period.
    pub fn points(&self) -> impl Iterator<Item = (Timestamp, f64)> {
        let period = SignedDuration::from_secs(i64::from(self.period_seconds));
        let times = std::iter::successors(self.start, move |at| at.checked_add(period).ok());
        times
            .zip(&self.values)
            .filter_map(|(at, value)| value.map(|value| (at, value)))
    }

    /// All data points together.
    pub fn sum(&self) -> f64 {
        self.values.iter().flatten().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn points_come_back_in_order_with_gaps_between_them() {
        let points = [(1500, 3.0), (310, 1.0), (900, 2.0), (5000, 9.0), (600, f64::NAN)];
        let points = points.map(|(second, value)| (at(second), value));
        let series = MetricSeries::of_points("Send", 300, (at(300), at(3000)), points);
        assert_eq!(series.values, [Some(1.0), None, Some(2.0), None, Some(3.0)]);
        let back: Vec<_> = series.points().collect();
        assert_eq!(back, [(at(300), 1.0), (at(900), 2.0), (at(1500), 3.0)]);
        assert!((series.sum() - 6.0).abs() < f64::EPSILON);
    }

    #[test]
    fn no_point_is_an_empty_series() {
        let series = MetricSeries::of_points("Bounce", 0, (at(0), at(10)), []);
        assert_eq!(
            (series.start, series.values.len(), series.points().count()),
            (None, 0, 0)
        );
    }
}
