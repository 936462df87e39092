//! CloudWatch: the metrics that SES publishes for an account, and those that are put. CBOR, JSON or Query.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

mod put;

use super::error::{ApiError, Trouble, trouble};
use super::query::{decode_marker, encode_marker};
use super::request::{Caller, Reply, Request};
use super::smithy::{self, Tree};
use super::{Operation, Protocol, Service};
use crate::state::{Datum, Live, Shared};
use crate::world::{METRICS, Metric};

const NAMESPACE: &str = "AWS/SES";
/// Seconds between the data points of a world.
const STEP: i64 = 300;
/// CloudWatch keeps points of five minutes so long.
const KEPT: SignedDuration = SignedDuration::from_hours(63 * 24);
/// Data points on one page, at most and by default.
const PAGE: usize = 100_800;

pub(super) const SERVICE: Service = Service {
    signing_name: "monitoring",
    prefix: "cloudwatch",
    source: "monitoring.amazonaws.com",
    protocol: Protocol::Query("http://monitoring.amazonaws.com/doc/2010-08-01/"),
    operation,
    answer,
};

fn operation(request: &Request) -> Option<Operation> {
    let (name, parameters) = smithy::asked(request)?;
    Some(Operation {
        name,
        parameters,
        resources: Vec::new(),
    })
}

fn answer(
    shared: &Shared,
    caller: &Caller,
    operation: &Operation,
    request: &Request,
) -> Result<Reply, ApiError> {
    let protocol = SERVICE.spoken(request);
    if operation.name == "PutMetricData" {
        put::data(shared, caller, &operation.parameters)?;
        return Ok(Tree::Structure(Vec::new()).reply(protocol, &operation.name));
    }
    let counts = Counts {
        live: &shared.live(),
        caller,
        start: shared.start,
    };
    let answer = match operation.name.as_str() {
        "GetMetricData" => Question::read(&operation.parameters)?.answer(&counts),
        "ListMetrics" => listed(&counts, &operation.parameters),
        other => {
            let message = format!("the lab has no operation {other} in CloudWatch");
            return Err(trouble(protocol, Trouble::UnknownOperation, message));
        }
    };
    Ok(answer.reply(protocol, &operation.name))
}

/// What was counted for the caller's account in the region of the call.
struct Counts<'a> {
    live: &'a Live,
    caller: &'a Caller,
    start: Timestamp,
}

impl Counts<'_> {
    /// The data points of a metric between two moments: of SES's own, or those that were put.
    fn of(&self, metric: &Named<'_>, (from, until): (Timestamp, Timestamp)) -> Vec<(Timestamp, f64)> {
        if metric.namespace == NAMESPACE {
            return match metric.dimensions.is_empty() {
                true => self.points(metric.name, (from, until)),
                false => Vec::new(),
            };
        }
        let all = self
            .put()
            .filter(|datum| metric.is(datum) && datum.at >= from && datum.at < until);
        all.map(|datum| (datum.at, datum.value)).collect()
    }

    /// What was put for this account in this region.
    fn put(&self) -> impl Iterator<Item = &Datum> {
        let data = self.live.data.iter();
        data.filter(|datum| datum.account == self.caller.account && datum.region == self.caller.region)
    }

    /// Of SES: of the world, and one for every message since.
    fn points(&self, metric: &str, (from, until): (Timestamp, Timestamp)) -> Vec<(Timestamp, f64)> {
        let Some(account) = self.live.account(&self.caller.account) else {
            return Vec::new();
        };
        let ses = account.ses(&self.caller.region);
        let written = ses.metric.iter().filter(|one| one.name == metric);
        let mut points: Vec<(Timestamp, f64)> = written
            .flat_map(|one| points_of(one, self.start, (from, until)))
            .collect();
        if ["Send", "Delivery"].contains(&metric) {
            let here = self.live.messages.iter().filter(|message| {
                let sent_at = message.at >= from && message.at < until;
                sent_at && message.region == self.caller.region && account.key(&message.access_key).is_some()
            });
            points.extend(here.map(|message| (message.at, 1.0)));
        }
        points
    }
}

