//! [`Need::HealthEvents`](ses_doctor_core::Need::HealthEvents): what AWS Health says of the services that an SMTP login
//! needs, and to the account.
//!
//! One `DescribeEvents`, and if it names any event, one `DescribeEventDetails` for its words; for notices to the account, one
//! `DescribeAffectedEntities` beside it. Which event type the pause of an account has is unsourced, so that all of these
//! services are read. Health is there for the account's support plans only; otherwise it answers
//! `SubscriptionRequiredException`, which is a look that failed and says nothing about AWS.

use super::region_of;
use crate::client::Aws;
use crate::outcome::{Look, Trouble};
use crate::permissions::{DESCRIBE_AFFECTED_ENTITIES, DESCRIBE_EVENT_DETAILS, DESCRIBE_EVENTS};
use crate::signed::{Json, Service, Signed};
use crate::subject::Subject;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use ses_doctor_core::evidence::{HealthCategory, HealthEvent, HealthStatus};

const HEALTH: Service<Json> = Service {
    id: "Health",
    name: "health",
    version: "2016-08-04",
    protocol: Json {
        target: "AWSHealth_20160804",
        version: "1.1",
    },
};

/// The codes of the services, and of AWS's notices about leaked keys and abuse.
const SERVICES: [&str; 5] = ["SES", "IAM", "STS", "RISK", "ABUSE"];
/// Events that ended longer ago explain nothing of today.
const RECENT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Pages of a hundred events at most: 90 days of five services have far fewer.
const PAGES: usize = 5;
/// Events kept at most, the newest ones; also the most that one call may ask the details of (botocore: `eventArnList`).
const MOST: usize = 10;

/// The region whose endpoint is called. AWS keeps two endpoints of Health for the whole partition, of which one is active;
/// `global.health.amazonaws.com` leads to it, but tells the region to sign for by a CNAME only. This is the one that is
/// active as a rule (AWS Health user guide, "Accessing the AWS Health API"); China's is that of botocore's `aws-cn-global`.
pub(super) fn home(aws: &Aws, subject: &Subject) -> &'static str {
    match aws.home(subject.region.as_deref()) {
        "cn-north-1" => "cn-northwest-1",
        home => home,
    }
}

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<Vec<HealthEvent>> {
    let region = region_of(subject)?;
    let health = aws.signed(HEALTH, home(aws, subject));
    // IAM is of the partition's home region, and global.
    let regions = [region, aws.home(Some(region)), "global"];
    let mut events = recent(pages(&health, &regions).await?, Timestamp::now());
    let (details, entities) = futures::join!(details(&health, &events), entities(&health, &events));
    describe(&mut events, &details, &entities, |why| aws.clean(&why));
    Ok(events)
}

/// What the three answers of Health come to: the events that are open or ended lately, with their words and what they affect.
///
/// # Errors
/// In words, when the first one is no list of events.
pub fn health_events(
    events: &Value,
    details: Value,
    entities: Value,
    now: Timestamp,
) -> Result<Vec<HealthEvent>, String> {
    let events = page(events).map_err(|trouble| trouble.reason())?;
    let mut events = recent(events, now);
    describe(&mut events, &Ok(details), &Ok(entities), |why| why);
    Ok(events)
}

fn describe(
    events: &mut [HealthEvent],
    details: &Look<Value>,
    entities: &Look<Value>,
    clean: impl Fn(String) -> String,
) {
    for event in events {
        event.description = description(details, &event.arn).map_err(&clean);
        event.entities = match is_notice(event) {
            true => affected(entities, &event.arn).map_err(&clean),
            false => Ok(Vec::new()),
        };
    }
}

/// The events of one answer. What has no ARN is no event, and the answer then none that tells all.
fn page(answer: &Value) -> Look<Vec<HealthEvent>> {
    let all = list(DESCRIBE_EVENTS, answer, "events")?.iter().map(event);
    all.collect::<Option<Vec<_>>>().ok_or_else(|| {
        Trouble::failed(format!(
            "{DESCRIBE_EVENTS} answered with an event that has no ARN"
        ))
    })
}

async fn pages(health: &Signed<Json>, regions: &[&str]) -> Look<Vec<HealthEvent>> {
    let mut regions = regions.to_vec();
    regions.sort_unstable();
    regions.dedup();
    let mut question = json!({
        "filter": { "services": SERVICES, "regions": regions, "eventStatusCodes": ["open", "closed"] },
        "maxResults": 100,
    });
    let mut events = Vec::new();
    for _ in 0..PAGES {
        let answer = health.call(DESCRIBE_EVENTS, &question).await?;
        events.extend(page(&answer)?);
        let Some(next) = answer.get("nextToken").and_then(Value::as_str) else {
            return Ok(events);
        };
        if let Some(fields) = question.as_object_mut() {
            fields.insert("nextToken".to_owned(), json!(next));
        }
    }
    Err(Trouble::failed(format!(
        "{DESCRIBE_EVENTS} came to no end within {PAGES} pages"
    )))
}

