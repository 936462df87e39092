//! One page of CloudTrail's event history: `LookupEvents`.
//!
//! It takes one attribute at most, gives 50 events a page, newest first, of the last 90 days, and may be called twice a
//! second for each account and region (botocore's model of CloudTrail). Every caller draws from the same budget.

use crate::client::Aws;
use crate::outcome::{Judge, Look, observed};
use crate::permissions::LOOKUP_EVENTS;
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::error::SdkError;
use aws_sdk_cloudtrail::operation::lookup_events::LookupEventsOutput;
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use jiff::Timestamp;
use ses_doctor_core::Observed;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(1000);

/// What the history may be asked by, and only one of these at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookupBy {
    /// The key that signed.
    AccessKey,
    /// The name of who called: of an IAM user, or of a session.
    UserName,
    /// The API.
    EventName,
    /// The service.
    EventSource,
}

impl LookupBy {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        self.key_as_sent().1
    }

    fn key_as_sent(self) -> (LookupAttributeKey, &'static str) {
        match self {
            Self::AccessKey => (LookupAttributeKey::AccessKeyId, "AccessKeyId"),
            Self::UserName => (LookupAttributeKey::Username, "Username"),
            Self::EventName => (LookupAttributeKey::EventName, "EventName"),
            Self::EventSource => (LookupAttributeKey::EventSource, "EventSource"),
        }
    }
}

/// What is looked up in the history of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Each region keeps its own history.
    pub region: String,
    /// What the events have in common; `None` for all of them.
    pub by: Option<(LookupBy, String)>,
    /// Seconds since 1970, not before.
    pub from: i64,
    /// Seconds since 1970, not after.
    pub to: i64,
}

/// One page, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedUp {
    /// The events, as CloudTrail wrote them: JSON texts.
    pub records: Vec<String>,
    /// When the oldest of them was, in seconds since 1970.
    pub oldest: Option<i64>,
    /// Events that came without their text.
    pub without_text: usize,
    /// How to ask for the next page; `None` after the last.
    pub next: Option<String>,
    /// Requests that this page took.
    pub requests: u32,
}

impl Aws {
    /// The region that AWS's configuration names.
    pub fn region(&self) -> Option<&str> {
        self.sdk_config().region().map(AsRef::as_ref)
    }

    /// One page of the history, within the deadline, as soon as the budget allows.
    pub async fn look_up(&self, lookup: &Lookup, next: Option<String>) -> Observed<LookedUp> {
        let look = self.within(LOOKUP_EVENTS, self.one_page(lookup, next)).await;
        observed(look, |text| self.clean(text))
    }

    async fn one_page(&self, lookup: &Lookup, next: Option<String>) -> Look<LookedUp> {
        let by = lookup.by.as_ref().and_then(|(by, value)| {
            let attribute = LookupAttribute::builder()
                .attribute_key(by.key_as_sent().0)
                .attribute_value(value);
            // It fails only without key or value.
            attribute.build().ok()
        });
        let asked = Asked {
            by,
            within: Some((lookup.from, lookup.to)),
            next,
        };
        let requests = AtomicU32::new(0);
        let client = self.trail(&lookup.region);
        let page = Box::pin(page(self, &client, &lookup.region, &requests, asked)).await?;
        let texts = page.events().iter().filter_map(Event::cloud_trail_event);
        let records: Vec<String> = texts.map(str::to_owned).collect();
        let times = page.events().iter().filter_map(Event::event_time);
        Ok(LookedUp {
            without_text: page.events().len() - records.len(),
            records,
            oldest: times.map(DateTime::secs).min(),
            next: page.next_token,
            requests: requests.into_inner(),
        })
    }
}

/// What one request asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) by: Option<LookupAttribute>,
    /// From and to, in seconds since 1970, both included.
    pub(crate) within: Option<(i64, i64)>,
    pub(crate) next: Option<String>,
}

