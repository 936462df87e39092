//! `PutMetricData`: data points of a namespace of one's own.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::invalid;
use crate::aws::error::ApiError;
use crate::aws::request::Caller;
use crate::aws::smithy;
use crate::state::{Datum, Shared};

/// Dimensions of one metric, at most (CloudWatch API reference, `MetricDatum`).
const DIMENSIONS: usize = 30;

pub(super) fn data(
    shared: &Shared,
    caller: &Caller,
    parameters: &Map<String, Value>,
) -> Result<(), ApiError> {
    let namespace = parameters.get("Namespace").and_then(Value::as_str);
    let namespace = namespace.ok_or_else(|| invalid("The parameter Namespace is required."))?;
    if namespace.is_empty() || namespace.starts_with("AWS/") {
        let message = "The value AWS/ for parameter Namespace is invalid.";
        return Err(ApiError::new(400, "InvalidParameterValue", message));
    }
    let data = parameters.get("MetricData").and_then(Value::as_array);
    let data = data.ok_or_else(|| invalid("The parameter MetricData is required."))?;
    let read = data.iter().map(|datum| {
        let name = datum.get("MetricName").and_then(Value::as_str);
        let name = name.filter(|name| !name.is_empty());
        let told = dimensions(Some(datum)).filter(|all| all.len() <= DIMENSIONS);
        let own = |text: &str| text.to_owned();
        Some(Datum {
            account: caller.account.clone(),
            region: caller.region.clone(),
            namespace: own(namespace),
            name: own(name?),
            dimensions: told?
                .into_iter()
                .map(|(name, value)| (own(name), own(value)))
                .collect(),
            at: match datum.get("Timestamp") {
                Some(at) => smithy::time(at)?,
                None => Timestamp::now(),
            },
            value: datum.get("Value").and_then(smithy::number)?,
        })
    });
    let read: Option<Vec<Datum>> = read.collect();
    let read = read.ok_or_else(|| invalid("A member of the parameter MetricData is not valid."))?;
    shared.live().data.extend(read);
    Ok(())
}

/// Names and values of the dimensions of a metric; `None` where one is not whole.
pub(super) fn dimensions(metric: Option<&Value>) -> Option<Vec<(&str, &str)>> {
    let all = metric?.get("Dimensions").and_then(Value::as_array);
    all.map_or_else(|| Some(Vec::new()), |all| all.iter().map(pair).collect())
}

fn pair(dimension: &Value) -> Option<(&str, &str)> {
    Some((
        dimension.get("Name")?.as_str()?,
        dimension.get("Value")?.as_str()?,
    ))
}