fn points_of(
    metric: &Metric,
    start: Timestamp,
    (from, until): (Timestamp, Timestamp),
) -> Vec<(Timestamp, f64)> {
    let now = Timestamp::now();
    let oldest = now.checked_sub(KEPT).unwrap_or(now);
    let begin = metric.from.resolve(start).max(from).max(oldest).as_second();
    let end = metric
        .until
        .map_or(now, |at| at.resolve(start))
        .min(until)
        .min(now);
    let first = begin + (-begin).rem_euclid(STEP);
    let times = (0..).map_while(|n| Some(first + STEP * n).filter(|second| *second < end.as_second()));
    times
        .filter_map(|second| Timestamp::from_second(second).ok())
        .filter(|at| {
            let hour = TimeZone::UTC.to_datetime(*at).hour();
            metric.hours.is_none_or(|(from, to)| (from..to).contains(&hour))
        })
        .map(|at| (at, metric.value))
        .collect()
}

/// A `GetMetricData`.
struct Question<'a> {
    queries: Vec<Query<'a>>,
    between: (Timestamp, Timestamp),
    ascending: bool,
    skip: usize,
    size: usize,
}

/// A metric as it is named.
#[derive(PartialEq)]
struct Named<'a> {
    namespace: &'a str,
    name: &'a str,
    /// Sorted: their order tells nothing.
    dimensions: Vec<(&'a str, &'a str)>,
}

impl Named<'_> {
    fn is(&self, datum: &Datum) -> bool {
        *self == Named::of(datum)
    }
}

impl<'a> Named<'a> {
    fn of(datum: &'a Datum) -> Self {
        let dimensions = datum.dimensions.iter();
        let mut dimensions: Vec<_> = dimensions
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        dimensions.sort_unstable();
        Self {
            namespace: &datum.namespace,
            name: &datum.name,
            dimensions,
        }
    }
}

/// One of its queries.
struct Query<'a> {
    id: &'a str,
    label: &'a str,
    metric: Named<'a>,
    period: i64,
    statistic: fn(&[f64]) -> f64,
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::validation(message)
}

impl<'a> Question<'a> {
    fn read(parameters: &'a Map<String, Value>) -> Result<Self, ApiError> {
        let time = |name: &str| {
            let value = parameters.get(name).and_then(smithy::time);
            value.ok_or_else(|| invalid(format!("The parameter {name} is required.")))
        };
        let queries = parameters.get("MetricDataQueries").and_then(Value::as_array);
        let queries = queries.ok_or_else(|| invalid("The parameter MetricDataQueries is required."))?;
        let between = (time("StartTime")?, time("EndTime")?);
        if between.0 >= between.1 {
            return Err(invalid("The parameter EndTime must be greater than StartTime."));
        }
        let token = parameters.get("NextToken").and_then(Value::as_str);
        let token_refused = || ApiError::new(400, "InvalidNextToken", "The next token is not valid.");
        let most = parameters.get("MaxDatapoints").and_then(smithy::number);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped before"
        )]
        let size = most.map_or(PAGE, |most| most.clamp(1.0, 100_800.0) as usize);
        Ok(Self {
            queries: queries.iter().map(Query::read).collect::<Result<_, _>>()?,
            between,
            ascending: parameters
                .get("ScanBy")
                .is_some_and(|by| by == "TimestampAscending"),
            skip: token.map_or(Ok(0), |token| decode_marker(token).ok_or_else(token_refused))?,
            size,
        })
    }

    fn answer(&self, counts: &Counts<'_>) -> Tree {
        let (mut skip, mut left) = (self.skip, self.size);
        let mut cut = false;
        let mut results = Vec::new();
        for query in &self.queries {
            let mut series = query.series(counts, self.between);
            if !self.ascending {
                series.reverse();
            }
            let whole = series.len();
            let begin = skip.min(whole);
            let shown = left.min(whole - begin);
            (skip, left) = (skip - begin, left - shown);
            let partial = begin + shown < whole;
            cut |= partial;
            results.push(query.result(series.get(begin..begin + shown).unwrap_or_default(), partial));
        }
        let mut members = vec![
            ("MetricDataResults", Tree::List(results)),
            ("Messages", Tree::List(Vec::new())),
        ];
        if cut {
            members.push(("NextToken", Tree::Text(encode_marker(self.skip + self.size))));
        }
        Tree::Structure(members)
    }
}

