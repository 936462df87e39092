//! AWS Signature Version 4, checked as AWS does.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::password::percent_encode;
use crate::state::{Holder, Shared};
use crate::world::{KeyStatus, PropagationError};

use super::error::{ApiError, Protocol, Trouble, trouble};
use super::request::{Caller, Request, form};

/// Minutes that the client's clock may be wrong.
const SKEW_MINUTES: i64 = 15;

const UNKNOWN_KEY: &str = "The security token included in the request is invalid.";
const EXPIRED: &str = "The security token included in the request is expired";
const NO_MATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
    Secret Access Key and signing method. Consult the service documentation for details.";

/// The `Authorization` header, taken apart.
#[derive(Debug)]
pub(crate) struct Authorization<'a> {
    pub(crate) key: &'a str,
    date: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads the header; `None` if it is not one of Signature Version 4.
    pub(crate) fn parse(header: &'a str) -> Option<Self> {
        let fields = header.strip_prefix("AWS4-HMAC-SHA256")?;
        let field = |name: &str| {
            fields
                .split(',')
                .filter_map(|field| field.trim().split_once('='))
                .find(|(n, _)| *n == name)
                .map(|(_, v)| v)
        };
        let mut scope = field("Credential")?.split('/');
        let parsed = Self {
            key: scope.next()?,
            date: scope.next()?,
            region: scope.next()?,
            service: scope.next()?,
            signed_headers: field("SignedHeaders")?,
            signature: field("Signature")?,
        };
        (scope.next() == Some("aws4_request")).then_some(parsed)
    }
}

/// Who signed this, if it is signed well.
pub(crate) fn verify(
    shared: &Shared,
    request: &Request,
    authorization: &Authorization<'_>,
    protocol: Protocol,
) -> Result<Caller, ApiError> {
    let live = shared.live();
    let unknown = || trouble(protocol, Trouble::UnknownKey, UNKNOWN_KEY);
    let holder = live.holder(authorization.key).ok_or_else(unknown)?;
    let too_new = shared.is_too_new(authorization.key) == Some(PropagationError::UnknownKey);
    if holder.key.status != KeyStatus::Active || too_new {
        return Err(unknown());
    }
    session_token(shared, request, holder, protocol)?;
    let time = request.header("x-amz-date").unwrap_or_default();
    clock(time, authorization, protocol)?;
    let expected = signature(holder.key.secret.expose(), request, authorization, time);
    if expected != authorization.signature || !payload_hash_fits(request) {
        return Err(trouble(protocol, Trouble::BadSignature, NO_MATCH));
    }
    Ok(caller(holder, authorization.region))
}

fn session_token(
    shared: &Shared,
    request: &Request,
    holder: Holder<'_>,
    protocol: Protocol,
) -> Result<(), ApiError> {
    let operator = shared
        .world
        .operator
        .as_ref()
        .filter(|operator| operator.key == holder.key.id);
    let expected = operator
        .and_then(|operator| operator.session_token.as_ref())
        .map(|token| token.expose());
    if request.header("x-amz-security-token") != expected {
        return Err(trouble(protocol, Trouble::UnknownKey, UNKNOWN_KEY));
    }
    if operator.is_some_and(|operator| operator.expired) {
        return Err(trouble(protocol, Trouble::Expired, EXPIRED));
    }
    Ok(())
}

fn clock(time: &str, authorization: &Authorization<'_>, protocol: Protocol) -> Result<(), ApiError> {
    let parsed = DateTime::strptime("%Y%m%dT%H%M%SZ", time)
        .ok()
        .and_then(|at| TimeZone::UTC.to_timestamp(at).ok());
    let Some(at) = parsed.filter(|_| time.starts_with(authorization.date)) else {
        let message =
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP";
        return Err(trouble(protocol, Trouble::Incomplete, message));
    };
    let now = Timestamp::now();
    let compact = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let minutes = now.duration_since(at).as_mins();
    let (word, relation, limit) = match minutes {
        m if m > SKEW_MINUTES => ("expired", "earlier", -SKEW_MINUTES),
        m if m < -SKEW_MINUTES => ("not yet current", "later", SKEW_MINUTES),
        _ => return Ok(()),
    };
    let bound = now + jiff::SignedDuration::from_mins(limit);
    let sign = if limit < 0 { '-' } else { '+' };
    let message = format!(
        "Signature {word}: {time} is now {relation} than {} ({} {sign} {SKEW_MINUTES} min.)",
        compact(bound),
        compact(now)
    );
    Err(trouble(protocol, Trouble::BadSignature, message))
}

