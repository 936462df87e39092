//! The needs that CloudTrail's event history meets, each in as few look-ups as it can: see
//! `docs/concepts/what-changed.md` for the plan and its reasons.
//!
//! `LookupEvents` takes one attribute, gives 50 events a page, newest first, and may be called twice a second
//! (botocore's model of CloudTrail). `ResourceName` finds what acted upon a key, a user, a policy, a group or a security
//! group; SES and Organizations are asked by `EventSource`, since not all of their changes name a resource.

use super::{key_of, policies, region_of, told, user_of};
use crate::client::Aws;
use crate::lookup::{self, Asked};
use crate::outcome::{Look, Trouble};
use crate::subject::Subject;
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::lookup_events::LookupEventsOutput;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use futures::future::try_join_all;
use ses_doctor_core::evidence::{Keeper, TrailEvent, TrailHistory};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

/// Pages of what acted upon a key or a user.
const MOST_PAGES: usize = 3;
/// Policies and groups, or security groups, each of which takes a look-up of its own.
const MOST_NAMES: usize = 6;

pub(super) async fn of_key(aws: &Aws, subject: &Subject) -> Look<TrailHistory> {
    let key = key_of(subject)?;
    Trail::at_home(aws, subject)
        .ask([By::Resource(key)], MOST_PAGES)
        .await
}

pub(super) async fn of_user(aws: &Aws, subject: &Subject) -> Look<TrailHistory> {
    let user = user_of(subject)?;
    Trail::at_home(aws, subject)
        .ask([By::Resource(user)], MOST_PAGES)
        .await
}

/// The groups are listed once more, since one whose last policy was taken away is not among the policies that are left.
pub(super) async fn of_policies(aws: &Aws, subject: &Subject) -> Look<TrailHistory> {
    let groups = match policies::groups(aws, subject).await {
        Err(trouble) if subject.reach.is_empty() => return Err(trouble),
        groups => groups,
    };
    let known = groups.is_ok();
    let unread = groups.into_iter().flatten();
    let further = unread.filter(|group| !subject.reach.contains(group));
    let names: Vec<String> = subject.reach.iter().cloned().chain(further).collect();
    let history = Trail::at_home(aws, subject).acted_upon(&names).await?;
    let complete = history.complete && known;
    Ok(TrailHistory { complete, ..history })
}

pub(super) async fn of_ses(aws: &Aws, subject: &Subject) -> Look<TrailHistory> {
    let trail = Trail::new(aws, region_of(subject)?);
    trail.of_service("ses.amazonaws.com", &subject.changes).await
}

pub(super) async fn of_organization(aws: &Aws, subject: &Subject) -> Look<TrailHistory> {
    let trail = Trail::at_home(aws, subject);
    trail
        .of_service("organizations.amazonaws.com", &subject.changes)
        .await
}

pub(super) async fn of_vpc(aws: &Aws, subject: &Subject) -> Look<TrailHistory> {
    told(subject.way.first(), "the VPC endpoint on the way")?;
    let trail = Trail::new(aws, region_of(subject)?);
    trail.acted_upon(&subject.way).await
}

/// Which calls write a secret is known by their names; that their events name the secret as a resource is not documented. A
/// version that neither of the usual two has made was written by the third.
pub(super) async fn of_secret(aws: &Aws, subject: &Subject) -> Look<TrailHistory> {
    let Some(source) = &subject.source else {
        return Err(Trouble::failed("nothing that keeps the password is known"));
    };
    let trail = Trail::new(aws, &source.region);
    match source.keeper {
        Keeper::ParameterStore => {
            let mut page = trail.pages(By::Name("PutParameter"), MOST_PAGES).await?;
            page.events.retain(|event| source.is_named_by(event));
            Ok(trail.history(vec![page]))
        }
        Keeper::SecretsManager => {
            let usual = ["PutSecretValue", "UpdateSecretVersionStage"];
            let by_name = usual.map(|name| trail.pages(By::Name(name), MOST_PAGES));
            let mut pages = try_join_all(by_name).await?;
            let mut events = pages.iter().flat_map(|pages| &pages.events);
            if !events.any(|event| source.is_made_current_by(event)) {
                pages.push(trail.pages(By::Name("UpdateSecret"), MOST_PAGES).await?);
            }
            for page in &mut pages {
                page.events.retain(|event| source.is_named_by(event));
            }
            Ok(trail.history(pages))
        }
    }
}

