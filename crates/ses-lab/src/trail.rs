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

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Author<'a> {
    /// An IAM user, or `root`.
    User(&'a str),
    /// A session of a role; the service that it works for, if any.
    Role {
        role: &'a str,
        session: &'a str,
        invoked_by: Option<&'a str>,
    },
    /// A service of AWS by itself.
    Service(&'a str),
}

impl Author<'_> {
    /// As `Username` of an event names it.
    fn username(self) -> String {
        match self {
            Self::User(name) | Self::Role { session: name, .. } | Self::Service(name) => name.to_owned(),
        }
    }
}

/// What is known about one call.
#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) name: &'a str,
    pub(crate) source: &'a str,
    pub(crate) author: Author<'a>,
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
            user: self.author.username(),
            access_key: self.access_key.map(str::to_owned),
            read_only,
            resources: self.resources,
            document,
        }
    }

    fn identity(&self) -> Value {
        let account = self.account;
        let mut identity = match self.author {
            Author::Service(service) => return json!({ "type": "AWSService", "invokedBy": service }),
            Author::Role {
                role,
                session,
                invoked_by,
            } => assumed_role(account, role, session, invoked_by),
            Author::User("root") => {
                json!({ "type": "Root", "arn": format!("arn:aws:iam::{account}:root"), "principalId": account })
            }
            Author::User(user) => json!({
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

fn assumed_role(account: &str, role: &str, session: &str, invoked_by: Option<&str>) -> Value {
    let id = crate::aws::stable_id("AROA", &format!("{account}/{role}"));
    let mut identity = json!({
        "type": "AssumedRole",
        "principalId": format!("{id}:{session}"),
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": id,
                "arn": format!("arn:aws:iam::{account}:role/{role}"),
                "accountId": account,
                "userName": role,
            },
            "attributes": { "mfaAuthenticated": "false" },
        },
    });
    if let (Some(service), Some(fields)) = (invoked_by, identity.as_object_mut()) {
        fields.insert("invokedBy".to_owned(), json!(service));
    }
    identity
}

fn author(event: &Event) -> Author<'_> {
    match (&event.role, &event.invoked_by, &event.user) {
        (Some(role), invoked_by, _) => Author::Role {
            role,
            session: event.session.as_deref().unwrap_or("session"),
            invoked_by: invoked_by.as_deref(),
        },
        (None, Some(service), _) => Author::Service(service),
        (None, None, user) => Author::User(user.as_deref().unwrap_or("root")),
    }
}

fn from_world(event: &Event, first_account: &str, start: Timestamp) -> Record {
    let error = event.error_code.as_deref();
    Call {
        account: event.account.as_deref().unwrap_or(first_account),
        region: &event.region,
        at: event.at.resolve(start),
        name: &event.name,
        source: &event.source,
        author: author(event),
        access_key: event.access_key.as_deref(),
        source_ip: &event.source_ip,
        user_agent: &event.user_agent,
        resources: event.resource.clone(),
        request: event.request.clone(),
        error: error.map(|code| (code, event.error_message.as_deref().unwrap_or_default())),
    }
    .record()
}