/// One request within the budget, made again when AWS throttles it or fails for a moment. `requests` counts them all.
pub(crate) async fn page(
    aws: &Aws,
    client: &Client,
    region: &str,
    requests: &AtomicU32,
    asked: Asked,
) -> Look<LookupEventsOutput> {
    let time = |seconds: Option<i64>| seconds.map(DateTime::from_secs);
    let mut attempt = 1;
    loop {
        aws.lookups().turn(region).await;
        requests.fetch_add(1, Ordering::Relaxed);
        let request = client
            .lookup_events()
            .set_lookup_attributes(asked.by.clone().map(|attribute| vec![attribute]))
            .set_start_time(time(asked.within.map(|(from, _)| from)))
            .set_end_time(time(asked.within.map(|(_, to)| to)))
            .set_next_token(asked.next.clone());
        let answer = request.send().await;
        let passing = answer.as_ref().is_err_and(|error| {
            let status = error.raw_response().map(|raw| raw.status().as_u16());
            let busy = error.code().is_some_and(crate::outcome::is_throttling);
            let cut_off = attempt == 1 && matches!(error, SdkError::DispatchFailure(_));
            busy || cut_off || status.is_some_and(|status| status >= 500)
        });
        if !passing || attempt >= ATTEMPTS {
            return answer.judge(LOOKUP_EVENTS);
        }
        aws.lookups().hold(region, PAUSE * attempt);
        attempt += 1;
    }
}

/// The oldest time of which the history tells: 90 days ago.
pub fn oldest_lookup(now: Timestamp) -> i64 {
    const DAYS: i64 = 90;
    now.as_second() - DAYS * 24 * 3600
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, aws};
    use serde_json::{Value, json};

    fn of_key() -> Lookup {
        Lookup {
            region: "eu-west-1".to_owned(),
            by: Some((LookupBy::AccessKey, "AKIAIOSFODNN7EXAMPLE".to_owned())),
            from: 1_700_000_000,
            to: 1_700_000_600,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_is_asked_for_by_attribute_and_time_and_again_after_a_throttle() {
        let (aws, calls) = aws(|call| match call.nth {
            0 => Answer::json_error(400, "ThrottlingException", "Rate exceeded"),
            _ => {
                let events = json!([{"EventTime": 1.700_000_5e9, "CloudTrailEvent": "{\"a\": 1}"}, {"EventTime": 1.700_000_4e9}]);
                Answer::ok(json!({"Events": events, "NextToken": "more"}).to_string())
            }
        });
        let page = aws.look_up(&of_key(), None).await;
        let expected = LookedUp {
            records: vec!["{\"a\": 1}".to_owned()],
            oldest: Some(1_700_000_400),
            without_text: 1,
            next: Some("more".to_owned()),
            requests: 2,
        };
        assert_eq!(page, Observed::Known(expected));
        let body: Value = serde_json::from_str(&calls.all()[1].body).unwrap();
        let attribute = json!([{"AttributeKey": "AccessKeyId", "AttributeValue": "AKIAIOSFODNN7EXAMPLE"}]);
        assert_eq!(
            body,
            json!({"LookupAttributes": attribute, "StartTime": 1_700_000_000, "EndTime": 1_700_000_600})
        );
        assert_eq!(calls.all()[1].host, "cloudtrail.eu-west-1.amazonaws.com");
    }

    #[tokio::test(start_paused = true)]
    async fn a_denial_stays_a_denial() {
        let (aws, calls) =
            aws(|_| Answer::json_error(400, "AccessDeniedException", "User: x is not authorized"));
        let page = aws.look_up(&Lookup { by: None, ..of_key() }, None).await;
        assert!(
            matches!(&page, Observed::Denied { action, .. } if action == "cloudtrail:LookupEvents"),
            "{page:?}"
        );
        assert!(!calls.all()[0].body.contains("LookupAttributes"));
    }
}
