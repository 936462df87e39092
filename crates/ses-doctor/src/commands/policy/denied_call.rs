//! The refused call, in the forms that it comes in: a request with its policies, a CloudTrail event, a line of a log.

use super::documents;
use crate::error::CliError;
use iam_eval::Layer;
use iam_eval::simulation::Simulation;
use serde_json::Value;
use serde_json::value::RawValue;
use ses_smtp::catalogue::{self, Meaning};
use ses_smtp::reply::Reply;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A call that AWS refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeniedCall {
    pub(super) principal: String,
    pub(super) action: String,
    pub(super) resource: String,
    /// What is known of its context.
    pub(super) context: Vec<(String, Vec<String>)>,
    /// The layer that AWS names, where it names one.
    pub(super) reason: Option<Reason>,
}

/// What AWS says of the cause (IAM User Guide, "Troubleshoot access denied error messages"). SMTP never says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) layer: Layer,
    /// An explicit deny; else no policy of the layer allows.
    pub(super) explicit: bool,
}

/// What the command was given.
#[derive(Debug)]
pub(super) enum Given {
    /// A request that brings its policies.
    Request(Box<Simulation>),
    /// A call that brings none.
    Call(DeniedCall),
}

const WANTED: &str = "wanted: a request as `policy simulate` takes it, a CloudTrail event with its errorMessage, or the line of a \
                      log that says who is not authorized to perform what on which resource";

/// Reads whichever form it is.
pub(super) fn read(name: &str, text: &str) -> Result<Given, CliError> {
    let json: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_str(text);
    match json {
        Ok(members) if members.contains_key("principal") => {
            let simulation = serde_json::from_str(text);
            let simulation = simulation.map_err(|error| documents::not_json(name, text, &error, WANTED))?;
            Ok(Given::Request(Box::new(simulation)))
        }
        Ok(_) => {
            let event: Value = serde_json::from_str(text)
                .map_err(|error| documents::not_json(name, text, &error, WANTED))?;
            let found = events(&event).iter().find_map(of_event);
            found
                .map(Given::Call)
                .ok_or_else(|| nothing(name, text, "no refused call of a principal in this JSON"))
        }
        Err(_) => {
            let found = of_text(text).map(Given::Call);
            found.ok_or_else(|| nothing(name, text, "no denial of IAM in this text"))
        }
    }
}

fn nothing(name: &str, text: &str, what: &str) -> CliError {
    CliError::Content {
        what: what.to_owned(),
        text: std::sync::Arc::new(miette::NamedSource::new(name, text.to_owned())),
        at: None,
        help: WANTED.to_owned(),
    }
}

/// A denial in SMTP's or the API's words, anywhere in a text.
fn of_text(text: &str) -> Option<DeniedCall> {
    let reply = catalogue::find_in_text(text).map(|found| found.reply);
    let meant = reply.as_ref().and_then(catalogue::recognise).and_then(denial);
    meant.or_else(|| text.lines().find_map(of_line))
}

/// The API's words about any service.
fn of_line(line: &str) -> Option<DeniedCall> {
    let at = line.find(" is not authorized to perform")?;
    let user = line.get(..at)?.rfind("User")?;
    let reply = Reply {
        code: 554,
        lines: vec![line.get(user..)?.to_owned()],
    };
    denial(catalogue::recognise(&reply)?)
}

fn denial(meaning: Meaning) -> Option<DeniedCall> {
    let Meaning::AccessDenied {
        user_arn,
        action,
        resource,
        reason,
    } = meaning
    else {
        return None;
    };
    Some(DeniedCall {
        principal: user_arn,
        action,
        resource: if resource.is_empty() {
            "*".to_owned()
        } else {
            resource
        },
        context: Vec::new(),
        reason: reason.as_deref().and_then(Reason::of),
    })
}

impl Reason {
    fn of(text: &str) -> Option<Self> {
        const LAYERS: [(&str, Layer); 7] = [
            ("identity-based policy", Layer::IdentityPolicy),
            ("resource-based policy", Layer::ResourcePolicy),
            ("permissions boundary", Layer::PermissionsBoundary),
            ("session policy", Layer::SessionPolicy),
            ("service control policy", Layer::ServiceControlPolicy),
            ("resource control policy", Layer::ResourceControlPolicy),
            ("vpc endpoint policy", Layer::VpcEndpointPolicy),
        ];
        let text = text.to_ascii_lowercase();
        let (_, layer) = LAYERS.into_iter().find(|(words, _)| text.contains(words))?;
        Some(Self {
            layer,
            explicit: text.contains("explicit deny"),
        })
    }
}

/// The events in one event, in a log file (`Records`), or in an answer of LookupEvents.
fn events(json: &Value) -> Vec<Value> {
    let list = ["Records", "Events"]
        .iter()
        .find_map(|name| json.get(name)?.as_array());
    let list = list.map_or_else(|| vec![json.clone()], Clone::clone);
    let inner = |event: Value| {
        let text = event.get("CloudTrailEvent").and_then(Value::as_str);
        text.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or(event)
    };
    list.into_iter().map(inner).collect()
}

