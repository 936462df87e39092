//! AWS Health: events of services in regions, and notices to an account. CBOR or JSON.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::error::{ApiError, Trouble, trouble};
use super::query::{decode_marker, encode_marker};
use super::request::{Caller, Reply, Request};
use super::smithy::{self, Tree};
use super::{Operation, Protocol, Service, stable_id};
use crate::state::Shared;
use crate::world::{HealthEvent, SupportPlan, When};

pub(super) const SERVICE: Service = Service {
    signing_name: "health",
    prefix: "health",
    source: "health.amazonaws.com",
    protocol: Protocol::Json,
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
    let plan = shared
        .live()
        .account(&caller.account)
        .map(|account| account.support_plan);
    if plan == Some(SupportPlan::Basic) {
        // The code stands in the API reference, "Common errors"; its message is unsourced.
        return Err(ApiError::new(400, "SubscriptionRequiredException", ""));
    }
    let protocol = SERVICE.spoken(request);
    let events = shared.world.health_event.iter().filter(|event| {
        let of_account = event.account.as_ref();
        of_account.is_none_or(|account| *account == caller.account)
    });
    let call = Call {
        events: events.map(|event| Told::of(event, shared.start)).collect(),
        caller,
        parameters: &operation.parameters,
    };
    let answer = match operation.name.as_str() {
        "DescribeEvents" => call.events()?,
        "DescribeEventDetails" => call.details(),
        "DescribeAffectedEntities" => call.entities()?,
        other => {
            let message = format!("the lab has no operation {other} in Health");
            return Err(trouble(protocol, Trouble::UnknownOperation, message));
        }
    };
    Ok(answer.reply(protocol, &operation.name))
}

/// Health tells whole seconds.
fn resolved(at: When, lab_start: Timestamp) -> Timestamp {
    let at = at.resolve(lab_start);
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// An event at this moment.
struct Told<'a> {
    event: &'a HealthEvent,
    arn: String,
    start: Timestamp,
    end: Option<Timestamp>,
    updated: Timestamp,
}

impl<'a> Told<'a> {
    fn of(event: &'a HealthEvent, lab_start: Timestamp) -> Self {
        let HealthEvent {
            service,
            code,
            region,
            ..
        } = event;
        let start = resolved(event.start, lab_start);
        let end = event.end.map(|end| resolved(end, lab_start));
        let end = end.filter(|end| *end <= Timestamp::now());
        let id = stable_id("", &format!("{code} {region} {}", event.description));
        Self {
            event,
            arn: format!("arn:aws:health:{region}::event/{service}/{code}/{code}_{id}"),
            start,
            end,
            updated: event
                .updated
                .map_or(end.unwrap_or(start), |at| resolved(at, lab_start)),
        }
    }

    fn status(&self) -> &'static str {
        match (self.end, self.start > Timestamp::now()) {
            (Some(_), _) => "closed",
            (None, true) => "upcoming",
            (None, false) => "open",
        }
    }

    fn tree(&self) -> Tree {
        let scope = match self.event.account {
            Some(_) => "ACCOUNT_SPECIFIC",
            None => "PUBLIC",
        };
        let mut members = vec![
            ("arn", Tree::text(&self.arn)),
            ("service", Tree::text(&self.event.service)),
            ("eventTypeCode", Tree::text(&self.event.code)),
            ("eventTypeCategory", Tree::text(self.event.category.word())),
            ("region", Tree::text(&self.event.region)),
            ("startTime", Tree::Time(self.start)),
            ("lastUpdatedTime", Tree::Time(self.updated)),
            ("statusCode", Tree::text(self.status())),
            ("eventScopeCode", Tree::text(scope)),
        ];
        if let Some(end) = self.end {
            members.push(("endTime", Tree::Time(end)));
        }
        Tree::Structure(members)
    }
}

struct Call<'a> {
    events: Vec<Told<'a>>,
    caller: &'a Caller,
    parameters: &'a Map<String, Value>,
}