/// The history of one region.
struct Trail<'a> {
    aws: &'a Aws,
    region: String,
    client: Client,
    lookups: AtomicU32,
}

/// What is asked by.
#[derive(Debug, Clone, Copy)]
enum By<'a> {
    Resource(&'a str),
    Source(&'a str),
    Name(&'a str),
}

impl By<'_> {
    fn value(&self) -> &str {
        match self {
            Self::Resource(value) | Self::Source(value) | Self::Name(value) => value,
        }
    }

    fn attribute(&self) -> Look<LookupAttribute> {
        let key = match self {
            Self::Resource(_) => LookupAttributeKey::ResourceName,
            Self::Source(_) => LookupAttributeKey::EventSource,
            Self::Name(_) => LookupAttributeKey::EventName,
        };
        let attribute = LookupAttribute::builder()
            .attribute_key(key)
            .attribute_value(self.value());
        attribute
            .build()
            .map_err(|error| Trouble::failed(error.to_string()))
    }
}

/// Events of some pages; `whole` when there are no more.
struct Pages {
    asked: String,
    events: Vec<TrailEvent>,
    whole: bool,
}

impl<'a> Trail<'a> {
    fn new(aws: &'a Aws, region: &str) -> Self {
        Self {
            aws,
            region: region.to_owned(),
            client: aws.trail(region),
            lookups: AtomicU32::new(0),
        }
    }

    /// Where IAM and Organizations are recorded.
    fn at_home(aws: &'a Aws, subject: &Subject) -> Self {
        Self::new(aws, aws.home(subject.region.as_deref()))
    }

    /// What acted upon any of these, one look-up each; none at all where nothing is there to be acted upon.
    async fn acted_upon(self, names: &[String]) -> Look<TrailHistory> {
        let some = names.iter().take(MOST_NAMES).map(|name| By::Resource(name));
        let history = self.ask(some, 1).await?;
        let complete = history.complete && names.len() <= MOST_NAMES;
        Ok(TrailHistory { complete, ..history })
    }

    /// One page of all that a service recorded answers for every change and both versions of an API. Only where reads
    /// have crowded the changes out are those that matter looked up by name.
    async fn of_service(self, source: &str, changes: &[&str]) -> Look<TrailHistory> {
        let page = self.pages(By::Source(source), 1).await?;
        if page.whole || changes.is_empty() {
            return Ok(self.history(vec![page]));
        }
        let by_name = changes.iter().map(|change| self.pages(By::Name(change), 1));
        let mut pages = try_join_all(by_name).await?;
        for named in &mut pages {
            named.events.retain(|event| event.source == source);
        }
        let whole = pages.iter().all(|pages| pages.whole);
        pages.push(Pages { whole, ..page });
        Ok(self.history(pages))
    }

    async fn ask<'n>(self, by: impl IntoIterator<Item = By<'n>>, most: usize) -> Look<TrailHistory> {
        let each = by.into_iter().map(|by| self.pages(by, most));
        let pages = try_join_all(each).await?;
        Ok(self.history(pages))
    }

    fn history(&self, pages: Vec<Pages>) -> TrailHistory {
        let complete = pages.iter().all(|pages| pages.whole);
        let asked = pages.iter().map(|pages| pages.asked.clone()).collect();
        let mut seen = BTreeSet::new();
        let mut events: Vec<TrailEvent> = pages.into_iter().flat_map(|pages| pages.events).collect();
        events.retain(|event| seen.insert(event.id.clone()));
        events.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
        TrailHistory {
            region: self.region.clone(),
            asked,
            lookups: self.lookups.load(Ordering::Relaxed),
            complete,
            events,
        }
    }

    async fn pages(&self, by: By<'_>, most: usize) -> Look<Pages> {
        let attribute = by.attribute()?;
        let (mut events, mut next) = (Vec::new(), None);
        for _ in 0..most {
            let page = Box::pin(self.page(attribute.clone(), next)).await?;
            events.extend(page.events().iter().filter_map(super::event::parse));
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
        Ok(Pages {
            asked: by.value().to_owned(),
            events,
            whole: next.is_none(),
        })
    }

    async fn page(&self, attribute: LookupAttribute, next: Option<String>) -> Look<LookupEventsOutput> {
        let asked = Asked {
            by: Some(attribute),
            within: None,
            next,
        };
        lookup::page(self.aws, &self.client, &self.region, &self.lookups, asked).await
    }
}
