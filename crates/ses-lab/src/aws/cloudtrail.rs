//! CloudTrail: the event history of the last 90 days, in the region that is asked.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::query::{decode_marker, encode_marker};
use super::request::{Caller, Reply, Request};
use super::{Operation, Service};
use crate::state::{Live, Shared, within};
use crate::trail::Record;

/// Events on one page, at most and by default.
const PAGE: usize = 50;
const DAYS: i64 = 90;
/// Requests a second for each account and region (botocore's model of CloudTrail).
const A_SECOND: usize = 2;

pub(super) const SERVICE: Service = Service {
    signing_name: "cloudtrail",
    prefix: "cloudtrail",
    source: "cloudtrail.amazonaws.com",
    protocol: Protocol::Json,
    operation,
    answer,
};

fn operation(request: &Request) -> Option<Operation> {
    let name = request.header("x-amz-target")?.rsplit('.').next()?.to_owned();
    Some(Operation {
        name,
        parameters: request.json(),
        resources: Vec::new(),
    })
}

fn answer(shared: &Shared, caller: &Caller, operation: &Operation, _: &Request) -> Result<Reply, ApiError> {
    if operation.name != "LookupEvents" {
        let message = format!("the lab has no operation {} in CloudTrail", operation.name);
        return Err(trouble(SERVICE.protocol, Trouble::UnknownOperation, message));
    }
    let lookup = Lookup::parse(&operation.parameters)?;
    let mut live = shared.live();
    spend(&mut live, caller, limit(shared))?;
    let here = |record: &&Record| record.account == caller.account && record.region == caller.region;
    let mut found: Vec<&Record> = live
        .trail
        .iter()
        .filter(here)
        .filter(|record| lookup.matches(record))
        .collect();
    found.sort_by_key(|record| std::cmp::Reverse(record.at));
    let page: Vec<Value> = found
        .iter()
        .skip(lookup.start)
        .take(lookup.size)
        .map(|record| event(record))
        .collect();
    let mut body = Map::from_iter([("Events".to_owned(), Value::Array(page))]);
    if lookup.start + lookup.size < found.len() {
        body.insert(
            "NextToken".to_owned(),
            json!(encode_marker(lookup.start + lookup.size)),
        );
    }
    Ok(Reply::json(&Value::Object(body)))
}

/// AWS's limit, or the world's own.
fn limit(shared: &Shared) -> usize {
    let of_world = shared.world.faults.throttle.get("cloudtrail:LookupEvents");
    of_world.map_or(A_SECOND, |limit| usize::try_from(*limit).unwrap_or(usize::MAX))
}

/// Takes one request from the budget of the caller's account and region.
fn spend(live: &mut Live, caller: &Caller, limit: usize) -> Result<(), ApiError> {
    let place = (caller.account.clone(), caller.region.clone());
    let recent = live.recent_lookups.entry(place).or_default();
    if within(recent, Duration::from_secs(1)) >= limit {
        return Err(trouble(SERVICE.protocol, Trouble::Throttled, "Rate exceeded"));
    }
    recent.push_back(Instant::now());
    Ok(())
}

/// What a lookup asks for.
#[derive(Debug)]
struct Lookup {
    attribute: Option<(String, String)>,
    from: Timestamp,
    to: Timestamp,
    start: usize,
    size: usize,
}

impl Lookup {
    fn parse(parameters: &Map<String, Value>) -> Result<Self, ApiError> {
        let bad = |code, message| ApiError::new(400, code, message);
        let now = Timestamp::now();
        let oldest = now
            .checked_sub(SignedDuration::from_hours(24 * DAYS))
            .unwrap_or(now);
        let from = time(parameters.get("StartTime")).unwrap_or(oldest).max(oldest);
        let to = time(parameters.get("EndTime")).unwrap_or(Timestamp::MAX);
        if from > to {
            return Err(bad(
                "InvalidTimeRangeException",
                "The start time must be before the end time.",
            ));
        }
        let size = match parameters.get("MaxResults").map(|size| size.as_u64()) {
            None => PAGE,
            Some(size) => size
                .and_then(|size| usize::try_from(size).ok())
                .filter(|size| (1..=PAGE).contains(size))
                .ok_or_else(|| {
                    bad(
                        "InvalidMaxResultsException",
                        "MaxResults must be between 1 and 50.",
                    )
                })?,
        };
        let start = match parameters.get("NextToken").and_then(Value::as_str) {
            None => 0,
            Some(token) => decode_marker(token)
                .ok_or_else(|| bad("InvalidNextTokenException", "Invalid or expired next token."))?,
        };
        Ok(Self {
            attribute: attribute(parameters)?,
            from,
            to,
            start,
            size,
        })
    }

    fn matches(&self, record: &Record) -> bool {
        let in_time = record.at >= self.from && record.at <= self.to;
        let fits = self
            .attribute
            .as_ref()
            .is_none_or(|(key, value)| match key.as_str() {
                "EventId" => record.id == *value,
                "EventName" => record.name == *value,
                "EventSource" => record.source == *value,
                "ReadOnly" => record.read_only.to_string() == *value,
                "Username" => record.user == *value,
                "AccessKeyId" => record.access_key.as_ref() == Some(value),
                "ResourceType" => record.resources.iter().any(|resource| resource.kind == *value),
                _ => record.resources.iter().any(|resource| resource.name == *value),
            });
        in_time && fits
    }
}

const ATTRIBUTES: [&str; 8] = [
    "EventId",
    "EventName",
    "EventSource",
    "ReadOnly",
    "Username",
    "AccessKeyId",
    "ResourceType",
    "ResourceName",
];

fn attribute(parameters: &Map<String, Value>) -> Result<Option<(String, String)>, ApiError> {
    let invalid = |message| ApiError::new(400, "InvalidLookupAttributesException", message);
    let Some(list) = parameters.get("LookupAttributes").and_then(Value::as_array) else {
        return Ok(None);
    };
    if list.len() > 1 {
        return Err(invalid("You can only specify one lookup attribute."));
    }
    let Some(one) = list.first() else { return Ok(None) };
    let field = |name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    match (field("AttributeKey"), field("AttributeValue")) {
        (Some(key), Some(value)) if ATTRIBUTES.contains(&key.as_str()) => Ok(Some((key, value))),
        _ => Err(invalid("Invalid lookup attribute.")),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds of any year fit")]
fn time(value: Option<&Value>) -> Option<Timestamp> {
    let seconds = value?.as_f64()?;
    Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
}

fn event(record: &Record) -> Value {
    let resources: Vec<Value> = record
        .resources
        .iter()
        .map(|resource| json!({ "ResourceType": resource.kind, "ResourceName": resource.name }))
        .collect();
    let mut value = json!({
        "EventId": record.id,
        "EventName": record.name,
        "ReadOnly": record.read_only.to_string(),
        "EventTime": record.at.as_second(),
        "EventSource": record.source,
        "Username": record.user,
        "Resources": resources,
        "CloudTrailEvent": record.document.to_string(),
    });
    if let (Some(key), Some(fields)) = (&record.access_key, value.as_object_mut()) {
        fields.insert("AccessKeyId".to_owned(), json!(key));
    }
    value
}