impl Call<'_> {
    fn filter(&self, name: &str) -> Option<&Value> {
        self.parameters.get("filter")?.get(name)
    }

    /// A list of the filter holds this, or there is no such list.
    fn allows(&self, list: &str, value: &str) -> bool {
        let list = self.filter(list).and_then(Value::as_array);
        list.is_none_or(|list| list.iter().any(|one| one == value))
    }

    /// A time is in one of the ranges of the filter, or there are none.
    fn allows_time(&self, list: &str, at: Option<Timestamp>) -> bool {
        let within = |range: &Value| {
            let limit = |name| range.get(name).and_then(smithy::time);
            at.is_some_and(|at| {
                limit("from").is_none_or(|from| at >= from) && limit("to").is_none_or(|to| at <= to)
            })
        };
        let list = self.filter(list).and_then(Value::as_array);
        list.is_none_or(|list| list.iter().any(within))
    }

    fn fits(&self, told: &Told<'_>) -> bool {
        let entities = self.filter("entityValues").and_then(Value::as_array);
        let of_entity = |list: &Vec<Value>| {
            told.event
                .entities
                .iter()
                .any(|one| list.iter().any(|v| v == one))
        };
        self.allows("eventArns", &told.arn)
            && self.allows("services", &told.event.service)
            && self.allows("regions", &told.event.region)
            && self.allows("eventTypeCodes", &told.event.code)
            && self.allows("eventTypeCategories", told.event.category.word())
            && self.allows("eventStatusCodes", told.status())
            && self.allows_time("startTimes", Some(told.start))
            && self.allows_time("endTimes", told.end)
            && self.allows_time("lastUpdatedTimes", Some(told.updated))
            && entities.is_none_or(of_entity)
    }

    fn events(&self) -> Result<Tree, ApiError> {
        let mut found: Vec<&Told<'_>> = self.events.iter().filter(|told| self.fits(told)).collect();
        found.sort_by_key(|told| std::cmp::Reverse(told.updated));
        self.page("events", found.into_iter().map(Told::tree).collect())
    }

    fn details(&self) -> Tree {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let arns = self.parameters.get("eventArns").and_then(Value::as_array);
        for arn in arns.into_iter().flatten().filter_map(Value::as_str) {
            match self.events.iter().find(|told| told.arn == arn) {
                Some(told) => known.push(Tree::Structure(vec![
                    ("event", told.tree()),
                    (
                        "eventDescription",
                        Tree::Structure(vec![("latestDescription", Tree::text(&told.event.description))]),
                    ),
                ])),
                None => unknown.push(Tree::Structure(vec![
                    ("eventArn", Tree::text(arn)),
                    ("errorName", Tree::text("InvalidEventArn")),
                    ("errorMessage", Tree::text("The event does not exist.")),
                ])),
            }
        }
        Tree::Structure(vec![
            ("successfulSet", Tree::List(known)),
            ("failedSet", Tree::List(unknown)),
        ])
    }

    fn entities(&self) -> Result<Tree, ApiError> {
        let events = self
            .events
            .iter()
            .filter(|told| self.allows("eventArns", &told.arn));
        let account = &self.caller.account;
        let each = events.flat_map(|told| told.event.entities.iter().map(move |value| (told, value)));
        let entities = each.map(|(told, value)| {
            let id = stable_id("", &format!("{} {value}", told.arn));
            let arn = format!("arn:aws:health:{}:{account}:entity/{id}", told.event.region);
            Tree::Structure(vec![
                ("entityArn", Tree::Text(arn)),
                ("eventArn", Tree::text(&told.arn)),
                ("entityValue", Tree::text(value)),
                ("awsAccountId", Tree::text(account)),
                ("lastUpdatedTime", Tree::Time(told.updated)),
                ("statusCode", Tree::text("IMPAIRED")),
            ])
        });
        self.page("entities", entities.collect())
    }

    /// One page of a list, with `nextToken`.
    fn page(&self, name: &'static str, items: Vec<Tree>) -> Result<Tree, ApiError> {
        let refused = || {
            ApiError::new(
                400,
                "InvalidPaginationToken",
                "The specified pagination token is not valid.",
            )
        };
        let start = match self.parameters.get("nextToken").and_then(Value::as_str) {
            None => 0,
            Some(token) => decode_marker(token).ok_or_else(refused)?,
        };
        let size = self
            .parameters
            .get("maxResults")
            .and_then(Value::as_u64)
            .unwrap_or(10);
        let size = usize::try_from(size.clamp(1, 100)).unwrap_or(10);
        let end = start.saturating_add(size);
        let more = end < items.len();
        let shown = items.into_iter().skip(start).take(size).collect();
        let mut members = vec![(name, Tree::List(shown))];
        if more {
            members.push(("nextToken", Tree::Text(encode_marker(end))));
        }
        Ok(Tree::Structure(members))
    }
}
