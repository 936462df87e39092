//! One event of the CloudTrail history. `LookupEvents` gives a frame and, in it, the event itself as JSON text; what
//! the text does not tell, the frame may.

use super::convert::{meaningful, timestamp};
use aws_sdk_cloudtrail::types::Event;
use jiff::Timestamp;
use serde_json::Value;
use ses_doctor_core::evidence::{TrailEvent, UserIdentity};
use std::collections::BTreeMap;

/// Stands in for the error code of an event whose text cannot be read: nobody may take the call for carried out.
const UNREADABLE: &str = "(unreadable event)";

/// The event of a record as CloudTrail's files hold it; `None` when not even its time can be told.
pub fn event_of_record(record: &str) -> Option<TrailEvent> {
    let frame = Event::builder().cloud_trail_event(record).build();
    parse(&frame)
}

/// The event; `None` when not even its time can be told.
pub(super) fn parse(event: &Event) -> Option<TrailEvent> {
    let text = event.cloud_trail_event.as_deref();
    let body = match text.map(serde_json::from_str::<Value>) {
        Some(Ok(body)) if body.is_object() => Some(body),
        Some(Ok(_) | Err(_)) | None => None,
    };
    let unreadable = body.is_none().then(|| UNREADABLE.to_owned());
    let body = Body(body.unwrap_or_default());
    Some(TrailEvent {
        id: event
            .event_id
            .clone()
            .or_else(|| body.text("/eventID"))
            .unwrap_or_default(),
        at: event
            .event_time
            .as_ref()
            .and_then(timestamp)
            .or_else(|| body.time("/eventTime"))?,
        name: event
            .event_name
            .clone()
            .or_else(|| body.text("/eventName"))
            .unwrap_or_default(),
        source: event
            .event_source
            .clone()
            .or_else(|| body.text("/eventSource"))
            .unwrap_or_default(),
        actor: body
            .text("/userIdentity/arn")
            .or_else(|| event.username.clone())
            .or_else(|| body.text("/userIdentity/userName")),
        identity: body.identity(),
        source_ip: body.text("/sourceIPAddress"),
        user_agent: body.text("/userAgent"),
        from_console: body.text("/sessionCredentialFromConsole").as_deref() == Some("true"),
        error_code: body.text("/errorCode").or(unreadable),
        resources: event
            .resources()
            .iter()
            .filter_map(|resource| resource.resource_name.clone())
            .collect(),
        user_name: body.first(&[
            "/requestParameters/userName",
            "/responseElements/accessKey/userName",
        ]),
        access_key_id: body.first(&[
            "/requestParameters/accessKeyId",
            "/responseElements/accessKey/accessKeyId",
        ]),
        status: body.text("/requestParameters/status"),
        parameters: body.parameters(),
    })
}

/// The request parameters that tell what changed. Others are left out: policy documents are long, and values may be secret.
const PARAMETERS: [&str; 30] = [
    "policyArn",
    "policyName",
    "policyId",
    "groupName",
    "versionId",
    "setAsDefault",
    "permissionsBoundary",
    "newUserName",
    "targetId",
    "accountId",
    "destinationParentId",
    "sendingEnabled",
    "enabled",
    "emailIdentity",
    "identity",
    "configurationSetName",
    "mailFromDomain",
    "behaviorOnMxFailure",
    "tenantName",
    "sendingStatus",
    "reputationEntityReference",
    "resourceArn",
    "vpcEndpointId",
    "groupId",
    "secretId",
    "resetPolicy",
    "clientRequestToken",
    "versionStage",
    "moveToVersionId",
    "name",
];
/// A document that was sent along is told of, not shown.
const DOCUMENT: &str = "policyDocument";
const LONGEST_VALUE: usize = 200;

/// The event's JSON, read with suspicion: any part of it may be null or of another type.
struct Body(Value);

impl Body {
    fn text(&self, pointer: &str) -> Option<String> {
        meaningful(self.0.pointer(pointer)?.as_str()?)
    }

    fn first(&self, pointers: &[&str]) -> Option<String> {
        pointers.iter().find_map(|pointer| self.text(pointer))
    }

    fn time(&self, pointer: &str) -> Option<Timestamp> {
        self.text(pointer)?.parse().ok()
    }

    fn identity(&self) -> UserIdentity {
        UserIdentity {
            kind: self.text("/userIdentity/type"),
            issuer: self.text("/userIdentity/sessionContext/sessionIssuer/arn"),
            invoked_by: self.text("/userIdentity/invokedBy"),
        }
    }

    /// EC2 puts the parameters of some calls one level deeper: `{"ModifyVpcEndpointRequest": {"VpcEndpointId": …}}`.
    fn parameters(&self) -> BTreeMap<String, String> {
        let Some(Value::Object(top)) = self.0.pointer("/requestParameters") else {
            return BTreeMap::new();
        };
        let inner = top.values().filter_map(Value::as_object).flatten();
        top.iter()
            .chain(inner)
            .filter_map(|(name, value)| parameter(name, value))
            .collect()
    }
}

