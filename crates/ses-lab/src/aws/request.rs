//! An HTTP request as the services see it, and the answer they give.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use crate::world::EventResource;

/// A request whose body has been read.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path as it was sent.
    pub(crate) path: String,
    /// The query as it was sent.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Decoded parameters: of the query string, then of a form body.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let mut pairs = form(&self.query);
        if self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        {
            pairs.extend(form(&String::from_utf8_lossy(&self.body)));
        }
        pairs
    }

    /// The parts of the path, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| decode(part, false))
            .collect()
    }

    /// The body as a JSON object; empty if it is none.
    pub(crate) fn json(&self) -> Map<String, Value> {
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(map)) => map,
            Ok(_) | Err(_) => Map::new(),
        }
    }
}

/// Splits `a=b&c=d` and decodes both sides.
pub(crate) fn form(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name, true), decode(value, true)))
        .collect()
}

/// Undoes percent encoding; whatever is not encoded well stays as it is.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'%' => match tail
                .get(..2)
                .and_then(|hex| std::str::from_utf8(hex).ok())
                .map(|hex| u8::from_str_radix(hex, 16))
            {
                Some(Ok(decoded)) => {
                    out.push(decoded);
                    rest = tail.get(2..).unwrap_or_default();
                }
                Some(Err(_)) | None => out.push(b'%'),
            },
            b'+' if plus_is_space => out.push(b' '),
            _ => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Who signed the request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: String,
    /// `root` or the IAM user's name.
    pub(crate) user: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
    pub(crate) key: String,
    /// The region that the request was signed for.
    pub(crate) region: String,
}

/// The good answer of an operation.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) body: Bytes,
    /// For CloudTrail: what the call made or touched beyond what its parameters name.
    pub(crate) touched: Vec<EventResource>,
}

impl Reply {
    pub(crate) fn json(value: &Value) -> Self {
        Self::text(value.to_string())
    }

    pub(crate) fn text(body: String) -> Self {
        Self::bytes(body.into_bytes())
    }

    pub(crate) fn bytes(body: Vec<u8>) -> Self {
        Self {
            body: body.into(),
            touched: Vec::new(),
        }
    }
}

/// A resource for CloudTrail.
pub(crate) fn resource(kind: &str, name: &str) -> EventResource {
    EventResource {
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}