/// The call of an event that was refused.
fn of_event(event: &Value) -> Option<DeniedCall> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let code = text("/errorCode")?;
    if !(code.contains("AccessDenied") || code.contains("UnauthorizedOperation")) {
        return None;
    }
    let told = text("/errorMessage").and_then(of_text);
    let principal = text("/userIdentity/arn");
    let own = || {
        let service = text("/eventSource")?.split('.').next()?;
        Some(DeniedCall {
            principal: principal?.to_owned(),
            action: format!("{service}:{}", text("/eventName")?),
            resource: text("/resources/0/ARN").unwrap_or("*").to_owned(),
            context: Vec::new(),
            reason: None,
        })
    };
    let mut call = told.or_else(own)?;
    let mut add = |key: &str, value: Option<&str>| {
        call.context
            .extend(value.map(|value| (key.to_owned(), vec![value.to_owned()])));
    };
    // A service that calls for somebody stands there by its name.
    add(
        "aws:SourceIp",
        text("/sourceIPAddress").filter(|address| address.parse::<IpAddr>().is_ok()),
    );
    add("aws:UserAgent", text("/userAgent"));
    add("aws:CurrentTime", text("/eventTime"));
    add(
        "aws:SecureTransport",
        event.pointer("/tlsDetails/tlsVersion").map(|_| "true"),
    );
    add("aws:SourceVpce", text("/vpcEndpointId"));
    Some(call)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const USER: &str = "arn:aws:iam::111122223333:user/app";
    const IDENTITY: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";

    fn call(text: &str) -> DeniedCall {
        match read("test", text).unwrap() {
            Given::Call(call) => call,
            Given::Request(request) => panic!("{request:?}"),
        }
    }

    #[test]
    fn both_wordings_of_ses_are_understood_and_the_api_tells_the_layer() {
        let smtp = format!(
            "smtp: 554 Access denied: User `{USER}' is not authorized to perform `ses:SendRawEmail' on resource `{IDENTITY}'"
        );
        let found = call(&smtp);
        assert_eq!(
            (
                found.principal.as_str(),
                found.action.as_str(),
                found.resource.as_str()
            ),
            (USER, "ses:SendRawEmail", IDENTITY)
        );
        assert_eq!(found.reason, None);
        let api = |end: &str| {
            format!(
                "User: {USER} is not authorized to perform: ses:SendRawEmail on resource: {IDENTITY} {end}"
            )
        };
        let reason = |end: &str| call(&api(end)).reason.unwrap();
        let missing = reason("because no identity-based policy allows the ses:SendRawEmail action");
        assert_eq!((missing.layer, missing.explicit), (Layer::IdentityPolicy, false));
        let denied = reason("with an explicit deny in a service control policy");
        assert_eq!(
            (denied.layer, denied.explicit),
            (Layer::ServiceControlPolicy, true)
        );
    }

    #[test]
    fn other_services_are_understood_too() {
        let found = call(
            "An error occurred (AccessDenied): User: arn:aws:iam::1:user/u is not authorized to perform: iam:GetUser on resource: user u because no permissions boundary allows the iam:GetUser action",
        );
        assert_eq!(
            (found.action.as_str(), found.reason.map(|reason| reason.layer)),
            ("iam:GetUser", Some(Layer::PermissionsBoundary))
        );
    }

    #[test]
    fn events_are_understood_alone_in_a_log_file_and_as_looked_up() {
        let event = json!({
            "eventSource": "ses.amazonaws.com", "eventName": "SendRawEmail", "errorCode": "AccessDenied",
            "userIdentity": {"arn": USER}, "sourceIPAddress": "203.0.113.7", "userAgent": "x", "resources": [{"ARN": IDENTITY}],
        });
        let fine = json!({"eventSource": "ses.amazonaws.com", "eventName": "GetAccount"});
        let looked_up =
            json!({"Events": [{"EventName": "SendRawEmail", "CloudTrailEvent": event.to_string()}]});
        for text in [
            event.to_string(),
            json!({"Records": [fine, event]}).to_string(),
            looked_up.to_string(),
        ] {
            let found = call(&text);
            assert_eq!(
                (found.action.as_str(), found.resource.as_str()),
                ("ses:SendRawEmail", IDENTITY),
                "{text}"
            );
            assert!(
                found
                    .context
                    .contains(&("aws:SourceIp".to_owned(), vec!["203.0.113.7".to_owned()]))
            );
        }
    }

    #[test]
    fn what_is_no_denial_is_said() {
        for text in [
            "",
            "{}",
            "[]",
            "535 Authentication Credentials Invalid",
            r#"{"principal":1}"#,
            r#"{"Records":[3]}"#,
        ] {
            assert!(
                matches!(read("test", text), Err(CliError::Content { .. })),
                "{text}"
            );
        }
    }
}
