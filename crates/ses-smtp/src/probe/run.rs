//! One probe from DNS to QUIT. Every round trip is needed: greeting, EHLO, STARTTLS, TLS, EHLO, AUTH.

use super::{Failure, FailureKind, ProbeFacts, ProbeRequest, Prober, Target, TlsMode};
use crate::endpoint::{Endpoint, tls_mode_of_port};
use crate::reply::{Phase, Reply, ReplyParser};
use crate::session::Session;
use crate::tls::{self, FirstBytes, VerifiedTls};
use crate::transcript::{Recorder, Transcript, millis};
use secrecy::ExposeSecret as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// On an unknown port a server that stays silent for this long is taken for one that waits for a TLS handshake.
const AUTO_GREETING: Duration = Duration::from_millis(2500);

pub(super) type Tcp = FirstBytes<TcpStream>;

impl Prober {
    /// Probes one endpoint. Never errs: what went wrong is among the facts. Ends within [`crate::Timeouts::overall`].
    /// Dropping the future closes the connection and leaves nothing behind.
    pub async fn probe(&self, request: &ProbeRequest) -> ProbeFacts {
        let mut run = Run::new(self, request);
        let limit = self.timeouts.overall() + request.hold.unwrap_or_default();
        let outcome = timeout(limit, run.go()).await;
        let outcome = outcome
            .unwrap_or_else(|_| Err(run.failure(FailureKind::TimedOut, "the whole probe took too long")));
        run.finish(outcome)
    }
}

/// A probe under way.
pub(super) struct Run<'a> {
    pub(super) prober: &'a Prober,
    pub(super) request: &'a ProbeRequest,
    pub(super) recorder: Recorder,
    pub(super) facts: ProbeFacts,
    names: Vec<String>,
    phase: Phase,
    since: Instant,
}

impl<'a> Run<'a> {
    fn new(prober: &'a Prober, request: &'a ProbeRequest) -> Self {
        let recorder = Recorder::new();
        if let Some((username, password)) = &request.credentials {
            recorder.guard(username, password.expose_secret());
        }
        let names = acceptable_names(request);
        let facts = empty_facts(request);
        Run {
            prober,
            request,
            recorder,
            facts,
            names,
            phase: Phase::Resolve,
            since: Instant::now(),
        }
    }

    fn finish(mut self, outcome: Result<(), Failure>) -> ProbeFacts {
        self.facts.failure = outcome.err();
        self.facts.transcript = self.recorder.transcript();
        self.facts.elapsed_ms = self.recorder.elapsed_ms();
        self.facts
    }

    async fn go(&mut self) -> Result<(), Failure> {
        let addresses = self.addresses().await?;
        let stream = self.connect(&addresses).await?;
        if !self.request.goal.wants_tls() {
            return Ok(());
        }
        match (self.request.tls, tls_mode_of_port(self.request.port)) {
            (Some(TlsMode::Wrapper), _) | (None, Some(TlsMode::Wrapper)) => self.wrapper(stream).await,
            (Some(TlsMode::StartTls), _) => self.starttls(stream, &addresses, false).await,
            (Some(TlsMode::Plain), _) => self.plain(stream).await,
            // Where something stands in for the host, its port tells no more than an unknown one.
            (None, Some(_)) => {
                self.starttls(stream, &addresses, self.request.dial.is_some())
                    .await
            }
            (None, None) => self.starttls(stream, &addresses, true).await,
        }
    }

    async fn wrapper(&mut self, stream: TcpStream) -> Result<(), Failure> {
        let stream = FirstBytes::new(stream);
        let seen = stream.seen();
        let outcome = self.handshake(stream).await;
        let stream = outcome.map_err(|failure| self.or_plaintext(failure, &seen.bytes()))?;
        if !self.request.goal.wants_session() {
            return Ok(());
        }
        let mut session = self.session(stream, None);
        self.greet(&mut session).await?;
        self.under_tls(session).await
    }

