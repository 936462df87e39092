//! [`Need::KeyEvents`](ses_doctor_core::Need::KeyEvents) and [`Need::UserEvents`](ses_doctor_core::Need::UserEvents):
//! CloudTrail `LookupEvents` where IAM events are recorded, by the name of the thing acted upon, over the 90 days that
//! the history holds. Newest first, and no more than three pages: two requests a second are allowed.

use super::event::parse;
use super::{key_of, user_of};
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::LOOKUP_EVENTS;
use crate::subject::Subject;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use ses_doctor_core::evidence::TrailEvent;

const MOST_PAGES: usize = 3;

pub(super) async fn of_key(aws: &Aws, subject: &Subject) -> Look<Vec<TrailEvent>> {
    acted_upon(aws, subject, key_of(subject)?).await
}

pub(super) async fn of_user(aws: &Aws, subject: &Subject) -> Look<Vec<TrailEvent>> {
    acted_upon(aws, subject, user_of(subject)?).await
}

async fn acted_upon(aws: &Aws, subject: &Subject, name: &str) -> Look<Vec<TrailEvent>> {
    let attribute = LookupAttribute::builder()
        .attribute_key(LookupAttributeKey::ResourceName)
        .attribute_value(name);
    let attribute = attribute
        .build()
        .map_err(|error| Trouble::failed(error.to_string()))?;
    let trail = aws.trail(subject.region.as_deref());
    let mut pages = trail
        .lookup_events()
        .lookup_attributes(attribute)
        .into_paginator()
        .send();
    let mut events = Vec::new();
    for _ in 0..MOST_PAGES {
        let Some(page) = pages.next().await else { break };
        events.extend(page.judge(LOOKUP_EVENTS)?.events().iter().filter_map(parse));
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, KEY, aws, evidence};
    use serde_json::json;

    fn page(id: &str, next: Option<&str>) -> Answer {
        let text = json!({ "requestParameters": { "userName": "mailer", "status": "Inactive" } }).to_string();
        let good = json!({ "EventId": id, "EventName": "UpdateAccessKey", "EventTime": 1.777e9, "CloudTrailEvent": text });
        let bad = json!({ "EventId": "bad", "EventTime": 1.777e9, "CloudTrailEvent": "{not json" });
        Answer::ok(json!({ "Events": [good, bad], "NextToken": next }).to_string())
    }

    #[tokio::test]
    async fn the_history_of_the_key_is_read_where_iam_records_it() {
        let (aws, calls) = aws(|call| page(&format!("e{}", call.nth), (call.nth == 0).then_some("more")));
        let events = of_key(&aws, &Subject::of(&evidence())).await.unwrap();
        let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(ids, ["e0", "bad", "e1", "bad"]);
        assert_eq!(events[0].status.as_deref(), Some("Inactive"));
        let call = &calls.all()[0];
        assert_eq!(call.host, "cloudtrail.us-east-1.amazonaws.com");
        assert!(
            call.body.contains("ResourceName") && call.body.contains(KEY),
            "{}",
            call.body
        );
    }

    #[tokio::test]
    async fn a_long_history_is_read_for_three_pages_only() {
        let (aws, calls) = aws(|call| page("e", Some(&format!("token-{}", call.nth))));
        assert_eq!(of_key(&aws, &Subject::of(&evidence())).await.unwrap().len(), 6);
        assert_eq!(calls.all().len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn two_requests_a_second_are_kept_to_in_the_end() {
        let (aws, calls) = aws(|call| match call.nth {
            0 | 1 => Answer::json_error(400, "ThrottlingException", "Rate exceeded"),
            _ => page("e", None),
        });
        assert_eq!(of_key(&aws, &Subject::of(&evidence())).await.unwrap().len(), 2);
        assert_eq!(calls.actions(), ["LookupEvents"; 3]);
    }

    #[tokio::test]
    async fn without_an_owner_the_users_history_says_why() {
        let (aws, _) = aws(|_| Answer::Never);
        assert!(
            of_user(&aws, &Subject::of(&evidence()))
                .await
                .unwrap_err()
                .reason()
                .contains("not known")
        );
    }
}