fn parameter(name: &str, value: &Value) -> Option<(String, String)> {
    let mut letters = name.chars();
    let name: String = letters.next()?.to_lowercase().chain(letters).collect();
    if name == DOCUMENT {
        return Some((name, "given".to_owned()));
    }
    let text = match value {
        Value::String(text) => text.chars().take(LONGEST_VALUE).collect(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    PARAMETERS.contains(&name.as_str()).then_some((name, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_cloudtrail::types::Resource;
    use aws_smithy_types::DateTime;

    const UPDATE: &str = r#"{"eventTime":"2026-05-01T10:00:00Z","eventName":"UpdateAccessKey",
        "eventSource":"iam.amazonaws.com","sourceIPAddress":"198.51.100.7",
        "userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ops"},
        "requestParameters":{"userName":"mailer","accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Inactive"},
        "responseElements":null}"#;

    fn event(text: Option<&str>) -> Event {
        let resource = Resource::builder().resource_name("AKIAIOSFODNN7EXAMPLE").build();
        Event::builder()
            .event_id("id-1")
            .event_name("UpdateAccessKey")
            .event_time(DateTime::from_secs(1_777_629_600))
            .username("ops")
            .resources(resource)
            .set_cloud_trail_event(text.map(str::to_owned))
            .build()
    }

    #[test]
    fn the_text_tells_who_did_what_to_whom() {
        let parsed = parse(&event(Some(UPDATE))).unwrap();
        assert_eq!(
            parsed.actor.as_deref(),
            Some("arn:aws:iam::123456789012:user/ops")
        );
        assert_eq!(parsed.user_name.as_deref(), Some("mailer"));
        assert_eq!(parsed.access_key_id.as_deref(), Some("AKIAIOSFODNN7EXAMPLE"));
        assert_eq!(parsed.status.as_deref(), Some("Inactive"));
        assert_eq!(parsed.source_ip.as_deref(), Some("198.51.100.7"));
        assert_eq!(parsed.source, "iam.amazonaws.com");
        assert_eq!(parsed.resources, ["AKIAIOSFODNN7EXAMPLE"]);
        assert!(parsed.succeeded());
    }

    #[test]
    fn a_created_key_is_named_by_the_response() {
        let text = r#"{"requestParameters":{"userName":"mailer"},
            "responseElements":{"accessKey":{"accessKeyId":"AKIANEW","status":"Active"}}}"#;
        assert_eq!(
            parse(&event(Some(text))).unwrap().access_key_id.as_deref(),
            Some("AKIANEW")
        );
    }

    #[test]
    fn a_session_of_a_role_shows_the_role_and_the_program() {
        let text = r#"{"userIdentity":{"type":"AssumedRole",
            "arn":"arn:aws:sts::123456789012:assumed-role/deploy/run-77","invokedBy":"cloudformation.amazonaws.com",
            "sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::123456789012:role/ci/deploy"}}},
            "sourceIPAddress":"cloudformation.amazonaws.com","userAgent":"cloudformation.amazonaws.com",
            "sessionCredentialFromConsole":"true"}"#;
        let parsed = parse(&event(Some(text))).unwrap();
        assert_eq!(parsed.identity.kind.as_deref(), Some("AssumedRole"));
        assert_eq!(
            parsed.identity.issuer.as_deref(),
            Some("arn:aws:iam::123456789012:role/ci/deploy")
        );
        assert_eq!(parsed.identity.invoked_by, parsed.user_agent);
        assert!(parsed.from_console);
    }

    #[test]
    fn parameters_tell_what_changed_and_hold_neither_documents_nor_secrets() {
        let text = r#"{"requestParameters":{"ModifyVpcEndpointRequest":{"VpcEndpointId":"vpce-1","PolicyDocument":"{long}"},
            "sendingEnabled":false,"secretString":"hunter2","policyArn":null,"groupId":{"x":1}}}"#;
        let parsed = parse(&event(Some(text))).unwrap();
        let parameters: Vec<(&str, &str)> = parsed
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            parameters,
            [
                ("policyDocument", "given"),
                ("sendingEnabled", "false"),
                ("vpcEndpointId", "vpce-1")
            ]
        );
    }

    #[test]
    fn a_failed_call_keeps_its_error() {
        let parsed = parse(&event(Some(
            r#"{"errorCode":"AccessDenied","requestParameters":null}"#,
        )))
        .unwrap();
        assert_eq!(parsed.error_code.as_deref(), Some("AccessDenied"));
    }

    #[test]
    fn malformed_text_leaves_the_frame_and_is_never_a_success() {
        for text in [Some("{\"eventTime\": "), Some("[]"), Some("null"), Some(""), None] {
            let parsed = parse(&event(text)).unwrap();
            assert_eq!(
                (parsed.name.as_str(), parsed.actor.as_deref()),
                ("UpdateAccessKey", Some("ops"))
            );
            assert!(!parsed.succeeded(), "{text:?}");
        }
    }

    #[test]
    fn a_record_of_a_file_tells_as_much_as_its_frame() {
        let parsed = event_of_record(UPDATE).unwrap();
        assert_eq!(
            (parsed.name.as_str(), parsed.status.as_deref()),
            ("UpdateAccessKey", Some("Inactive"))
        );
        assert_eq!(parsed.at.to_string(), "2026-05-01T10:00:00Z");
        assert!(event_of_record("{}").is_none() && event_of_record("[").is_none());
    }

    #[test]
    fn an_event_without_a_time_is_no_event() {
        assert!(parse(&Event::builder().cloud_trail_event("{}").build()).is_none());
        assert!(parse(&Event::builder().cloud_trail_event(UPDATE).build()).is_some());
    }
}
