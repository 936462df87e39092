//! Values of the data model behind AWS's services (Smithy), and the three protocols in which the newer services say them:
//! Smithy RPC v2 CBOR, AWS JSON, AWS Query. The client picks one; botocore takes the first that it knows of those that a
//! service's model lists.

use std::collections::BTreeMap;

use cbor4ii::core::Value as Cbor;
use cbor4ii::core::dec::Decode;
use cbor4ii::core::enc::Encode;
use cbor4ii::core::utils::{BufWriter, SliceReader};
use jiff::Timestamp;
use serde_json::{Map, Number, Value};

use super::error::Protocol;
use super::query::{envelope, tag, wrap};
use super::request::{Reply, Request};

/// A value of an answer. Numbers, times and lists are told apart: each protocol writes them in its own way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Text(String),
    Double(f64),
    Time(Timestamp),
    List(Vec<Self>),
    Structure(Vec<(&'static str, Self)>),
}

impl Tree {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An answer in the protocol that was asked in.
    pub(crate) fn reply(&self, protocol: Protocol, operation: &str) -> Reply {
        match protocol {
            Protocol::Cbor => Reply::bytes(written(&self.cbor())),
            Protocol::Query(namespace) => Reply::text(envelope(namespace, operation, &self.xml())),
            Protocol::Json | Protocol::RestJson | Protocol::Ec2 => Reply::json(&self.json()),
        }
    }

    fn cbor(&self) -> Cbor {
        match self {
            Self::Text(text) => Cbor::Text(text.clone()),
            Self::Double(number) => Cbor::Float(*number),
            Self::Time(at) => Cbor::Tag(EPOCH, Box::new(Cbor::Float(seconds(*at)))),
            Self::List(items) => Cbor::Array(items.iter().map(Self::cbor).collect()),
            Self::Structure(members) => Cbor::Map(
                members
                    .iter()
                    .map(|(name, value)| (Cbor::Text((*name).to_owned()), value.cbor()))
                    .collect(),
            ),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Double(number) => json_number(*number),
            Self::Time(at) => json_number(seconds(*at)),
            Self::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Self::Structure(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.json()))
                    .collect(),
            ),
        }
    }

    /// What stands inside of an element.
    fn xml(&self) -> String {
        match self {
            Self::Text(text) => quick_xml::escape::escape(text.as_str()).into_owned(),
            Self::Double(number) => number.to_string(),
            Self::Time(at) => at.to_string(),
            Self::List(items) => items.iter().map(|item| wrap("member", &item.xml())).collect(),
            Self::Structure(members) => members
                .iter()
                .map(|(name, value)| match value {
                    Self::Text(text) => tag(name, text),
                    Self::Double(_) | Self::Time(_) | Self::List(_) | Self::Structure(_) => {
                        wrap(name, &value.xml())
                    }
                })
                .collect(),
        }
    }
}

/// CBOR's tag for seconds since 1970 (RFC 8949, section 3.4.2).
const EPOCH: u64 = 1;

/// The bytes of a value.
pub(crate) fn written(value: &Cbor) -> Vec<u8> {
    let mut bytes = BufWriter::new(Vec::new());
    if let Err(error) = value.encode(&mut bytes) {
        tracing::warn!(%error, "an answer could not be written in CBOR");
    }
    bytes.into_inner()
}

fn read(bytes: &[u8]) -> Option<Cbor> {
    Cbor::decode(&mut SliceReader::new(bytes)).ok()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any year fit")]
fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

fn json_number(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// The operation and its parameters, as any of the three protocols writes them. Of a form, numbers and times stay texts.
pub(crate) fn asked(request: &Request) -> Option<(String, Map<String, Value>)> {
    if request.header("smithy-protocol").is_some() {
        let path = request.segments();
        let ["service", _, "operation", name] = path.iter().map(String::as_str).collect::<Vec<_>>()[..]
        else {
            return None;
        };
        let input = match request.body.is_empty() {
            true => Map::new(),
            false => object(read(&request.body)?)?,
        };
        return Some((name.to_owned(), input));
    }
    match request.header("x-amz-target") {
        Some(target) => Some((target.rsplit('.').next()?.to_owned(), request.json())),
        None => {
            let mut pairs = request.parameters();
            let at = pairs.iter().position(|(name, _)| name == "Action")?;
            let (_, name) = pairs.swap_remove(at);
            pairs.retain(|(name, _)| name != "Version");
            Some((name, nested(pairs)))
        }
    }
}

fn object(value: Cbor) -> Option<Map<String, Value>> {
    let Value::Object(map) = from_cbor(value)? else {
        return None;
    };
    Some(map)
}

/// A request's CBOR as JSON; `None` for what no request of AWS holds.
fn from_cbor(value: Cbor) -> Option<Value> {
    Some(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(yes) => Value::Bool(yes),
        Cbor::Integer(number) => Value::Number(i64::try_from(number).ok()?.into()),
        Cbor::Float(number) => json_number(number),
        Cbor::Text(text) => Value::String(text),
        Cbor::Tag(EPOCH, inner) => from_cbor(*inner)?,
        Cbor::Array(items) => Value::Array(items.into_iter().map(from_cbor).collect::<Option<_>>()?),
        Cbor::Map(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let Cbor::Text(name) = name else { return None };
                Some((name, from_cbor(value)?))
            });
            Value::Object(members.collect::<Option<_>>()?)
        }
        Cbor::Bytes(_) | Cbor::Tag(..) | _ => return None,
    })
}

