//! Refused calls in CloudTrail events: one event, a log file with `Records`, or an answer of LookupEvents.

use super::denied_call::{self, DeniedCall};
use serde_json::Value;
use std::net::IpAddr;

/// An event of a call that was refused for want of permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RefusedEvent {
    pub(super) call: DeniedCall,
    /// In the API's words: those of the event, or made of what it says of the call.
    pub(super) message: String,
}

/// The first refused call in the JSON.
pub(super) fn first(json: &Value) -> Option<RefusedEvent> {
    events(json).iter().find_map(refused)
}

/// LookupEvents wraps each event, as text, into one of its own.
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

fn refused(event: &Value) -> Option<RefusedEvent> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let code = text("/errorCode")?;
    if !(code.contains("AccessDenied") || code.contains("UnauthorizedOperation")) {
        return None;
    }
    let told =
        text("/errorMessage").and_then(|message| Some((denied_call::of_text(message)?, message.to_owned())));
    let own = || {
        let service = text("/eventSource")?.split('.').next()?;
        let call = DeniedCall {
            principal: text("/userIdentity/arn")?.to_owned(),
            action: format!("{service}:{}", text("/eventName")?),
            resource: text("/resources/0/ARN").unwrap_or("*").to_owned(),
            context: Vec::new(),
            reason: None,
        };
        let message = format!(
            "User: {} is not authorized to perform: {} on resource: {}",
            call.principal, call.action, call.resource
        );
        Some((call, message))
    };
    let (mut call, message) = told.or_else(own)?;
    call.context = context(event);
    Some(RefusedEvent { call, message })
}

/// What the event tells of the request's context.
fn context(event: &Value) -> Vec<(String, Vec<String>)> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    // A service that calls for somebody stands there by its name.
    let address = text("/sourceIPAddress").filter(|address| address.parse::<IpAddr>().is_ok());
    let told = [
        ("aws:SourceIp", address),
        ("aws:UserAgent", text("/userAgent")),
        ("aws:CurrentTime", text("/eventTime")),
        (
            "aws:SecureTransport",
            event.pointer("/tlsDetails/tlsVersion").map(|_| "true"),
        ),
        ("aws:SourceVpce", text("/vpcEndpointId")),
    ];
    let pairs = told.into_iter();
    pairs
        .filter_map(|(key, value)| Some((key.to_owned(), vec![value?.to_owned()])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const USER: &str = "arn:aws:iam::111122223333:user/app";
    const IDENTITY: &str = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";

    #[test]
    fn events_are_understood_alone_in_a_log_file_and_as_looked_up() {
        let event = json!({
            "eventSource": "ses.amazonaws.com", "eventName": "SendRawEmail", "errorCode": "AccessDenied",
            "userIdentity": {"arn": USER}, "sourceIPAddress": "203.0.113.7", "userAgent": "x", "resources": [{"ARN": IDENTITY}],
        });
        let fine = json!({"eventSource": "ses.amazonaws.com", "eventName": "GetAccount"});
        let looked_up =
            json!({"Events": [{"EventName": "SendRawEmail", "CloudTrailEvent": event.to_string()}]});
        let alone = json!({"EventName": "SendRawEmail", "CloudTrailEvent": event.to_string()});
        for json in [event.clone(), json!({"Records": [fine, event]}), looked_up, alone] {
            let found = first(&json).unwrap();
            assert_eq!(
                found.message,
                format!(
                    "User: {USER} is not authorized to perform: ses:SendRawEmail on resource: {IDENTITY}"
                ),
                "{json}"
            );
            let address = ("aws:SourceIp".to_owned(), vec!["203.0.113.7".to_owned()]);
            assert!(found.call.context.contains(&address), "{json}");
        }
    }

    #[test]
    fn the_words_of_the_event_go_first_and_an_event_without_a_denial_is_none() {
        let message = format!(
            "User: {USER} is not authorized to perform: ses:SendRawEmail on resource: {IDENTITY} with an explicit deny in a \
             service control policy"
        );
        let event =
            json!({"errorCode": "AccessDenied", "errorMessage": message, "userIdentity": {"arn": "other"}});
        let found = first(&event).unwrap();
        assert_eq!((found.message, found.call.principal.as_str()), (message, USER));
        assert!(found.call.reason.is_some_and(|reason| reason.explicit));
        for none in [
            json!({}),
            json!([]),
            json!({"Records": [3]}),
            json!({"errorCode": "Throttling"}),
        ] {
            assert_eq!(first(&none), None, "{none}");
        }
    }
}
