//! One HTTPS exchange with every fact kept: address, certificate, times. The SDK's client hides them. It goes straight to
//! the endpoint, and over nothing but a connection whose certificate is good.

use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use ses_doctor_core::report::reproduction::{Exchange, Header, Response};
use ses_smtp::TrustRoots;
use ses_smtp::tls::handshake;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

const RESOLVE: Duration = Duration::from_secs(8);
const CONNECT: Duration = Duration::from_secs(8);
const HANDSHAKE: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(30);
const LARGEST: usize = 64 * 1024;

/// A request that is ready to go.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    /// `https://host` or `http://host:port`.
    pub(crate) url: &'a str,
    /// HTTP method.
    pub(crate) method: &'a str,
    /// Path.
    pub(crate) path: &'a str,
    /// All of them, with the signature.
    pub(crate) headers: &'a [(String, String)],
    /// Body.
    pub(crate) body: &'a str,
}

/// Sends it once. Whatever goes wrong is part of what it gives.
pub(crate) async fn exchange(outgoing: &Outgoing<'_>, roots: &TrustRoots) -> Exchange {
    let begun = Instant::now();
    let mut facts = Exchange::default();
    if let Err(failure) = talk(outgoing, roots, &mut facts).await {
        facts.failure = Some(failure);
    }
    facts.timing.total_ms = milliseconds(begun);
    facts
}

async fn talk(outgoing: &Outgoing<'_>, roots: &TrustRoots, facts: &mut Exchange) -> Result<(), String> {
    let (secure, host, port) = place(outgoing.url).ok_or("the endpoint is not a URL")?;
    let stream = connect(&host, port, facts).await?;
    if !secure {
        return speak(stream, outgoing, facts).await;
    }
    let begun = Instant::now();
    let names = [host];
    let shaken = within(HANDSHAKE, "the TLS handshake", handshake(stream, &names, roots)).await?;
    facts.timing.tls_ms = Some(milliseconds(begun));
    facts.tls = Some(shaken.facts.clone());
    let problem = shaken.facts.problem.as_ref().map(ToString::to_string);
    match shaken.verified() {
        Some(stream) => speak(stream, outgoing, facts).await,
        None => Err(format!(
            "the certificate is not trusted, so nothing was sent: {}",
            problem.unwrap_or_default()
        )),
    }
}

/// Scheme, host and port of a URL without a path.
fn place(url: &str) -> Option<(bool, String, u16)> {
    let (scheme, authority) = url.split_once("://")?;
    let secure = scheme == "https";
    let usual = if secure { 443 } else { 80 };
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = port.map_or(Some(usual), |port| port.parse().ok())?;
    (!host.is_empty()).then(|| (secure, host.to_owned(), port))
}

async fn connect(host: &str, port: u16, facts: &mut Exchange) -> Result<TcpStream, String> {
    let begun = Instant::now();
    let found = within(RESOLVE, "the name's resolution", lookup_host((host, port))).await?;
    let addresses: Vec<SocketAddr> = found.collect();
    facts.timing.resolve_ms = Some(milliseconds(begun));
    let begun = Instant::now();
    let stream = within(
        CONNECT,
        "the connection",
        TcpStream::connect(addresses.as_slice()),
    )
    .await?;
    facts.timing.connect_ms = Some(milliseconds(begun));
    facts.peer = stream.peer_addr().ok().map(|peer| peer.to_string());
    Ok(stream)
}

async fn speak<S>(stream: S, outgoing: &Outgoing<'_>, facts: &mut Exchange) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut request = Request::builder().method(outgoing.method).uri(outgoing.path);
    for (name, value) in outgoing.headers {
        request = request.header(name, value);
    }
    let body = Full::new(Bytes::from(outgoing.body.to_owned()));
    let request = request
        .body(body)
        .map_err(|error| format!("the request cannot be written: {error}"))?;
    let opened = hyper::client::conn::http1::handshake(TokioIo::new(stream));
    let (mut sender, connection) = within(ANSWER, "HTTP", opened).await?;
    let driver = tokio::spawn(connection);
    let begun = Instant::now();
    let answered = async {
        let answer = within(ANSWER, "the answer", sender.send_request(request)).await?;
        facts.timing.answer_ms = Some(milliseconds(begun));
        response(answer).await
    };
    let answered = answered.await;
    driver.abort();
    facts.response = Some(answered?);
    Ok(())
}

