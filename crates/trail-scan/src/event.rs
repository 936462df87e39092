//! The members of a CloudTrail record that a filter asks for, read without copying. (CloudTrail User Guide, "record
//! contents".)

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One record of CloudTrail, as far as filters and tables need it. A member that is absent, or no text, is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event<'a> {
    /// When the request was completed, e.g. `2026-11-24T08:30:00Z`.
    #[serde(borrow)]
    pub event_time: Text<'a>,
    /// The API's name, e.g. `UpdateAccessKey`.
    #[serde(borrow)]
    pub event_name: Text<'a>,
    /// The service, e.g. `iam.amazonaws.com`.
    #[serde(borrow)]
    pub event_source: Text<'a>,
    /// The region that the request was made to.
    #[serde(borrow)]
    pub aws_region: Text<'a>,
    /// Whence the request came: an address, or the name of a service.
    #[serde(borrow, rename = "sourceIPAddress")]
    pub source_ip_address: Text<'a>,
    /// What the service answered in place of success.
    #[serde(borrow)]
    pub error_code: Text<'a>,
    /// The service's id of the request.
    #[serde(borrow, rename = "requestID")]
    pub request_id: Text<'a>,
    /// CloudTrail's id of the record.
    #[serde(borrow, rename = "eventID")]
    pub event_id: Text<'a>,
    /// Who asked.
    #[serde(borrow, deserialize_with = "null_is_absent")]
    pub user_identity: Identity<'a>,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// JSON is UTF-8. (RFC 8259, section 8.1.)
    #[error("it is not UTF-8: {0}")]
    Utf8(#[from] std::str::Utf8Error),
    /// It is no JSON object, or a member stands in it twice.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Identity<'a> {
    /// `IAMUser`, `AssumedRole`, `Root`, `AWSService` and others.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    /// ARN of the caller.
    #[serde(borrow)]
    pub arn: Text<'a>,
    /// Name of the IAM user.
    #[serde(borrow)]
    pub user_name: Text<'a>,
    /// The key that signed the request.
    #[serde(borrow)]
    pub access_key_id: Text<'a>,
    /// How a session came to be.
    #[serde(borrow, deserialize_with = "null_is_absent")]
    pub session_context: SessionContext<'a>,
}

/// How a session came to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionContext<'a> {
    /// Who gave the temporary credentials: the role that was assumed.
    #[serde(borrow, deserialize_with = "null_is_absent")]
    pub session_issuer: SessionIssuer<'a>,
}

/// The role, or user, behind temporary credentials.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionIssuer<'a> {
    /// ARN of the role.
    #[serde(borrow)]
    pub arn: Text<'a>,
    /// Name of the role.
    #[serde(borrow)]
    pub user_name: Text<'a>,
}

/// AWS's own services write `null` where there is nobody to tell of.
fn null_is_absent<'de, D: serde::Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl<'a> Event<'a> {
    /// Reads a record. Errors when it is not one JSON object of that form, in UTF-8 throughout.
    pub fn parse(record: &'a [u8]) -> Result<Self, Unreadable> {
        Ok(serde_json::from_str(std::str::from_utf8(record)?)?)
    }

    /// Seconds since 1970, when the time can be read.
    pub fn seconds(&self) -> Option<i64> {
        let time: jiff::Timestamp = self.event_time.as_deref()?.parse().ok()?;
        Some(time.as_second())
    }

    /// The shortest words for who asked: a user's name, a role's, an ARN, or a kind.
    pub fn who(&self) -> Option<&str> {
        let identity = &self.user_identity;
        let issuer = &identity.session_context.session_issuer;
        [
            &identity.user_name,
            &issuer.user_name,
            &identity.arn,
            &identity.kind,
        ]
        .into_iter()
        .find_map(Text::as_deref)
    }
}

/// A member that should be text. Whatever else stands there counts as nothing: it does not make a record unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text<'a>(Option<Cow<'a, str>>);

impl Text<'_> {
    /// The text.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_of_by_null() {
        for record in [
            r#"{"eventName":"CreateSession","userIdentity":null}"#,
            r#"{"eventName":"CreateSession","userIdentity":{"type":"Root","sessionContext":null}}"#,
            r#"{"eventName":"CreateSession","userIdentity":{"sessionContext":{"sessionIssuer":null}}}"#,
        ] {
            let event = Event::parse(record.as_bytes()).unwrap();
            assert_eq!(event.event_name.as_deref(), Some("CreateSession"), "{record}");
        }
    }

    #[test]
    fn what_is_no_text_counts_as_nothing() {
        let event = Event::parse(
            br#"{"eventTime":"2026-01-02T03:04:05Z","errorCode":null,"eventName":[1],"requestID":{"a":1}}"#,
        )
        .unwrap();
        assert_eq!(event.seconds(), Some(1_767_323_045));
        assert_eq!(event.error_code.as_deref(), None);
        assert_eq!(event.event_name.as_deref(), None);
        assert_eq!(event.request_id.as_deref(), None);
    }

    #[test]
    fn a_role_is_named_by_its_issuer() {
        let record = br#"{"userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/s",
            "sessionContext":{"sessionIssuer":{"userName":"r"}}}}"#;
        assert_eq!(Event::parse(record).unwrap().who(), Some("r"));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        assert!(Event::parse(b"[1]x").is_err());
        assert!(Event::parse(b"").is_err());
    }
}
