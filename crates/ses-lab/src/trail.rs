//! The CloudTrail history of a lab: entries of the world, and one for every call since.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::state::uuid;
use crate::world::{Event, EventResource, World};

/// One entry of the event history.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) at: Timestamp,
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) user: String,
    pub(crate) access_key: Option<String>,
    pub(crate) read_only: bool,
    pub(crate) resources: Vec<EventResource>,
    /// The whole record, as in `CloudTrailEvent`.
    pub(crate) document: Value,
}

/// What is known about one call.
#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) name: &'a str,
    pub(crate) source: &'a str,
    pub(crate) user: &'a str,
    pub(crate) access_key: Option<&'a str>,
    pub(crate) source_ip: &'a str,
    pub(crate) user_agent: &'a str,
    pub(crate) resources: Vec<EventResource>,
    pub(crate) request: Map<String, Value>,
    pub(crate) error: Option<(&'a str, &'a str)>,
}

impl Call<'_> {
    /// The entry that CloudTrail keeps of it.
    pub(crate) fn record(self) -> Record {
        let id = uuid();
        let read_only = ["Get", "List", "Describe", "Lookup", "Head", "Simulate"]
            .iter()
            .any(|verb| self.name.starts_with(verb));
        let mut document = json!({
            "eventVersion": "1.11",
            "userIdentity": self.identity(),
            "eventTime": seconds(self.at),
            "eventSource": self.source,
            "eventName": self.name,
            "awsRegion": self.region,
            "sourceIPAddress": self.source_ip,
            "userAgent": self.user_agent,
            "requestParameters": self.request,
            "responseElements": null,
            "requestID": uuid(),
            "eventID": id,
            "readOnly": read_only,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        });
        if let (Some((code, message)), Some(fields)) = (self.error, document.as_object_mut()) {
            fields.insert("errorCode".to_owned(), json!(code));
            fields.insert("errorMessage".to_owned(), json!(message));
        }
        Record {
            id,
            account: self.account.to_owned(),
            region: self.region.to_owned(),
            at: self.at,
            name: self.name.to_owned(),
            source: self.source.to_owned(),
            user: self.user.to_owned(),
            access_key: self.access_key.map(str::to_owned),
            read_only,
            resources: self.resources,
            document,
        }
    }

    fn identity(&self) -> Value {
        let account = self.account;
        let mut identity = match self.user {
            "root" => {
                json!({ "type": "Root", "arn": format!("arn:aws:iam::{account}:root"), "principalId": account })
            }
            user => json!({
                "type": "IAMUser",
                "arn": format!("arn:aws:iam::{account}:user/{user}"),
                "principalId": crate::aws::user_id(account, user),
                "userName": user,
            }),
        };
        if let Some(fields) = identity.as_object_mut() {
            fields.insert("accountId".to_owned(), json!(account));
            if let Some(key) = self.access_key {
                fields.insert("accessKeyId".to_owned(), json!(key));
            }
        }
        identity
    }
}

/// An instant as CloudTrail writes it: no fractions.
pub(crate) fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The history that the world brings with it.
pub(crate) fn before_the_start(world: &World, start: Timestamp) -> Vec<Record> {
    let first = world
        .account
        .first()
        .map(|account| account.id.as_str())
        .unwrap_or_default();
    world
        .event
        .iter()
        .map(|event| from_world(event, first, start))
        .collect()
}

fn from_world(event: &Event, first_account: &str, start: Timestamp) -> Record {
    let error = event.error_code.as_deref();
    Call {
        account: event.account.as_deref().unwrap_or(first_account),
        region: &event.region,
        at: event.at.resolve(start),
        name: &event.name,
        source: &event.source,
        user: &event.user,
        access_key: event.access_key.as_deref(),
        source_ip: &event.source_ip,
        user_agent: &event.user_agent,
        resources: event.resource.clone(),
        request: event.request.clone(),
        error: error.map(|code| (code, event.error_message.as_deref().unwrap_or_default())),
    }
    .record()
}