async fn response(answer: hyper::Response<Incoming>) -> Result<Response, String> {
    let headers: Vec<Header> = answer.headers().iter().map(header).collect();
    let named = |wanted: &str| {
        headers
            .iter()
            .find(|header| header.name == wanted)
            .map(|header| header.value.clone())
    };
    let status = answer.status().as_u16();
    let (request_id, extended_request_id) = (
        named("x-amzn-requestid").or_else(|| named("x-amz-request-id")),
        named("x-amz-id-2"),
    );
    let error_type = named("x-amzn-errortype");
    let date = named("date");
    let collected = timeout(ANSWER, Limited::new(answer.into_body(), LARGEST).collect()).await;
    let body = match collected {
        Ok(Ok(body)) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        Ok(Err(error)) => return Err(format!("the answer's body cannot be read: {error}")),
        Err(_) => return Err("the answer's body did not end in time".to_owned()),
    };
    let parsed: Option<serde_json::Value> = serde_json::from_str(&body).ok();
    let text = |names: [&str; 2]| {
        let value = parsed.as_ref()?;
        names
            .iter()
            .find_map(|name| value.get(name)?.as_str())
            .map(str::to_owned)
    };
    let failed = status >= 300;
    Ok(Response {
        status,
        error_code: error_type
            .or_else(|| text(["__type", "code"]))
            .filter(|_| failed)
            .map(|code| bare(&code)),
        error_message: text(["message", "Message"]).filter(|_| failed),
        clock_ahead_seconds: date.as_deref().and_then(clock_ahead),
        headers,
        body,
        request_id,
        extended_request_id,
    })
}

fn header((name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)) -> Header {
    Header {
        name: name.as_str().to_owned(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    }
}

/// `com.amazonaws.sesv2#MessageRejected` and `MessageRejected:http://…` without what is around the name.
fn bare(code: &str) -> String {
    let after = code.rsplit_once('#').map_or(code, |(_, name)| name);
    after.split(':').next().unwrap_or_default().to_owned()
}

/// By how many seconds this clock is ahead; the header counts whole seconds.
fn clock_ahead(date: &str) -> Option<i64> {
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Some(jiff::Timestamp::now().as_second() - theirs.as_second())
}

async fn within<T, E: std::fmt::Display>(
    limit: Duration,
    what: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    match timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(format!("{what} failed: {error}")),
        Err(_) => Err(format!("{what} took longer than {} s", limit.as_secs())),
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        assert_eq!(place("https://a.example"), Some((true, "a.example".into(), 443)));
        assert_eq!(
            place("http://127.0.0.1:5000"),
            Some((false, "127.0.0.1".into(), 5000))
        );
        assert_eq!(place("https://[::1]:8443"), Some((true, "::1".into(), 8443)));
        assert_eq!(place("https://[::1]"), Some((true, "::1".into(), 443)));
        for bad in ["", "a.example", "https://", "https://a:b"] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }

    #[test]
    fn codes_lose_their_name_space() {
        assert_eq!(bare("com.amazonaws.sesv2#MessageRejected"), "MessageRejected");
        assert_eq!(
            bare("NotFoundException:http://internal.amazon.com/coral/"),
            "NotFoundException"
        );
    }

    #[test]
    fn the_clock_is_compared_with_the_date_header() {
        let now = jiff::Timestamp::now();
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert!(clock_ahead(&date).is_some_and(|ahead| (0..=2).contains(&ahead)));
        assert_eq!(clock_ahead("yesterday"), None);
    }
}
