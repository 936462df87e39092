//! The AWS APIs around SES: one HTTP listener for all services, told apart by the scope of the signature.

mod access_analyzer;
mod cloudtrail;
mod ec2;
mod error;
mod fault;
mod health;
mod iam;
mod monitoring;
mod operator;
mod organizations;
mod query;
mod request;
mod secretsmanager;
mod send_email;
mod sesv2;
mod sigv4;
mod smithy;
mod sns;
mod ssm;
mod sts;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::state::{Shared, uuid};
use crate::trail::{Author, Call};
use crate::world::EventResource;
pub use fault::HeldUp;
pub(crate) use fault::HoldUp;

use error::{ApiError, Protocol, Trouble, trouble};
use request::{Caller, Reply, Request};
use sigv4::Authorization;

/// Largest request taken.
const BODY_LIMIT: usize = 1024 * 1024;

/// An operation in the service's own words: its name, parameters for CloudTrail, and what it acts upon.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) parameters: Map<String, Value>,
    pub(crate) resources: Vec<EventResource>,
}

/// A service: how it speaks, how it names what is asked, how it answers.
#[derive(Debug)]
struct Service {
    /// As in the scope of a signature.
    signing_name: &'static str,
    /// As in policies and in `faults`.
    prefix: &'static str,
    /// As in CloudTrail.
    source: &'static str,
    /// Unless the request is in another one, see [`Service::spoken`].
    protocol: Protocol,
    operation: fn(&Request) -> Option<Operation>,
    answer: fn(&Shared, &Caller, &Operation, &Request) -> Result<Reply, ApiError>,
}

impl Service {
    /// The protocol of a request, and so of its answer.
    fn spoken(&self, request: &Request) -> Protocol {
        told(request).unwrap_or(self.protocol)
    }
}

/// The protocol that the headers of a request tell.
fn told(request: &Request) -> Option<Protocol> {
    if request.header("smithy-protocol").is_some() {
        return Some(Protocol::Cbor);
    }
    request.header("x-amz-target").map(|_| Protocol::Json)
}

const SERVICES: [&Service; 12] = [
    &iam::SERVICE,
    &sts::SERVICE,
    &sesv2::SERVICE,
    &cloudtrail::SERVICE,
    &organizations::SERVICE,
    &ec2::SERVICE,
    &access_analyzer::SERVICE,
    &health::SERVICE,
    &monitoring::SERVICE,
    &secretsmanager::SERVICE,
    &ssm::SERVICE,
    &sns::SERVICE,
];

/// The unique id of a user, made from account and name: the same each time.
pub(crate) fn user_id(account: &str, user: &str) -> String {
    stable_id("AIDA", &format!("{account}/{user}"))
}

/// An id of AWS's form, the same each time for the same `seed`.
pub(crate) fn stable_id(prefix: &str, seed: &str) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = Sha256::digest(seed.as_bytes());
    let digit = |byte: &u8| DIGITS.get(usize::from(byte % 32)).map_or('A', |d| char::from(*d));
    prefix.chars().chain(digest.iter().take(17).map(digit)).collect()
}

/// Opens the listener.
pub(crate) async fn open(shared: Arc<Shared>, tasks: &mut JoinSet<()>) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tasks.spawn(listen(shared, listener));
    Ok(address)
}

async fn listen(shared: Arc<Shared>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, client)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(serve(Arc::clone(&shared), stream, client));
    }
}

async fn serve(shared: Arc<Shared>, stream: TcpStream, client: SocketAddr) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "set_nodelay");
    }
    let service = service_fn(move |request| respond(Arc::clone(&shared), request, client));
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(60))
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "API connection");
    }
}

type Response = http::Response<Full<Bytes>>;

async fn respond(
    shared: Arc<Shared>,
    request: http::Request<Incoming>,
    client: SocketAddr,
) -> Result<Response, Infallible> {
    let delay =
        shared.latency + Duration::from_millis(shared.world.faults.latency_ms) + fault::delay(&shared);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let (parts, body) = request.into_parts();
    let limited = Limited::new(body, BODY_LIMIT);
    let Ok(Ok(body)) = timeout(Duration::from_secs(30), limited.collect()).await else {
        let error = ApiError::new(413, "RequestEntityTooLarge", "the request body could not be read");
        return Ok(refusal(Protocol::RestJson, &error));
    };
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.to_bytes(),
    };
    let held_up = fault::turn(&shared);
    if held_up == Some(HeldUp::Call) {
        fault::hold(&shared).await;
    }
    let response = handle(&shared, &request, client);
    if held_up == Some(HeldUp::Answer) {
        fault::hold(&shared).await;
    }
    Ok(response)
}

fn handle(shared: &Shared, request: &Request, client: SocketAddr) -> Response {
    let authorization = request.header("authorization").and_then(Authorization::parse);
    let Some(authorization) = authorization else {
        let protocol = guess(request);
        return refusal(
            protocol,
            &trouble(
                protocol,
                Trouble::MissingToken,
                "Request is missing Authentication Token",
            ),
        );
    };
    let Some(service) = SERVICES
        .iter()
        .find(|service| service.signing_name == authorization.service)
    else {
        let message = format!("the lab has no service `{}`", authorization.service);
        return refusal(
            Protocol::RestJson,
            &ApiError::new(404, "UnknownOperationException", message),
        );
    };
    let protocol = service.spoken(request);
    match serve_call(shared, service, request, &authorization, client) {
        Ok(reply) => success(protocol, reply),
        Err(error) => {
            tracing::debug!(service = service.prefix, %error, "call refused");
            refusal(protocol, &error)
        }
    }
}

