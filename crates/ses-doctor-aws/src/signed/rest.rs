//! REST as S3 speaks it: a path and a query in, XML or bytes out.

use super::{Refused, Service, Signed, Written, text_of};
use crate::outcome::Look;
use crate::xml::Element;
use aws_config::SdkConfig;
use aws_runtime::auth::SigningOptions;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::region::Region;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;

/// A service of resources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rest;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Get<'g> {
    pub(crate) bucket: &'g str,
    /// `None` for the bucket itself.
    pub(crate) key: Option<&'g str>,
    pub(crate) query: &'g [(&'static str, &'g str)],
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Bytes of the answer at most.
    pub(crate) most: usize,
}

/// All but the unreserved characters of RFC 3986; a slash of a key stays one.
const KEY: &AsciiSet = &WORD.remove(b'/');
const WORD: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Signed<Rest> {
    /// S3 signs the path as it is sent, neither encoded twice nor normalised, and wants the body's digest. (Amazon S3 User
    /// Guide, "Signature Calculations for the Authorization Header".)
    pub(crate) fn rest(service: Service<Rest>, config: SdkConfig, region: Region) -> Self {
        let mut signing = SigningOptions::default();
        signing.double_uri_encode = false;
        signing.normalize_uri_path = false;
        signing.content_sha256_header = true;
        Self {
            signing,
            ..Self::new(service, config, region)
        }
    }

    /// One reading. `permission` is the IAM action.
    pub(crate) async fn get<A: fmt::Debug + Send + Sync + 'static>(
        self,
        permission: &str,
        get: Get<'_>,
        read: fn(&HttpResponse) -> Result<A, Refused>,
    ) -> Look<A> {
        let (endpoint, path) = self.address(&get);
        let written = Written {
            method: "GET",
            path,
            headers: get.headers,
            body: String::new(),
        };
        let bounded = Self {
            most: get.most,
            ..self
        };
        bounded.send_to(&endpoint, permission, written, read).await
    }

    /// The bucket stands in the host's name, but for an endpoint that was told, and where TLS could not take the name for
    /// one of AWS's. (Amazon S3 User Guide, "Virtual hosting of general purpose buckets".)
    fn address(&self, get: &Get<'_>) -> (String, String) {
        let key = utf8_percent_encode(get.key.unwrap_or_default(), KEY);
        let query = query(get.query);
        let bucket = get.bucket;
        match self.told_endpoint() {
            None if is_label(bucket) => (
                format!("https://{bucket}.{}", self.host()),
                format!("/{key}{query}"),
            ),
            told => {
                let endpoint = told.unwrap_or_else(|| format!("https://{}", self.host()));
                let bucket = utf8_percent_encode(bucket, WORD);
                (endpoint, format!("/{bucket}/{key}{query}"))
            }
        }
    }
}

fn query(pairs: &[(&str, &str)]) -> String {
    let encoded = |text| utf8_percent_encode(text, WORD);
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    match pairs.is_empty() {
        true => String::new(),
        false => format!("?{}", pairs.join("&")),
    }
}

fn is_label(bucket: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    bucket.len() <= 63 && bucket.bytes().all(plain)
}

/// The error that S3 answered.
pub(crate) fn refused(response: &HttpResponse) -> Refused {
    let root = text_of(response).and_then(Element::parse);
    let word = |name: &str| root.as_ref().filter(|root| root.name() == "Error")?.text_of(name);
    Refused::new(word("Code"), word("Message"))
}