    /// `auto`: a silent server is spoken to in wrapper mode instead.
    async fn starttls(
        &mut self,
        stream: TcpStream,
        addresses: &[SocketAddr],
        auto: bool,
    ) -> Result<(), Failure> {
        let limit = auto.then(|| AUTO_GREETING.min(self.prober.timeouts.greeting));
        let mut session = self.session(FirstBytes::new(stream), limit);
        match self.greet(&mut session).await {
            Ok(()) => {}
            Err(failure) if failure.kind == FailureKind::TimedOut && self.facts.greeting.is_none() => {
                drop(session);
                return self.maybe_wrapper(addresses, failure, auto).await;
            }
            Err(failure) => return Err(failure),
        }
        self.ehlo_before_tls(&mut session).await?;
        self.enter(Phase::StartTls);
        let stream = match session.starttls().await? {
            Ok(stream) => stream,
            Err(reply) => return Err(self.refuse(Phase::StartTls, reply)),
        };
        let stream = self.handshake(stream).await?;
        if !self.request.goal.wants_session() {
            return Ok(());
        }
        let session = self.session(stream, None);
        self.under_tls(session).await
    }

    async fn ehlo_before_tls(&mut self, session: &mut Session<Tcp>) -> Result<(), Failure> {
        self.enter(Phase::Ehlo);
        let (reply, ehlo) = session.ehlo(&self.request.ehlo_name).await?;
        let Some(ehlo) = ehlo else {
            return Err(self.refuse(Phase::Ehlo, reply));
        };
        let offered = ehlo.offers("STARTTLS");
        self.facts.ehlo_before_tls = Some(ehlo);
        if offered {
            return Ok(());
        }
        Err(self.failure(
            FailureKind::StartTlsNotOffered,
            "STARTTLS is not among the EHLO keywords",
        ))
    }

    /// Silence where a greeting was due: a second connection tells whether the port wants TLS at once.
    async fn maybe_wrapper(
        &mut self,
        addresses: &[SocketAddr],
        silence: Failure,
        auto: bool,
    ) -> Result<(), Failure> {
        self.recorder.event("no greeting; trying TLS on a new connection");
        let Ok(stream) = self.connect(addresses).await else {
            return Err(silence);
        };
        let outcome = self.handshake(FirstBytes::new(stream)).await;
        if self.facts.tls.is_none() {
            return Err(silence);
        }
        if !auto {
            let detail = "the server waits for a TLS handshake: the port wants wrapper mode";
            return Err(Failure {
                kind: FailureKind::TlsInsteadOfPlaintext,
                detail: detail.to_owned(),
                ..silence
            });
        }
        self.facts.target.tls = TlsMode::Wrapper;
        let mut session = self.session(outcome?, None);
        if !self.request.goal.wants_session() {
            return Ok(());
        }
        self.greet(&mut session).await?;
        self.under_tls(session).await
    }

    /// What a client does that forgot STARTTLS. No credentials here: the stream cannot carry them.
    async fn plain(&mut self, stream: TcpStream) -> Result<(), Failure> {
        let mut session = self.session(FirstBytes::new(stream), None);
        self.greet(&mut session).await?;
        self.enter(Phase::Ehlo);
        let (reply, ehlo) = session.ehlo(&self.request.ehlo_name).await?;
        if ehlo.is_none() {
            return Err(self.refuse(Phase::Ehlo, reply));
        }
        self.facts.ehlo_before_tls = ehlo;
        self.enter(Phase::MailFrom);
        let from = self
            .request
            .goal
            .envelope()
            .map_or("probe@example.com", |(from, _, _)| from);
        let reply = session.mail_from(from).await?;
        self.facts.mail_from = Some(reply.clone());
        session.quit().await;
        if reply.is_positive() {
            Ok(())
        } else {
            Err(self.refuse(Phase::MailFrom, reply))
        }
    }