impl<'a> Query<'a> {
    fn read(query: &'a Value) -> Result<Self, ApiError> {
        let text = |at: &str| query.pointer(at).and_then(Value::as_str);
        let required = |at: &str| text(at).ok_or_else(|| invalid(format!("The parameter {at} is required.")));
        let metric = required("/MetricStat/Metric/MetricName")?;
        let mut dimensions: Vec<_> = put::dimensions(query.pointer("/MetricStat/Metric"))
            .ok_or_else(|| invalid("The parameter Dimensions is not valid."))?;
        dimensions.sort_unstable();
        let period = query.pointer("/MetricStat/Period").and_then(smithy::number);
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a period are few")]
        let period = period
            .map(|period| period as i64)
            .filter(|period| *period > 0 && period % 60 == 0);
        Ok(Self {
            id: required("/Id")?,
            label: text("/Label").unwrap_or(metric),
            metric: Named {
                namespace: required("/MetricStat/Metric/Namespace")?,
                name: metric,
                dimensions,
            },
            period: period.ok_or_else(|| invalid("The parameter Period must be a multiple of 60."))?,
            statistic: statistic(required("/MetricStat/Stat")?)?,
        })
    }

    /// One value for each period with data points, oldest first.
    fn series(&self, counts: &Counts<'_>, between: (Timestamp, Timestamp)) -> Vec<(Timestamp, f64)> {
        let mut periods: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (at, value) in counts.of(&self.metric, between) {
            let period = at.as_second().div_euclid(self.period);
            periods.entry(period).or_default().push(value);
        }
        let valued = periods.into_iter().filter_map(|(period, values)| {
            let at = Timestamp::from_second(period.checked_mul(self.period)?).ok()?;
            Some((at, (self.statistic)(&values)))
        });
        valued.collect()
    }

    fn result(&self, points: &[(Timestamp, f64)], partial: bool) -> Tree {
        let status = if partial { "PartialData" } else { "Complete" };
        Tree::Structure(vec![
            ("Id", Tree::text(self.id)),
            ("Label", Tree::text(self.label)),
            (
                "Timestamps",
                Tree::List(points.iter().map(|(at, _)| Tree::Time(*at)).collect()),
            ),
            (
                "Values",
                Tree::List(points.iter().map(|(_, value)| Tree::Double(*value)).collect()),
            ),
            ("StatusCode", Tree::text(status)),
        ])
    }
}

#[expect(clippy::cast_precision_loss, reason = "points of a period are few")]
fn statistic(name: &str) -> Result<fn(&[f64]) -> f64, ApiError> {
    Ok(match name {
        "Sum" => |values| values.iter().sum(),
        "Average" => |values| values.iter().sum::<f64>() / values.len().max(1) as f64,
        "SampleCount" => |values| values.len() as f64,
        "Minimum" => |values| values.iter().copied().fold(f64::INFINITY, f64::min),
        "Maximum" => |values| values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        other => return Err(invalid(format!("The parameter Stat `{other}` is not valid."))),
    })
}

/// `ListMetrics`: the metrics that have data points.
fn listed(counts: &Counts<'_>, parameters: &Map<String, Value>) -> Tree {
    let asked = |name: &str, value: &str| parameters.get(name).is_none_or(|wanted| wanted == value);
    let all = (Timestamp::MIN, Timestamp::MAX);
    let of_ses = METRICS
        .into_iter()
        .filter(|metric| !counts.points(metric, all).is_empty())
        .map(|name| Named {
            namespace: NAMESPACE,
            name,
            dimensions: Vec::new(),
        });
    let mut known: Vec<Named<'_>> = Vec::new();
    for metric in of_ses.chain(counts.put().map(Named::of)) {
        if asked("Namespace", metric.namespace)
            && asked("MetricName", metric.name)
            && !known.contains(&metric)
        {
            known.push(metric);
        }
    }
    let metrics = known.iter().map(|metric| {
        let dimensions = metric.dimensions.iter().map(|(name, value)| {
            Tree::Structure(vec![("Name", Tree::text(*name)), ("Value", Tree::text(*value))])
        });
        Tree::Structure(vec![
            ("Namespace", Tree::text(metric.namespace)),
            ("MetricName", Tree::text(metric.name)),
            ("Dimensions", Tree::List(dimensions.collect())),
        ])
    });
    Tree::Structure(vec![("Metrics", Tree::List(metrics.collect()))])
}