fn guess(request: &Request) -> Protocol {
    match told(request) {
        Some(protocol) => protocol,
        None if request.path == "/" => iam::SERVICE.protocol,
        None => Protocol::RestJson,
    }
}

fn serve_call(
    shared: &Shared,
    service: &Service,
    request: &Request,
    authorization: &Authorization<'_>,
    client: SocketAddr,
) -> Result<Reply, ApiError> {
    let protocol = service.spoken(request);
    let caller = sigv4::verify(shared, request, authorization, protocol)?;
    let operation = (service.operation)(request).ok_or_else(|| unknown_operation(service, request))?;
    tracing::debug!(
        service = service.prefix,
        operation = operation.name,
        caller = caller.arn,
        "call"
    );
    shared.called(service.prefix, &operation.name);
    let call = format!("{}:{}", service.prefix, operation.name);
    let draw = fault::Draw::of(shared, &call);
    draw.map_or(Ok(()), |draw| draw.strikes(protocol))?;
    fault::pressure(shared, service.prefix, protocol, &operation)?;
    let answer = fault::permission(shared, service.prefix, protocol, &caller, &operation)
        .and_then(|()| answer(shared, service, &caller, &operation, request, draw));
    let mut live = shared.live();
    live.used(&caller.key, service.prefix, authorization.region);
    if let Some(call) = entry(service, request, &caller, &operation, &answer) {
        let source_ip = client.ip().to_string();
        live.trail.push(
            Call {
                source_ip: &source_ip,
                ..call
            }
            .record(),
        );
    }
    drop(live);
    answer
}

/// The service's answer, of the state as it is, or for a read that lags behind, as it was.
fn answer(
    shared: &Shared,
    service: &Service,
    caller: &Caller,
    operation: &Operation,
    request: &Request,
    draw: Option<fault::Draw<'_>>,
) -> Result<Reply, ApiError> {
    if !is_read(&operation.name) {
        if draw.is_some() {
            shared.live().remember();
        }
        return (service.answer)(shared, caller, operation, request);
    }
    match draw.filter(fault::Draw::is_stale) {
        Some(draw) => (service.answer)(&shared.seen_late(draw.lag()), caller, operation, request),
        None => (service.answer)(shared, caller, operation, request),
    }
}

fn is_read(name: &str) -> bool {
    [
        "Get", "List", "Lookup", "Describe", "Simulate", "Validate", "Check",
    ]
    .iter()
    .any(|verb| name.starts_with(verb))
}

fn unknown_operation(service: &Service, request: &Request) -> ApiError {
    let message = format!(
        "the lab does not know this operation of {}: {} {}",
        service.prefix, request.method, request.path
    );
    trouble(service.spoken(request), Trouble::UnknownOperation, message)
}

/// The CloudTrail entry of a call: writes, and refused reads. (AWS keeps all reads; the lab would drown in them.)
fn entry<'a>(
    service: &'a Service,
    request: &'a Request,
    caller: &'a Caller,
    operation: &'a Operation,
    answer: &'a Result<Reply, ApiError>,
) -> Option<Call<'a>> {
    // Sending, publishing and counting are no management events.
    if ["SendEmail", "Publish", "PutMetricData"].contains(&operation.name.as_str()) {
        return None;
    }
    let read = is_read(&operation.name);
    let denied = answer
        .as_ref()
        .is_err_and(|error| error.code == service.spoken(request).name(Trouble::Denied).1);
    if read && !denied {
        return None;
    }
    let global = matches!(service.prefix, "iam" | "sts" | "organizations");
    let mut resources = operation.resources.clone();
    resources.extend(answer.iter().flat_map(|reply| reply.touched.clone()));
    Some(Call {
        account: &caller.account,
        region: if global { "us-east-1" } else { &caller.region },
        at: Timestamp::now(),
        name: &operation.name,
        source: service.source,
        author: Author::User(&caller.user),
        access_key: Some(&caller.key),
        source_ip: "127.0.0.1",
        user_agent: request.header("user-agent").unwrap_or_default(),
        resources,
        request: operation.parameters.clone(),
        error: answer
            .as_ref()
            .err()
            .map(|error| (error.code, error.message.as_str())),
    })
}

fn success(protocol: Protocol, reply: Reply) -> Response {
    let request_id = uuid();
    let body = match protocol {
        Protocol::Query(_) | Protocol::Ec2 => {
            query::with_request_id(&String::from_utf8_lossy(&reply.body), &request_id).into()
        }
        Protocol::RestJson | Protocol::Json | Protocol::Cbor => reply.body,
    };
    response(200, protocol, body, &request_id, None)
}

fn refusal(protocol: Protocol, error: &ApiError) -> Response {
    let request_id = uuid();
    let body = protocol.error_body(error, &request_id);
    response(error.status, protocol, body, &request_id, Some(error.code))
}

fn response(status: u16, protocol: Protocol, body: Bytes, request_id: &str, code: Option<&str>) -> Response {
    let mut builder = http::Response::builder()
        .status(status)
        .header("content-type", protocol.content_type())
        .header("x-amzn-requestid", request_id);
    match (code, protocol) {
        (Some(code), Protocol::RestJson | Protocol::Json) => {
            builder = builder.header("x-amzn-errortype", code);
        }
        (_, Protocol::Cbor) => builder = builder.header("smithy-protocol", "rpc-v2-cbor"),
        (_, Protocol::RestJson | Protocol::Json | Protocol::Query(_) | Protocol::Ec2) => {}
    }
    builder.body(Full::new(body)).unwrap_or_default()
}