    async fn greet<S>(&mut self, session: &mut Session<S>) -> Result<(), Failure>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        self.enter(Phase::Greeting);
        let reply = session.greeting().await?;
        self.facts.greeting = Some(reply.clone());
        if reply.code == 220 {
            Ok(())
        } else {
            Err(self.refuse(Phase::Greeting, reply))
        }
    }

    async fn handshake(&mut self, stream: Tcp) -> Result<VerifiedTls<Tcp>, Failure> {
        self.enter(Phase::Tls);
        let limit = self.prober.timeouts.tls;
        let outcome = timeout(limit, tls::handshake(stream, &self.names, &self.prober.roots)).await;
        let outcome = outcome
            .map_err(|_| self.failure(FailureKind::TimedOut, &format!("no handshake within {limit:?}")))?;
        let handshake = outcome.map_err(|failure| self.failure(failure.kind, &failure.detail))?;
        let facts = handshake.facts.clone();
        self.recorder.event(&format!(
            "{} {} with {}",
            facts.version, facts.cipher, facts.server_name
        ));
        let detail = facts
            .problem
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        self.facts.tls = Some(facts);
        handshake
            .verified()
            .ok_or_else(|| self.failure(FailureKind::Certificate, &detail))
    }

    /// A greeting in plaintext where a TLS record was due.
    fn or_plaintext(&mut self, failure: Failure, bytes: &[u8]) -> Failure {
        if self.facts.tls.is_some()
            || !bytes
                .get(..3)
                .is_some_and(|head| head.iter().all(u8::is_ascii_digit))
        {
            return failure;
        }
        let mut parser = ReplyParser::new();
        parser.push(bytes);
        self.facts.greeting = parser.take().ok().flatten();
        let shown = self
            .facts
            .greeting
            .as_ref()
            .map_or_else(|| parser.leftover(), Reply::to_string);
        self.recorder.server(&shown);
        let detail = format!("plaintext instead of a TLS handshake: {shown}");
        Failure {
            kind: FailureKind::PlaintextInsteadOfTls,
            detail: self.recorder.redact(&detail),
            ..failure
        }
    }

    fn session<S>(&self, stream: S, greeting: Option<Duration>) -> Session<S> {
        let mut timeouts = self.prober.timeouts;
        timeouts.greeting = greeting.unwrap_or(timeouts.greeting);
        Session::new(stream, timeouts, self.recorder.clone())
    }

    pub(super) fn dialled(&self) -> (String, u16) {
        self.request
            .dial
            .clone()
            .unwrap_or_else(|| (self.request.host.clone(), self.request.port))
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        (self.phase, self.since) = (phase, Instant::now());
    }

    pub(super) fn failure(&self, kind: FailureKind, detail: &str) -> Failure {
        self.recorder.event(detail);
        Failure {
            phase: self.phase,
            kind,
            detail: self.recorder.redact(detail),
            elapsed_ms: millis(self.since),
        }
    }

    pub(super) fn refuse(&mut self, phase: Phase, reply: Reply) -> Failure {
        let detail = reply.to_string();
        self.facts.refusal = Some((phase, reply));
        Failure {
            phase,
            kind: FailureKind::ReplyCode,
            detail,
            elapsed_ms: millis(self.since),
        }
    }
}

/// The names of the host; a proxy or a tunnel may also show a certificate of its own name, if its issuer is trusted.
fn acceptable_names(request: &ProbeRequest) -> Vec<String> {
    if !request.acceptable_names.is_empty() {
        return request.acceptable_names.clone();
    }
    let mut names = Endpoint::parse(&request.host).acceptable_names();
    names.extend(request.dial.as_ref().map(|(host, _)| host.clone()));
    names
}

fn empty_facts(request: &ProbeRequest) -> ProbeFacts {
    let tls = request
        .tls
        .or_else(|| tls_mode_of_port(request.port))
        .unwrap_or(TlsMode::StartTls);
    let dialled = request.dial.as_ref().map(|(host, port)| format!("{host}:{port}"));
    ProbeFacts {
        target: Target {
            host: request.host.clone(),
            port: request.port,
            dialled,
            tls,
        },
        dns: None,
        peer: None,
        connect_ms: None,
        greeting: None,
        ehlo_before_tls: None,
        tls: None,
        ehlo: None,
        auth: Vec::new(),
        mail_from: None,
        rcpt_to: None,
        end_of_data: None,
        refusal: None,
        failure: None,
        transcript: Transcript::default(),
        elapsed_ms: 0,
    }
}