fn payload_hash_fits(request: &Request) -> bool {
    match request.header("x-amz-content-sha256") {
        Some("UNSIGNED-PAYLOAD") | None => true,
        Some(sent) => sent == hex(&Sha256::digest(&request.body)),
    }
}

fn signature(secret: &str, request: &Request, authorization: &Authorization<'_>, time: &str) -> String {
    let Authorization {
        date,
        region,
        service,
        ..
    } = authorization;
    let canonical = hex(&Sha256::digest(canonical_request(request, authorization)));
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{date}/{region}/{service}/aws4_request\n{canonical}");
    let day = hmac(format!("AWS4{secret}").as_bytes(), date);
    let key = [region, service, "aws4_request"]
        .iter()
        .fold(day, |key, part| hmac(&key, part));
    hex(&hmac(&key, &to_sign))
}

fn canonical_request(request: &Request, authorization: &Authorization<'_>) -> String {
    let headers: String = authorization
        .signed_headers
        .split(';')
        .map(|name| {
            let values: Vec<String> = request.headers.get_all(name).iter().map(trimmed).collect();
            format!("{name}:{}\n", values.join(","))
        })
        .collect();
    let payload = match request.header("x-amz-content-sha256") {
        Some(hash) => hash.to_owned(),
        None => hex(&Sha256::digest(&request.body)),
    };
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{payload}",
        request.method,
        canonical_path(&request.path),
        canonical_query(&request.query),
        authorization.signed_headers,
    )
}

fn trimmed(value: &http::HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    text.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Every service but S3 encodes the path a second time, and resolves `.` and `..` first.
fn canonical_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let encoded: Vec<String> = parts.into_iter().map(percent_encode).collect();
    let end = if path.ends_with('/') && !encoded.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", encoded.join("/"))
}

fn canonical_query(query: &str) -> String {
    // A plus sign in the query is sent by clients only where they mean a space.
    let mut pairs: Vec<(String, String)> = form(query)
        .iter()
        .map(|(name, value)| (percent_encode(name), percent_encode(value)))
        .collect();
    pairs.sort();
    let joined: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    joined.join("&")
}

fn caller(holder: Holder<'_>, region: &str) -> Caller {
    let account = &holder.account.id;
    let (user, arn, user_id) = match holder.user {
        Some(user) => (
            user.name.clone(),
            format!("arn:aws:iam::{account}:user{}{}", user.path, user.name),
            super::user_id(account, &user.name),
        ),
        None => (
            "root".to_owned(),
            format!("arn:aws:iam::{account}:root"),
            account.clone(),
        ),
    };
    Caller {
        account: account.clone(),
        user,
        arn,
        user_id,
        key: holder.key.id.clone(),
        region: region.to_owned(),
    }
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    // HMAC takes keys of any length, so that this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_twice_and_normalised() {
        assert_eq!(canonical_path("/"), "/");
        assert_eq!(
            canonical_path("/v2/email/identities/a%40b"),
            "/v2/email/identities/a%2540b"
        );
        assert_eq!(canonical_path("/a/./b/../c/"), "/a/c/");
    }

    #[test]
    fn queries_are_sorted_and_encoded() {
        assert_eq!(canonical_query("b=2&a=x%2Fy&a="), "a=&a=x%2Fy&b=2");
    }

    /// The example in AWS's description of Signature Version 4.
    #[test]
    fn the_published_example_is_reproduced() {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("host", "iam.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ];
        let request = Request {
            method: http::Method::GET,
            path: "/".to_owned(),
            query: "Action=ListUsers&Version=2010-05-08".to_owned(),
            headers: headers
                .iter()
                .map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap()))
                .collect(),
            body: bytes::Bytes::new(),
        };
        let expected = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        let header = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, Signature={expected}"
        );
        let authorization = Authorization::parse(&header).unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assert_eq!(
            signature(secret, &request, &authorization, "20150830T123600Z"),
            expected
        );
        assert!(Authorization::parse("AWS4-HMAC-SHA256 Credential=AKID/2015/us-east-1").is_none());
    }
}
