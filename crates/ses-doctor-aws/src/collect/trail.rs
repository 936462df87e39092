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