/// `A.member.1.B=x` as `{"A": [{"B": "x"}]}`.
fn nested(pairs: Vec<(String, String)>) -> Map<String, Value> {
    let mut root = Branch::default();
    for (name, value) in pairs {
        let mut branch = &mut root;
        for step in name.split('.').filter(|step| *step != "member").take(DEEPEST) {
            branch = branch.below.entry(sortable(step)).or_default();
        }
        branch.value = Some(value);
    }
    let Value::Object(map) = root.json() else {
        return Map::new();
    };
    map
}

/// Deeper than any request of AWS.
const DEEPEST: usize = 16;

/// Numbers sort as numbers.
fn sortable(step: &str) -> (usize, String) {
    (step.parse().unwrap_or_default(), step.to_owned())
}

#[derive(Default)]
struct Branch {
    value: Option<String>,
    below: BTreeMap<(usize, String), Self>,
}

impl Branch {
    fn json(self) -> Value {
        if self.below.is_empty() {
            return Value::String(self.value.unwrap_or_default());
        }
        match self.below.keys().all(|(number, _)| *number > 0) {
            true => Value::Array(self.below.into_values().map(Self::json).collect()),
            false => Value::Object(
                self.below
                    .into_iter()
                    .map(|((_, name), branch)| (name, branch.json()))
                    .collect(),
            ),
        }
    }
}

/// A number, also of a form.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// A time: seconds since 1970, or of a form in RFC 3339.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is out of range saturates, and is refused"
)]
pub(crate) fn time(value: &Value) -> Option<Timestamp> {
    match number(value) {
        Some(seconds) => Timestamp::from_millisecond((seconds * 1000.0) as i64).ok(),
        None => value.as_str()?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree() -> Tree {
        Tree::Structure(vec![
            ("Id", Tree::text("m<1>")),
            ("Values", Tree::List(vec![Tree::Double(1.5), Tree::Double(2.0)])),
            ("At", Tree::Time(Timestamp::from_second(1_700_000_000).unwrap())),
        ])
    }

    #[test]
    fn one_answer_in_three_protocols() {
        let body = |protocol| tree().reply(protocol, "Get").body;
        let json: Value = serde_json::from_slice(&body(Protocol::Json)).unwrap();
        let told = serde_json::json!({ "Id": "m<1>", "Values": [1.5, 2.0], "At": 1_700_000_000.0 });
        assert_eq!(json, told);
        let xml = String::from_utf8(body(Protocol::Query("urn:x")).to_vec()).unwrap();
        let inner = "<Id>m&lt;1&gt;</Id><Values><member>1.5</member><member>2</member></Values><At>2023-11-14T22:13:20Z</At>";
        assert!(xml.contains(inner), "{xml}");
        assert_eq!(from_cbor(read(&body(Protocol::Cbor)).unwrap()), Some(told));
    }

    #[test]
    fn a_form_is_nested_and_lists_are_in_their_order() {
        let pairs = [
            ("Q.member.10.Id", "b"),
            ("Q.member.2.Id", "a"),
            ("Q.member.2.M.N", "x"),
            ("S", "1"),
        ];
        let pairs = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        let told = serde_json::json!({ "Q": [{ "Id": "a", "M": { "N": "x" } }, { "Id": "b" }], "S": "1" });
        assert_eq!(Value::Object(nested(pairs)), told);
    }

    #[test]
    fn times_and_numbers_are_read_from_every_protocol() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        for value in [
            Value::from(1_700_000_000),
            Value::from("1700000000"),
            Value::from("2023-11-14T22:13:20Z"),
        ] {
            assert_eq!(time(&value), Some(at));
        }
        assert_eq!(time(&Value::from("soon")), None);
        assert_eq!(time(&Value::from(1e300)), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), name in "[a-zA-Z0-9.]{0,40}") {
            let _ = read(&bytes).and_then(from_cbor);
            let _ = nested(vec![(name.clone(), "x".to_owned()), (format!("{name}.1"), "y".to_owned())]);
        }
    }
}