/// A list of an answer; Health always gives it, so that an answer without it is none.
fn list<'a>(permission: &str, answer: &'a Value, name: &str) -> Look<&'a Vec<Value>> {
    answer
        .get(name)
        .and_then(Value::as_array)
        .ok_or_else(|| Trouble::failed(format!("{permission} answered without `{name}`")))
}

/// Open events and those that ended lately, the newest first.
fn recent(mut events: Vec<HealthEvent>, now: Timestamp) -> Vec<HealthEvent> {
    let last_sign = |event: &HealthEvent| event.end.or(event.updated).or(event.start);
    events.retain(|event| {
        event.is_open() || last_sign(event).is_none_or(|at| now.duration_since(at) <= RECENT)
    });
    events.sort_by_key(|event| std::cmp::Reverse((event.is_open(), event.start)));
    events.truncate(MOST);
    events
}

fn is_notice(event: &HealthEvent) -> bool {
    event.category == HealthCategory::AccountNotification
        || ["RISK", "ABUSE"].contains(&event.service.as_str())
}

async fn details(health: &Signed<Json>, events: &[HealthEvent]) -> Look<Value> {
    if events.is_empty() {
        return Ok(Value::Null);
    }
    let arns: Vec<&str> = events.iter().map(|event| event.arn.as_str()).collect();
    health
        .call(DESCRIBE_EVENT_DETAILS, &json!({ "eventArns": arns }))
        .await
}

async fn entities(health: &Signed<Json>, events: &[HealthEvent]) -> Look<Value> {
    let notices = events.iter().filter(|event| is_notice(event));
    let arns: Vec<&str> = notices.map(|event| event.arn.as_str()).collect();
    if arns.is_empty() {
        return Ok(Value::Null);
    }
    let question = json!({ "filter": { "eventArns": arns }, "maxResults": 100 });
    health.call(DESCRIBE_AFFECTED_ENTITIES, &question).await
}

fn description(details: &Look<Value>, arn: &str) -> Result<String, String> {
    let answer = details.as_ref().map_err(Trouble::reason)?;
    let found = of_event(answer, "successfulSet", |one| one.pointer("/event/arn"), arn);
    let text = found.and_then(|one| one.pointer("/eventDescription/latestDescription")?.as_str());
    text.map(str::to_owned).ok_or_else(|| {
        let failed = of_event(answer, "failedSet", |one| one.get("eventArn"), arn);
        let why = failed.and_then(|one| one.get("errorMessage")?.as_str());
        let why = why.unwrap_or("it did not describe this event");
        format!("{DESCRIBE_EVENT_DETAILS}: {why}")
    })
}

fn of_event<'a>(
    answer: &'a Value,
    list: &str,
    arn_of: impl Fn(&'a Value) -> Option<&'a Value>,
    arn: &str,
) -> Option<&'a Value> {
    let mut all = answer.get(list)?.as_array()?.iter();
    all.find(|one| arn_of(one).and_then(Value::as_str) == Some(arn))
}

fn affected(entities: &Look<Value>, arn: &str) -> Result<Vec<String>, String> {
    let answer = entities.as_ref().map_err(Trouble::reason)?;
    let all = list(DESCRIBE_AFFECTED_ENTITIES, answer, "entities").map_err(|trouble| trouble.reason())?;
    let word = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let of_event = all
        .iter()
        .filter(|one| word(one, "eventArn").as_deref() == Some(arn));
    Ok(of_event.filter_map(|one| word(one, "entityValue")).collect())
}

fn event(one: &Value) -> Option<HealthEvent> {
    let word = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
    let unread = || "nobody asked".to_owned();
    let arn = Some(word("arn")).filter(|arn| !arn.is_empty())?;
    Some(HealthEvent {
        arn: arn.to_owned(),
        service: word("service").to_owned(),
        code: word("eventTypeCode").to_owned(),
        category: category(word("eventTypeCategory")),
        status: status(word("statusCode")),
        region: word("region").to_owned(),
        start: time(one.get("startTime")),
        end: time(one.get("endTime")),
        updated: time(one.get("lastUpdatedTime")),
        description: Err(unread()),
        entities: Err(unread()),
    })
}

fn category(word: &str) -> HealthCategory {
    match word {
        "issue" => HealthCategory::Issue,
        "accountNotification" => HealthCategory::AccountNotification,
        "scheduledChange" => HealthCategory::ScheduledChange,
        "investigation" => HealthCategory::Investigation,
        _ => HealthCategory::Other,
    }
}

fn status(word: &str) -> HealthStatus {
    match word {
        "open" => HealthStatus::Open,
        "closed" => HealthStatus::Closed,
        "upcoming" => HealthStatus::Upcoming,
        _ => HealthStatus::Other,
    }
}

/// Seconds since 1970, with fractions (Smithy, "AWS JSON 1.1 protocol", timestamps).
fn time(value: Option<&Value>) -> Option<Timestamp> {
    super::convert::epoch(value?.as_f64()?)
}
